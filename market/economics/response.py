"""How demand responds to prices: what choices a month's customers would make, in the mean over their luck."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.adoption import Customers
from market.economics.chunks import CHUNK, mapper
from market.economics.kernels import kernel
from market.economics.options import Habits, Offers
from market.economics.utility import attachment, reconsiders, value


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

    def run(low: int) -> tuple[float, npt.NDArray[np.float64]]:
        sums = np.zeros((3, len(offers.model)))
        high = min(low + CHUNK, len(current))
        return _respond(low, high, month, customers, habits, current, offers, sums), sums

    surplus, total = 0.0, np.zeros((3, len(offers.model)))
    for part_surplus, part in mapper(pool)(run, range(0, len(current), CHUNK)):
        surplus += part_surplus
        total += part
    return Response(surplus, *total)


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
                free[j] = value(
                    customers.difficulty[i], customers.value[i], customers.taste[i, offers.firm[j]],
                    offers.capability[j], offers.price[j], habits.choice_scale, habits.success_scale,
                )  # fmt: skip
                attached[j] = free[j] + attachment(offers.firm[j], offers.model[j], home, current[i], habits)
        scale = habits.choice_scale * customers.value[i]
        slope = customers.volume[i] / scale
        chance = reconsiders(current[i], habits, offers)
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
