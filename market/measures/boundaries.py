"""Margins of all labs together at each cost boundary that people argue about."""

from __future__ import annotations

import pandas as pd

from market.accounts import amortisation
from market.tables import Run

RUNGS = ("serving", "overhead", "training", "research")
"""What is taken from revenue one after the other, until the result is left."""


def margins(run: Run) -> dict[str, float]:
    """Labs' margins by whole year at each boundary of `amortisation.margins`, and dollars spent per dollar of revenue.

    Returns
    -------
    dict
        By year and boundary, such as "2025 after serving".
    """
    labs = run.scenario.labs
    companies, models = (table[table["firm"].isin(labs)] for table in (run.companies, run.models))
    lives = {name: lab.expected_life for name, lab in labs.items()}
    written_off = amortisation.straight_line(run.postings, models, lives, run.scenario.months)
    whole = companies[companies["year"].isin(run.calendar.whole_years())]
    table = amortisation.margins(whole, written_off).set_index("year").drop(columns="revenue")
    table["cost_per_revenue_dollar"] = 1 - table["after_all_rd"]
    names = [str(name).replace("_", " ") for name in table]
    return {
        f"{year} {name}": float(share)
        for year, row in zip(table.index, table.to_numpy(float), strict=True)
        for name, share in zip(names, row, strict=True)
    }


def ladder(run: Run) -> pd.DataFrame:
    """What the costs of all labs together take from their revenue, one after the other, by whole year.

    Returns
    -------
    DataFrame
        year, revenue ($), `RUNGS` and result as parts of that. Years without revenue are left out.
    """
    books = run.companies[run.companies["firm"].isin(run.scenario.labs)]
    books = books[books["year"].isin(run.calendar.whole_years())]
    together = books.groupby("year")[["revenue", *RUNGS, "result"]].sum()
    together = together[together["revenue"] > 0]
    shares = together[[*RUNGS, "result"]].div(together["revenue"], axis=0)
    return pd.concat([together["revenue"], shares], axis=1).reset_index()
