"""Choice is a race: each customer takes the option with the least E·exp(−V), E = −ln u exponential luck of its own.

The winner of the race is distributed as the logit of `demand` (Luce 1959; McFadden 1974), but luck belongs to a pair
of customer and model and not to a position in a list: removing a model moves its own customers and nobody else. The
race is run on logarithms, ln E − V, so that no switching cost is too large for it.

Kernels hold customers in float32 and every sum in float64. Sums are taken per chunk of fixed size and added in the
order of the chunks, so they are the same for any number of threads.
"""

from __future__ import annotations

import math
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.adoption import Customers
from market.economics.chunks import mapper, spans
from market.economics.kernels import kernel
from market.economics.luck import GAMMA, key, mix, unit
from market.economics.options import ABSENT, OUTSIDE, Habits, Offers
from market.economics.utility import attachment, reconsiders, value

_GAMMA_EPOCH = np.uint64(0xD1342543DE82EF95)
_LEAST_LOG_LUCK = math.log(2.0**-54)
"""No ln E is below this, so an option further behind than that cannot win and its luck is not drawn."""


class Luck(NamedTuple):
    """Keys of a segment's luck in a month: the race (permanent), the turnover and the reconsideration of that month."""

    race: np.uint64
    outside: np.uint64
    turnover: np.uint64
    reconsideration: np.uint64


class Choices(NamedTuple):
    """What everybody uses now and who moved where. K = slots + 2, the last two being outside and entry.

    Attributes
    ----------
    current : (N,) model number, OUTSIDE or ABSENT.   epoch : (N,) number of workloads each customer has had.
    customers : (K, K) number of customers by origin and destination, stayers on the diagonal.
    volume : (K, K) their month-0 volume, Mtok per month.
    """

    current: npt.NDArray[np.int32]
    epoch: npt.NDArray[np.int32]
    customers: npt.NDArray[np.int64]
    volume: npt.NDArray[np.float64]


def choice_luck(seed: int, segment: str, month: int) -> Luck:
    """Keys of the luck of one segment in one month."""
    return Luck(
        key(seed, "race", segment),
        key("outside"),
        key(seed, "turnover", segment, month),
        key(seed, "reconsideration", segment, month),
    )


def choose(
    customers: Customers,
    habits: Habits,
    current: npt.NDArray[np.int32],
    epoch: npt.NDArray[np.int32],
    offers: Offers,
    luck: Luck,
    month: int,
    pool: Executor | None = None,
) -> Choices:
    """Let everybody present reconsider, or not, and choose; `docs/ODD.md` has the equations.

    A customer reconsiders with chance max(θ, θ after a release if its model's developer has one), and always in
    its entry month and when its model is withdrawn. A new epoch draws new luck and by itself triggers nothing.

    Parameters
    ----------
    customers, habits : the segment's customers, and what they share.
    offers : the options of the month.   luck : keys of the month's luck.
    current, epoch : (N,) state at the end of last month; not changed.
    month : this month; those whose entry month it is enter now.
    pool : runs chunks in threads; results are the same without one.
    """
    count, width = len(current), offers.slots + 2
    chosen, epochs = np.empty_like(current), np.empty_like(epoch)

    def run(span: tuple[int, int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        heads, volume = np.zeros((width, width), np.int64), np.zeros((width, width))
        _choose(*span, month, customers, habits, current, epoch, offers, luck, chosen, epochs, heads, volume)
        return heads, volume

    heads, volume = np.zeros((width, width), np.int64), np.zeros((width, width))
    for part_heads, part_volume in mapper(pool)(run, spans(count)):
        heads += part_heads
        volume += part_volume
    return Choices(chosen, epochs, heads, volume)


@kernel
def _choose(  # type: ignore[no-untyped-def]
    low, high, month, customers, habits, current, epoch, offers, luck, chosen, epochs, heads, volume
):
    outside, entry = offers.slots, offers.slots + 1
    for i in range(low, high):
        now, age = current[i], epoch[i]
        wanders = unit(mix(luck.turnover + np.uint64(i) * GAMMA)) < habits.turnover
        epochs[i] = age + 1 if wanders else age
        chosen[i] = now
        if customers.entry[i] > month:
            continue
        origin = entry if now == ABSENT else outside if now == OUTSIDE else offers.slot[now]
        destination = origin
        if unit(mix(luck.reconsideration + np.uint64(i) * GAMMA)) < reconsiders(now, habits, offers):
            owner = mix(mix(luck.race + np.uint64(i) * GAMMA) + np.uint64(epochs[i]) * _GAMMA_EPOCH)
            winner = _race(i, owner, now, customers, habits, offers, luck.outside)
            destination = outside if winner < 0 else winner
            chosen[i] = OUTSIDE if winner < 0 else offers.model[winner]
        heads[origin, destination] += 1
        volume[origin, destination] += customers.volume[i]


@kernel
def _race(i, owner, now, customers, habits, offers, outside_luck):  # type: ignore[no-untyped-def]
    """Run the race of one customer; returns the winning option, −1 for the outside option."""
    best, winner = math.log(-math.log(unit(mix(owner ^ outside_luck)))), -1
    home = offers.maker[now] if now >= 0 else -1
    for j in range(len(offers.model)):
        if offers.open_weights[j] and not customers.access[i]:
            continue
        worth = value(
            customers.difficulty[i], customers.value[i], customers.taste[i, offers.firm[j]],
            offers.capability[j], offers.price[j], habits.choice_scale, habits.success_scale,
        )  # fmt: skip
        behind = -(worth + attachment(offers.firm[j], offers.model[j], home, now, habits))
        if behind + _LEAST_LOG_LUCK >= best:
            continue
        behind += math.log(-math.log(unit(mix(owner ^ offers.luck[j]))))
        if behind < best:
            best, winner = behind, j
    return winner
