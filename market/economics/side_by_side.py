"""The races of many customers side by side, in single precision where that decides them.

`run` finds what `race.winner` does. It takes up to `LANES` customers at once, one option after the other, and keeps the
best and the second-best score of each. What it scores is ln E − V + 1/τ, which is

    ln E + ln(1 + h·b)/τ + α·p − a,     h·b = exp((d − c)/δ)·exp((c − q)/δ),     α = 1/(τ w),

a being all that draws the customer to the developer and to the model. Hardness h is worked out once for a customer and
weakness b once for an option, so a pair needs one logarithm for its success, two for its luck, and no exponential.
Options that share a luck draw it once. An option that would be no customer's choice with the best of luck draws none.

How wrong a score can be is known (`_most_wrong`). Where the best and the second differ by more, the best has won; where
they do not, for one customer in a few thousand, `race.winner` decides.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.float32 import EXP_ERROR, EXP_RANGE, LOG_ERROR, LUCK_ERROR, ROUNDING, exp, log, log_luck
from market.economics.kernels import kernel, lane
from market.economics.luck import mix
from market.economics.race import LEAST_LOG_LUCK, MOST_LOG_LUCK, OUTSIDE_WINS, owner_of, winner

LANES = 512
"""Customers side by side: few enough for all that is known of them to stay in the nearest cache."""
_NO_OPTION, _UNDECIDED = -2, -3
"""Instead of the number of an option: of one who uses none that is on sale, and of a race that is not decided."""
_SUCCESS_ERROR = EXP_ERROR + LOG_ERROR + (EXP_RANGE + 3) * ROUNDING
"""ln(1 + h·b) is wrong by at most this."""
_SUM_ERROR = np.float32(16 * ROUNDING)
"""Adding up a score is wrong by less than half this part of the sum of its terms' sizes."""
_ONE, _FAR, _PADDING = np.float32(1.0), np.float32(1e30), 15


class Field(NamedTuple):
    """The J options of a month in single precision, as one segment's customers see them.

    Attributes
    ----------
    centre : c, points.   weakness : (J,) b.   price : (J,) $ per Mtok.
    order : (J,) the options, those that share a luck one after the other.
    fits : whether single precision holds them.
    """

    centre: float
    weakness: npt.NDArray[np.float32]
    price: npt.NDArray[np.float32]
    order: npt.NDArray[np.int32]
    fits: bool


class Lanes(NamedTuple):
    """What is known of `LANES` customers in their races.

    `own_…` is of the option each uses, `line` the tier line of that, `pull` (F, LANES) by firm.
    """

    owner: npt.NDArray[np.uint64]
    own_owner: npt.NDArray[np.uint64]
    draw: npt.NDArray[np.int32]
    own: npt.NDArray[np.int32]
    line: npt.NDArray[np.int32]
    winner: npt.NDArray[np.int32]
    ease: npt.NDArray[np.float32]
    value: npt.NDArray[np.float32]
    hardness: npt.NDArray[np.float32]
    alpha: npt.NDArray[np.float32]
    own_weakness: npt.NDArray[np.float32]
    own_price: npt.NDArray[np.float32]
    own_pull: npt.NDArray[np.float32]
    luck: npt.NDArray[np.float32]
    best: npt.NDArray[np.float32]
    second: npt.NDArray[np.float32]
    doubt: npt.NDArray[np.float32]
    pull: npt.NDArray[np.float32]


@kernel
def field(customers, habits, offers):  # type: ignore[no-untyped-def]
    """Prepare the options of a month for a segment's customers."""
    count, difficulty = len(offers.model), customers.difficulty
    centre = 0.5 * (difficulty[0] + difficulty[-1])
    weakness, price, order = np.empty(count, np.float32), np.empty(count, np.float32), np.empty(count, np.int32)
    fits, placed = True, 0
    for j in range(count):
        exponent = (centre - offers.capability[j]) / habits.success_scale
        fits &= abs(exponent) <= EXP_RANGE and offers.price[j] >= 0.0
        weakness[j], price[j] = math.exp(exponent), offers.price[j]
        for k in range(j):
            if offers.luck[k] == offers.luck[j]:
                break
        else:
            for k in range(j, count):
                if offers.luck[k] == offers.luck[j]:
                    order[placed] = k
                    placed += 1
    return Field(centre, weakness, price, order, fits)


