"""Outcomes that the claims under test need beside the multiples: companies by year, and family against next family."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.accounts.ledger import Account
from market.calendar import Period
from market.measures import catch_up, forms
from market.measures.outcomes import RESULT, SHARE, booked, flagship_lives, lives, outcome, within
from market.measures.readings import by_year, first_and_last, gone, median_wait, ratio_of_sums, with_next
from market.tables import Run
from market.tables.run import once


@once
def successions(run: Run, period: Period) -> pd.DataFrame:
    """Complete families due in a period whose next one came, each with what is known of that (see `with_next`)."""
    pairs = with_next(lives(run, period), run.families)
    return pairs[pairs["released_next"].notna()]


@outcome(unit=SHARE)
def labs_deeper_in_loss(run: Run, period: Period) -> float:
    """Share of labs whose result in their last whole year in business is below that in the first (claim 2)."""
    pairs = first_and_last(by_year(run, "result", period))
    return float((pairs["last"] < pairs["first"]).mean())


@outcome(unit="labs")
def labs_compared(run: Run, period: Period) -> float:
    """Number of labs with two whole calendar years in business, which `labs_deeper_in_loss` is of."""
    return float(len(first_and_last(by_year(run, "result", period))))


@outcome(unit="$", early=True)
def labs_result_excluding_training(run: Run, period: Period) -> float:
    """Result of all labs with training added back (claim 11)."""
    return booked(run, period, *(account for account in RESULT if account is not Account.TRAINING))


@outcome(unit="$")
def labs_cost_per_revenue_dollar(run: Run, period: Period) -> float:
    """Dollars that all labs spent per dollar of revenue (claim 12)."""
    revenue = booked(run, period, Account.REVENUE)
    return (revenue - booked(run, period, *RESULT)) / revenue if revenue > 0 else float("nan")


def _begun(run: Run, period: Period) -> pd.DataFrame:
    """Results by whole year of the labs that have had one in business by then, or are gone."""
    results = by_year(run, "result", period)
    return results[results.notna().any(axis=1) | results.index.isin(gone(run))]


@outcome(unit=SHARE)
def labs_in_profit(run: Run, period: Period) -> float:
    """Share of labs with a positive result in the last whole calendar year; none that is gone by then (claim 15)."""
    results = _begun(run, period)
    return float((results.iloc[:, -1] > 0).mean()) if results.size else float("nan")


@outcome(unit="years")
def years_to_profit(run: Run, period: Period) -> float:
    """Whole years in business before a lab's first in profit, mean over labs (claim 15).

    A lab without one counts with all years from its first to the end, so that the mean is a lower bound.
    """
    results = _begun(run, period)
    if not results.size:
        return float("nan")
    waited = []
    for years in results.to_numpy(float):
        since = years[np.flatnonzero(~np.isnan(years))[0] :] if not np.isnan(years).all() else years
        profits = np.flatnonzero(since > 0)
        waited.append(profits[0] if len(profits) else len(since))
    return float(np.mean(waited))


@outcome(unit="$", early=True)
def labs_raised(run: Run, period: Period) -> float:
    """Funding that all labs took, for spend before the start included (claim 15)."""
    return booked(run, period, Account.FUNDING)


@outcome(unit="months")
def payback_months(run: Run, period: Period) -> float:
    """Months from release until a family has earned its training, median of complete lives, if more than half do."""
    return median_wait(lives(run, period)["payback_months"])


@outcome(unit="months")
def months_at_frontier(run: Run, period: Period) -> float:
    """Months in which nothing on sale was better, mean over complete lives of labs' families (claim 9)."""
    return float(lives(run, period)["months_at_frontier"].mean())


@outcome(unit="months", on_request=True)
def months_to_parity(run: Run, period: Period) -> float:
    """Months until an open model equals a flagship, median of complete lives, if more than half are (claim 9)."""
    waits = catch_up.waits(run)
    return median_wait(waits[waits.index.isin(flagship_lives(run, period)["model"])])


@outcome(unit="months", on_request=True)
def measured_open_lag(run: Run, period: Period) -> float:
    """Age of the first closed model at or above each new open record, mean, second half of the run (claim 9).

    In a young market no closed model is old, and the lag would be that of the market's age. Over a period of its own it
    is the mean of the records in it.
    """
    records = catch_up.open_records(forms.releases_of_run(run.models, run.scenario.start))
    since = period.first if np.isfinite(period.first) else run.scenario.months / 2
    return float(within(records, Period(since, period.until), "released")["lag_months"].mean())


@outcome(unit="x")
def contribution_per_next_training(run: Run, period: Period) -> float:
    """Contribution of families with complete lives over the next ones' training, if released (claim 16)."""
    return ratio_of_sums(successions(run, period), "contribution", "training_next")


@outcome(unit="x")
def revenue_per_generation(run: Run, period: Period) -> float:
    """Revenue of families over that of the ones before them, both with complete lives (claim 14)."""
    pairs = successions(run, period)
    return ratio_of_sums(pairs[pairs["complete_next"].astype(bool)], "revenue_next", "revenue")
