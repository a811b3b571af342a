"""Oligopoly pricing under mixed logit: best response with rivals' prices held, Bertrand–Nash and joint profit.

Notation as in `demand`: `utility` (R, J) without the price term, `alpha` (R,), `weights` (R,), `costs` (J,); `firms`
(J,) are integer owners. Nash prices solve p = c + ζ(p) (Morrow and Skerlos 2011), with

    ζ_j = [D_j + Σ_k∈firm(j) Γ_jk (p_k − c_k)] / Λ_j,   Λ_j = Σ_r w_r α_r P_rj,   Γ_jk = Σ_r w_r α_r P_rj P_rk.

These are first-order conditions: they may have several solutions, of which the start selects one, and a solution need
not be an equilibrium. So a result carries its start and the largest gain that one firm finds in deviating from it.

Where products form groups (`demand`), profit jumps at the prices at which a type changes within a group, and prices may
come to stand just below such a jump: ζ says nothing, and all is found by best responses. With few types there may be no
equilibrium in prices at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from market.economics.best_price import NOBODY
from market.economics.demand import best_of_groups, probabilities
from market.economics.deviations import SAME_PEAK, Deviation, PricingGame, best_deviation, log_sum

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Method = Literal["zeta_markup", "damped_best_response", "best_response"]

MOST_ITERATIONS = 1000
MOST_RESPONSES = 100
TIGHT = 1e-12
"""A step smaller than this part of the price is the last of the ζ iteration."""
SETTLED = 1e-10
"""The same for damped best responses, each of which is a search."""
DAMPING = 0.5
NO_GAIN = 1e-12
"""With groups, responses that add less than this part of all profit are the last."""
FAINT = 1e-100
"""A product whose every chance is below this has them scaled up, lest they vanish."""
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
    residual : largest |c + ζ(p) − p| relative to price, over the products that were priced and are bought; NaN where
        products form groups.
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
    groups: npt.ArrayLike | None = None,
) -> Equilibrium:
    """Bertrand–Nash prices of multi-product firms: ζ-markup iteration, or damped best responses if it does not settle.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.
    costs : (J,) $ per unit of volume.   firms : (J,) numbers of the products' owners.
    start : (J,) prices at which the search begins, unit costs by default; where several roots exist it selects one.
    fixed : (J,) products that keep their start, as open weights do whose hosts follow cost; none by default.
    groups : (J,) numbers of the products' groups, each of one firm; each product is its own by default.
    """
    game = PricingGame.of(utility, alpha, weights, costs, firms, fixed, groups)
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
    groups: npt.ArrayLike | None = None,
) -> Equilibrium:
    """Prices when the firms in `members` maximise their joint profit and the others answer as Nash rivals do.

    All firms join by default; then the prices are a maximum, sought globally, and no matter of selection. The coalition
    is one owner of the result, under its lowest number, so `gain` asks whether it does its best; what a member gains by
    breaking away is `deviation_gains` with the original firms.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.
    costs : (J,) $ per unit of volume.   firms : (J,) numbers of the products' owners.
    members : numbers of the firms that join; all by default.
    start : (J,) prices at which the search begins, unit costs by default; where several roots exist it selects one.
    fixed : (J,) products whose price nobody moves; none by default.
    groups : (J,) numbers of the products' groups, each of one firm; each product is its own by default.
    """
    owners = np.asarray(firms, np.int64)
    joined = np.isin(owners, owners if members is None else members)
    if not joined.any() or (members is not None and not np.isin(members, owners).all()):
        raise ValueError(f"members {members!r} are not all among the firms {np.unique(owners).tolist()}")
    merged = np.where(joined, owners[joined].min(), owners)
    game = PricingGame.of(utility, alpha, weights, costs, merged, fixed, groups)
    begin, movers = _start(game, start), np.unique(merged[game.free])
    if len(movers) != 1:
        return _solve(game, begin)
    near = begin if game.grouped else _iterate(game, begin)[0]
    return _outcome(game, *_respond(game, movers[0], near), begin, "best_response")


def global_best_response(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    firms: npt.ArrayLike,
    firm: int,
    prices: Floats,
    groups: npt.ArrayLike | None = None,
) -> Equilibrium:
    """One firm's best prices with rivals' held at `prices`, sought globally; `gains` are everybody's at the result.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.
    costs : (J,) $ per unit of volume.   firms : (J,) numbers of the products' owners.
    firm : number of the firm that moves.   prices : (J,) at which rivals' are held, $ per unit of volume.
    groups : (J,) numbers of the products' groups, each of one firm; each product is its own by default.
    """
    game = PricingGame.of(utility, alpha, weights, costs, firms, groups=groups)
    start = _start(game, prices)
    best = _outcome(game, *_respond(game, firm, start), start, "best_response")
    return replace(best, residual=_residual(_alone(game, firm), best.prices))


def deviation_gains(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    firms: npt.ArrayLike,
    prices: Floats,
    fixed: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
) -> Floats:
    """Most that each firm gains by moving alone from `prices`, (F,) dollars in the order of firm numbers.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.
    costs : (J,) $ per unit of volume.   firms : (J,) numbers of the products' owners.
    prices : (J,) from which each moves alone, $ per unit of volume.
    fixed : (J,) products whose price nobody moves; none by default.
    groups : (J,) numbers of the products' groups, each of one firm; each product is its own by default.
    """
    game = PricingGame.of(utility, alpha, weights, costs, firms, fixed, groups)
    return _gains(game, _start(game, prices))


def _start(game: PricingGame, start: Floats | None) -> Floats:
    prices = game.costs.copy() if start is None else np.array(start, float)
    if prices.shape != game.costs.shape or not np.isfinite(prices).all():
        raise ValueError("a start is one finite price for each product")
    return prices


def _solve(game: PricingGame, start: Floats) -> Equilibrium:
    if not game.grouped:
        prices, settled, steps = _iterate(game, start)
        if settled:
            return _outcome(game, prices, settled, steps, start, "zeta_markup")
    return _outcome(game, *_damped_best_responses(game, start), start, "damped_best_response")


def _iterate(game: PricingGame, start: Floats) -> tuple[Floats, bool, int]:
    """ζ-markup iteration from a start: prices, whether they settled, and the number of steps."""
    prices, free, tolerance = start.copy(), game.free, _tolerance(game)
    for steps in range(1, MOST_ITERATIONS + 1):
        before = prices[free]
        prices[free] = game.costs[free] + _zeta(game, prices)
        if (np.abs(prices[free] - before) <= tolerance * np.abs(prices[free])).all():
            return prices, True, steps
    return prices, False, MOST_ITERATIONS


def _zeta(game: PricingGame, prices: Floats) -> Floats:
    """ζ of the free products: a ratio of sums over types, exact even where chances are too small to hold."""
    chances = probabilities(game.utility, game.alpha, prices)
    likely = chances[:, game.free]
    faint = likely.max(axis=0, initial=0.0) < FAINT
    if faint.any():
        values = game.utility - game.alpha[:, None] * prices
        logs = (values - log_sum(values)[:, None])[:, game.free][:, faint]
        likely[:, faint] = np.exp(logs - logs.max(axis=0))
    weighted = (game.weights * game.alpha)[:, None] * likely
    same = game.firms[game.free][:, None] == game.firms
    displaced = ((weighted.T @ chances) * same) @ (prices - game.costs)
    return np.asarray((game.weights @ likely + displaced) / weighted.sum(axis=0))


def _tolerance(game: PricingGame) -> float:
    """The smallest step that rounding in large utilities still allows to be seen."""
    size = float(np.abs(game.utility, where=game.utility > -np.inf, out=np.zeros_like(game.utility)).max(initial=0.0))
    return max(TIGHT, 16 * float(np.finfo(float).eps) * size)


def _residual(game: PricingGame, prices: Floats) -> float:
    """Largest gap in p = c + ζ(p), relative to price, over free products that anybody buys; NaN with groups."""
    if game.grouped:
        return np.nan
    bought = game.weights @ probabilities(game.utility, game.alpha, prices) > NOBODY * game.weights.sum()
    sold = replace(game, free=game.free & bought)
    gap = np.abs(game.costs[sold.free] + _zeta(sold, prices) - prices[sold.free])
    return float((gap / np.abs(prices[sold.free])).max(initial=0.0))


def _damped_best_responses(game: PricingGame, start: Floats) -> tuple[Floats, bool, int]:
    """All firms move half the way to their best responses at once, again and again."""
    prices = start.copy()
    for steps in range(1, MOST_RESPONSES + 1):
        best, gains = prices.copy(), 0.0
        for firm in np.unique(game.firms[game.free]):
            own = game.firms == firm
            found = _best_prices(game, firm, prices)
            best[own] = found.prices[own]
            gains += found.gain
        if game.grouped and gains <= NO_GAIN * _turnover(game, prices):
            return prices, True, steps
        prices += DAMPING * (best - prices)
        if np.allclose(best, prices, rtol=SETTLED, atol=0):
            return prices, True, steps
    return prices, False, MOST_RESPONSES


def _respond(game: PricingGame, firm: int, start: Floats) -> tuple[Floats, bool, int]:
    """Repeat a firm's search from where the last one ended until it finds nothing better."""
    prices = start
    for steps in range(1, MOST_RESPONSES + 1):
        before, prices = prices, _best_prices(game, firm, prices).prices
        if np.allclose(prices, before, rtol=SETTLED, atol=0):
            return prices, True, steps
    return prices, False, MOST_RESPONSES


