"""Oligopoly pricing under mixed logit: best response with rivals' prices held, Bertrand–Nash and joint profit.

Notation as in `demand`: `utility` (R, J) without the price term, `alpha` (R,), `weights` (R,), `costs` (J,); `firms`
(J,) are integer owners. Nash prices solve p = c + ζ(p) (Morrow and Skerlos 2011), with

    ζ_j = [D_j + Σ_k∈firm(j) Γ_jk (p_k − c_k)] / Λ_j,   Λ_j = Σ_r w_r α_r P_rj,   Γ_jk = Σ_r w_r α_r P_rj P_rk.

These are first-order conditions: they may have several solutions, of which the start selects one, and a solution need
not be an equilibrium. So a result carries its start and the largest gain that one firm finds in deviating from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from market.economics.best_response import LOWEST_MARKUP, NOBODY, BestResponse, best_response
from market.economics.demand import probabilities
from market.economics.deviations import SAME_PEAK, Game, best_deviation, log_sum

__all__ = [
    "LOWEST_MARKUP",
    "BestResponse",
    "Equilibrium",
    "best_reply",
    "best_response",
    "deviation_gains",
    "joint_prices",
    "nash_prices",
    "repriced_diversion",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Method = Literal["zeta_markup", "damped_best_response", "best_reply"]

MOST_ITERATIONS = 1000
MOST_RESPONSES = 100
TIGHT = 1e-12
"""A step smaller than this part of the price is the last of the ζ iteration."""
SETTLED = 1e-10
"""The same for damped best responses, each of which is a search."""
DAMPING = 0.5
NEGLIGIBLE_GAIN = 1e-8
"""A deviation that adds less than this part of all profit is not worth the name."""


@dataclass(frozen=True)
class Equilibrium:
    """Prices that firms set at once, and what would follow; J products, F firms in the order of their numbers.

    Parameters
    ----------
    prices : (J,) $ per unit of volume; a product that nobody can use keeps its start.
    shares, outside_share : (J,) and scalar, of the total weight; they add up to 1.
    profits : (J,) by product, margin × volume in the unit of the weights.
    owners, gains : (F,) owner numbers and the most that each gains by moving alone, in dollars.
    converged, iterations : whether the search settled, and its number of steps.
    residual : largest |c + ζ(p) − p| relative to price, over the products that were priced and are bought.
    start, method : (J,) prices from which the search began, which select the root; and how it was found.
    """

    prices: Floats
    shares: Floats
    outside_share: float
    profits: Floats
    owners: Integers
    gains: Floats
    converged: bool
    iterations: int
    residual: float
    start: Floats
    method: Method

    @property
    def gain(self) -> float:
        """Largest profitable deviation of one firm with rivals' prices held, in dollars; 0 if there is none."""
        return float(self.gains.max(initial=0.0))

    @property
    def is_nash(self) -> bool:
        """Whether the search settled where no firm gains by moving alone."""
        return self.converged and self.gain <= NEGLIGIBLE_GAIN * float(np.abs(self.profits).sum())


def nash_prices(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    firms: npt.ArrayLike,
    start: Floats | None = None,
    fixed: npt.ArrayLike | None = None,
) -> Equilibrium:
    """Bertrand–Nash prices of multi-product firms: ζ-markup iteration, or damped best responses if it does not settle.

    `start` (J,) defaults to unit costs; where several roots exist it decides which one is found (design §3, trap 1).
    Products marked in `fixed` (J,) keep their start, as open weights do whose hosts follow cost.
    """
    game = _game(utility, alpha, weights, costs, firms, fixed)
    return _solve(game, _start(game, start))


