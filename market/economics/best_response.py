"""A firm's best response: its own prices by search, rivals' prices held, as its pricing rule computes it every month.

Notation as in `demand`: `utility` (R, J) without the price term, `alpha` (R,), `weights` (R,), `costs` (J,). The search
is local in all prices but one at a time; `deviations` searches harder and more slowly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.economics.best_price import Alternatives, ResidualDemand, best_price, take_in

Floats = npt.NDArray[np.float64]

GRID_POINTS, LOWEST_MARKUP, HIGHEST_MARKUP = 48, 1.01, 30.0
"""Each price is sought on log-spaced points between these multiples of unit cost before it is refined."""
MARKUPS = np.geomspace(LOWEST_MARKUP, HIGHEST_MARKUP, GRID_POINTS)
MOST_SWEEPS = 50
SETTLED = 1e-6
"""A sweep that moves no price by more than this part is the last."""


@dataclass(frozen=True)
class BestPrices:
    """Prices (J,) after the search, which products nobody buys, and whether it settled."""

    prices: Floats
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
    moves. A single free price is exact to rounding, several to `SETTLED`.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.
    costs : (J,) $ per unit of volume.   prices : (J,) everybody's current ones, $ per unit of volume.
    own : (J,) marks the firm's products.   free : numbers of those whose price is sought.
    """
    prices, by_product = prices.copy(), np.ascontiguousarray(utility.T)
    margins = np.where(own, prices - costs, 0.0)
    held = Alternatives.outside(len(alpha))
    take_in(held, by_product, alpha, prices, margins, np.delete(np.arange(len(prices)), free))
    unsold = []
    for sweep in range(MOST_SWEEPS):
        before = prices.copy()
        for j in free:
            rest = held.copy()
            take_in(rest, by_product, alpha, prices, margins, free[free != j])
            cost = costs[j] + rest.earned / rest.odds
            demand = ResidualDemand(by_product[j] - rest.best, rest.odds, cost, alpha, weights)
            price = best_price(demand, costs[j] * MARKUPS)
            if not np.isnan(price):
                prices[j], margins[j] = price, price - costs[j]
            elif sweep == 0:
                unsold.append(int(j))
        if len(free) <= 1 or (np.abs(prices - before) <= SETTLED * np.abs(before)).all():
            break
    return BestPrices(prices, np.array(unsold, np.int64), sweep < MOST_SWEEPS - 1)
