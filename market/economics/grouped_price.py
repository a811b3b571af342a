"""The best price of a product in a group: customers take the best of each group, so they come and go all at once.

A customer takes at most one product of a group. With all other prices held, type r buys the product at price p only
while it is the best of its group, u_r − α_r p > M_r, the value of the best other one: that is below the cutoff price
(u_r − M_r)/α_r. Below it the product earns what `best_price` says; above, the group's other product is bought instead,
which is worth d_r to the firm beyond what type r would bring it outside the group. Compared with not selling it,

    f(p) = Σ_{r: p < cutoff} w_r [s_r(p)(p − c_r) − d_r],

smooth between the cutoffs, with a jump at each of them. It is maximised by branch and bound. Prices are cut into
intervals [a, b], and those are dropped in which no price can earn more than the best one found. On an interval

    a type that buys all over it has     s_r(a)(b − c_r) − d_r               at most,
    a type whose cutoff lies in it       the larger of that and 0,

and as the first kind's sum F curves downwards by K = Σ w_r s_r(a)(1 − s_r(b)) α_r [2 + α_r |2 s_r − 1| |p − c_r|] at
most, it is also bounded by the higher of F(a) and F(b) plus K (b − a)²/8. What is left is split: evenly, or just below
and just above its cutoffs once they are few. The best price then climbs its own piece to the top.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.best_price import NOBODY, ROUNDING, ResidualDemand, at, refined
from market.economics.exponential import quotient
from market.economics.kernels import kernel

Floats = npt.NDArray[np.float64]

PARTS = 8
"""An interval is split into so many parts, or at its cutoffs if they are fewer."""
MOST_SPLITS = 12
MOST_INTERVALS = 64
"""Intervals that are split at once; of more, those that promise most."""
SLACK = 1e-6
"""Prices that cannot add more than this part of the firm's profit to the best one found are not looked at."""
EDGE = 1e-9
"""Part of a price by which one just below or just above a cutoff differs from it."""
NEVER = 1e-16
"""A type that buys with less than this chance at the lowest price is left out."""


class GroupedDemand(NamedTuple):
    """Demand for one product of a group with all other prices held; (R,) each, as in the formulas above.

    Parameters
    ----------
    utility, floor : u, and M: the product is bought only while its value u − α p is above the floor.
    lead, odds : of `ResidualDemand`, against all options outside the group.
    cost : c, $ per unit of volume.   displaced : d, $ per unit of volume.
    alpha : price coefficients, per $.   weights : volumes of the types.
    """

    utility: Floats
    floor: Floats
    lead: Floats
    odds: Floats
    cost: Floats
    displaced: Floats
    alpha: Floats
    weights: Floats


@kernel
def find_best(utility, alpha, prices, margins, members, top, earned):  # type: ignore[no-untyped-def]
    """Set the value `top` (R,) of the best of a group's `members`, and the firm's margin `earned` (R,) on it.

    `utility` is (J, R); without members the value is −inf. Of equals the first is the best.
    """
    top[:] = -np.inf
    earned[:] = 0.0
    for j in members:
        for r in range(len(alpha)):
            value = utility[j, r] - alpha[r] * prices[j]
            earned[r] = margins[j] if value > top[r] else earned[r]
            top[r] = max(value, top[r])


@kernel
def find_floor(utility, alpha, prices, margins, others, product, floor, earned):  # type: ignore[no-untyped-def]
    """Set what a product's value must exceed to be its group's best, given the `others`, and their margin.

    Of equals the first is the best: against one that comes later, the next smaller number is enough to exceed.
    """
    floor[:] = -np.inf
    earned[:] = 0.0
    for j in others:
        less = 1.2e-16 if j > product else 0.0
        for r in range(len(alpha)):
            value = utility[j, r] - alpha[r] * prices[j]
            value = value - less * abs(value) if value > -np.inf else value
            earned[r] = margins[j] if value > floor[r] else earned[r]
            floor[r] = max(value, floor[r])


@kernel
def take_in_best(alternatives, top, earned):  # type: ignore[no-untyped-def]
    """Add a group to what the types can choose, in place: value (R,) of its best product, and the firm's margin."""
    best, odds, sums = alternatives
    for r in range(len(top)):
        ahead = top[r] - best[r]
        high, low = quotient(-abs(ahead))
        behind = np.divide(high, low)
        own, other = (1.0, behind) if ahead > 0.0 else (behind, 1.0)
        best[r] = max(top[r], best[r])
        odds[r] = odds[r] * other + own
        sums[r] = sums[r] * other + earned[r] * own