def joint_prices(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    firms: npt.ArrayLike,
    members: npt.ArrayLike | None = None,
    start: Floats | None = None,
    fixed: npt.ArrayLike | None = None,
) -> Equilibrium:
    """Prices when the firms in `members` maximise their joint profit and the others answer as Nash rivals do.

    All firms join by default. The coalition is one owner of the result, under its lowest number, so `gain` asks whether
    the joint maximum was found; what a member gains by breaking away is `deviation_gains` with the original firms.
    """
    owners = np.asarray(firms, np.int64)
    joined = np.isin(owners, owners if members is None else members)
    merged = np.where(joined, owners[joined].min(initial=np.iinfo(np.int64).max), owners)
    return nash_prices(utility, alpha, weights, costs, merged, start, fixed)


def best_reply(
    utility: Floats, alpha: Floats, weights: Floats, costs: Floats, firms: npt.ArrayLike, firm: int, prices: Floats
) -> Equilibrium:
    """One firm's best prices with rivals' held at `prices`, sought globally (`gains` are everybody's at the result)."""
    game = _game(utility, alpha, weights, costs, firms)
    only = replace(game, free=game.free & (game.firms == firm))
    start = found = _start(game, prices)
    settled, steps = False, 0
    while not settled and steps < MOST_RESPONSES:
        before, found = found, _reply(game, firm, found)
        settled, steps = np.allclose(found, before, rtol=SETTLED, atol=0), steps + 1
    return _outcome(only, found, start, "best_reply", settled, steps)


def deviation_gains(
    utility: Floats, alpha: Floats, weights: Floats, costs: Floats, firms: npt.ArrayLike, prices: Floats
) -> Floats:
    """Most that each firm gains by moving alone from `prices`, (F,) dollars in the order of firm numbers."""
    game = _game(utility, alpha, weights, costs, firms)
    return _gains(game, _start(game, prices))


def repriced_diversion(with_product: Equilibrium, without: Equilibrium, product: int) -> Floats:
    """Where a product's customers go when it is removed and everybody re-prices, (J,), of its share.

    `without` is the equilibrium of the other products, in the same order. As in `demand.long_run_diversion`, which
    holds prices, the element of the product itself is the part that goes to the outside option.
    """
    others = np.arange(len(with_product.shares)) != product
    gained = np.empty(len(with_product.shares))
    gained[others] = without.shares - with_product.shares[others]
    gained[product] = without.outside_share - with_product.outside_share
    return np.asarray(gained / with_product.shares[product])


def _game(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    firms: npt.ArrayLike,
    fixed: npt.ArrayLike | None = None,
) -> Game:
    """Check shapes and signs and leave out types without weight."""
    utility, alpha, weights = np.asarray(utility, float), np.asarray(alpha, float), np.asarray(weights, float)
    costs, owners = np.asarray(costs, float), np.asarray(firms, np.int64)
    types, products = utility.shape
    if (*alpha.shape, *weights.shape, *costs.shape, *owners.shape) != (types, types, products, products):
        raise ValueError(f"utility {utility.shape} does not fit alpha, weights, costs or firms")
    if np.isnan(utility).any() or (utility == np.inf).any() or not np.isfinite(costs).all():
        raise ValueError("utilities must be numbers or −inf, costs finite")
    if not ((alpha > 0) & np.isfinite(alpha) & (weights >= 0) & np.isfinite(weights)).all() or not weights.sum() > 0:
        raise ValueError("alpha must be positive, weights at least 0 and not all 0")
    kept = weights > 0
    free = (utility[kept] > -np.inf).any(axis=0) & ~np.asarray(np.zeros(products) if fixed is None else fixed, bool)
    return Game(utility[kept], alpha[kept], weights[kept], costs, owners, free)


def _start(game: Game, start: Floats | None) -> Floats:
    prices = game.costs.copy() if start is None else np.array(start, float)
    if prices.shape != game.costs.shape or not np.isfinite(prices).all():
        raise ValueError("a start is one finite price for each product")
    return prices


def _solve(game: Game, start: Floats) -> Equilibrium:
    prices, settled, steps = _iterate(game, start)
    if settled:
        return _outcome(game, prices, start, "zeta_markup", settled, steps)
    prices, settled, steps = _damped_best_responses(game, start)
    return _outcome(game, prices, start, "damped_best_response", settled, steps)


