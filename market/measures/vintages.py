"""Revenue by the year in which the base of what was sold had been released: how long a base carries its firm."""

from __future__ import annotations

import pandas as pd

from market.calendar import YEAR
from market.tables import Run


def by_vintage(run: Run) -> pd.DataFrame:
    """Revenue of all labs by month and by the calendar year in which its base was released.

    Returns
    -------
    DataFrame
        Month as index, a column per year of release, the oldest first; dollars a year, twelve times the month's.
    """
    born = run.families.set_index("family")["released"].dropna().astype("int64").map(run.calendar.year)
    released = run.models.set_index("model")["family"].map(born).dropna().astype("int64")
    sold = run.offers[run.offers["firm"].isin(run.scenario.labs)]
    sold = sold.assign(vintage=sold["model"].map(released))
    table = sold.pivot_table(index="month", columns="vintage", values="revenue", aggfunc="sum", fill_value=0.0)
    return YEAR * table.reindex(range(run.scenario.months), fill_value=0.0) if len(table) else table
