"""What a line-up earns for as long as its prices stand, when customers stay where they are, and the best prices.

A customer of type i uses a product of the firm (s = 1) or not (s = 0). It looks at what is on sale with chance μ this
month and θ in each later one. Then it takes the firm's product j with chance P1_j if it is attached to the firm, P0_j
if it is attached to a rival, and Pe_j if it uses nothing yet; P1, P0, Pe are their sums over j and M1, M0, Me the sums
of the margins that they earn. Who has taken no product of the firm is taken to be attached to a rival from then on.
With e^ψ the pull of what it is attached to,

    P1_j = e^ψ O_j / (e^ψ O + R),   P0_j = O_j / (O + R + (e^ψ − 1) R_h),   Pe_j = O_j / (O + R),

O_j the odds of product j, O their sum, R those of all else, R_h those of the rival it uses, or of the most attractive.
Its luck is lasting: who looks again at the same offers takes the same again, until its work is new, with chance κ.

Prices stand from month to month with chance 1 − h, and a dollar is worth β of the one a month before; δ = β (1 − h).
From a look on, the discounted months G that it is attached to the firm and the margins W that it brings follow two
linear recursions, and before it looks it goes on as it is, at the margin m on what it uses:

    a = 1 − κ (1 − P1 + P0),     G_s = [P_s + δ κ P0 / (1 − δ)] / (1 − δ a),
                                 W_s = [M_s + δ κ ((M1 − M0) G_s + M0 / (1 − δ))] / [1 − δ (1 − κ)],
    G'_s = [s + δ θ G_s] / [1 − δ (1 − θ)],     W'_s = [m + δ θ W_s] / [1 − δ (1 − θ)],

and together X = μ W_s + (1 − μ) W'_s, and in the same way the months attached A, of which A_0 = μ P_s + (1 − μ) s is
this one. When the prices end, a customer that is still attached is worth

    Λ = λ m̂ ρ / (1 − ρ),   ρ = min[0.995, β (1 − η (1 − P1 + P0))],   m̂ = M1 / P1:

the margin of today's line-up over the months for which being attached lasts if it chooses anew with chance η a month,
of which competition leaves the part λ. Each month a further γ of the customers enter. In all a type brings, per unit of
its volume,

    X + h/(1−h) Λ (A − A_0) + γ δ/(1−δ) [W_e + h/(1−h) Λ G_e],     W_e, G_e from P_s = Pe, M_s = Me.

Where nobody is attached and everybody's work is new each month it is (1/(1−δ)) Σ_j m_j P_j, and the best prices are
Bertrand's. Groups are those of `demand`: of each a customer looks at the best product only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.best_price import NOBODY
from market.economics.best_response import BestPrices, has_groups
from market.economics.exponential import LARGEST, exponential
from market.economics.grouped_price import find_best
from market.economics.kernels import kernel

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LOWEST, HIGHEST, POINTS = 0.4, 30.0, 24
"""Prices are sought on so many log-spaced points between these multiples of unit cost before they are refined."""
MARKUPS = np.geomspace(LOWEST, HIGHEST, POINTS)
NEAR = 1.1
"""From the second sweep on, between the present price divided by this and times it."""
NEARBY = np.array([LOWEST, NEAR * HIGHEST])
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
FINEST = 1.5e-8
"""No price is refined further: within this part of it what is brought is flat to rounding."""
GOLDEN, MOST_TRIED = 0.5 * (3 - 5**0.5), 500
"""Part of a bracket at which it is cut, and prices that a search tries at most."""


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


class Horizon(NamedTuple):
    """What the future is worth: β, h, λ and γ, all per month but λ, which is a share."""

    discount: float
    hazard: float
    carry: float
    entry: float

    @property
    def stands(self) -> float:
        """Worth of a dollar next month if the prices still stand then: δ = β (1 − h)."""
        return self.discount * (1 - self.hazard)


class _Types(NamedTuple):
    """What the worth of a line-up depends on while one of its prices moves, (R,) each.

    Parameters
    ----------
    utility, alpha, weights : of the product and the types.   shift : all odds are exp(value − shift), so none is vast.
    floor, floor_margin : value of the best other product of the group, −inf for none, and the margin on it.
    own, earned : odds of the firm's other groups, and the same times their margins.
    rivals, attached : R, and R + (e^ψ − 1) R_h.   pull : e^ψ.
    mine, nobodys : whether it is attached to the firm, or to nobody.
    margin : m, 0 for those who use nothing of the firm.   uses : whether it uses the product itself.
    now : μ.   looking, renewed : δ θ and δ κ.   waits, lasts : 1/[1 − δ (1 − θ)] and 1/[1 − δ (1 − κ)].
    anew : δ κ/(1 − δ).   stays : Λ.
    """

    utility: Floats
    alpha: Floats
    weights: Floats
    shift: Floats
    floor: Floats
    floor_margin: Floats
    own: Floats
    earned: Floats
    rivals: Floats
    attached: Floats
    pull: Floats
    mine: npt.NDArray[np.bool_]
    nobodys: npt.NDArray[np.bool_]
    margin: Floats
    uses: npt.NDArray[np.bool_]
    now: Floats
    looking: Floats
    renewed: Floats
    waits: Floats
    lasts: Floats
    anew: Floats
    stays: Floats


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
    line_up = _LineUp(customers, horizon, firm, costs, prices, known, sold=(customers.firms != firm) | ~np.isnan(known))
    brought, settled = _sweep(line_up, free)
    if len(np.unique(customers.groups[free])) < len(free):
        sold = np.isin(np.arange(len(prices)), free, invert=True)
        other = _LineUp(customers, horizon, firm, costs, prices, known, sold)
        other_brought, other_settled = _sweep(other, free)
        if other_brought > brought:
            line_up, settled = other, other_settled
    for j in line_up.unsold(free):
        line_up.leave(int(j), prices[j])
    return BestPrices(line_up.prices, line_up.unsold(free), settled)


def worth(customers: Customers, horizon: Horizon, firm: int, costs: Floats, prices: Floats, known: Floats) -> float:
    """What a firm's line-up brings at given prices, $ a month discounted over all types.

    Parameters
    ----------
    customers, horizon, firm, costs, known : see `forward_prices`.   prices : (J,) $ per unit of volume.
    """
    line_up = _LineUp(customers, horizon, firm, costs, prices, known, np.ones(len(prices), bool))
    line_up.renew()
    product = int(np.flatnonzero(line_up.own)[0])
    return line_up.brings(product)


def _sweep(line_up: _LineUp, free: Integers) -> tuple[float, bool]:
    """Move the free prices of a line-up in turn until none moves; what it brings, and whether they come to rest."""
    flat, brought = FLAT if line_up.grouped else LEVEL, 0.0
    for sweep in range(MOST_SWEEPS):
        before, last = line_up.prices.copy(), brought
        if sweep < RENEWALS:
            line_up.renew()
        for j in free:
            brought = line_up.move(int(j), everywhere=sweep == 0)
        still = (np.abs(line_up.prices - before) <= SETTLED * np.abs(before)).all()
        if sweep > 0 and (still or abs(brought - last) <= flat * abs(brought)):
            return brought, True
    return brought, False


class _LineUp:
    """A firm's products while their prices are sought, everybody else's prices held; see `forward_prices`."""

    def __init__(
        self,
        customers: Customers,
        horizon: Horizon,
        firm: int,
        costs: Floats,
        prices: Floats,
        known: Floats,
        sold: npt.NDArray[np.bool_],
    ) -> None:
        self.customers, self.horizon, self.costs, self.known, self.sold = customers, horizon, costs, known, sold.copy()
        self.prices, self.utility = prices.copy(), np.ascontiguousarray(customers.utility.T)
        self.own = customers.firms == firm
        self.members = {int(g): np.flatnonzero(customers.groups == g) for g in np.unique(customers.groups)}
        self.mine, self.nobodys, self.grouped = customers.home == firm, customers.home < 0, has_groups(customers.groups)
        self.uses = np.where(self.mine, customers.uses, -1)
        pull, types = np.minimum(customers.pull, LARGEST), len(customers.alpha)
        rivals: dict[int, list[Floats]] = {}
        for members in self.members.values():
            if not self.own[members[0]]:
                rivals.setdefault(int(customers.firms[members[0]]), []).append(self._best(members)[0])
        lowest = (self.utility - customers.alpha * (LOWEST * costs)[:, None])[self.own]
        tops = [np.zeros(types), *(pull + top for each in rivals.values() for top in each), *(pull + lowest)]
        self.shift = np.max(tops, axis=0)
        odds = {one: np.exp(np.array(tops) - self.shift).sum(axis=0) for one, tops in rivals.items()}
        self.rivals = np.exp(-self.shift) + sum(odds.values()) + np.finfo(float).tiny
        most = np.max([np.zeros(types), *odds.values()], axis=0)
        for one, each in odds.items():
            most = np.where(customers.home == one, each, most)
        self.stuck, self.attached = np.exp(pull), self.rivals + np.expm1(pull) * most
        self.best = {g: self._best(members) for g, members in self.members.items() if self.own[members[0]]}
        self.stays, stands = np.zeros(types), horizon.stands
        looking, renewed = stands * customers.later, stands * customers.renewal
        self.habits = looking, renewed, 1 / (1 - stands + looking), 1 / (1 - stands + renewed), renewed / (1 - stands)

    def _best(self, members: Integers) -> tuple[Floats, Floats]:
        """Value of the best of some products of a group, (R,), and the margin on it."""
        top, margin, margins = (*np.empty((2, len(self.customers.alpha))), self.prices - self.costs)
        members = members[self.sold[members]]
        find_best(self.utility, self.customers.alpha, self.prices, margins, members, top, margin)
        return top, margin

    def _sums(self, without: int | None = None) -> tuple[Floats, Floats]:
        """Odds of the firm's groups but for one, (R,), and the same times margins."""
        own, earned = np.zeros((2, len(self.shift)))
        for group, (top, margin) in self.best.items():
            if group != without:
                _add_odds(top, margin, self.shift, own, earned)
        return own, earned

    def renew(self) -> None:
        """Work out what a customer that is still attached when the prices end is worth at the present ones, Λ."""
        own, earned = self._sums()
        stuck = self.stuck * own
        back, won = stuck / (stuck + self.rivals), own / (own + self.attached)
        lasting = np.minimum(LONGEST, self.horizon.discount * (1 - self.customers.anew * (1 - back + won)))
        margin = np.divide(earned, own, out=np.zeros(len(own)), where=own > 0)
        self.stays = self.horizon.carry * np.maximum(margin, 0.0) * lasting / (1 - lasting)

    def move(self, product: int, everywhere: bool) -> float:
        """Move a product to its best price, from anywhere or near where it is; what the line-up then brings."""
        cost, price, known = self.costs[product], self.prices[product], self.known[product]
        points = cost * MARKUPS if everywhere else np.clip([price / NEAR, price * NEAR], *cost * NEARBY)
        close = (ROUGH if self.grouped else CLOSE) * price
        found, brought = _best(self._types(product), self.horizon, cost, known, price, points, close)
        self.prices[product], self.sold[product] = found, True
        self._update(product)
        return float(brought)

    def _update(self, product: int) -> None:
        """Work out anew what is best in a product's group, after its price has moved."""
        group = int(self.customers.groups[product])
        self.best[group] = self._best(self.members[group])

    def brings(self, product: int) -> float:
        """What the line-up brings as it is; the product is any of it."""
        types, horizon, cost, was = self._types(product), self.horizon, self.costs[product], self.known[product]
        return float(_worth(types, horizon, cost, was, self.prices[product], np.empty(len(types.alpha))))

    def _types(self, product: int) -> _Types:
        """All that matters while a product's price moves."""
        known, group = self.customers, int(self.customers.groups[product])
        members = self.members[group]
        floor, floor_margin = self._best(members[members != product])
        margins = np.append(self.prices - self.costs, 0.0)
        dearer = np.append(self.prices > self.known, False)
        dearer[product] = False  # `_worth` looks at the price that is tried
        return _Types(
            self.utility[product], known.alpha, known.weights, self.shift, floor, floor_margin, *self._sums(group),
            self.rivals, self.attached, self.stuck, self.mine, self.nobodys,
            margins[self.uses], self.uses == product, np.where(dearer[self.uses], 1.0, known.now), *self.habits,
            self.stays,
        )  # fmt: skip

    def leave(self, product: int, price: float) -> None:
        """Put a product that nobody buys back to a price, if nobody buys it there."""
        here, self.prices[product] = self.prices[product], price
        self._update(product)
        if not len(self.unsold(np.array([product]))):
            self.prices[product] = here
            self._update(product)

    def unsold(self, products: Integers) -> Integers:
        """Which of some products nobody would buy, were everybody to reconsider, attached to the firm or not."""
        own, _ = self._sums()
        none = []
        for j in products:
            group = int(self.customers.groups[j])
            value = self.utility[j] - self.customers.alpha * self.prices[j]
            best = value >= self.best[group][0]
            chance = np.where(best, np.exp(np.minimum(value - self.shift, 0.0)), 0.0) / (own + self.rivals)
            if self.customers.weights @ chance <= NOBODY * self.customers.weights.sum():
                none.append(int(j))
        return np.array(none, np.int64)