def _iterate(game: Game, start: Floats) -> tuple[Floats, bool, int]:
    """ζ-markup iteration from a start: prices, whether they settled, and the number of steps."""
    prices, free, tolerance = start.copy(), game.free, _tolerance(game)
    for steps in range(1, MOST_ITERATIONS + 1):
        before = prices[free]
        prices[free] = game.costs[free] + _zeta(game, prices)
        if (np.abs(prices[free] - before) <= tolerance * np.abs(prices[free])).all():
            return prices, True, steps
    return prices, False, MOST_ITERATIONS


def _zeta(game: Game, prices: Floats) -> Floats:
    """ζ of the products that are free to move. Each product's chances are scaled to their largest, lest they vanish."""
    values = game.utility - game.alpha[:, None] * prices
    log_chances = values - log_sum(values)[:, None]
    likely = log_chances[:, game.free]
    scaled = np.exp(likely - likely.max(axis=0, initial=-np.inf))
    weighted = (game.weights * game.alpha)[:, None] * scaled
    same = game.firms[game.free][:, None] == game.firms
    displaced = ((weighted.T @ np.exp(log_chances)) * same) @ (prices - game.costs)
    return np.asarray((game.weights @ scaled + displaced) / weighted.sum(axis=0))


def _tolerance(game: Game) -> float:
    """The smallest step that rounding in large utilities still allows to be seen."""
    size = float(np.abs(game.utility, where=game.utility > -np.inf, out=np.zeros_like(game.utility)).max(initial=0.0))
    return max(TIGHT, 16 * float(np.finfo(float).eps) * size)


def _residual(game: Game, prices: Floats) -> float:
    """Largest gap in p = c + ζ(p), relative to price, over free products that anybody buys."""
    bought = game.weights @ probabilities(game.utility, game.alpha, prices) > NOBODY * game.weights.sum()
    gap = np.abs(game.costs[game.free] + _zeta(game, prices) - prices[game.free])
    return float((gap / np.abs(prices[game.free]))[bought[game.free]].max(initial=0.0))


def _damped_best_responses(game: Game, start: Floats) -> tuple[Floats, bool, int]:
    """All firms move half the way to their best responses at once, again and again."""
    prices = start.copy()
    for steps in range(1, MOST_RESPONSES + 1):
        best = prices.copy()
        for firm in np.unique(game.firms[game.free]):
            own = game.firms == firm
            best[own] = _reply(game, firm, prices)[own]
        prices += DAMPING * (best - prices)
        if np.allclose(best, prices, rtol=SETTLED, atol=0):
            return prices, True, steps
    return prices, False, MOST_RESPONSES


def _reply(game: Game, firm: int, prices: Floats) -> Floats:
    """A firm's best response, sought globally and made exact by ζ iteration if that stays on the same peak."""
    found = best_deviation(game, firm, prices).prices
    exact, settled, _ = _iterate(replace(game, free=game.free & (game.firms == firm)), found)
    return exact if settled and np.allclose(exact, found, rtol=SAME_PEAK, atol=0) else found


def _gains(game: Game, prices: Floats) -> Floats:
    return np.array([best_deviation(game, firm, prices).gain for firm in np.unique(game.firms)])


def _outcome(
    game: Game, prices: Floats, start: Floats, method: Method, converged: bool, iterations: int
) -> Equilibrium:
    chances = probabilities(game.utility, game.alpha, prices)
    volumes, total = game.weights @ chances, game.weights.sum()
    nothing = np.exp(-log_sum(game.utility - game.alpha[:, None] * prices))
    return Equilibrium(
        prices=prices,
        shares=volumes / total,
        outside_share=float(game.weights @ nothing / total),
        profits=(prices - game.costs) * volumes,
        owners=np.unique(game.firms),
        gains=_gains(game, prices),
        converged=bool(converged),
        iterations=iterations,
        residual=_residual(game, prices),
        start=start,
        method=method,
    )
