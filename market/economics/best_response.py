"""A firm's best response: its own prices by search, rivals' prices held, as its pricing rule computes it every month.

Notation as in `demand`: `utility` (R, J) without the price term, `alpha` (R,), `weights` (R,), `costs` (J,). The search
is local in all prices but one at a time; `deviations` searches harder and more slowly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import expit

from market.economics.demand import shares

Floats = npt.NDArray[np.float64]

GRID_POINTS, LOWEST_MARKUP, HIGHEST_MARKUP = 48, 1.01, 30.0
"""Each price is sought on log-spaced points between these multiples of unit cost before it is refined."""
MOST_SWEEPS = 50
NOBODY = 1e-9
"""A product bought by less than this part of the panel's volume at its lowest price is bought by nobody."""


@dataclass(frozen=True)
class BestPrices:
    """Prices (J,) after the search, the firm's profit there, which products nobody buys, and whether it settled."""

    prices: Floats
    profit: float
    unsold: npt.NDArray[np.int64]
    converged: bool


def best_response(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    prices: Floats,
    own: npt.NDArray[np.bool_],
    free: npt.NDArray[np.int64],
) -> BestPrices:
    """Find the prices of a firm's `free` products that maximise Σ (p − c)·volume over all its own products.

    Each price is sought globally on a grid and refined in the best grid cell; products are swept in turn until none
    moves.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.
    costs : (J,) $ per unit of volume.   prices : (J,) everybody's current ones, $ per unit of volume.
    own : (J,) marks the firm's products.   free : numbers of those whose price is sought.
    """
    prices = prices.copy()
    unsold = []
    for sweep in range(MOST_SWEEPS):
        before = prices.copy()
        for j in free:
            price = _best_price(utility, alpha, weights, costs, prices, own, int(j))
            if price is not None:
                prices[j] = price
            elif sweep == 0:
                unsold.append(int(j))
        if len(free) <= 1 or np.allclose(prices, before, rtol=1e-6, atol=0):
            break
    profit = float(shares(utility, alpha, weights, prices) @ np.where(own, prices - costs, 0.0))
    return BestPrices(prices, profit, np.array(unsold, np.int64), sweep < MOST_SWEEPS - 1)


def _best_price(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    prices: Floats,
    own: npt.NDArray[np.bool_],
    j: int,
) -> float | None:
    """Best price of product `j` with all others held, or None if nobody buys it at the lowest price considered."""
    others = np.arange(len(prices)) != j
    value = utility[:, others] - alpha[:, None] * prices[others]
    grid = costs[j] * np.geomspace(LOWEST_MARKUP, HIGHEST_MARKUP, GRID_POINTS)
    start = utility[:, j] - alpha * grid[0]
    rest = np.logaddexp.reduce(np.column_stack([np.zeros(len(value)), value]), axis=1)
    earned = np.exp(value - rest[:, None]) @ np.where(own, prices - costs, 0.0)[others]
    if weights @ expit(start - rest) <= NOBODY * weights.sum():
        return None

    def loss(price: float) -> float:
        log_odds = start - rest - alpha * (price - grid[0])
        return -float(weights @ (expit(log_odds) * (price - costs[j]) + expit(-log_odds) * earned))

    best = int(np.argmin([loss(price) for price in grid]))
    bounds = (grid[max(best - 1, 0)], grid[min(best + 1, GRID_POINTS - 1)])
    refined = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-9 * costs[j]})
    return float(refined.x) if refined.fun <= loss(grid[best]) else float(grid[best])
