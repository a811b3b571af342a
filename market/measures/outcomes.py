"""Outcomes by name: numbers of a run, for replications and sweeps, each over a period.

To add one, decorate a function of a run and a period; listings, `replicate` and sweeps find it. The first line of its
docstring is what listings show. ``name@period``, as in ``labs_revenue@2026`` or ``labs_revenue@2025-07:2025-12``, reads
it over another period than its own. Money is booked in the period; lives are of families due for release in it; years
are calendar years that lie in it whole.

A period that the simulated months do not cover gives NaN (results and funding may lie before the start, where early
spend is booked), and so does what is not defined. What lost money or earned nothing is defined, and counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from market.accounts.ledger import Account
from market.calendar import RECORD, Period, check_period
from market.families import own
from market.measures.readings import (
    bounds,
    closed,
    complete_lives,
    dollars_of,
    due_in,
    flagships,
    geometric_mean,
    pooled,
)
from market.parameters import InputError, unknown
from market.registry import Registry
from market.tables import Run
from market.tables.run import once

Reading = Callable[[Run, Period], float]
SHARE, PART = "share", "part"
"""Units of outcomes that lie between 0 and 1 in every run, as do the intervals of their means: a share of things that
are counted, such as labs or lives, and a part of an amount, such as tokens or dollars."""


@dataclass(frozen=True)
class Outcome:
    """A number of a run over a period.

    Attributes
    ----------
    name, unit : as listings show them; `SHARE` and `PART` say that it lies between 0 and 1.
    period : over which it is read, as text; see `market.calendar`.
    level : where it breaks even; None if there is no such level.
    headline : whether a sweep prints and draws it if nothing is asked for.
    on_request : whether it takes a while, and is computed only where it is asked for by name.
    early : whether it may be read over periods that begin before the simulated months.
    responses : whether it reads consumer surplus or price elasticities, which studies then measure every month.
    reading : the function.   asked : how it was asked for, which names it in tables.
    """

    name: str
    unit: str
    period: str
    level: float | None
    headline: bool
    on_request: bool
    early: bool
    responses: bool
    reading: Reading
    asked: str

    @property
    def __name__(self) -> str:
        return self.asked

    @property
    def meaning(self) -> str:
        """The first line of its docstring; empty where docstrings are stripped."""
        return (self.reading.__doc__ or "").strip().partition("\n")[0]

    def __call__(self, run: Run) -> float:
        """The number; NaN if the run does not cover the period."""
        period = run.calendar.period(self.period)
        if self.period != RECORD:
            begun = period.until > run.postings.month.min(initial=period.until) if self.early else period.first >= 0
            if not begun or period.until > run.calendar.months:
                return float("nan")
        return float(self.reading(run, period))

    def __reduce__(self) -> tuple[Callable[..., Outcome], tuple[Any, ...]]:
        """One of this package by its name, which every process knows; a user's own with all that it has."""
        return (Outcome, tuple(vars(self).values())) if own([self.reading]) else (find, (self.asked,))


OUTCOMES: Registry[Outcome] = Registry("outcome")


def outcome(
    *,
    unit: str,
    level: float | None = None,
    period: str = RECORD,
    headline: bool = False,
    on_request: bool = False,
    early: bool = False,
    responses: bool = False,
) -> Callable[[Reading], Outcome]:
    """Register a function of a run and a period as an outcome of its name.

    Parameters
    ----------
    unit, level, period, headline, on_request, early, responses : as in `Outcome`.

    Raises
    ------
    TypeError
        If the name is in use.
    """

    def register(reading: Reading) -> Outcome:
        name = reading.__name__
        facts = (name, unit, period, level, headline, on_request, early, responses)
        OUTCOMES.add(name, Outcome(*facts, reading, asked=name))
        return OUTCOMES[name]

    return register


def usual() -> list[str]:
    """Names of the outcomes that replications and sweeps compute if none is asked for."""
    return [name for name, one in OUTCOMES.items() if not one.on_request]


def headlines() -> list[str]:
    """Names of the outcomes that a sweep prints and draws if none is asked for."""
    return [name for name, one in OUTCOMES.items() if one.headline]


def compute(run: Run, names: Iterable[str]) -> dict[str, float]:
    """Compute outcomes by name, with ``@period`` or without.

    Raises
    ------
    InputError
        If a name is unknown, in which case the line gives the nearest, or a period is none.
    """
    return {name: find(name)(run) for name in names}


def find(name: str) -> Outcome:
    """Look an outcome up by name, with ``@period`` or without.

    Raises
    ------
    InputError
        If the name is unknown, in which case the line gives the nearest, or the period is none.
    """
    plain, at, period = name.partition("@")
    if plain not in OUTCOMES:
        raise InputError(unknown("outcome", plain, OUTCOMES))
    if not at:
        return OUTCOMES[plain]
    try:
        check_period(period)
    except InputError as error:
        raise InputError(f"outcome '{name}': {error}") from None
    return replace(OUTCOMES[plain], period=period, asked=name)


def unit_of(column: object) -> str | None:
    """Unit of the outcome that a column of a study holds; None if it holds none by name."""
    known = _of_column(column)
    return None if known is None else known.unit


