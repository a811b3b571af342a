"""Choice is a race: each customer takes the option with the least E·exp(−V), E = −ln u exponential luck of its own.

The winner of the race is distributed as the logit of `demand` (Luce 1959; McFadden 1974), but luck belongs to a pair
of customer and model and not to a position in a list: removing a model moves its own customers and nobody else. The
race is run on logarithms, ln E − V, so that no switching cost is too large for it.

Kernels hold customers in float32 and every sum in float64. Sums are taken per chunk of fixed size and added in the
order of the chunks, so they are the same for any number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.adoption import Customers
from market.economics.kernels import kernel
from market.economics.luck import GAMMA, key, mix, unit

OUTSIDE, ABSENT = -1, -2
"""What a customer uses when it buys nothing, and before it has entered."""

CHUNK = 4096
"""Customers per chunk of sums. Part of the definition of a result: another size rounds differently."""

_GAMMA_EPOCH = np.uint64(0xD1342543DE82EF95)
_LEAST_LOG_LUCK = math.log(2.0**-54)
"""No ln E is below this, so an option further behind than that cannot win and its luck is not drawn."""


class Habits(NamedTuple):
    """What a segment's customers share: τ, ψ, φ, θ, θ after a release, δ and turnover, in that order."""

    choice_scale: float
    firm_switching_cost: float
    model_switching_cost: float
    reconsideration: float
    reconsideration_at_release: float
    success_scale: float
    turnover: float


class Offers(NamedTuple):
    """The J options on sale in a month, in the order of their keys; models withdrawn this month are kept as origins.

    Attributes
    ----------
    capability, price : (J,) points and $ per Mtok.
    firm : (J,) column of the developer in the order of firm keys.
    open_weights : (J,) seen only by customers with access.
    luck : (J,) 64-bit key of (firm key, generation, line).
    model : (J,) number of the model in the market's register.
    slot : (register,) place of each model in the flow sums: 0 … J−1 on sale, then those withdrawn, −1 for the others.
    maker : (register,) column of each model's developer.
    releasing : (F,) whether a firm releases any line this month.
    slots : number of models that can be an origin, J plus the withdrawn; outside is slot `slots`, entry `slots` + 1.
    """

    capability: npt.NDArray[np.float64]
    price: npt.NDArray[np.float64]
    firm: npt.NDArray[np.int32]
    open_weights: npt.NDArray[np.bool_]
    luck: npt.NDArray[np.uint64]
    model: npt.NDArray[np.int32]
    slot: npt.NDArray[np.int32]
    maker: npt.NDArray[np.int32]
    releasing: npt.NDArray[np.bool_]
    slots: int


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


def choice_luck(seed: int, segment: str, month: int) -> Luck:
    """Keys of the luck of one segment in one month."""
    return Luck(
        key(seed, "race", segment),
        key("outside"),
        key(seed, "turnover", segment, month),
        key(seed, "reconsideration", segment, month),
    )


