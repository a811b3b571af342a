"""Choice: what customers take in a month, and who moved where.

What a customer takes is the winner of a race (`race`), which is distributed as the logit of `demand` (Luce 1959;
McFadden 1974). But its luck belongs to a pair of customer and model and not to a position in a list: removing a model
moves its own customers and nobody else.

A month takes four steps:

1. hashes say whose workload is replaced, who looks at what is on sale, and who is moved to an update
   (`reconsideration`);
2. who looks is lined up by what there is to look at (`memory`): everything, what got better since the customer last
   looked, or nothing, in which case it stays;
3. the races of those in the line are run side by side (`side_by_side`);
4. customers and their volumes are added up by where they come from and where they are.

The steps are compiled, and taken for some ten thousand customers at a time, on any number of threads. Volumes are added
up in double precision, everybody in order within a chunk and then the chunks, so that no split changes them.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.adoption import Customers
from market.economics.chunks import CHUNK, mapper, runs
from market.economics.kernels import kernel
from market.economics.luck import below, key
from market.economics.memory import ANEW, Memory
from market.economics.options import OUTSIDE, Habits, Offers
from market.economics.reconsideration import (
    find_looking,
    find_present,
    last_news,
    line_up,
    move_up,
    rank_draws,
    renew,
    standing_of,
)
from market.economics.side_by_side import LANES, field, lanes, run


class Luck(NamedTuple):
    """Keys of a segment's luck in a month: the race (permanent), and the draws of that month."""

    race: np.uint64
    outside: np.uint64
    turnover: np.uint64
    reconsideration: np.uint64
    upgrade: np.uint64


class Choices(NamedTuple):
    """Who is where and moved where. K = slots + 2, the last two being outside and entry.

    Attributes
    ----------
    customers : (K, K) number of customers by origin and destination, stayers on the diagonal; (S, K, K) where those of
        all segments are stacked.
    volume : the same of their month-0 volume, Mtok per month.
    """

    customers: npt.NDArray[np.int64]
    volume: npt.NDArray[np.float64]


class _Sums(NamedTuple):
    """Sums of a run of customers, chunk after chunk: of few cells, as hardly anybody moves.

    Attributes
    ----------
    cells : (n,) places in a flat (K, K) by origin and destination, each once a chunk.
    customers, volume : (n,) as `Choices` has them.
    """

    cells: npt.NDArray[np.int64]
    customers: npt.NDArray[np.int64]
    volume: npt.NDArray[np.float64]


_OUTSIDE = key("outside")


def choice_luck(seed: int, segment: str, month: int) -> Luck:
    """Keys of the luck of one segment in one month."""
    return Luck(
        key(seed, "race", segment),
        _OUTSIDE,
        key(seed, "turnover", segment, month),
        key(seed, "reconsideration", segment, month),
        key(seed, "upgrade", segment, month),
    )


def choose(
    customers: Customers,
    habits: Habits,
    memory: Memory,
    offers: Offers,
    luck: Luck,
    month: int,
    pool: Executor | None = None,
) -> Choices:
    """Let everybody present reconsider, or not, and choose; `docs/ODD.md` has the equations.

    A customer reconsiders with chance max(θ, θ after a release if its model's developer has one), and always in its
    entry month, when its model is withdrawn and, where a rise wakes customers, when its price rises. A new epoch draws
    new luck and by itself triggers nothing. Of those who use an earlier release of a family, a part is moved to an
    update in the month of its release, if that costs no more, whether they reconsider or not.

    Parameters
    ----------
    customers, habits : the segment's customers, and what they share; the same every month.
    memory : what they remember of earlier months; changed to what they remember of this one.
    offers : the options of the month; of a model, nothing but its price ever changes, nor do two change their order.
        Segments that share what they have seen choose among the same.
    luck : keys of the month's luck.
    month : this month, later than any before; those whose entry month it is enter now.
    pool : threads for runs of customers; results are the same without one.
    """
    memory.seen.see(offers, month)
    width, better, worse = offers.slots + 2, memory.seen.better, memory.seen.worse

    def go_through(low: int, high: int) -> _Sums:
        return _choose(low, high, month, customers, habits, memory.state, better, worse, offers, luck)  # type: ignore[no-any-return]

    made = Choices(np.zeros((width, width), np.int64), np.zeros((width, width)))
    for sums in mapper(pool)(go_through, *runs(len(customers.entry))):
        _join(sums, made)
    return made


