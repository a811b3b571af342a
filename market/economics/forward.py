"""The best prices of a line-up for as long as they stand, when customers stay where they are.

What a line-up brings as one of its prices moves is in `standing_price`, with its formulas. Here prices are moved in
turn until none moves, and Λ, what those are worth who are still attached when the prices end, is renewed between. Where
nobody is attached and everybody's work is new each month the best prices are Bertrand's. Groups are those of `demand`:
of each a customer looks at the best product only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.best_price import NOBODY
from market.economics.best_response import BestPrices, has_groups
from market.economics.exponential import LARGEST, exponential, exponentials, log_spaced
from market.economics.grouped_price import find_best
from market.economics.kernels import kernel
from market.economics.standing_price import Horizon, Types, best_of, worth_at

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LOWEST, HIGHEST, POINTS = 0.4, 30.0, 24
"""Prices are sought on so many log-spaced points between these multiples of unit cost before they are refined."""
MARKUPS = log_spaced(LOWEST, HIGHEST, POINTS)
NEAR = 1.1
"""From the second sweep on, between the present price divided by this and times it."""
MOST_SWEEPS, RENEWALS = 60, 10
"""Sweeps, and those before which Λ is renewed: with Λ as it is each move brings more, so that the sweeps end."""
SETTLED = 1e-8
"""A sweep that moves no price by more than this part is the last."""
FLAT, LEVEL = 1e-4, 1e-14
"""So is one that adds less than this part of what the line-up brings, with groups and without."""
LONGEST = 0.995
"""Largest ρ: being attached is not expected to last longer than 200 months."""
CLOSE, ROUGH = 1e-9, 1e-4
"""Parts of a price to which it is refined, without groups and with them."""
TINY = float(np.finfo(float).tiny)
"""Added to the odds of all else, so that they are never none."""


@dataclass(frozen=True)
class Customers:
    """R types of customers and how they hang on to the J products on sale.

    Parameters
    ----------
    utility : (R, J) without the price term and without any attachment; −inf where a type cannot use a product.
    alpha, weights : (R,) price coefficients, per $, and volumes.
    firms : (J,) numbers of the developers.   groups : (J,) numbers of the groups, each of one firm.
    home : (R,) number of the firm that each is attached to, −1 for none.
    uses : (R,) place of the product that each uses, −1 for none that is on sale.
    pull : (R,) ψ, the value of staying with a firm, logit units.
    now, later : (R,) μ and θ, chances to look this month, and in a later one.
    renewal, anew : (R,) κ and η, chances that it chooses anew, at the same offers and as offers change.
    """

    utility: Floats
    alpha: Floats
    weights: Floats
    firms: Integers
    groups: Integers
    home: Integers
    uses: Integers
    pull: Floats
    now: Floats
    later: Floats
    renewal: Floats
    anew: Floats


def forward_prices(
    customers: Customers,
    horizon: Horizon,
    firm: int,
    costs: Floats,
    prices: Floats,
    known: Floats,
    free: Integers,
) -> BestPrices:
    """Find the `free` prices with which a firm's line-up brings most for as long as they stand.

    Each price is sought on a grid and refined, and products are swept in turn until none moves. The worth Λ of those
    who stay is renewed before each of the first sweeps, so that in the end it goes with the prices, or nearly. If a
    group has several free products there are two searches, from the present prices and from nothing on sale; the better
    counts.

    Parameters
    ----------
    customers, horizon : as they are.   firm : number of the firm.
    costs : (J,) unit costs of its own products, $ per unit of volume, taken to stay as they are.
    prices : (J,) from which the search begins, and everybody else's.
    known : (J,) at which products were on sale until now, NaN for launches. Whoever uses one that gets dearer
        reconsiders this month.
    free : places of the products whose prices are sought. One that nobody buys keeps the price from which the search
        begins, unless somebody would buy it at that.
    """
    own = np.flatnonzero(customers.firms == firm)
    free = own.searchsorted(free)
    line_up = _line_up(customers, horizon, own, costs, prices, known, ~np.isnan(known[own]))
    brought, settled = _settle(line_up, horizon, free)
    if len(np.unique(line_up.groups[free])) < len(free):
        sold = np.isin(np.arange(len(own)), free, invert=True)
        other = _line_up(customers, horizon, own, costs, prices, known, sold)
        other_brought, other_settled = _settle(other, horizon, free)
        if other_brought > brought:
            line_up, settled = other, other_settled
    for j in _unsold(line_up, free):
        _leave(line_up, j, prices[own[j]])
    found = prices.copy()
    found[own] = line_up.prices
    return BestPrices(found, own[_unsold(line_up, free)], settled)


def worth(customers: Customers, horizon: Horizon, firm: int, costs: Floats, prices: Floats, known: Floats) -> float:
    """What a firm's line-up brings at given prices, $ a month discounted over all types.

    Parameters
    ----------
    customers, horizon, firm, costs, known : see `forward_prices`.   prices : (J,) $ per unit of volume.
    """
    own = np.flatnonzero(customers.firms == firm)
    line_up = _line_up(customers, horizon, own, costs, prices, known, np.ones(len(own), bool))
    return float(_as_it_is(line_up, horizon))


class _LineUp(NamedTuple):
    """K products of a firm, in G groups, while their prices are sought, everybody else's held; see `forward_prices`.

    Parameters
    ----------
    utility : (K, R) of the products.   costs, known, groups : (K,) of them, groups from 0 on.
    grouped : whether any group of the market has several products.
    alpha, weights, shift, rivals, attached, pull, mine, nobodys : (R,) of `Types`.
    uses : (R,) place of the firm's product that each uses, −1 for none.
    now, anew, looking, renewed, waits, lasts, again : (R,) μ and η, and of `Types`, where the last is `anew`.
    prices, sold : (K,) so far, and whether it is on sale at all yet.
    top, margin : (G, R) value of the best product of each group, and the margin on it, so far.
    stays : (R,) Λ, so far.
    """

    utility: Floats
    costs: Floats
    known: Floats
    groups: Integers
    grouped: bool
    alpha: Floats
    weights: Floats
    shift: Floats
    rivals: Floats
    attached: Floats
    pull: Floats
    mine: npt.NDArray[np.bool_]
    nobodys: npt.NDArray[np.bool_]
    uses: Integers
    now: Floats
    anew: Floats
    looking: Floats
    renewed: Floats
    waits: Floats
    lasts: Floats
    again: Floats
    prices: Floats
    sold: npt.NDArray[np.bool_]
    top: Floats
    margin: Floats
    stays: Floats


def _line_up(
    customers: Customers,
    horizon: Horizon,
    own: Integers,
    costs: Floats,
    prices: Floats,
    known: Floats,
    sold: npt.NDArray[np.bool_],
) -> _LineUp:
    """The firm's products, at the places `own`, before any price has moved; `sold` (K,) are on sale yet."""
    utility, types, stands = np.ascontiguousarray(customers.utility.T), len(customers.alpha), horizon.stands
    firm, pull = customers.firms[own[0]], np.minimum(customers.pull, LARGEST)
    stuck = exponentials(pull)
    shift, rivals, most = np.zeros((3, types))
    _set_rivals(
        utility, customers.alpha, customers.firms, np.unique(customers.groups, return_inverse=True)[1], firm,
        customers.home, pull, prices, LOWEST * costs, shift, rivals, most,
    )  # fmt: skip
    place = np.full(len(prices) + 1, -1)
    place[own] = np.arange(len(own))
    mine, groups = customers.home == firm, np.unique(customers.groups[own], return_inverse=True)[1]
    looking, renewed = stands * customers.later, stands * customers.renewal
    waits, lasts, again = 1 / (1 - stands + looking), 1 / (1 - stands + renewed), renewed / (1 - stands)
    best = np.empty((2, groups.max() + 1, types))
    line_up = _LineUp(
        utility[own], costs[own], known[own], groups, has_groups(customers.groups), customers.alpha, customers.weights,
        shift, rivals, rivals + (stuck - 1) * most, stuck, mine, customers.home < 0,
        np.where(mine, place[customers.uses], -1), customers.now, customers.anew, looking, renewed, waits, lasts, again,
        prices[own], sold.copy(), best[0], best[1], np.zeros(types),
    )  # fmt: skip
    for group in range(len(line_up.top)):
        _update(line_up, group)
    return line_up


