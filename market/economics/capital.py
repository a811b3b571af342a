"""The capital market: what a lab that asks for money is worth, and whether it gets any.

    valuation = exit multiple(growth) · run-rate revenue,   granted ≤ stake · valuation

The exit multiple is what is paid for a dollar of run-rate revenue. It falls linearly in growth, from
`top_exit_multiple` at `top_growth` a year or more to `low_exit_multiple` at none. Run-rate revenue is twelve times the
mean of the last three months; growth compares that mean with the one of a year before, or with the earliest three
months there are. A lab that has been on sale for less than `promise` months is priced on its promise: its growth cannot
be known yet, and it gets what it asks for.

Not all spending costs cash: staff take stock and suppliers pay in computing time. That part of training and research,
`in_kind`, is funding too, as it is spent and without a raise: between raises, and to a lab that is refused one, as long
as the capital market is not shut.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from market.economics.added import add_up
from market.parameters import Parameters, parameter

SMOOTHING = 3
"""Months averaged for run-rate revenue and for the rate at which cash is spent."""


class CapitalMarket(Parameters):
    """Terms on which outsiders put money into labs."""

    top_exit_multiple: float = parameter(
        27.0, unit="x run-rate revenue", ge=0, le=10_000, plausible=(20.0, 35.0),
        meaning="exit multiple of a lab that grows by `top_growth` or more",
        source="calibration.csv valuation_to_runrate_multiple",
    )  # fmt: skip
    low_exit_multiple: float = parameter(
        5.0, unit="x run-rate revenue", ge=0, le=10_000, plausible=(2.0, 10.0),
        meaning="exit multiple of a lab that does not grow",
    )  # fmt: skip
    top_growth: float = parameter(
        3.5, unit="x per year", ge=1.01, le=1000, plausible=(2.0, 5.0),
        meaning="growth of revenue from which the exit multiple rises no more",
    )  # fmt: skip
    stake: float = parameter(
        0.14, unit="share", gt=0, le=1, plausible=(0.05, 0.25),
        meaning="largest part of a lab that is sold in one raise",
        source="calibration.csv OpenAI_funding_round: 122bn at 852bn post-money",
    )  # fmt: skip
    in_kind: float = parameter(
        0.6, unit="share", ge=0, le=1, plausible=(0.4, 0.7),
        meaning="part of training and research paid in stock or by suppliers, which costs no cash",
        source="fitted to calibration.csv OpenAI_cash_burn, 0.6 of revenue; that lab's FY2025 accounts give 0.67",
    )  # fmt: skip
    pause: int = parameter(
        6, unit="months", ge=1, le=240, plausible=(3, 12), meaning="months from one raise to the next at the earliest"
    )
    promise: int = parameter(
        12, unit="months", ge=0, le=1200, plausible=(6, 24),
        meaning="months from its first release in which a lab is priced on its promise",
    )  # fmt: skip
    patience: float = parameter(
        5.0, unit="points", ge=0, le=1000, plausible=(2.0, 15.0),
        meaning="distance to the frontier beyond which a lab that does not grow is refused",
    )  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What the capital market knows of a firm that asks.

    Attributes
    ----------
    month : this month.
    last_raise : month of its last raise, None if there was none.
    revenues : its revenue by month, dollars, from its first release to this month.
    behind : points by which its best model is below the best on sale; 0 for the leader, infinite without a model.
    lacks : dollars without which it is out of cash; nobody pays in less.
    shut : whether the capital market is shut to it.
    """

    month: int
    last_raise: int | None
    revenues: Sequence[float]
    behind: float
    lacks: float = 0.0
    shut: bool = False


@dataclass(frozen=True)
class Grant:
    """What is granted, in dollars, at what exit multiple (NaN on promise), or why nothing is."""

    amount: float = 0.0
    exit_multiple: float = math.nan
    refusal: str = ""


def run_rate(revenues: Sequence[float]) -> float:
    """Run-rate revenue, $ per year: twelve times the mean of the last three months."""
    last = revenues[-SMOOTHING:]
    return 12.0 * add_up(last) / len(last) if last else 0.0


def yearly_growth(revenues: Sequence[float]) -> float:
    """Growth of run-rate revenue, x per year; 1 if it cannot be told, infinite if it grew from nothing."""
    span = min(12, len(revenues) - SMOOTHING)
    if span <= 0:
        return 1.0
    then, now = run_rate(revenues[: len(revenues) - span]), run_rate(revenues)
    if then <= 0:
        return math.inf if now > 0 else 1.0
    return float((now / then) ** (12 / span))


def exit_multiple(market: CapitalMarket, growth: float) -> float:
    """What the capital market pays for a dollar of run-rate revenue, by growth in x per year."""
    part = min(1.0, max(0.0, (growth - 1) / (market.top_growth - 1)))
    return market.low_exit_multiple + part * (market.top_exit_multiple - market.low_exit_multiple)


def valuation(market: CapitalMarket, revenues: Sequence[float]) -> float:
    """What a lab with a record is worth, dollars: its exit multiple times its run-rate revenue."""
    return exit_multiple(market, yearly_growth(revenues)) * run_rate(revenues)


def grant(market: CapitalMarket, asked: float, firm: Standing) -> Grant:
    """Answer a firm that asks for `asked` dollars."""
    if firm.shut:
        return Grant(refusal="the capital market is shut")
    if firm.last_raise is not None and firm.month - firm.last_raise < market.pause:
        return Grant(refusal=f"its last raise is less than {market.pause} months old")
    if len(firm.revenues) < market.promise:
        return Grant(asked)
    growth = yearly_growth(firm.revenues)
    if growth <= 1 and firm.behind > market.patience:
        return Grant(refusal="it is behind the frontier and does not grow")
    times = exit_multiple(market, growth)
    amount = min(asked, market.stake * times * run_rate(firm.revenues))
    if amount <= 0:
        return Grant(refusal="it has no revenue to be priced on")
    return Grant(amount, times) if amount >= firm.lacks else Grant(refusal="what a stake is worth would not save it")
