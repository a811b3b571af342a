"""How demand responds to prices: what choices a month's customers would make, in the mean over their luck.

Chances are those of the logit (`demand`). They are worked out for `LANES` customers side by side, one option after the
other, with an exponential that compilers turn into code for several of them (`exponential`). All is in double
precision, and no chance is taken from 1: that of all other options is added up from both ends, and the greatest value
is left out of the sum under a logarithm, so that all keep their digits however large or small the values are.

Of options that share a luck a customer takes the best, so the others have no chance, and where the prices of all of
them move together it goes on to take the same one. That is how prices move here: a slope is what an option loses to
what has another luck when all that its firm sells in its tier gets dearer.
"""

from __future__ import annotations

import math
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.adoption import Customers
from market.economics.chunks import CHUNK, chunks_in, mapper, runs
from market.economics.exponential import exponential, softplus
from market.economics.kernels import kernel, lane
from market.economics.options import Habits, Offers
from market.economics.reconsideration import find_present
from market.economics.utility import reconsiders

LANES = 128
"""Customers side by side; a power of 2. Part of the definition of a result: another number rounds differently."""


class Response(NamedTuple):
    """What prices do to the customers present in a month, at month-0 volumes. J offers.

    Attributes
    ----------
    surplus : consumer surplus in dollars, Σ volume·τ·w·ln(1 + Σ exp V) with ψ = φ = 0 (Small and Rosen 1981).
    slope : (J,) ∂tokens/∂own price for one month: the chance to reconsider × the logit derivative, attachments in.
    long_slope, long_tokens : (J,) the same and the tokens if everybody reconsidered without attachments.
    """

    surplus: float
    slope: npt.NDArray[np.float64]
    long_slope: npt.NDArray[np.float64]
    long_tokens: npt.NDArray[np.float64]


class Lanes(NamedTuple):
    """What is known of `LANES` customers; J options, F firms.

    Attributes
    ----------
    difficulty, alpha, volume : points, α = 1/(τ w) per $, and Mtok per month, 0 where nobody is.
    slope, soon : α·volume, and that times the chance to reconsider.
    access : whether open weights can be used.
    home, now : column of the firm and number of the tier line that each uses, below 0 if none.
    taste : (F, LANES).
    """

    difficulty: npt.NDArray[np.float64]
    alpha: npt.NDArray[np.float64]
    volume: npt.NDArray[np.float64]
    slope: npt.NDArray[np.float64]
    soon: npt.NDArray[np.float64]
    access: npt.NDArray[np.bool_]
    home: npt.NDArray[np.int32]
    now: npt.NDArray[np.int32]
    taste: npt.NDArray[np.float64]


class Groups(NamedTuple):
    """Options that share a luck. J options, G groups.

    Attributes
    ----------
    of : (J,) number of each option's group.   several : whether any group has more than one option.
    best : (G, LANES) greatest value of each group, infinite once its option has been found.
    """

    of: npt.NDArray[np.int64]
    several: bool
    best: npt.NDArray[np.float64]


class Odds(NamedTuple):
    """Chances of J options for `LANES` customers side by side, and what they are worked out from; (LANES,) otherwise.

    Attributes
    ----------
    value, others : (J, LANES) values, which become chances, and the chances of all other options, the outside one in.
    top, lead : the greatest value, 0 of the outside option included, and whose it is, −1 the outside option's.
    total, beside : sum of exp(value − top) over all, and over all but the lead.
    """

    value: npt.NDArray[np.float64]
    others: npt.NDArray[np.float64]
    top: npt.NDArray[np.float64]
    lead: npt.NDArray[np.int64]
    total: npt.NDArray[np.float64]
    beside: npt.NDArray[np.float64]


