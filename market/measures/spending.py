"""What labs spend on R&D beside what they sell, and how the cost of their bases grows: who leads and who escalates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.calendar import YEAR
from market.measures.readings import closed, whole_years
from market.measures.structure import slope
from market.tables import Run


def by_year(run: Run) -> pd.DataFrame:
    """Each lab's R&D, training and research, by whole year in business, beside its revenue.

    Returns
    -------
    DataFrame
        firm, year, spent, revenue in dollars, and ratio; NaN where it sold nothing.
    """
    books = whole_years(run.companies, run.calendar)
    books = books[books["firm"].isin(run.scenario.labs)].reset_index(drop=True)
    spent = books["training"] + books["research"]
    table = books[["firm", "year", "revenue"]].assign(spent=spent)
    return table.assign(ratio=spent / table["revenue"].where(table["revenue"] > 0))


def bases(run: Run) -> pd.DataFrame:
    """Bases that labs began: firm, generation, started, and what they cost in dollars, all tiers.

    One still in training has paid in proportion to its months so far, and counts with all that it is to cost.
    """
    rows = closed(run.families)
    under_way = rows["released"].isna() & ~rows["complete"]
    paid = ((run.scenario.months - rows["started"]) / run.scenario.technology.training_months).clip(upper=1.0)
    rows = rows.assign(cost=rows["training_base"] / paid.where(under_way, 1.0))
    return rows.loc[rows["cost"] > 0, ["firm", "generation", "started", "cost"]].reset_index(drop=True)


def growth(run: Run) -> pd.Series:
    """Growth a year of the cost of each lab's bases by their start, least squares on logs; of labs with two or more."""
    rates = {
        str(firm): float(np.exp(YEAR * slope(rows["started"].to_numpy(float), np.log(rows["cost"].to_numpy(float)))))
        for firm, rows in bases(run).groupby("firm", sort=False)
    }
    return pd.Series(rates, dtype=float).dropna()