@kernel
def best_in_group(utility, alpha, weights, cost, rest, floor, earned, points, now):  # type: ignore[no-untyped-def]
    """Best price of a product in a group and what it adds to the firm's profit; NaN if nobody buys at the lowest price.

    Parameters
    ----------
    utility, alpha, weights : (R,) of the product.   cost : $ per unit of volume.
    rest : `Alternatives` outside the group.   floor, earned : (R,) of the group's other products, see `find_floor`.
    points : rising prices, the ends of the first intervals.   now : a price to improve on, or NaN.
    """
    demand, volume, scale = _interested(utility, alpha, weights, cost, rest, floor, earned, points[0])
    if volume <= NOBODY * weights.sum():
        return np.nan, 0.0
    lowest, highest, best, most = points[0], points[-1], points[0], -np.inf
    if lowest <= now <= highest:
        best, most = now, _added(demand, now)
    joined = np.ones(len(points), np.bool_)
    joined[-1] = False
    for _ in range(MOST_SPLITS):
        profits, bounds, cutoffs = _evaluate(demand, points)
        for g in range(len(points)):
            if profits[g] > most:
                best, most = points[g], profits[g]
        points, joined = _split(demand, points, joined, bounds, cutoffs, most + SLACK * abs(scale + most))
        if len(points) == 0:
            break
    top = _climbed(demand, best, lowest, highest)
    there = _added(demand, top)
    if there >= most - ROUNDING * abs(most):
        best, most = top, there
    return best, most


@kernel
def _interested(utility, alpha, weights, cost, rest, floor, earned, lowest):  # type: ignore[no-untyped-def]
    """Demand of the types that buy at the lowest price, their volume, and what the firm earns without the product."""
    displaced, kept, count, volume, scale = np.empty(len(alpha)), np.empty(len(alpha), np.int64), 0, 0.0, 0.0
    for r in range(len(alpha)):
        other, displaced[r] = rest.earned[r] / rest.odds[r], 0.0
        if floor[r] > -np.inf:
            against, favour = quotient(rest.best[r] - floor[r])
            displaced[r] = favour / (favour + rest.odds[r] * against) * (earned[r] - other)
        scale += weights[r] * (other + displaced[r])
        value = utility[r] - alpha[r] * lowest
        if value > floor[r]:
            against, favour = quotient(rest.best[r] - value)
            chance = favour / (favour + rest.odds[r] * against)
            volume += weights[r] * chance
            if chance > NEVER:
                kept[count], count = r, count + 1
    kept = kept[:count]
    lead, spent = (utility - rest.best)[kept], cost + (rest.earned / rest.odds)[kept]
    demand = GroupedDemand(
        utility[kept], floor[kept], lead, rest.odds[kept], spent, displaced[kept], alpha[kept], weights[kept]
    )
    return demand, volume, scale


@kernel
def _added(demand, price):  # type: ignore[no-untyped-def]
    """What the product adds to the firm's profit at a price."""
    total = 0.0
    for r in range(len(demand.alpha)):
        if demand.utility[r] - demand.alpha[r] * price > demand.floor[r]:
            against, favour = quotient(demand.alpha[r] * price - demand.lead[r])
            chance = favour / (favour + demand.odds[r] * against)
            total += demand.weights[r] * (chance * (price - demand.cost[r]) - demand.displaced[r])
    return total


