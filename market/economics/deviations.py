"""What one firm can gain by changing its prices while rivals hold theirs.

Under a common markup, or along one own price, type r buys what is moved as in plain logit, at the markup m,

    P_r(m) = 1 / (1 + exp(α_r m − ℓ_r)),
    Π(m)   = Σ_r w_r [P_r(m) m + (1 − P_r(m)) e_r],

with ℓ_r the log odds of buying it at cost against all else, and e_r what type r brings the firm per unit of volume when
it chooses something else. Each term of Π rises up to
1/α_r and falls beyond max(2, L_r)/α_r, L_r the log of the sum of the firm's exp(u_rj − α_r c_j): it has one peak, its
Lambert-W markup, and W(exp(L − 1)) ≤ max(1, L − 1). So a grid between these limits misses no best price, however
different the types are. Mixed sums have several peaks, which is why first-order conditions are not enough.

Where products form groups (`demand`) profit jumps at the prices at which a type changes within a group; then each price
is sought by `best_response.grouped_best_response`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from market.economics.best_price import CELL
from market.economics.best_response import grouped_best_response, has_groups
from market.economics.demand import best_of_groups

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SCAN_POINTS = 200
NOBODY_LEFT = 0.999
"""The scan ends where the outside share of every type, were the firm alone, is above this."""
POLISHED = 5
MOST_SWEEPS = 100
FLAT = 1e-13
"""A sweep that adds less than this part of the profit is the last."""
SAME_PEAK = 0.01
"""Prices that differ by less than this part, on the way to a lower profit than one found, lie below the same peak."""
PATIENCE = 10
"""A climb that would need this many sweeps like its last to catch up with the best one found is given up."""
LOW = 1e-3
"""In groups a product may have to undercut others of its firm: markups are sought down to this part of the lowest."""
RARE = 700.0
"""Log odds against a purchase that count as never: exp(−700) is the smallest comfortable number."""


@dataclass(frozen=True)
class PricingGame:
    """A Bertrand game: R customer types with positive weight, J products, each owned by a firm.

    `utility` (R, J) without the price term, −inf where a type cannot use a product; `alpha` (R,) per dollar; `weights`
    (R,) volumes; `costs` (J,) dollars per unit of volume; `firms` (J,) integer owners; `free` (J,) marks the products
    whose prices may move: not those that nobody can use, nor those that somebody else prices. `groups` (J,) numbers the
    groups of products, each of one firm; None if each product is its own.
    """

    utility: Floats
    alpha: Floats
    weights: Floats
    costs: Floats
    firms: Integers
    free: npt.NDArray[np.bool_]
    groups: Integers | None = None

    @classmethod
    def of(
        cls,
        utility: npt.ArrayLike,
        alpha: npt.ArrayLike,
        weights: npt.ArrayLike,
        costs: npt.ArrayLike,
        firms: npt.ArrayLike,
        fixed: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None,
    ) -> PricingGame:
        """Check shapes and signs, leave out types without weight, and free what is usable and not `fixed`.

        Parameters
        ----------
        utility : (R, J) without the price term, −inf where a type cannot use a product.
        alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.
        costs : (J,) $ per unit of volume.   firms : (J,) numbers of the products' owners.
        fixed : (J,) products whose price nobody moves; none by default.
        groups : (J,) numbers of the products' groups, each of one firm; each product is its own by default.
        """
        values, slopes, volumes = np.asarray(utility, float), np.asarray(alpha, float), np.asarray(weights, float)
        paid, owners = np.asarray(costs, float), np.asarray(firms, np.int64)
        types, products = values.shape
        if (*slopes.shape, *volumes.shape, *paid.shape, *owners.shape) != (types, types, products, products):
            raise ValueError(f"utility {values.shape} does not fit alpha, weights, costs or firms")
        if np.isnan(values).any() or (values == np.inf).any() or not np.isfinite(paid).all():
            raise ValueError("utilities must be numbers or −inf, costs finite")
        if not (np.isfinite(slopes) & (slopes > 0)).all():
            raise ValueError("alpha must be positive")
        if not (np.isfinite(volumes) & (volumes >= 0)).all() or not volumes.sum() > 0:
            raise ValueError("weights must be at least 0 and not all 0")
        kept = volumes > 0
        held = np.zeros(products, bool) if fixed is None else np.asarray(fixed, bool)
        free = (values[kept] > -np.inf).any(axis=0) & ~held
        numbers = None if groups is None else np.asarray(groups, np.int64)
        if numbers is not None and numbers.shape != owners.shape:
            raise ValueError(f"groups {numbers.shape} are not one for each of {products} products")
        return cls(values[kept], slopes[kept], volumes[kept], paid, owners, free, numbers)

    @property
    def grouped(self) -> bool:
        """Whether any group holds several products."""
        return self.groups is not None and has_groups(self.groups)


@dataclass(frozen=True)
class Deviation:
    """The best prices (J,) found for a firm with rivals' prices held, and what they add to its profit (≥ 0)."""

    prices: Floats
    gain: float


