"""Outcomes that the claims under test need beside the multiples: companies by year, and model against next model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.measures.outcomes import Tables, outcome
from market.measures.readings import complete_lives, geometric_mean


def by_year(run: Tables, column: str) -> pd.DataFrame:
    """One column of the labs' P&L: firm as index, the calendar years of the run as columns."""
    first = int(run.scenario.start[:4])
    labs = run.companies[run.companies["firm"].isin(run.scenario.labs) & (run.companies["year"] >= first)]
    return labs.pivot_table(index="firm", columns="year", values=column, aggfunc="sum")


def _total(run: Tables, column: str) -> float:
    return float(run.companies.loc[run.companies["firm"].isin(run.scenario.labs), column].sum())


def _successions(run: Tables) -> pd.DataFrame:
    """Flagships of labs with a complete life, each with its successor's training, revenue and completeness."""
    rows = run.models[~run.models["open_weights"] & (run.models["line"] == "flagship")]
    later = rows[["firm", "generation", "training", "revenue", "complete"]].assign(generation=rows["generation"] - 1)
    return complete_lives(run.models).merge(later, on=["firm", "generation"], suffixes=("", "_next"))


@outcome
def labs_deeper_in_loss(run: Tables) -> float:
    """Part of labs whose result in the last calendar year is below that in the first (share; claim 2)."""
    results = by_year(run, "result")
    return float((results.iloc[:, -1] < results.iloc[:, 0]).mean())


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
    return float((by_year(run, "result").iloc[:, -1] > 0).mean())


@outcome
def years_to_profit(run: Tables) -> float:
    """Years before a lab's first calendar year in profit, mean over labs that have one (years; claim 15)."""
    positive = by_year(run, "result") > 0
    first = positive[positive.any(axis=1)].to_numpy().argmax(axis=1)
    return float(np.mean(first)) if len(first) else float("nan")


@outcome
def labs_raised(run: Tables) -> float:
    """Funding that all labs took, spend before the start included ($; claim 15)."""
    return _total(run, "raised")


@outcome
def payback_months(run: Tables) -> float:
    """Months from release until a flagship has earned its training, median of complete lives that did (months)."""
    return float(complete_lives(run.models)["payback_months"].median())


@outcome
def contribution_per_next_training(run: Tables) -> float:
    """Contribution of a flagship over its successor's training cost, geometric mean (x; claim 16)."""
    pairs = _successions(run)
    pairs = pairs[pairs["training_next"] > 0]
    return geometric_mean(pairs["contribution"] / pairs["training_next"])


@outcome
def revenue_per_generation(run: Tables) -> float:
    """Revenue of a successor over its predecessor's, both with complete lives, geometric mean (x; claim 14)."""
    pairs = _successions(run)
    pairs = pairs[pairs["complete_next"].astype(bool) & (pairs["revenue"] > 0)]
    return geometric_mean(pairs["revenue_next"] / pairs["revenue"])
