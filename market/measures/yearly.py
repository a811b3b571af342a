"""The market by calendar year: the table that a run prints first."""

from __future__ import annotations

import pandas as pd

from market.calendar import YEAR
from market.measures import prices, structure
from market.measures.forms import on_sale_of_run
from market.schemas import Column, Schema
from market.tables import Run

YEARS = Schema(
    "years",
    "The market by calendar year; sums over fewer than 12 months are not a year's.",
    (
        Column("year", "", "the calendar year", "int64", "Year"),
        Column("months", "months", "how many of it are simulated", "int64"),
        Column("tokens", "Mtok", "what all firms and hosts sold"),
        Column("labs_revenue", "$", "revenue of all labs", heading="Labs' revenue $M"),
        Column(
            "labs_gross_margin", "share", "contribution of all labs over their revenue", heading="Gross margin", rank=1
        ),
        Column("revenue", "$", "revenue of all firms and hosts", heading="All revenue $M", rank=4),
        Column("of_world", "share of world", "of world product in these months", heading="Of world product", rank=6),
        Column("average_price", "$ per Mtok", "revenue over tokens", heading="Average $/Mtok", rank=3),
        Column(
            "frontier_price",
            "$ per Mtok",
            "of the best closed model, mean of months",
            heading="Frontier $/Mtok",
            rank=5,
        ),
        Column(
            "frontier", "points", "highest capability on sale at the end of the year", heading="Frontier points", rank=7
        ),
        Column("open_token_share", "share", "tokens of open models over all", heading="Open share of tokens", rank=2),
        Column("hhi", "index", "Herfindahl index of revenue, mean of months", heading="HHI", rank=8),
        Column(
            "surplus",
            "$",
            "consumer surplus; missing unless measured every month",
            heading="Consumer surplus $M",
            rank=9,
        ),
    ),
)


def by_year(run: Run) -> pd.DataFrame:
    """Summarise the market by calendar year, as the table `YEARS`."""
    year = pd.Series([run.calendar.year(month) for month in range(run.scenario.months)], name="year")
    rows = run.offers.assign(year=run.offers["month"].map(year))
    labs, opened = rows[~rows["open_weights"]], rows[rows["open_weights"]]
    on_sale = on_sale_of_run(run.offers)
    table = rows.groupby("year")[["revenue", "tokens"]].sum().reindex(year.unique(), fill_value=0.0)
    table.index.name = "year"
    table["months"] = year.value_counts().reindex(table.index)
    table["labs_revenue"] = labs.groupby("year")["revenue"].sum().reindex(table.index, fill_value=0.0)
    table["labs_gross_margin"] = structure.lerner(labs, by=("year",))
    world, since = run.scenario.world, table.index.to_series() - run.calendar.year(0)
    table["of_world"] = table["revenue"] / (world.product * world.growth**since * table["months"] / YEAR)
    sold = table["tokens"].where(table["tokens"] > 0)
    table["average_price"] = table["revenue"] / sold
    table["frontier"] = structure.frontier(on_sale).groupby(year).last()
    table["frontier_price"] = prices.frontier_price(on_sale).groupby(year).mean()
    table["open_token_share"] = (opened.groupby("year")["tokens"].sum() / sold).fillna(0.0)
    table["hhi"] = structure.hhi(run.offers).groupby(year).mean()
    table["surplus"] = run.segments.groupby(run.segments["month"].map(year))["surplus"].sum(skipna=False)
    return table.reset_index()[YEARS.names]