@dataclass(frozen=True)
class Mover:
    """A firm that may move: products, those that are free, what others offer (R,) in logs, markups to scan."""

    own: Integers
    free: Integers
    rivals: Floats
    markups: Floats


@dataclass(frozen=True)
class Line:
    """A markup that moves: log odds (R,) of buying at zero markup, against all else, and e (R,), earned otherwise."""

    log_odds: Floats
    otherwise: Floats


def best_deviation(game: PricingGame, firm: int, prices: Floats) -> Deviation:
    """Search a firm's best prices globally: scan, then coordinate ascent from the best peaks.

    A common markup and each own price are scanned on 200 log-spaced markups; the current prices and the five best
    other peaks of these scans are polished by coordinate ascent. Where products form groups, coordinate ascent starts
    from the current prices and from the best move of a single price.
    """
    own = np.flatnonzero(game.firms == firm)
    free = own[game.free[own]]
    if not len(free):
        return Deviation(prices, 0.0)
    mover = Mover(own, free, log_sum(_values(game, prices, game.firms != firm)), scan_markups(game, own))
    if game.grouped:
        return _in_groups(game, mover, prices)
    best = prices
    now = most = _profit(game, mover, prices)
    for start in [prices, *_peaks(game, mover, prices)]:
        peak = _ascend(game, mover, start, best, most)
        profit = _profit(game, mover, peak)
        if profit > most:
            best, most = peak, profit
    return Deviation(best, most - now)


def log_sum(values: Floats) -> Floats:
    """Log of one plus the sum of exp over the columns, (R,): the inclusive value of the options and the outside."""
    top = np.maximum(values.max(axis=1, initial=0.0), 0.0)
    return np.asarray(top + np.log(np.exp(-top) + np.exp(values - top[:, None]).sum(axis=1)))


def scan_markups(game: PricingGame, own: Integers) -> Floats:
    """Log-spaced markups, (200,): from the lowest that any type warrants to where nobody would buy from the firm."""
    alone = np.logaddexp.reduce(game.utility[:, own] - game.alpha[:, None] * game.costs[own], axis=1)
    able = alone > -np.inf
    nobody = np.maximum(alone[able] + np.log(NOBODY_LEFT / (1 - NOBODY_LEFT)), 2.0) / game.alpha[able]
    return np.geomspace(1.0 / game.alpha[able].max(), nobody.max(), SCAN_POINTS)


def _values(game: PricingGame, prices: Floats, products: npt.NDArray[np.bool_] | Integers) -> Floats:
    """Values of some products, whole groups of them if there are groups: −inf behind the best of the group."""
    values = game.utility[:, products] - game.alpha[:, None] * prices[products]
    return values if game.groups is None else best_of_groups(values, game.groups[products])


def _profit(game: PricingGame, mover: Mover, prices: Floats) -> float:
    values = _values(game, prices, mover.own) - mover.rivals[:, None]
    chances = np.exp(values - log_sum(values)[:, None])
    return float(game.weights @ chances @ (prices - game.costs)[mover.own])