@kernel
def _set_rivals(utility, alpha, firms, groups, firm, home, pull, prices, lowest, shift, rivals, most):  # type: ignore[no-untyped-def]
    """Set the shift of all odds, R and R_h, (R,) each.

    Parameters
    ----------
    utility : (J, R).   alpha, home, pull : (R,) of `Customers`.   firms, groups : (J,), groups from 0 on.
    firm : number of the firm.   prices : (J,) of others.   lowest : (J,) own prices, below which none is tried.
    shift, rivals, most : (R,) zeros.
    """
    types, count = len(alpha), groups.max() + 1
    tops, margin, of = np.empty((count, types)), np.empty(types), np.empty(count, np.int64)
    for group in range(count):
        members = np.flatnonzero(groups == group)
        of[group] = firms[members[0]]
        if of[group] == firm:
            for j in members:
                for r in range(types):
                    shift[r] = max(shift[r], pull[r] + (utility[j, r] - alpha[r] * lowest[j]))
        else:
            find_best(utility, alpha, prices, prices, members, tops[group], margin)  # no margin of rivals is known
            for r in range(types):
                shift[r] = max(shift[r], pull[r] + tops[group, r])
    for other in range(firms.max() + 1):
        odds = np.zeros(types)
        for group in range(count):
            if of[group] == other and other != firm:
                for r in range(types):
                    odds[r] += exponential(tops[group, r] - shift[r])
        for r in range(types):
            rivals[r] += odds[r]
            most[r] = max(most[r], odds[r])
    for r in range(types):
        rivals[r] = exponential(-shift[r]) + rivals[r] + TINY
    for r in range(types):
        at_home = 0.0
        for group in range(count):
            if of[group] == home[r] and home[r] != firm:
                at_home += exponential(tops[group, r] - shift[r])
                most[r] = at_home