def offer_luck(firm_key: str, generation: int, line: str) -> np.uint64:
    """Key of the luck of a model; the firm's key, not its place, so relabelling and reordering change nothing."""
    return key("model", firm_key, generation, line)


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
    spans = [(low, min(low + CHUNK, count)) for low in range(0, count, CHUNK)]

    def run(span: tuple[int, int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        heads, volume = np.zeros((width, width), np.int64), np.zeros((width, width))
        _choose(*span, month, customers, habits, current, epoch, offers, luck, chosen, epochs, heads, volume)
        return heads, volume

    heads, volume = np.zeros((width, width), np.int64), np.zeros((width, width))
    for part_heads, part_volume in _mapper(pool)(run, spans):
        heads += part_heads
        volume += part_volume
    return Choices(chosen, epochs, heads, volume)


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
    pool : runs chunks in threads; results are the same without one.
    current : (N,) state at the end of last month, before this month's choices.
    """
    spans = [(low, min(low + CHUNK, len(current))) for low in range(0, len(current), CHUNK)]

    def run(span: tuple[int, int]) -> tuple[float, npt.NDArray[np.float64]]:
        sums = np.zeros((3, len(offers.model)))
        return _respond(*span, month, customers, habits, current, offers, sums), sums

    surplus, total = 0.0, np.zeros((3, len(offers.model)))
    for part_surplus, part in _mapper(pool)(run, spans):
        surplus += part_surplus
        total += part
    return Response(surplus, *total)


def _mapper(pool: Executor | None) -> Callable[..., Iterable]:  # type: ignore[type-arg]
    return map if pool is None else pool.map


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
        if unit(mix(luck.reconsideration + np.uint64(i) * GAMMA)) < _chance(now, habits, offers):
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
        behind = -_value(i, j, customers, habits, offers)
        if offers.firm[j] == home:
            behind -= habits.firm_switching_cost
        if offers.model[j] == now:
            behind -= habits.model_switching_cost
        if behind + _LEAST_LOG_LUCK >= best:
            continue
        behind += math.log(-math.log(unit(mix(owner ^ offers.luck[j]))))
        if behind < best:
            best, winner = behind, j
    return winner


@kernel
def _value(i, j, customers, habits, offers):  # type: ignore[no-untyped-def]
    """V_ij without the attachment to what the customer uses now."""
    gap = (customers.difficulty[i] - offers.capability[j]) / habits.success_scale
    failure = gap + math.log1p(math.exp(-gap)) if gap > 0.0 else math.log1p(math.exp(gap))
    net = 1.0 - failure - offers.price[j] / customers.value[i]
    return net / habits.choice_scale + customers.taste[i, offers.firm[j]]


@kernel
def _respond(low, high, month, customers, habits, current, offers, sums):  # type: ignore[no-untyped-def]
    count = len(offers.model)
    free, attached, others = np.empty(count), np.empty(count), np.empty(count)
    surplus = 0.0
    for i in range(low, high):
        if customers.entry[i] > month:
            continue
        home = offers.maker[current[i]] if current[i] >= 0 else -1
        for j in range(count):
            free[j] = attached[j] = -np.inf
            if customers.access[i] or not offers.open_weights[j]:
                free[j] = _value(i, j, customers, habits, offers)
                attached[j] = free[j] + _pull(i, j, home, current, habits, offers)
        scale = habits.choice_scale * customers.value[i]
        slope = customers.volume[i] / scale
        chance = _chance(current[i], habits, offers)
        _odds(attached, others)
        for j in range(count):
            sums[0, j] -= slope * chance * attached[j] * others[j]
        surplus += customers.volume[i] * scale * _odds(free, others)
        for j in range(count):
            sums[1, j] -= slope * free[j] * others[j]
            sums[2, j] += customers.volume[i] * free[j]
    return surplus


@kernel
def _odds(value, others):  # type: ignore[no-untyped-def]
    """Turn values into chances in place, fill `others` with all other chances, outside in; return ln(1 + Σ exp V).

    The chances of the others are added up from both ends, never taken from 1, and the greatest value is left out of
    the sum under the logarithm, so all keep their digits however large or small the values are.
    """
    count, best, top = len(value), -1, 0.0
    for j in range(count):
        if value[j] > top:
            best, top = j, value[j]
    below = math.exp(-top)
    beside = 0.0 if best < 0 else below
    for j in range(count):
        value[j] = math.exp(value[j] - top)
        others[j] = below
        below += value[j]
        beside += 0.0 if j == best else value[j]
    above = 0.0
    for j in range(count - 1, -1, -1):
        others[j] = (others[j] + above) / below
        above += value[j]
        value[j] /= below
    return top + math.log1p(beside)


@kernel
def _pull(i, j, home, current, habits, offers):  # type: ignore[no-untyped-def]
    """What a customer's use now adds to the value of an option."""
    pull = habits.firm_switching_cost if offers.firm[j] == home else 0.0
    return pull + habits.model_switching_cost if offers.model[j] == current[i] else pull


@kernel
def _chance(now, habits, offers):  # type: ignore[no-untyped-def]
    """Chance that a customer that uses `now` reconsiders this month."""
    if now == ABSENT:
        return 1.0
    if now == OUTSIDE:
        return habits.reconsideration
    if offers.slot[now] >= len(offers.model):  # withdrawn
        return 1.0
    if offers.releasing[offers.maker[now]]:
        return max(habits.reconsideration, habits.reconsideration_at_release)
    return habits.reconsideration