def _in_groups(game: PricingGame, mover: Mover, prices: Floats) -> Deviation:
    """Search each price in turn where products form groups, also from the best move of a single price."""
    assert game.groups is not None
    groups, own = game.groups, np.isin(np.arange(len(prices)), mover.own)
    markups = np.geomspace(LOW * mover.markups[0], mover.markups[-1], SCAN_POINTS // CELL * CELL)

    def searched(start: Floats, free: Integers) -> Floats:
        grids = game.costs[free, None] + markups
        market = game.utility, game.alpha, game.weights, game.costs
        return grouped_best_response(*market, start, own, free, groups, grids).prices

    def earned(tried: Floats) -> float:
        return _profit(game, mover, tried)

    found = [prices, searched(prices, mover.free)]
    if len(mover.free) > 1:
        single = max((searched(prices, np.array([j])) for j in mover.free), key=earned)
        found += [single, searched(single, mover.free)]
    best = max(found, key=earned)
    return Deviation(best, earned(best) - earned(prices))


def _line(game: PricingGame, mover: Mover, prices: Floats, moved: Integers) -> Line:
    """Describe the line on which the products `moved` share a markup while all others keep their prices."""
    others = mover.own[~np.isin(mover.own, moved)]
    values = _values(game, prices, others) - mover.rivals[:, None]
    top = np.maximum(values.max(axis=1, initial=0.0), 0.0)
    odds = np.exp(values - top[:, None])
    rest = np.exp(-top) + odds.sum(axis=1)
    at_cost = np.logaddexp.reduce(_values(game, game.costs, moved), axis=1)
    return Line(at_cost - mover.rivals - top - np.log(rest), odds @ (prices - game.costs)[others] / rest)


def _scan(game: PricingGame, line: Line, markups: Floats) -> Floats:
    """Profit at each markup of a line, in one pass over types × markups."""
    against = np.multiply.outer(game.alpha, markups)
    against -= line.log_odds[:, None]
    np.exp(np.minimum(against, RARE, out=against), out=against)
    against += 1.0
    np.reciprocal(against, out=against)
    sold, displaced = np.stack([game.weights, game.weights * line.otherwise]) @ against
    return np.asarray(markups * sold - displaced + game.weights @ line.otherwise)


def _peaks(game: PricingGame, mover: Mover, prices: Floats) -> list[Floats]:
    """Prices at the best five peaks of the scans, best first; a peak next to the present price is left out."""
    lines = [np.array([j]) for j in mover.free] + ([mover.free] if len(mover.free) > 1 else [])
    tops: list[tuple[float, int, Integers, float]] = []
    for moved in lines:
        profits = _scan(game, _line(game, mover, prices, moved), mover.markups)
        padded = np.concatenate([[-np.inf], profits, [-np.inf]])
        present = np.searchsorted(mover.markups, (prices - game.costs)[moved[0]])
        for g in np.flatnonzero((profits > padded[:-2]) & (profits >= padded[2:])):
            if len(moved) > 1 or abs(g + 0.5 - present) > 1:
                tops.append((-float(profits[g]), len(tops), moved, float(mover.markups[g])))
    starts = []
    for _, _, moved, markup in sorted(tops, key=lambda peak: peak[:2])[:POLISHED]:
        start = prices.copy()
        start[moved] = game.costs[moved] + markup
        starts.append(start)
    return starts


def _ascend(game: PricingGame, mover: Mover, start: Floats, best: Floats, most: float) -> Floats:
    """Coordinate ascent on the firm's own prices; ends early on the way to the peak `best` of profit `most`."""
    prices = start.copy()
    profit = _profit(game, mover, prices)
    for _ in range(MOST_SWEEPS):
        before = profit
        for j in mover.free:
            line = _line(game, mover, prices, np.array([j]))
            prices[j] = game.costs[j] + _climb(game, mover, line, prices[j] - game.costs[j])
        profit = _profit(game, mover, prices)
        known = start is not best and profit < most and np.allclose(prices, best, rtol=SAME_PEAK, atol=0)
        hopeless = profit + PATIENCE * (profit - before) < most
        if known or hopeless or len(mover.free) == 1 or profit - before <= FLAT * abs(profit):
            break
    return prices


def _climb(game: PricingGame, mover: Mover, line: Line, markup: float) -> float:
    """Walk uphill along a line from a markup to the next peak: where the slope of profit changes sign."""
    from scipy.optimize import brentq  # here: few runs need it, and it loads slowly

    def slope(m: float) -> float:
        chosen = expit(line.log_odds - game.alpha * m)
        return float(game.weights @ (chosen * (1.0 - game.alpha * (1.0 - chosen) * (m - line.otherwise))))

    lowest, highest = mover.markups[0], mover.markups[-1]
    here = min(max(markup, lowest), highest)
    steepness = slope(here)
    factor = 1.001 if steepness > 0 else 1 / 1.001
    while steepness != 0.0:
        there = min(max(here * factor, lowest), highest)
        if there == here:
            break
        if (slope(there) > 0) != (steepness > 0):
            return float(brentq(slope, min(here, there), max(here, there), xtol=1e-15 * here, rtol=1e-14))
        here, factor = there, factor**3
    return float(here)