@kernel
def _add_odds(top, margin, shift, own, earned):  # type: ignore[no-untyped-def]
    """Add a group's odds to those of others, (R,), and the same times its margins."""
    for r in range(len(top)):
        odds = exponential(top[r] - shift[r])
        own[r] += odds
        earned[r] += margin[r] * odds


@kernel
def _best(types, horizon, cost, was, price, points, close):  # type: ignore[no-untyped-def]
    """The price of a product at which the line-up brings most, and what it brings.

    Parameters
    ----------
    types, horizon : all else that matters.   cost : of a unit.   was, price : until now, or NaN, and at present; of
        equals the former stays, then the latter.
    points : rising. The peak is sought beside the best of them, if they are two between them.
    close : how far from the peak the price may lie, in about.
    """
    brings, low, high = np.empty(len(types.alpha)), points[0], points[-1]
    if len(points) > 2:
        place, most = 0, -np.inf
        for point in range(len(points)):
            there = _worth(types, horizon, cost, was, points[point], brings)
            if there > most:
                place, most = point, there
        low, high = points[max(0, place - 1)], points[min(place + 1, len(points) - 1)]
    best, most = _best_between(types, horizon, cost, was, low, high, close, brings)
    for held in (price, was):
        if held > 0:
            there = _worth(types, horizon, cost, was, held, brings)
            if there >= most:
                best, most = held, there
    return best, most