def _best_prices(game: PricingGame, firm: int, prices: Floats) -> Deviation:
    """A firm's best response, sought globally and made exact by ζ iteration if that stays on the same peak."""
    near = best_deviation(game, firm, prices)
    if game.grouped:
        return near
    exact, settled, _ = _iterate(_alone(game, firm), near.prices)
    same = settled and np.allclose(exact, near.prices, rtol=SAME_PEAK, atol=0)
    return replace(near, prices=exact) if same else near


def _turnover(game: PricingGame, prices: Floats) -> float:
    """What everybody earns and loses at some prices, each product's amount counted as positive, $."""
    volumes = game.weights @ probabilities(game.utility, game.alpha, prices, game.groups)
    return float(np.abs((prices - game.costs) * volumes).sum())


def _alone(game: PricingGame, firm: int) -> PricingGame:
    """The game in which one firm moves and all others hold their prices."""
    return replace(game, free=game.free & (game.firms == firm))


def _gains(game: PricingGame, prices: Floats) -> Floats:
    return np.array([best_deviation(game, firm, prices).gain for firm in np.unique(game.firms)])


def _outcome(
    game: PricingGame, prices: Floats, converged: bool, iterations: int, start: Floats, method: Method
) -> Equilibrium:
    chances = probabilities(game.utility, game.alpha, prices, game.groups)
    volumes, total = game.weights @ chances, game.weights.sum()
    nothing = np.exp(-log_sum(best_of_groups(game.utility - game.alpha[:, None] * prices, game.groups)))
    return Equilibrium(
        prices=prices,
        shares=volumes / total,
        outside_share=float(game.weights @ nothing / total),
        profits=(prices - game.costs) * volumes,
        owners=np.unique(game.firms),
        gains=_gains(game, prices),
        converged=converged,
        iterations=iterations,
        residual=_residual(game, prices),
        start=start,
        method=method,
    )
