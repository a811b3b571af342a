"""Outcomes of entry and exit: labs that enter, stop and leave of their own decision, and how many there are."""

from __future__ import annotations

from market.accounts.events import EventKind
from market.calendar import Period
from market.measures.outcomes import outcome
from market.tables import Run


def _count(run: Run, period: Period, kind: EventKind) -> float:
    """Number of labs to which something happened in a period."""
    months = run.months_of(kind)
    return float(sum(lab in months and period.first <= months[lab] < period.until for lab in run.scenario.labs))


@outcome(unit="labs", on_request=True)
def labs_entered(run: Run, period: Period) -> float:
    """Number of potential labs that entered the market."""
    return _count(run, period, EventKind.ENTERED)


@outcome(unit="labs", on_request=True)
def labs_stopped(run: Run, period: Period) -> float:
    """Number of labs that stopped of their own will: they begin nothing any more and sell what they have."""
    return _count(run, period, EventKind.STOPPED)


@outcome(unit="labs", on_request=True)
def labs_left(run: Run, period: Period) -> float:
    """Number of labs that left the market of their own will, after they had sold what they had."""
    return _count(run, period, EventKind.LEFT)


@outcome(unit="labs", on_request=True)
def labs_in_business(run: Run, period: Period) -> float:
    """Number of labs in business at the end."""
    begun, gone = run.business, run.left | run.failed
    there = [lab for lab in run.scenario.labs if lab in begun and begun[lab][0] < period.until]
    return float(sum(gone.get(lab, period.until) >= period.until for lab in there))