@kernel
def _best_between(types, horizon, cost, was, low, high, close, brings):  # type: ignore[no-untyped-def]
    """A price of a product between two at which the line-up brings most, within about `close`, and what it brings.

    Brent's search (1973): the top of the parabola through the three best prices so far, or the golden section of the
    larger part where that leaves the bracket or shrinks too slowly. It needs no slope, and jumps do not stop it.
    """
    best = second = third = low + GOLDEN * (high - low)
    most = after = last = _worth(types, horizon, cost, was, best, brings)
    step = before = 0.0
    for _ in range(MOST_TRIED):
        middle, least = 0.5 * (low + high), FINEST * abs(best) + close / 3
        if abs(best - middle) <= 2 * least - 0.5 * (high - low):
            break
        parabola = False
        if abs(before) > least:
            left, right = (best - second) * (most - last), (best - third) * (most - after)
            over, under = (best - third) * right - (best - second) * left, 2 * (right - left)
            over, under = (-over if under > 0 else over), abs(under)
            parabola = abs(over) < abs(0.5 * under * before) and under * (low - best) < over < under * (high - best)
            before = step
        if parabola:
            step = over / under
            if min(best + step - low, high - best - step) < 2 * least:
                step = least if middle >= best else -least
        else:
            before = (low if best >= middle else high) - best
            step = GOLDEN * before
        tried = best + (max(step, least) if step >= 0 else min(step, -least))
        there = _worth(types, horizon, cost, was, tried, brings)
        if there >= most:
            low, high = (best, high) if tried >= best else (low, best)
            best, second, third, most, after, last = tried, best, second, there, most, after
        else:
            low, high = (tried, high) if tried < best else (low, tried)
            if there >= after or second == best:
                second, third, after, last = tried, second, there, after
            elif there >= last or third in (best, second):
                third, last = tried, there
    return best, most