@kernel
def _choose(low, high, month, customers, habits, state, better, worse, offers, luck):  # type: ignore[no-untyped-def]
    """Take the four steps of `choice` for a run of customers, and return their sums.

    Parameters
    ----------
    low, high : the first of them, and the one after the last.
    month, customers, habits, offers, luck : as `choose` has them.   state, better, worse : of its memory.
    """
    entry, access, volume = customers.entry[low:high], customers.access[low:high], customers.volume[low:high]
    current, epoch, looked = state.current[low:high], state.epoch[low:high], state.looked[low:high]
    standing = standing_of(offers, worse, month, habits.reconsideration_at_rise)
    calm = below(habits.reconsideration)
    renew(low, luck.turnover, below(habits.turnover), epoch, looked)
    present = find_present(month, entry)
    eager = max(calm, below(habits.reconsideration_at_release))
    origin, looking = find_looking(
        present, current, rank_draws(low, present, luck.reconsideration, calm, eager), standing
    )
    if habits.auto_upgrade > 0:
        move_up(low, present, luck.upgrade, below(habits.auto_upgrade), offers.upgrade, current, looked)
    line, ends = line_up(month, looking, access, current, looked, standing, last_news(offers, better))
    line += np.uint32(low)
    _race(month, line, ends, customers, habits, state, better, offers, luck)
    return _add_up(present, origin, current, volume, standing.slot, offers.slots + 2)


@kernel
def _race(month, line, ends, customers, habits, state, better, offers, luck):  # type: ignore[no-untyped-def]
    """Run the races of those in the line, and let them use what wins.

    Parameters
    ----------
    line, ends : of `line_up`, the line by customer number.
    month, customers, habits, state, offers, luck : as `_choose` has them.   better : of `memory.Seen`.
    """
    room, options = lanes(customers.taste.shape[1]), field(customers, habits, offers)
    reach, begin = np.empty(len(offers.model), np.int64), 0
    for kind in range(2):
        end = ends[kind, month + 1]
        for first in range(begin, end, LANES):
            who = line[first : min(first + LANES, end)]
            for j in range(len(reach)):
                seen = kind == 1 or not offers.open_weights[j]
                unseen_by = np.int64(ends[kind, better[offers.model[j]]]) - first
                reach[j] = min(max(unseen_by, np.int64(0)), np.int64(len(who))) if seen else 0
            run(who, reach, customers, habits, state, offers, luck, options, room)
            _take(who, room.winner, month, offers, state.current, state.looked)
        begin = end


@kernel
def _take(who, winner, month, offers, current, looked):  # type: ignore[no-untyped-def]
    """Let customers use the winners of their races; who comes to a line has to look at everything the next time."""
    for k in range(len(who)):
        i, won, line = who[k], winner[k], -1
        if current[i] >= 0:
            line = offers.line[current[i]]
        if won < 0:
            current[i], looked[i] = OUTSIDE, month
        else:
            current[i] = offers.model[won]
            looked[i] = month if offers.line[current[i]] == line else ANEW


@kernel
def spending(volume, current, price_of):  # type: ignore[no-untyped-def]
    """Add up what customers pay for month-0 volumes, one after another, chunk by chunk, $ a month.

    Parameters
    ----------
    volume : (N,) Mtok per month.   current : (N,) of `memory.State`.
    price_of : (register + 2,) $ per Mtok by model, then 0 twice: of those who are not there, or use nothing.
    """
    total = 0.0
    for begin in range(0, len(current), CHUNK):
        part = 0.0
        for k in range(begin, min(begin + CHUNK, len(current))):
            part += volume[k] * price_of[current[k]]
        total += part
    return total


@kernel
def _add_up(present, origin, current, volume, slot, width):  # type: ignore[no-untyped-def]
    """Add up those present, in order, by the places they come from and are in: the cells of a chunk that hold any."""
    cells, heads = np.empty(len(present), np.int64), np.empty(len(present), np.int64)
    volumes, entry = np.empty(len(present)), np.full(width * width, -1, np.int32)
    end, first, count = 0, 0, 0
    for p in range(len(present)):
        k = present[p]
        while k >= end:  # the next chunk begins
            end, first = end + CHUNK, count
        cell = origin[p] * width + slot[current[k] + 2]
        at = entry[cell]
        if at < first:
            at, entry[cell] = count, count
            cells[at], heads[at], volumes[at] = cell, 0, 0.0
            count += 1
        heads[at] += 1
        volumes[at] += volume[k]
    return _Sums(cells[:count], heads[:count], volumes[:count])


@kernel
def _join(sums, made):  # type: ignore[no-untyped-def]
    """Add the sums of a run of customers, chunk by chunk, to those of the customers before."""
    customers, volume = made.customers.ravel(), made.volume.ravel()
    for at in range(len(sums.cells)):
        customers[sums.cells[at]] += sums.customers[at]
        volume[sums.cells[at]] += sums.volume[at]