def _leave(line_up: _LineUp, product: int, price: float) -> None:
    """Put a product that nobody buys back to a price, if nobody buys it there."""
    here, line_up.prices[product] = line_up.prices[product], price
    _update(line_up, line_up.groups[product])
    if not len(_unsold(line_up, np.array([product]))):
        line_up.prices[product] = here
        _update(line_up, line_up.groups[product])


@kernel
def _unsold(line_up, products):  # type: ignore[no-untyped-def]
    """Which of some products nobody would buy, were everybody to reconsider, attached to the firm or not."""
    own, _ = _sums(line_up, -1)
    none, count, least = np.empty(len(products), np.int64), 0, NOBODY * line_up.weights.sum()
    for j in products:
        volume, best = 0.0, line_up.top[line_up.groups[j]]
        for r in range(len(own)):
            value = line_up.utility[j, r] - line_up.alpha[r] * line_up.prices[j]
            odds = exponential(min(value - line_up.shift[r], 0.0)) if value >= best[r] else 0.0
            volume += line_up.weights[r] * odds / (own[r] + line_up.rivals[r])
        if volume <= least:
            none[count], count = j, count + 1
    return none[:count]


@kernel
def _settle(line_up, horizon, free):  # type: ignore[no-untyped-def]
    """Move the free prices of a line-up in turn until none moves; what it brings, and whether they come to rest."""
    flat, brought, prices = FLAT if line_up.grouped else LEVEL, 0.0, line_up.prices
    for sweep in range(MOST_SWEEPS):
        before, last = prices.copy(), brought
        if sweep < RENEWALS:
            _renew(line_up, horizon)
        for j in free:
            brought = _move(line_up, horizon, j, sweep == 0)
        still = True
        for j in range(len(prices)):
            still &= abs(prices[j] - before[j]) <= SETTLED * abs(before[j])
        if sweep > 0 and (still or abs(brought - last) <= flat * abs(brought)):
            return brought, True
    return brought, False


@kernel
def _renew(line_up, horizon):  # type: ignore[no-untyped-def]
    """Work out what a customer that is still attached when the prices end is worth at the present ones, Λ."""
    own, earned = _sums(line_up, -1)
    for r in range(len(own)):
        stuck = line_up.pull[r] * own[r]
        back, won = stuck / (stuck + line_up.rivals[r]), own[r] / (own[r] + line_up.attached[r])
        lasting = min(LONGEST, horizon.discount * (1 - line_up.anew[r] * (1 - back + won)))
        margin = earned[r] / own[r] if own[r] > 0 else 0.0
        line_up.stays[r] = horizon.carry * max(margin, 0.0) * lasting / (1 - lasting)


