"""A firm's best response: its own prices by search, rivals' prices held, as its pricing rule computes it every month.

Notation as in `demand`: `utility` (R, J) without the price term, `alpha` (R,), `weights` (R,), `costs` (J,). The search
is local in all prices but one at a time; `deviations` searches harder and more slowly.

In a group of products a customer looks at the best one only (`demand`). So a product that is in the way of others of
its group, which would earn more without it, is set aside: it is not sold, and no price of others allows for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.economics.best_price import CELL, NOBODY, Alternatives, ResidualDemand, best_price, take_in
from market.economics.exponential import exponentials, log_spaced
from market.economics.grouped_price import best_in_group, find_best, find_floor, take_in_best

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

GRID_POINTS, LOWEST_MARKUP, HIGHEST_MARKUP = 48, 1.01, 30.0
"""Each price is sought on log-spaced points between these multiples of unit cost before it is refined."""
MARKUPS = log_spaced(LOWEST_MARKUP, HIGHEST_MARKUP, GRID_POINTS)
MOST_SWEEPS = 50
SETTLED = 1e-6
"""A sweep that moves no price by more than this part is the last."""
FLAT = 1e-4
"""With groups, so is one that adds less than this part of the firm's profit."""
OUT_OF_THE_WAY = 1.01
"""A product set aside, if some would prefer it to its group, is offered at this multiple of the highest such price."""


@dataclass(frozen=True)
class BestPrices:
    """Prices (J,) after the search, which products nobody buys, and whether it settled."""

    prices: Floats
    unsold: Integers
    converged: bool