def level_of(column: object) -> float | None:
    """Where the outcome that a column of a study holds breaks even; None if it holds none by name, or it has none."""
    known = _of_column(column)
    return None if known is None else known.level


def _of_column(column: object) -> Outcome | None:
    return OUTCOMES.get(str(column).partition("@")[0])


@once
def lives(run: Run, period: Period) -> pd.DataFrame:
    """Complete lives of labs' families that were due for release in a period."""
    return due_in(run, complete_lives(run.families), period)


@once
def flagship_lives(run: Run, period: Period) -> pd.DataFrame:
    """Complete lives of labs' flagships, of bases and of updates, that were due for release in a period."""
    return due_in(run, complete_lives(flagships(run.models)), period)


@once
def release_lives(run: Run, period: Period) -> pd.DataFrame:
    """Complete lives of labs' releases that were due in a period."""
    return due_in(run, complete_lives(run.releases), period)


def within(table: pd.DataFrame, period: Period, column: str = "month") -> pd.DataFrame:
    """Rows of a table whose month lies in a period."""
    rows: pd.DataFrame = table[period.covers(table[column])]
    return rows


def booked(run: Run, period: Period, *accounts: Account) -> float:
    """What all labs booked on some accounts in a period, cash-signed, dollars."""
    rows = run.postings
    asked = period.covers(rows.month) & rows.by(run.scenario.labs) & rows.on(*accounts)
    return float(rows.amount[asked].sum())


RESULT = tuple(account for account in Account if account is not Account.FUNDING)
"""Accounts that make up the result."""


@outcome(unit="x", level=1.0, headline=True)
def multiple(run: Run, period: Period) -> float:
    """Contribution over training of all complete lives of labs' families together."""
    return pooled(lives(run, period))


@outcome(unit="x", level=1.0, headline=True)
def multiple_full_rd(run: Run, period: Period) -> float:
    """Contribution over training and research of all complete lives of labs' families together."""
    return pooled(lives(run, period), full_rd=True)


@outcome(unit="x", level=1.0)
def typical_multiple(run: Run, period: Period) -> float:
    """Geometric mean of the multiple on training over the complete lives that earned something; 0 if none did."""
    return geometric_mean(lives(run, period)["multiple"])


@outcome(unit="families")
def lives_without_earnings(run: Run, period: Period) -> float:
    """Complete lives of labs' families that earned nothing, which the typical multiple leaves out."""
    return float((lives(run, period)["contribution"] <= 0).sum())


@outcome(unit=SHARE)
def lives_profitable(run: Run, period: Period) -> float:
    """Share of complete lives of labs' families whose multiple on training is at least 1."""
    complete = lives(run, period)
    return float((complete["contribution"] >= complete["training"]).mean())


@outcome(unit="families")
def lives_complete(run: Run, period: Period) -> float:
    """Number of complete lives of labs' families."""
    return float(len(lives(run, period)))


@outcome(unit=PART)
def dollars_complete(run: Run, period: Period) -> float:
    """Part of the training dollars of labs' families that complete lives are; the rest is on sale or in training."""
    rows = due_in(run, closed(run.families), period)
    return dollars_of(rows, rows["complete"])


@outcome(unit="x", level=1.0, on_request=True)
def multiple_so_far(run: Run, period: Period) -> float:
    """Contribution over training of all labs' families, if the unfinished ones earned nothing more."""
    return bounds(run, period).so_far


@outcome(unit="x", level=1.0, on_request=True)
def multiple_if_held(run: Run, period: Period) -> float:
    """The same if what is on sale earned in each month left of their expected lives as in the last."""
    return bounds(run, period).if_held


@outcome(unit="x", level=1.0, on_request=True)
def multiple_full_rd_so_far(run: Run, period: Period) -> float:
    """Contribution over training and research of all labs' families, if the unfinished ones earned nothing more."""
    return bounds(run, period).full_so_far


@outcome(unit="x", level=1.0, on_request=True)
def multiple_full_rd_if_held(run: Run, period: Period) -> float:
    """The same if what is on sale earned in each month left of their expected lives as in the last."""
    return bounds(run, period).full_if_held


@outcome(unit="$")
def labs_revenue(run: Run, period: Period) -> float:
    """Revenue of all labs."""
    return booked(run, period, Account.REVENUE)


@outcome(unit="$", level=0.0, early=True)
def labs_result(run: Run, period: Period) -> float:
    """Result of all labs, spend before the start included."""
    return booked(run, period, *RESULT)


@outcome(unit="share of revenue")
def labs_gross_margin(run: Run, period: Period) -> float:
    """Contribution of all labs over their revenue."""
    revenue = booked(run, period, Account.REVENUE)
    return booked(run, period, Account.REVENUE, Account.SERVING) / revenue if revenue > 0 else float("nan")


@outcome(unit="$", on_request=True, responses=True)
def consumer_surplus(run: Run, period: Period) -> float:
    """Consumer surplus, if it is measured every month."""
    return float(within(run.segments, period)["surplus"].sum(skipna=False))