@kernel
def _evaluate(demand, points):  # type: ignore[no-untyped-def]
    """What the product adds at rising prices, a bound on that from each to the next, and the cutoffs in between."""
    size = len(points)
    chance, buys, added = np.empty(size), np.empty(size), np.empty(size)
    profits, cutoffs, bounds = np.zeros(size), np.zeros(size), np.zeros(size)
    lower, upper, bend, jumps = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    for r in range(len(demand.alpha)):
        utility, floor, lead, odds = demand.utility[r], demand.floor[r], demand.lead[r], demand.odds[r]
        cost, displaced, alpha, weight = demand.cost[r], demand.displaced[r], demand.alpha[r], demand.weights[r]
        if utility - alpha * points[0] <= floor:
            continue
        cutoff = (utility - floor) / alpha
        for g in range(size):
            against, favour = quotient(alpha * points[g] - lead)
            chance[g] = np.divide(favour, favour + odds * against)
        for g in range(size):
            buys[g] = weight if utility - alpha * points[g] > floor else 0.0
            added[g] = buys[g] * (chance[g] * (points[g] - cost) - displaced)
            profits[g] += added[g]
        for g in range(size - 1):
            most = chance[g] * max(min(points[g + 1], cutoff) - cost, 0.0) - displaced
            inside = buys[g] - buys[g + 1]
            cutoffs[g] += 1.0 if inside > 0.0 else 0.0
            jumps[g] += inside * max(most, 0.0)
            bounds[g] += buys[g + 1] * most
        for g in range(size - 1):
            lower[g] += added[g] if buys[g + 1] > 0.0 else 0.0
            upper[g] += added[g + 1]
            sway = max((2 * chance[g] - 1) * (points[g + 1] - cost), (1 - 2 * chance[g + 1]) * (cost - points[g]), 0.0)
            bend[g] += buys[g + 1] * alpha * chance[g] * (1 - chance[g + 1]) * (2 + alpha * sway)
    for g in range(size - 1):
        curved = max(lower[g], upper[g]) + bend[g] * (points[g + 1] - points[g]) ** 2 / 8
        bounds[g] = jumps[g] + min(bounds[g], curved)
    return profits, bounds, cutoffs


@kernel
def _split(demand, points, joined, bounds, cutoffs, bar):  # type: ignore[no-untyped-def]
    """Points of the next, finer intervals, and which are joined to the one that follows."""
    left = np.empty(len(points), np.int64)
    count = size = 0
    for g in range(len(points)):
        if joined[g] and bounds[g] > bar and points[g + 1] - points[g] > 4 * EDGE * abs(points[g]):
            left[count], count = g, count + 1
    left = left[:count]
    if count > MOST_INTERVALS:
        left = np.sort(left[np.argsort(-bounds[left], kind="mergesort")[:MOST_INTERVALS]])
    finer, on = np.empty(len(left) * 2 * PARTS), np.zeros(len(left) * 2 * PARTS, np.bool_)
    for place in left:
        low, high = points[place], points[place + 1]
        if size == 0 or finer[size - 1] != low:
            finer[size], size = low, size + 1
        if 0 < cutoffs[place] < PARTS:
            for cutoff in _cutoffs(demand, low, high):
                for there in (cutoff - EDGE * abs(cutoff), cutoff + EDGE * abs(cutoff)):
                    if finer[size - 1] < there < high:
                        on[size - 1] = True
                        finer[size], size = there, size + 1
        else:
            for part in range(1, PARTS):
                on[size - 1] = True
                finer[size], size = low + part * (high - low) / PARTS, size + 1
        on[size - 1] = True
        finer[size], size = high, size + 1
    return finer[:size], on[:size]


@kernel
def _cutoffs(demand, low, high):  # type: ignore[no-untyped-def]
    """Sorted cutoff prices of the types that buy at `low` but not at `high`, those that `_evaluate` has counted."""
    found, count = np.empty(len(demand.alpha)), 0
    for r in range(len(demand.alpha)):
        utility, alpha, floor = demand.utility[r], demand.alpha[r], demand.floor[r]
        if demand.weights[r] > 0.0 and utility - alpha * low > floor >= utility - alpha * high:
            found[count], count = (utility - floor) / alpha, count + 1
    return np.sort(found[:count])


@kernel
def _climbed(demand, price, lowest, highest):  # type: ignore[no-untyped-def]
    """The top of the piece between two cutoffs on which a price lies: a peak, or the end towards which profit rises."""
    kept, count = np.empty(len(demand.alpha), np.int64), 0
    for r in range(len(demand.alpha)):
        cutoff, buys = (demand.utility[r] - demand.floor[r]) / demand.alpha[r], False
        if demand.utility[r] - demand.alpha[r] * price > demand.floor[r]:
            kept[count], count, buys = r, count + 1, True
        if buys and cutoff < np.inf:
            highest = min(highest, max(price, cutoff - EDGE * abs(cutoff)))
        elif not buys:
            lowest = max(lowest, min(price, cutoff + EDGE * abs(cutoff)))
    kept, work = kept[:count], np.empty((4, count))
    piece = ResidualDemand(
        demand.lead[kept], demand.odds[kept], demand.cost[kept], demand.alpha[kept], demand.weights[kept]
    )
    _, here, slope, _ = at(piece, price, work)
    end = highest if slope > 0.0 else lowest
    _, there, outwards, _ = at(piece, end, work)
    if end == price or (there >= here and (outwards > 0.0) == (slope > 0.0)):
        return end
    return refined(piece, np.array([lowest, price, highest]), 1, work)
