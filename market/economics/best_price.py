"""The best price of one product, all other prices held: the best of a grid, and from there the root of the slope.

With all other prices held, type r buys the product at price p with chance

    s_r(p) = 1 / (1 + o_r exp(α_r p − l_r)),

l_r its utility above the best other option's value, o_r the sum of exp(value) of all other options over that of the
best one. A sale costs the firm c_r, the unit cost and what type r would bring it otherwise. So the product earns

    Π(p)  = Σ_r w_r s_r (p − c_r),
    Π'(p) = Σ_r w_r s_r [1 − α_r (1 − s_r)(p − c_r)],
    Π''(p) = Σ_r w_r s_r α_r (1 − s_r) [α_r (1 − 2 s_r)(p − c_r) − 2].

Mixed sums have several peaks, so the grid comes first. No chance is taken from 1, so no digit cancels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.exponential import quotient
from market.economics.kernels import kernel

Floats = npt.NDArray[np.float64]

NOBODY = 1e-9
"""A product bought by less than this part of the panel's volume at its lowest price is bought by nobody."""
CELL = 4
"""Grid points per cell: a cell in which nothing can be better is passed over."""
MOST_STEPS = 100
CLOSE = 1e-9
"""A Newton step smaller than this part of the price is the last: what remains is about its square."""
ROUNDING = 1e-12
"""Profits that differ by less than this part are not told apart."""


class Alternatives(NamedTuple):
    """What each of R types can choose: the outside option, at value 0, and the products taken in so far.

    `best` (R,) is the highest value among them, `odds` (R,) the sum of exp(value − best) over them, `earned` (R,) the
    same sum with the margin that the firm makes on each, $ per unit of volume.
    """

    best: Floats
    odds: Floats
    earned: Floats

    @classmethod
    def outside(cls, types: int) -> Alternatives:
        """Only the outside option."""
        return cls(np.zeros(types), np.ones(types), np.zeros(types))

    def copy(self) -> Alternatives:
        """The same, to take in more."""
        return Alternatives(*(field.copy() for field in self))


class ResidualDemand(NamedTuple):
    """Demand for one product with all other prices held; (R,) each, as in the formulas above.

    Parameters
    ----------
    lead, odds : l, and o.   cost : c, $ per unit of volume.
    alpha : price coefficients, per $.   weights : volumes of the types.
    """

    lead: Floats
    odds: Floats
    cost: Floats
    alpha: Floats
    weights: Floats


@kernel
def take_in(alternatives, utility, alpha, prices, margins, products):  # type: ignore[no-untyped-def]
    """Add products to what the types can choose, in place.

    Parameters
    ----------
    alternatives : `Alternatives`.   products : numbers of those taken in.
    utility : (J, R) without the price term.   alpha : (R,) price coefficients, per $.
    prices, margins : (J,) $ per unit of volume; the margins are the firm's, 0 on rivals' products.
    """
    best, odds, earned = alternatives
    for j in products:
        for r in range(len(alpha)):
            value = utility[j, r] - alpha[r] * prices[j]
            ahead = value - best[r]
            high, low = quotient(-abs(ahead))
            behind = np.divide(high, low)
            if ahead > 0.0:
                best[r] = value
                odds[r] = odds[r] * behind + 1.0
                earned[r] = earned[r] * behind + margins[j]
            else:
                odds[r] += behind
                earned[r] += margins[j] * behind


@kernel
def best_price(demand, grid):  # type: ignore[no-untyped-def]
    """Best price of a product, or NaN if nobody buys it at the lowest price of the grid.

    `demand` is a `ResidualDemand`; `grid` are rising prices, a multiple of `CELL` in number.
    """
    work = np.empty((4, len(demand.alpha)))
    if at(demand, grid[0], work)[0] <= NOBODY * demand.weights.sum():
        return np.nan
    place = _best_point(demand, grid)
    return refined(demand, grid, place, work)