@kernel
def _worth(types, horizon, cost, was, price, brings):  # type: ignore[no-untyped-def]
    """What the line-up brings with a product at a price, over all types; `brings` (R,) is overwritten."""
    stands = horizon.discount * (1 - horizon.hazard)
    _bring(
        types.utility, types.alpha, types.weights, types.shift, types.floor, types.floor_margin, types.own,
        types.earned, types.rivals, types.attached, types.pull, types.mine, types.nobodys, types.margin, types.uses,
        types.now, types.looking, types.renewed, types.waits, types.lasts, types.anew, types.stays, price, price - cost,
        price > was, stands, horizon.hazard / (1 - horizon.hazard), horizon.entry * stands / (1 - stands), brings,
    )  # fmt: skip
    return brings.sum()


# Not a `lane`: how that rounds depends on what it is compiled into, and the last digit of a price moves customers.
@kernel
def _bring(  # type: ignore[no-untyped-def]
    utility, alpha, weights, shift, floor, floor_margin, own, earned, rivals, attached, pull, mine, nobodys, margin,
    uses, now, looking, renewed, waits, lasts, anew, stays, price, gain, rises, stands, ending, entering, brings,
):  # fmt: skip
    """Set what each type brings, (R,), by the formulas of this module; `gain` is the margin at the price."""
    for r in range(len(alpha)):
        value = utility[r] - alpha[r] * price
        buys = value > floor[r]
        odds = exponential((value if buys else floor[r]) - shift[r])
        mass = own[r] + odds
        money = earned[r] + (gain if buys else floor_margin[r]) * odds
        back = np.divide(pull[r], pull[r] * mass + rivals[r])
        won, first = np.divide(1.0, mass + attached[r]), np.divide(1.0, mass + rivals[r])
        taken = back if mine[r] else (first if nobodys[r] else won)
        kept = np.divide(1.0, 1 - stands + renewed[r] * (1 - (back - won) * mass))
        again, more = anew[r] * won, renewed[r] * (back - won) * money
        months, entrant = (taken + again) * mass * kept, (first + again) * mass * kept
        bring = ((taken + again) * money + more * months) * lasts[r]
        entrant_brings = ((first + again) * money + more * entrant) * lasts[r]
        end, is_mine = ending * stays[r], 1.0 if mine[r] else 0.0
        using = gain if uses[r] else margin[r]
        looks = 1.0 if uses[r] and rises else now[r]
        unlooked = (using + looking[r] * bring + end * (is_mine + looking[r] * months)) * waits[r]
        looked = bring + end * (months - taken * mass)
        unlooked -= end * is_mine
        brings[r] = weights[r] * (looks * looked + (1 - looks) * unlooked + entering * (entrant_brings + end * entrant))