def best_response(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    prices: Floats,
    own: npt.NDArray[np.bool_],
    free: Integers,
    groups: Integers | None = None,
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
    groups : (J,) numbers of the products' groups, each of one firm; None if each product is its own.
    """
    if groups is not None and has_groups(groups):
        grids = costs[free, None] * MARKUPS
        return grouped_best_response(utility, alpha, weights, costs, prices, own, free, groups, grids)
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


def has_groups(groups: Integers) -> bool:
    """Whether any group holds several products."""
    return len(np.unique(groups)) < len(groups)


def grouped_best_response(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    prices: Floats,
    own: npt.NDArray[np.bool_],
    free: Integers,
    groups: Integers,
    grids: Floats,
) -> BestPrices:
    """Find a firm's best prices as `best_response` does, where products form groups.

    A product that adds nothing at any price, given the others of its group, is set aside and asked again in the next
    sweep. In the end it is back at its first price, or higher if some would prefer it there to what its group sells.

    Two prices of a group can hold each other, low or high, and a sweep does not move both at once. So if a group has
    several free products there are two searches, from the present prices and from nothing on sale; the better counts.

    Parameters
    ----------
    utility, alpha, weights, costs, prices, own, free, groups : see `best_response`.
    grids : (len(free), K) rising prices between which each price is sought, K a multiple of `CELL`.
    """
    line_up = _LineUp.of(utility, alpha, weights, costs, prices, own, free, groups, afresh=False)
    settled = _sweep(line_up, free, grids)
    if len(np.unique(groups[free])) < len(free):
        other = _LineUp.of(utility, alpha, weights, costs, prices, own, free, groups, afresh=True)
        other_settled = _sweep(other, free, grids)
        if other.earned() > line_up.earned():
            line_up, settled = other, other_settled
    aside = free[~line_up.sold[free]]
    for j in aside:
        line_up.move_out_of_the_way(int(j), prices[j])
    return BestPrices(line_up.prices, aside, settled)


def _sweep(line_up: _LineUp, free: Integers, grids: Floats) -> bool:
    """Move the free prices of a line-up in turn until none moves; whether they come to rest."""
    earned = line_up.earned()
    for _ in range(MOST_SWEEPS):
        before, were_sold, earned_before = line_up.prices.copy(), line_up.sold.copy(), earned
        for j, grid in zip(free, grids, strict=True):
            line_up.reprice(int(j), grid)
        earned = line_up.earned()
        still = (np.abs(line_up.prices - before) <= SETTLED * np.abs(before)).all()
        flat = abs(earned - earned_before) <= FLAT * abs(earned)
        if len(free) <= 1 or ((still or flat) and (line_up.sold == were_sold).all()):
            return True
    return False


@dataclass(frozen=True)
class _LineUp:
    """A firm's products while their prices are sought, everybody else's prices held.

    Parameters
    ----------
    utility : (J, R) without the price term.   alpha, weights : (R,).   costs, prices, margins : (J,), $ per unit.
    sold : (J,) marks what is not set aside.   members : numbers of the products in each group, rising.
    groups : (J,) numbers of the groups.   held : what types can choose outside the groups with a free product.
    best : (R,) value of the best product and the margin on it, of each group with a free product.
    """

    utility: Floats
    alpha: Floats
    weights: Floats
    costs: Floats
    prices: Floats
    margins: Floats
    sold: npt.NDArray[np.bool_]
    members: dict[int, Integers]
    groups: Integers
    held: Alternatives
    best: dict[int, tuple[Floats, Floats]]

    @classmethod
    def of(
        cls,
        utility: Floats,
        alpha: Floats,
        weights: Floats,
        costs: Floats,
        prices: Floats,
        own: npt.NDArray[np.bool_],
        free: Integers,
        groups: Integers,
        afresh: bool,
    ) -> _LineUp:
        """Reduce the groups whose prices are all held to the best product of each."""
        types, products = utility.shape
        members = {int(group): np.flatnonzero(groups == group) for group in np.unique(groups)}
        by_product, margins = np.ascontiguousarray(utility.T), np.where(own, prices - costs, 0.0)
        held, sold, best = Alternatives.outside(types), np.ones(products, bool), {}
        sold[free] = not afresh
        moving = set(groups[free].tolist())
        for group, products_in_it in members.items():
            top, earned = np.empty(types), np.empty(types)
            find_best(by_product, alpha, prices, margins, products_in_it[sold[products_in_it]], top, earned)
            if group in moving:
                best[group] = top, earned
            else:
                take_in_best(held, top, earned)
        return cls(by_product, alpha, weights, costs, prices.copy(), margins, sold, members, groups, held, best)

    def earned(self) -> float:
        """What the firm earns on all its products, $."""
        every = self._outside(None)
        return float((self.weights * every.earned / every.odds).sum())

    def reprice(self, product: int, grid: Floats) -> None:
        """Move a product to its best price, or set it aside."""
        rest, others = self._outside(self.groups[product]), self._others(product)
        floor, otherwise = self._floor(product, others)
        utility, cost = self.utility[product], self.costs[product]
        if (floor > -np.inf).any():
            points = np.append(grid[::CELL], grid[-1])
            now = self.prices[product] if self.sold[product] else np.nan
            price, added = best_in_group(utility, self.alpha, self.weights, cost, rest, floor, otherwise, points, now)
            sold = added > 0.0
        else:
            lead, displaced = utility - rest.best, cost + rest.earned / rest.odds
            price = best_price(ResidualDemand(lead, rest.odds, displaced, self.alpha, self.weights), grid)
            sold = not np.isnan(price)
        self.sold[product] = sold
        if sold:
            self.prices[product], self.margins[product] = price, price - cost
        top, earned = self.best[self.groups[product]]
        on_offer = np.sort(np.append(others, product)) if sold else others
        find_best(self.utility, self.alpha, self.prices, self.margins, on_offer, top, earned)

    def move_out_of_the_way(self, product: int, price: float) -> None:
        """Offer a product that is set aside at `price`, or, if some would then buy it, where nobody does."""
        rest, (floor, _) = self._outside(self.groups[product]), self._floor(product, self._others(product))
        value = self.utility[product] - self.alpha * price
        likely = exponentials(value - rest.best) > NOBODY * rest.odds
        tempted = (value > floor) & likely & (self.weights > 0)
        if tempted.any():
            hardly = rest.best + np.log(NOBODY * rest.odds)  # who can use nothing else of the group stays until then
            least = np.where(floor > -np.inf, floor, hardly)[tempted]
            cutoffs = (self.utility[product, tempted] - least) / self.alpha[tempted]
            price = max(price, OUT_OF_THE_WAY * cutoffs.max())
        self.prices[product] = price

    def _outside(self, group: int | None) -> Alternatives:
        """What types can choose outside a group; None for all there is."""
        rest = self.held.copy()
        for other, (top, earned) in self.best.items():
            if other != group:
                take_in_best(rest, top, earned)
        return rest

    def _others(self, product: int) -> Integers:
        """The other products of a group that are not set aside."""
        members = self.members[int(self.groups[product])]
        return np.asarray(members[(members != product) & self.sold[members]])

    def _floor(self, product: int, others: Integers) -> tuple[Floats, Floats]:
        """Value that a product must exceed to be the best of its group, and the margin on the best other one, (R,)."""
        floor, margin = np.empty(len(self.alpha)), np.empty(len(self.alpha))
        find_floor(self.utility, self.alpha, self.prices, self.margins, others, product, floor, margin)
        return floor, margin