@kernel
def _best_point(demand, grid):  # type: ignore[no-untyped-def]
    """Place of the most profitable point of the grid.

    First come the lowest points of all cells. Within a cell nobody buys more than at its lowest point and no sale earns
    more than at its highest, which bounds the profit; where the bound is below what was found nothing is evaluated.
    """
    cells = len(grid) // CELL
    lowest, highest, profits, bounds = np.empty(cells), np.empty(cells), np.empty(cells), np.empty(cells)
    for k in range(cells):
        lowest[k], highest[k] = grid[k * CELL], grid[k * CELL + CELL - 1]
    _profits(demand, lowest, highest, profits, bounds)
    place, most = 0, profits[0]
    for k in range(1, cells):
        if profits[k] > most:
            place, most = k * CELL, profits[k]
    places, prices, left = np.empty(len(grid), np.int64), np.empty(len(grid)), 0
    for g in range(len(grid)):
        if g % CELL > 0 and bounds[g // CELL] >= most:
            places[left], prices[left], left = g, grid[g], left + 1
    profits, bounds = np.empty(left), np.empty(left)
    _profits(demand, prices[:left], prices[:left], profits, bounds)
    for k in range(left):
        if profits[k] > most:
            place, most = places[k], profits[k]
    return place


@kernel
def _profits(demand, prices, highest, profits, bounds):  # type: ignore[no-untyped-def]
    """Set `profits` at some prices, and `bounds` to what no price from there to `highest` exceeds."""
    for g in range(len(prices)):
        profits[g] = bounds[g] = 0.0
    for r in range(len(demand.alpha)):
        lead, odds, cost = demand.lead[r], demand.odds[r], demand.cost[r]
        alpha, weight = demand.alpha[r], demand.weights[r]
        for g in range(len(prices)):
            against, favour = quotient(alpha * prices[g] - lead)
            bought = weight * np.divide(favour, favour + odds * against)
            profits[g] += bought * (prices[g] - cost)
            bounds[g] += bought * max(highest[g] - cost, 0.0)


@kernel
def refined(demand, grid, place, work):  # type: ignore[no-untyped-def]
    """Follow the profit uphill from a point of the grid to the peak before the next point.

    Newton's method on the slope, and bisection where it leaves the bracket or has come to lower ground, perhaps another
    peak's. At the `near` end the profit is not below the grid's best and rises towards the `far` end, where it falls
    or is lower: a peak lies between. At an end of the grid from which profit rises outwards the price stays.
    """
    near = grid[place]
    _, most, slope, bend = at(demand, near, work)
    way = 1 if slope > 0.0 else -1
    if not 0 <= place + way < len(grid):
        return near
    far, here, high = grid[place + way], near, True
    for _ in range(MOST_STEPS):
        there = here - slope / bend if high and bend < 0.0 else far
        newton = min(near, far) < there < max(near, far)
        if not newton:
            there = 0.5 * (near + far)
        if there == here or (newton and abs(there - here) <= CLOSE * here):
            return there
        here = there
        _, profit, slope, bend = at(demand, here, work)
        high = profit >= most - ROUNDING * abs(most)
        if high and slope * way > 0.0:
            near, most = here, profit
        else:
            far = here
    return near


@kernel
def at(demand, price, work):  # type: ignore[no-untyped-def]
    """Volume, profit, and its first and second derivative at a price; `work` (4, R) is overwritten."""
    for r in range(len(demand.alpha)):
        against, favour = quotient(demand.alpha[r] * price - demand.lead[r])
        against *= demand.odds[r]
        chance, other = np.divide(favour, favour + against), np.divide(against, favour + against)
        bought, margin = demand.weights[r] * chance, price - demand.cost[r]
        lost = demand.alpha[r] * other
        work[0, r] = bought
        work[1, r] = bought * margin
        work[2, r] = bought * (1.0 - lost * margin)
        work[3, r] = bought * lost * (demand.alpha[r] * (other - chance) * margin - 2.0)
    volume = profit = slope = bend = 0.0
    for r in range(len(demand.alpha)):
        volume += work[0, r]
        profit += work[1, r]
        slope += work[2, r]
        bend += work[3, r]
    return volume, profit, slope, bend