@kernel
def lanes(firms):  # type: ignore[no-untyped-def]
    """Room for `LANES` customers and their pulls to a number of firms."""
    return Lanes(
        np.zeros(LANES, np.uint64), np.zeros(LANES, np.uint64),
        np.zeros(LANES, np.int32), np.zeros(LANES, np.int32), np.zeros(LANES, np.int32), np.zeros(LANES, np.int32),
        np.zeros(LANES, np.float32), np.ones(LANES, np.float32), np.zeros(LANES, np.float32),
        np.zeros(LANES, np.float32), np.zeros(LANES, np.float32), np.zeros(LANES, np.float32),
        np.zeros(LANES, np.float32), np.zeros(LANES, np.float32), np.zeros(LANES, np.float32),
        np.zeros(LANES, np.float32), np.zeros(LANES, np.float32), np.zeros((firms, LANES), np.float32),
    )  # fmt: skip


@kernel
def run(who, reach, customers, habits, state, offers, luck, field, lanes):  # type: ignore[no-untyped-def]
    """Run the races of up to `LANES` customers; `lanes.winner` is then what `winner` gives for each.

    Parameters
    ----------
    who : (n,) numbers of the customers.
    reach : (J,) how many of them, the first ones, an option can win; 0 if it is nothing they can use. The option that
        a customer uses takes part in any case. It is overwritten.
    customers, habits, state, offers, luck : as `winner` has them.
    field, lanes : of `field` and `lanes`.
    """
    bounds = _gather(who, customers, habits, state, offers, luck, field, lanes)
    scale = 1.0 / habits.choice_scale
    _drop_the_hopeless(bounds, scale, field, reach)
    _score(len(who), np.float32(scale), np.float32(habits.model_switching_cost), reach, offers, luck, field, lanes)
    for k in range(len(who)):
        if lanes.winner[k] == _UNDECIDED:
            lanes.winner[k] = winner(who[k], customers, habits, state, offers, luck)


@kernel
def _gather(who, customers, habits, state, offers, luck, field, lanes):  # type: ignore[no-untyped-def]
    """Fill the lanes; returns the least exponent of h, the greatest value and the strongest pull among them."""
    easiest, richest, strongest = np.inf, 0.0, np.float32(0.0)
    firms, wrong = customers.taste.shape[1], 2.0 * _most_wrong(habits) if field.fits else np.inf
    for k in range(len(who)):
        i, most = who[k], np.float32(0.0)
        for firm in range(firms):
            taste = customers.taste[i, firm]
            lanes.pull[firm, k] = taste
            most = max(most, abs(taste))
        lanes.doubt[k] = wrong + 2.0 * _SUM_ERROR * most
        strongest = max(strongest, most)
    for k in range(len(who)):
        i = who[k]
        ease = (customers.difficulty[i] - field.centre) / habits.success_scale
        lanes.ease[k], lanes.value[k] = ease, customers.value[i]
        lanes.owner[k] = owner_of(i, state.epoch[i], luck)
        easiest, richest = min(easiest, ease), max(richest, customers.value[i])
        if abs(ease) > EXP_RANGE:
            lanes.doubt[k] = np.inf
    _gather_own(who, state.current, customers.access, habits, offers, field, lanes)
    return easiest, richest, strongest + habits.firm_switching_cost + habits.model_switching_cost


@kernel
def _gather_own(who, current, access, habits, offers, field, lanes):  # type: ignore[no-untyped-def]
    """Add to the lanes what each customer uses, if it is on sale."""
    psi, phi = np.float32(habits.firm_switching_cost), np.float32(habits.model_switching_cost)
    for k in range(len(who)):
        now, own = current[who[k]], _NO_OPTION
        lanes.line[k] = offers.line[now] if now >= 0 else -1
        if now >= 0:
            lanes.pull[offers.maker[now], k] += psi
            slot = offers.slot[now]
            if 0 <= slot < len(offers.model) and (access[who[k]] or not offers.open_weights[slot]):
                own = slot
        lanes.own[k], lanes.own_owner[k] = own, lanes.owner[k]
        if own != _NO_OPTION:
            lanes.own_owner[k] ^= offers.luck[own]
            lanes.own_weakness[k], lanes.own_price[k] = field.weakness[own], field.price[own]
            lanes.own_pull[k] = lanes.pull[offers.firm[own], k] + phi


@kernel
def _most_wrong(habits):  # type: ignore[no-untyped-def]
    """Bound on the error of a score, but for parts of `_SUM_ERROR` of the score itself and of the customer's tastes.

    The terms of a score are added up to within half of `_SUM_ERROR` of their sizes' sum. Success and price are never
    below 0, so that sum is at most the score's own size and twice that of luck, below 40, and of pull.
    """
    sizes = 40.0 + habits.firm_switching_cost + habits.model_switching_cost
    return _SUCCESS_ERROR / habits.choice_scale + LUCK_ERROR + _SUM_ERROR * sizes


