"""Reconsideration: who looks at what is on sale in a month, and how much of it each has to look at.

Who looks is drawn; `memory` says what need not be looked at. The loops here go over all customers, most of whom do
nothing in a month, and none of them branches on a draw: a processor that guesses wrong loses more than it saves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.kernels import kernel, lane
from market.economics.luck import GAMMA, mix
from market.economics.memory import ANEW
from market.economics.options import ABSENT, OUTSIDE

_SOMETIMES, _AT_RELEASE, _ALWAYS = np.uint8(2), np.uint8(1), np.uint8(0)
"""Least rank of a draw with which a customer looks: below θ, below the chance after a release, whatever it is."""


class Standing(NamedTuple):
    """How those stand who use a model, by its number + 2: first come ABSENT and OUTSIDE.

    Attributes
    ----------
    slot : (register + 2,) place in the flow sums.   rank : (register + 2,) least rank of a draw with which they look.
    void : (register + 2,) who looked before this month must look at everything: the model then got dearer, or is
        withdrawn now.
    """

    slot: npt.NDArray[np.uint32]
    rank: npt.NDArray[np.uint8]
    void: npt.NDArray[np.int16]


@kernel
def standing_of(offers, worse, month, rise):  # type: ignore[no-untyped-def]
    """Work out the `Standing` of a month.

    `worse` is `memory.Seen.worse`; `rise` says whether everybody looks whose model gets dearer this month.
    """
    known = len(offers.slot) + 2
    slot, rank, void = np.zeros(known, np.uint32), np.full(known, _SOMETIMES), np.full(known, np.int16(ANEW))
    slot[ABSENT + 2], slot[OUTSIDE + 2], rank[ABSENT + 2] = offers.slots + 1, offers.slots, _ALWAYS
    for number in range(len(offers.slot)):
        if offers.slot[number] < 0:  # nobody uses it any more
            continue
        slot[number + 2], void[number + 2] = offers.slot[number], worse[number]
        if offers.slot[number] >= len(offers.model):  # withdrawn
            rank[number + 2], void[number + 2] = _ALWAYS, month
        elif rise and worse[number] == month:
            rank[number + 2] = _ALWAYS
        elif offers.releasing[offers.maker[number]]:
            rank[number + 2] = _AT_RELEASE
    return Standing(slot, rank, void)


@kernel
def last_news(offers, better):  # type: ignore[no-untyped-def]
    """Last months in which anything got better for customers without and with access to open weights. Shape (2,)."""
    last = np.zeros(2, np.int16)  # month 0 at least, before which nobody has looked
    for j in range(len(offers.model)):
        month = better[offers.model[j]]
        last[1] = max(last[1], month)
        if not offers.open_weights[j]:
            last[0] = max(last[0], month)
    return last


@lane
def renew(low, key, steps, epoch, looked):  # type: ignore[no-untyped-def]
    """Replace the workloads of those, present or not, whose draw is below some steps (`luck.below`).

    Parameters
    ----------
    low : number of the first customer.   key : of the month's turnover.   steps : below which a workload is replaced.
    epoch, looked : (N,) of `memory.State`.
    """
    for k in range(len(epoch)):
        renewed = mix(key + np.uint64(low + k) * GAMMA) >> np.uint64(11) < steps
        epoch[k] += np.int16(renewed)
        looked[k] = np.int16(ANEW) if renewed else looked[k]


@kernel
def find_present(month, entry):  # type: ignore[no-untyped-def]
    """Places of those who have entered. Each is written down; who has not entered is written over by the next."""
    present, count = np.empty(len(entry), np.uint32), 0
    for k in range(len(entry)):
        present[count] = k
        count += entry[k] <= month
    return present[:count]


@kernel
def rank_draws(low, present, key, calm, eager):  # type: ignore[no-untyped-def]
    """Rank the draws of those present: how many of two numbers of steps (`luck.below`) each is below.

    Parameters
    ----------
    low : number of the customer in place 0.   present : places of those present.
    key : of the month's reconsideration.   calm, eager : the numbers of steps, the lesser first.
    """
    ranks = np.empty(len(present), np.uint8)
    _rank(low, present, key, calm, eager, ranks)
    return ranks


@lane
def _rank(low, present, key, calm, eager, ranks):  # type: ignore[no-untyped-def]
    for p in range(len(present)):
        step = mix(key + np.uint64(low + present[p]) * GAMMA) >> np.uint64(11)
        ranks[p] = np.uint8(step < calm) + np.uint8(step < eager)


@kernel
def find_looking(present, current, ranks, standing):  # type: ignore[no-untyped-def]
    """Slots that those present come from, and places of those who look, written down as in `find_present`."""
    origin, looking, count = np.empty(len(present), np.uint32), np.empty(len(present), np.uint32), 0
    for p in range(len(present)):
        k = present[p]
        uses = np.uint32(current[k] + 2)
        origin[p], looking[count] = standing.slot[uses], k
        count += ranks[p] >= standing.rank[uses]
    return origin, looking[:count]


@kernel
def move_up(low, present, key, steps, upgrade, current, looked):  # type: ignore[no-untyped-def]
    """Move those whose draw is below some steps (`luck.below`) to the update of what they use, if there is one.

    Parameters
    ----------
    low : number of the customer in place 0.   present : places of those present.   key : of the month's upgrades.
    upgrade : (register,) of `options.Offers`.   current, looked : (N,) of `memory.State`.
    """
    for k in present:
        now = current[k]
        if now >= 0 and upgrade[now] >= 0 and mix(key + np.uint64(low + k) * GAMMA) >> np.uint64(11) < steps:
            current[k], looked[k] = upgrade[now], np.int16(ANEW)


@kernel
def line_up(month, looking, access, current, looked, standing, last):  # type: ignore[no-untyped-def]
    """Line up those for whom there is something to look at; all who look have looked then.

    First come those without access to open weights, then the others, and of either first who must look at everything
    and then by the month in which they last looked. Returns the line, and `ends` (2, month + 2): where in it end those
    who last looked before month 0, 1, …, this one.
    """
    ends, count = np.zeros((2, month + 2), np.uint32), 0
    kinds, places = np.empty(len(looking), np.uint8), np.empty(len(looking), np.uint32)
    for k in looking:
        since = np.int16(ANEW) if standing.void[np.uint32(current[k] + 2)] > looked[k] else looked[k]
        kind, place = np.uint8(access[k]), np.uint32(since + 1)
        looking[count], kinds[count], places[count] = k, kind, place
        news = since < last[kind]
        ends[kind, place] += news
        count += news
        looked[k] = month
    flat, total = ends.ravel(), 0
    for s in range(len(flat)):
        flat[s], total = total, total + flat[s]
    line = np.empty(count, np.uint32)
    for w in range(count):
        line[ends[kinds[w], places[w]]] = looking[w]
        ends[kinds[w], places[w]] += 1
    return line, ends
