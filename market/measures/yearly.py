"""The market by calendar year: the table that a run prints first."""

from __future__ import annotations

import pandas as pd


def by_year(offers: pd.DataFrame, segments: pd.DataFrame, dates: list[str]) -> pd.DataFrame:
    """Summarise the market by calendar year.

    Parameters
    ----------
    offers, segments : tables of a run.
    dates : calendar month of each simulated month.

    Returns
    -------
    DataFrame
        year, revenue (all firms and hosts, $), labs_revenue ($), labs_gross_margin (share), tokens (Mtok),
        average_price ($ per Mtok), frontier (highest capability on sale, points, at the end of the year), frontier_price (mean over
        the months of the price of the most capable closed model, $ per Mtok), open_token_share, surplus ($).
    """
    year = pd.Series(dates, name="year").str[:4].astype("int64")
    rows = offers.assign(year=offers["month"].map(year))
    closed = rows[~rows["open_weights"]]
    table = rows.groupby("year")[["revenue", "tokens"]].sum()
    labs = closed.groupby("year")[["revenue", "serving"]].sum().reindex(table.index, fill_value=0.0)
    table.insert(1, "labs_revenue", labs["revenue"])
    table.insert(2, "labs_gross_margin", 1 - labs["serving"] / labs["revenue"])
    table["average_price"] = table["revenue"] / table["tokens"]
    table["frontier"] = (
        rows[rows["month"] == rows.groupby("year")["month"].transform("max")].groupby("year")["capability"].max()
    )
    top = closed.loc[closed.groupby("month")["capability"].idxmax()]
    table["frontier_price"] = top.groupby("year")["price"].mean()
    table["open_token_share"] = rows[rows["open_weights"]].groupby("year")["tokens"].sum() / table["tokens"]
    table["surplus"] = segments.groupby(segments["month"].map(year))["surplus"].sum()
    return table.fillna({"open_token_share": 0.0}).reset_index()
