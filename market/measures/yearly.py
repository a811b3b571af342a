"""The market by calendar year: the table that a run prints first."""

from __future__ import annotations

import pandas as pd

from market.calendar import Calendar
from market.measures import prices, structure
from market.measures.forms import on_sale_of_run


def by_year(offers: pd.DataFrame, segments: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Summarise the market by calendar year.

    Parameters
    ----------
    offers, segments : tables of a run.
    calendar : of the run.

    Returns
    -------
    DataFrame
        year, months (how many are simulated: sums of fewer than 12 are not a year's), revenue (all firms and hosts, $),
        labs_revenue ($), labs_gross_margin (share), tokens (Mtok), average_price ($ per Mtok), frontier (highest
        capability on sale, points, at the end of the year), frontier_price (mean over the months of the price of the
        most capable closed model, $ per Mtok), open_token_share, hhi (of inside revenue, mean over the months),
        surplus ($).
    """
    year = pd.Series([calendar.year(month) for month in range(calendar.months)], name="year")
    dates = [calendar.date(month) for month in range(calendar.months)]
    rows = offers.assign(year=offers["month"].map(year))
    labs = rows[~rows["open_weights"]].groupby("year")["revenue"].sum()
    on_sale = on_sale_of_run(offers)
    ends = structure.frontier(on_sale).groupby(year).last()
    table = rows.groupby("year")[["revenue", "tokens"]].sum().reindex(year.unique(), fill_value=0.0)
    table.index.name = "year"
    table.insert(0, "months", year.value_counts().reindex(table.index))
    table["labs_revenue"] = labs.reindex(table.index, fill_value=0.0)
    table["labs_gross_margin"] = structure.lerner(rows[~rows["open_weights"]], by=("year",))
    sold = table["tokens"].where(table["tokens"] > 0)
    table["average_price"] = table["revenue"] / sold
    table["frontier"] = ends
    table["frontier_price"] = prices.frontier_price(on_sale, dates)
    table["open_token_share"] = rows[rows["open_weights"]].groupby("year")["tokens"].sum() / table["tokens"].where(
        table["tokens"] > 0
    )
    table["hhi"] = structure.hhi(offers).groupby(year).mean()
    table["surplus"] = segments.groupby(segments["month"].map(year))["surplus"].sum()
    return table.fillna({"open_token_share": 0.0}).reset_index()