@kernel
def _move(line_up, horizon, product, everywhere):  # type: ignore[no-untyped-def]
    """Move a product to its best price, from anywhere or near where it is; what the line-up then brings."""
    cost, price = line_up.costs[product], line_up.prices[product]
    lowest, highest = cost * LOWEST, cost * (NEAR * HIGHEST)
    points = np.array([min(max(price / NEAR, lowest), highest), min(max(price * NEAR, lowest), highest)])
    if everywhere:
        points = cost * MARKUPS
    close = (ROUGH if line_up.grouped else CLOSE) * price
    types = _types(line_up, product)
    found, brought = best_of(types, horizon, cost, line_up.known[product], price, points, close)
    line_up.prices[product], line_up.sold[product] = found, True
    _update(line_up, line_up.groups[product])
    return brought


@kernel
def _as_it_is(line_up, horizon):  # type: ignore[no-untyped-def]
    """What the line-up brings at its prices, $ a month discounted."""
    _renew(line_up, horizon)
    types, brings = _types(line_up, 0), np.empty(len(line_up.alpha))
    return worth_at(types, horizon, line_up.costs[0], line_up.known[0], line_up.prices[0], brings)


@kernel
def _types(line_up, product):  # type: ignore[no-untyped-def]
    """All that matters while a product's price moves, a `Types`."""
    known, prices, group, types = line_up.known, line_up.prices, line_up.groups[product], len(line_up.alpha)
    floor, floor_margin = np.empty(types), np.empty(types)
    _find_best(line_up, group, product, floor, floor_margin)
    own, earned = _sums(line_up, group)
    margin, uses, now = np.empty(types), np.empty(types, np.bool_), np.empty(types)
    for r in range(types):
        used = line_up.uses[r]
        margin[r] = prices[used] - line_up.costs[used] if used >= 0 else 0.0
        uses[r] = used == product
        # `worth_at` looks at the price of the product that is tried
        dearer = used >= 0 and used != product and prices[used] > known[used]
        now[r] = 1.0 if dearer else line_up.now[r]
    return Types(
        line_up.utility[product], line_up.alpha, line_up.weights, line_up.shift, floor, floor_margin, own, earned,
        line_up.rivals, line_up.attached, line_up.pull, line_up.mine, line_up.nobodys, margin, uses, now,
        line_up.looking, line_up.renewed, line_up.waits, line_up.lasts, line_up.again, line_up.stays,
    )  # fmt: skip


@kernel
def _update(line_up, group):  # type: ignore[no-untyped-def]
    """Work out anew what is best in a group, after a price of it has moved."""
    _find_best(line_up, group, -1, line_up.top[group], line_up.margin[group])


@kernel
def _find_best(line_up, group, without, top, margin):  # type: ignore[no-untyped-def]
    """Set value and margin, (R,), of the best product of a group that is on sale, but for one."""
    members, count = np.empty(len(line_up.groups), np.int64), 0
    for j in range(len(members)):
        if line_up.groups[j] == group and line_up.sold[j] and j != without:
            members[count], count = j, count + 1
    margins = line_up.prices - line_up.costs
    find_best(line_up.utility, line_up.alpha, line_up.prices, margins, members[:count], top, margin)


@kernel
def _sums(line_up, without):  # type: ignore[no-untyped-def]
    """Odds of the firm's groups but for one, (R,), and the same times their margins."""
    own, earned = np.zeros(len(line_up.alpha)), np.zeros(len(line_up.alpha))
    for group in range(len(line_up.top)):
        if group != without:
            _add_odds(line_up.top[group], line_up.margin[group], line_up.shift, own, earned)
    return own, earned


@kernel
def _add_odds(top, margin, shift, own, earned):  # type: ignore[no-untyped-def]
    """Add a group's odds to those of others, (R,), and the same times its margins."""
    for r in range(len(top)):
        odds = exponential(top[r] - shift[r])
        own[r] += odds
        earned[r] += margin[r] * odds
