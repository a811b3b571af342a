"""Outcomes that the claims under test need beside the multiples: companies by year, and model against next model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.measures import catch_up, forms
from market.measures.outcomes import Tables, on_request, outcome
from market.measures.readings import complete_lives, geometric_mean, last_in_business


def by_year(run: Tables, column: str) -> pd.DataFrame:
    """One column of the labs' P&L: firm as index, the calendar years of the run as columns; empty before any booked."""
    first = int(run.scenario.start[:4])
    labs = run.companies[run.companies["firm"].isin(run.scenario.labs) & (run.companies["year"] >= first)]
    return labs.pivot_table(index="firm", columns="year", values=column, aggfunc="sum")


def _total(run: Tables, column: str) -> float:
    return float(run.companies.loc[run.companies["firm"].isin(run.scenario.labs), column].sum())


def _successions(run: Tables) -> pd.DataFrame:
    """Flagships of labs with a complete life, each with training, revenue and completeness of a successor released."""
    rows = run.models[~run.models["open_weights"] & (run.models["line"] == "flagship")]
    later = rows.loc[rows["released"].notna(), ["firm", "generation", "training", "revenue", "complete"]]
    later = later.assign(generation=later["generation"] - 1)
    return complete_lives(run.models).merge(later, on=["firm", "generation"], suffixes=("", "_next"))


@outcome
def labs_deeper_in_loss(run: Tables) -> float:
    """Part of labs whose result in their last calendar year in business is below that in the first (share; claim 2)."""
    results = by_year(run, "result")
    return float("nan") if results.empty else float((last_in_business(results) < results.iloc[:, 0]).mean())


@outcome
def labs_result_excluding_training(run: Tables) -> float:
    """Result of all labs with training added back, whole run ($; claim 11)."""
    return _total(run, "result_excluding_training")


@outcome
def labs_cost_per_revenue_dollar(run: Tables) -> float:
    """Dollars that all labs spent per dollar of revenue, whole run ($; claim 12)."""
    revenue = _total(run, "revenue")
    return (revenue - _total(run, "result")) / revenue if revenue else float("nan")


@outcome
def labs_in_profit(run: Tables) -> float:
    """Part of labs with a positive result in the last calendar year (share; claim 15)."""
    results = by_year(run, "result")
    return float("nan") if results.empty else float((results.iloc[:, -1] > 0).mean())


@outcome
def years_to_profit(run: Tables) -> float:
    """Years before a lab's first calendar year in profit, mean over labs that have one (years; claim 15)."""
    positive = by_year(run, "result") > 0
    first = [int(years.argmax()) for years in positive.to_numpy(bool) if years.any()]
    return float(np.mean(first)) if first else float("nan")


@outcome
def labs_raised(run: Tables) -> float:
    """Funding that all labs took, spend before the start included ($; claim 15)."""
    return _total(run, "raised")


@outcome
def payback_months(run: Tables) -> float:
    """Months from release until a flagship has earned its training, median of complete lives that did (months)."""
    return float(complete_lives(run.models)["payback_months"].median())


@outcome
def months_at_frontier(run: Tables) -> float:
    """Months in which nothing on sale was better, mean over complete lives of labs' flagships (months; claim 9)."""
    return float(complete_lives(run.models)["months_at_frontier"].mean())


@on_request
def months_to_parity(run: Tables) -> float:
    """Months until an open model equals a flagship, median of complete lives, if half are (months; claim 9)."""
    table = catch_up.parity(forms.releases_of_run(run.models, run.scenario.start))
    median = table.loc[table["model"].isin(complete_lives(run.models)["model"]), "months"].median()
    return float(median) if np.isfinite(median) else float("nan")


@on_request
def measured_open_lag(run: Tables) -> float:
    """Age of the first closed model at or above each new open record, mean, second half of the run (months; claim 9).

    In a young market no closed model is old, and the lag would be that of the market's age.
    """
    records = catch_up.open_records(forms.releases_of_run(run.models, run.scenario.start))
    return float(records.loc[records["released"] >= run.scenario.months / 2, "lag_months"].mean())


@outcome
def contribution_per_next_training(run: Tables) -> float:
    """Contribution of a flagship over its successor's training cost, if released, geometric mean (x; claim 16)."""
    pairs = _successions(run)
    pairs = pairs[pairs["training_next"] > 0]
    return geometric_mean(pairs["contribution"] / pairs["training_next"])


@outcome
def revenue_per_generation(run: Tables) -> float:
    """Revenue of a successor over its predecessor's, both with complete lives, geometric mean (x; claim 14)."""
    pairs = _successions(run)
    pairs = pairs[pairs["complete_next"].astype(bool) & (pairs["revenue"] > 0)]
    return geometric_mean(pairs["revenue_next"] / pairs["revenue"])
