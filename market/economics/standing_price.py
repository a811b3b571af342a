"""What a line-up brings for as long as its prices stand, by one of them, and the best one while the others are held.

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

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.exponential import exponential
from market.economics.kernels import kernel

Floats = npt.NDArray[np.float64]

FINEST = 1.5e-8
"""No price is refined further: within this part of it what is brought is flat to rounding."""
GOLDEN, MOST_TRIED = 0.5 * (3 - 5**0.5), 500
"""Part of a bracket at which it is cut, and prices that a search tries at most."""


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


class Types(NamedTuple):
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


@kernel
def best_of(types, horizon, cost, was, price, points, close):  # type: ignore[no-untyped-def]
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
            there = worth_at(types, horizon, cost, was, points[point], brings)
            if there > most:
                place, most = point, there
        low, high = points[max(0, place - 1)], points[min(place + 1, len(points) - 1)]
    best, most = _best_between(types, horizon, cost, was, low, high, close, brings)
    for held in (price, was):
        if held > 0:
            there = worth_at(types, horizon, cost, was, held, brings)
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
    most = after = last = worth_at(types, horizon, cost, was, best, brings)
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
        there = worth_at(types, horizon, cost, was, tried, brings)
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
def worth_at(types, horizon, cost, was, price, brings):  # type: ignore[no-untyped-def]
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
        value, other, on_other = utility[r] - alpha[r] * price, floor[r], floor_margin[r]
        buys = value > other
        odds = exponential((value if buys else other) - shift[r])
        mass = own[r] + odds
        money = earned[r] + (gain if buys else on_other) * odds
        back = np.divide(pull[r], pull[r] * mass + rivals[r])
        won, first = np.divide(1.0, mass + attached[r]), np.divide(1.0, mass + rivals[r])
        is_mine, is_nobodys, is_used = mine[r], nobodys[r], uses[r]
        taken = back if is_mine else (first if is_nobodys else won)
        kept = np.divide(1.0, 1 - stands + renewed[r] * (1 - (back - won) * mass))
        again, more = anew[r] * won, renewed[r] * (back - won) * money
        months, entrant = (taken + again) * mass * kept, (first + again) * mass * kept
        bring = ((taken + again) * money + more * months) * lasts[r]
        entrant_brings = ((first + again) * money + more * entrant) * lasts[r]
        end, attached_now = ending * stays[r], 1.0 if is_mine else 0.0
        earning, look = margin[r], now[r]
        using = gain if is_used else earning
        looks = 1.0 if is_used and rises else look
        unlooked = (using + looking[r] * bring + end * (attached_now + looking[r] * months)) * waits[r]
        looked = bring + end * (months - taken * mass)
        unlooked -= end * attached_now
        brings[r] = weights[r] * (looks * looked + (1 - looks) * unlooked + entering * (entrant_brings + end * entrant))