@kernel
def _drop_the_hopeless(bounds, scale, field, reach):  # type: ignore[no-untyped-def]
    """Keep from the race what cannot win against the outside option, were all at their best among the customers."""
    easiest, richest, strongest = bounds
    hardness, alpha = math.exp(max(easiest, -EXP_RANGE)), scale / richest
    hopeless = scale + MOST_LOG_LUCK - LEAST_LOG_LUCK + strongest + 1.0  # 1 for what is rounded
    for j in range(len(reach)):
        if scale * math.log1p(hardness * field.weakness[j]) + alpha * field.price[j] > hopeless:
            reach[j] = 0


@kernel
def _score(n, scale, phi, reach, offers, luck, field, lanes):  # type: ignore[no-untyped-def]
    """Run the races of the first n lanes: the outside option, what each uses, then all options, one luck at a time."""
    s, n = lanes, _padded(n)
    _prepare(n, scale, s.ease, s.value, s.hardness, s.alpha)
    _draw(n, s.owner, luck.outside, s.draw, s.luck)
    _enter_outside(n, scale, s.luck, s.best)
    _draw(n, s.own_owner, np.uint64(0), s.draw, s.luck)
    _score_own(n, scale, s.hardness, s.alpha, s.own_weakness, s.own_price, s.own_pull, s.luck)
    _enter_own(n, s.own, s.luck, s.best, s.second, s.winner)
    begin = 0
    while begin < len(field.order):
        key, end, most = offers.luck[field.order[begin]], begin, 0
        while end < len(field.order) and offers.luck[field.order[end]] == key:
            most = max(most, reach[field.order[end]])
            end += 1
        if most > 0:
            _draw(_padded(most), s.owner, key, s.draw, s.luck)
        for place in range(begin, end):
            j = field.order[place]
            if reach[j] > 0:
                _enter(
                    _padded(reach[j]), np.int32(j), scale, field.weakness[j], field.price[j], s.hardness, s.alpha,
                    offers.firm[j], offers.line[offers.model[j]], phi, s.pull, s.own, s.line, s.luck, s.best, s.second,
                    s.winner,
                )  # fmt: skip
        begin = end
    _settle(n, s.best, s.second, s.doubt, s.winner)


@kernel
def _padded(n):  # type: ignore[no-untyped-def]
    """Round a number of lanes up to what the processor takes at once: more than are asked for do no harm."""
    return (n + _PADDING) & ~_PADDING


@lane
def _prepare(n, scale, ease, value, hardness, alpha):  # type: ignore[no-untyped-def]
    for k in range(n):
        hardness[k], alpha[k] = exp(ease[k]), scale / value[k]


@lane
def _draw(n, owner, key, draw, luck):  # type: ignore[no-untyped-def]
    for k in range(n):
        draw[k] = np.int32(mix(owner[k] ^ key) >> np.uint64(33))
    for k in range(n):
        luck[k] = log_luck(draw[k])


@lane
def _enter_outside(n, scale, luck, best):  # type: ignore[no-untyped-def]
    for k in range(n):
        best[k] = luck[k] + scale


@lane
def _score_own(n, scale, hardness, alpha, weakness, price, pull, luck):  # type: ignore[no-untyped-def]
    for k in range(n):
        luck[k] += scale * log(_ONE + hardness[k] * weakness[k]) + alpha[k] * price[k] - pull[k]


@lane
def _enter_own(n, own, score, best, second, winner):  # type: ignore[no-untyped-def]
    for k in range(n):
        other = _FAR if own[k] == np.int32(_NO_OPTION) else score[k]
        winner[k] = own[k] if other < best[k] else np.int32(OUTSIDE_WINS)
        second[k], best[k] = max(best[k], other), min(best[k], other)


@lane
def _enter(  # type: ignore[no-untyped-def]
    n, j, scale, weakness, price, hardness, alpha, firm, line, phi, pull, own, now, luck, best, second, winner
):
    for k in range(n):
        score = scale * log(_ONE + hardness[k] * weakness) + alpha[k] * price - pull[firm, k] + luck[k]
        score = score - phi if now[k] == line else score
        score = _FAR if own[k] == j else score
        ahead = score < best[k]
        second[k] = best[k] if ahead else min(second[k], score)
        winner[k] = j if ahead else winner[k]
        best[k] = score if ahead else best[k]


@lane
def _settle(n, best, second, doubt, winner):  # type: ignore[no-untyped-def]
    """Keep the winner where nothing that is known of the errors could make the second the first."""
    for k in range(n):
        decided = second[k] - best[k] > _SUM_ERROR * (abs(second[k]) + abs(best[k])) + doubt[k]
        winner[k] = winner[k] if decided else np.int32(_UNDECIDED)