def respond(
    customers: Customers,
    habits: Habits,
    current: npt.NDArray[np.int32],
    offers: Offers,
    month: int,
    pool: Executor | None = None,
) -> Response:
    """Surplus and price responses of everybody present, given what they used last month; volumes are month-0 ones.

    Parameters
    ----------
    customers, habits : the segment's customers, and what they share.
    offers : the options of the month.   month : this month.
    pool : threads for runs of customers; results are the same without one.
    current : (N,) state at the end of last month, before this month's choices.
    """

    def go_through(low: int, high: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        surplus, sums = np.zeros(chunks_in(low, high)), np.zeros((chunks_in(low, high), 3, len(offers.model)))
        _respond(low, high, month, customers, habits, current, offers, surplus, sums)
        return surplus, sums

    total, sums = 0.0, np.zeros((3, len(offers.model)))
    for surplus, parts in mapper(pool)(go_through, *runs(len(current))):
        for chunk, part in zip(surplus.tolist(), parts, strict=True):
            total += chunk
            sums += part
    return Response(total, *sums)


@kernel
def _respond(low, high, month, customers, habits, current, offers, surplus, sums):  # type: ignore[no-untyped-def]
    """Set surplus and sums of each chunk of a run of customers.

    Parameters
    ----------
    low, high : the first of them, and the one after the last.
    month, customers, habits, current, offers : as `respond` has them.
    surplus : (chunks,) zero.   sums : (chunks, 3, J) zero; the last three of a `Response`.
    """
    room, free, tied = _lanes(customers.taste.shape[1]), _odds(len(offers.model)), _odds(len(offers.model))
    groups = _groups(offers.luck)
    for first in range(low, high, CHUNK):
        chunk = (first - low) // CHUNK
        present = find_present(month, customers.entry[first : min(first + CHUNK, high)])
        present += np.uint32(first)
        for place in range(0, len(present), LANES):
            who = present[place : place + LANES]
            _gather(who, customers, habits, current, offers, room)
            _set_values(habits, offers, groups, room, free, tied)
            _set_chances(free)
            _set_chances(tied)
            for k in range(len(who)):
                gain = free.top[k] + math.log1p(free.beside[k])
                surplus[chunk] += room.volume[k] / room.alpha[k] * gain
            _add_up(room, free, tied, sums[chunk])


@kernel
def _lanes(firms):  # type: ignore[no-untyped-def]
    return Lanes(
        np.zeros(LANES), np.ones(LANES), np.zeros(LANES), np.zeros(LANES), np.zeros(LANES),
        np.zeros(LANES, np.bool_), np.zeros(LANES, np.int32), np.zeros(LANES, np.int32), np.zeros((firms, LANES)),
    )  # fmt: skip


@kernel
def _odds(count):  # type: ignore[no-untyped-def]
    return Odds(
        np.empty((count, LANES)), np.empty((count, LANES)),
        np.empty(LANES), np.empty(LANES, np.int64), np.empty(LANES), np.empty(LANES),
    )  # fmt: skip


@kernel
def _gather(who, customers, habits, current, offers, lanes):  # type: ignore[no-untyped-def]
    """Fill the lanes, and leave those that are over without volume."""
    lanes.volume[:], lanes.slope[:], lanes.soon[:] = 0.0, 0.0, 0.0
    for k in range(len(who)):
        i = who[k]
        now = current[i]
        lanes.difficulty[k], lanes.volume[k] = customers.difficulty[i], customers.volume[i]
        lanes.alpha[k] = 1.0 / (habits.choice_scale * customers.value[i])
        lanes.slope[k] = lanes.volume[k] * lanes.alpha[k]
        lanes.soon[k] = lanes.slope[k] * reconsiders(now, habits, offers)
        lanes.access[k] = customers.access[i]
        lanes.home[k] = offers.maker[now] if now >= 0 else np.int32(-1)
        lanes.now[k] = offers.line[now] if now >= 0 else np.int32(-1)
        for firm in range(customers.taste.shape[1]):
            lanes.taste[firm, k] = customers.taste[i, firm]


@kernel
def _set_values(habits, offers, groups, lanes, free, tied):  # type: ignore[no-untyped-def]
    """Set the values of all options, without and with what the customers' use adds, and the greatest of them."""
    for odds in (free, tied):
        odds.top[:], odds.lead[:] = 0.0, -1
    scale, per_point = 1.0 / habits.choice_scale, 1.0 / habits.success_scale
    psi, phi = habits.firm_switching_cost, habits.model_switching_cost
    for j in range(len(offers.model)):
        _value(
            j, offers.firm[j], offers.line[offers.model[j]], offers.open_weights[j], offers.capability[j],
            offers.price[j], scale, per_point, psi, phi,
            lanes.difficulty, lanes.alpha, lanes.taste, lanes.access, lanes.home, lanes.now, free.value, tied.value,
        )  # fmt: skip
    for odds in (free, tied):
        if groups.several:
            _keep_best(groups, odds)
        for j in range(len(offers.model)):
            _lead(j, odds.value, odds.top, odds.lead)


@kernel
def _groups(luck):  # type: ignore[no-untyped-def]
    """Number the lucks of the options, in the order in which they first come."""
    of, count = np.empty(len(luck), np.int64), 0
    for j in range(len(luck)):
        of[j] = count
        for k in range(j):
            if luck[k] == luck[j]:
                of[j] = of[k]
                break
        count += of[j] == count
    return Groups(of, count < len(luck), np.empty((count, LANES)))


@kernel
def _keep_best(groups, odds):  # type: ignore[no-untyped-def]
    """Leave of each group the best option, the first of several."""
    groups.best[:] = -np.inf
    for j in range(len(groups.of)):
        _rank(j, groups.of[j], odds.value, groups.best)
    for j in range(len(groups.of)):
        _keep(j, groups.of[j], odds.value, groups.best)


@lane
def _rank(j, group, value, best):  # type: ignore[no-untyped-def]
    for k in range(LANES):
        best[group, k] = max(value[j, k], best[group, k])


@lane
def _keep(j, group, value, best):  # type: ignore[no-untyped-def]
    for k in range(LANES):
        first = value[j, k] == best[group, k]
        value[j, k] = value[j, k] if first else -np.inf
        best[group, k] = np.inf if first else best[group, k]  # which no later option of this value equals


@lane
def _value(  # type: ignore[no-untyped-def]
    j, firm, line, open_weights, capability, price, scale, per_point, psi, phi,
    difficulty, alpha, taste, access, home, now, free, tied,
):  # fmt: skip
    """Set values of one option as `utility` has them; −∞ where it cannot be used."""
    for k in range(LANES):
        failure = softplus((difficulty[k] - capability) * per_point)
        value = (1.0 - failure) * scale - price * alpha[k] + taste[firm, k]
        value = value if access[k] or not open_weights else -np.inf
        free[j, k] = value
        tied[j, k] = value + (psi if home[k] == firm else 0.0) + (phi if now[k] == line else 0.0)


@lane
def _lead(j, value, top, lead):  # type: ignore[no-untyped-def]
    for k in range(LANES):
        lead[k] = j if value[j, k] > top[k] else lead[k]
        top[k] = max(value[j, k], top[k])


@kernel
def _set_chances(odds):  # type: ignore[no-untyped-def]
    """Turn values into chances in place, and set those of all others, outside in."""
    _begin(odds.top, odds.lead, odds.total, odds.beside)
    for j in range(len(odds.value)):
        _weigh(j, odds.top, odds.lead, odds.value, odds.others, odds.total, odds.beside)
    above, part = np.zeros(LANES), 1.0 / odds.total
    for j in range(len(odds.value) - 1, -1, -1):
        _share(j, part, odds.value, odds.others, above)


@lane
def _begin(top, lead, total, beside):  # type: ignore[no-untyped-def]
    for k in range(LANES):
        total[k] = exponential(-top[k])
        beside[k] = total[k] if lead[k] >= 0 else 0.0


@lane
def _weigh(j, top, lead, value, below, total, beside):  # type: ignore[no-untyped-def]
    for k in range(LANES):
        weight = exponential(value[j, k] - top[k])
        value[j, k], below[j, k] = weight, total[k]
        total[k] += weight
        beside[k] += 0.0 if lead[k] == j else weight


@lane
def _share(j, part, value, others, above):  # type: ignore[no-untyped-def]
    for k in range(LANES):
        others[j, k] = (others[j, k] + above[k]) * part[k]
        above[k] += value[j, k]
        value[j, k] *= part[k]


@kernel
def _add_up(lanes, free, tied, sums):  # type: ignore[no-untyped-def]
    """Add the customers' slopes and tokens to the sums (3, J)."""
    soon, long, tokens = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    for j in range(sums.shape[1]):
        _multiply(
            j,
            lanes.soon,
            lanes.slope,
            lanes.volume,
            tied.value,
            tied.others,
            free.value,
            free.others,
            soon,
            long,
            tokens,
        )
        sums[0, j] -= _fold(soon)
        sums[1, j] -= _fold(long)
        sums[2, j] += _fold(tokens)


@lane
def _multiply(j, soon, slope, volume, tied, tied_others, free, free_others, one, two, three):  # type: ignore[no-untyped-def]
    for k in range(LANES):
        one[k] = soon[k] * tied[j, k] * tied_others[j, k]
        two[k] = slope[k] * free[j, k] * free_others[j, k]
        three[k] = volume[k] * free[j, k]


@lane
def _fold(row):  # type: ignore[no-untyped-def]
    """Sum of a row, which is overwritten: its second half is added to the first until one number is left."""
    half = LANES // 2
    while half > 0:
        for k in range(half):
            row[k] += row[k + half]
        half //= 2
    return row[0]
