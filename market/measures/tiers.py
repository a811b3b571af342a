"""Tiers of the labs over time: what they have on sale in each, what they sell of it, and at which price."""

from __future__ import annotations

import pandas as pd

from market.accounts.ledger import HOSTS
from market.economics.technology import FLAGSHIP
from market.tables import Run
from market.tables.run import once


def names(run: Run) -> list[str]:
    """Names of the tiers in which labs have released anything: the flagship's, then in the order of their tables."""
    declared = [FLAGSHIP, *(tier for lab in run.scenario.labs.values() for tier in lab.tiers)]
    shown = set(run.models.loc[~run.models["open_weights"], "line"])
    return [tier for tier in dict.fromkeys(declared) if tier in shown]


@once
def by_tier(run: Run) -> pd.DataFrame:
    """Read the labs' products by month and tier, for the tiers that had any on sale in the month.

    Returns
    -------
    DataFrame
        month, tier; products on sale, and how many of them sold anything; revenue, and its share of all that labs sold
        in the month; price, the median of the list prices, in $ per Mtok.
    """
    sold = run.offers[run.offers["firm"].isin(run.scenario.labs)]
    sold = sold.assign(tier=sold["model"].map(run.models.set_index("model")["line"]), sells=sold["tokens"] > 0)
    table = (
        sold.groupby(["month", "tier"])
        .agg(
            products=("model", "size"), selling=("sells", "sum"), revenue=("revenue", "sum"), price=("price", "median")
        )
        .reset_index()
    )
    whole = table.groupby("month")["revenue"].transform("sum")
    return table.assign(share=table["revenue"] / whole.where(whole > 0))


def wide(run: Run, column: str) -> pd.DataFrame:
    """A column of `by_tier` by month, each of the run, and tier; NaN where the tier had nothing on sale."""
    table = by_tier(run).pivot_table(index="month", columns="tier", values=column)
    return table.reindex(index=range(run.scenario.months), columns=names(run)).astype("float64")


def newest(run: Run) -> pd.DataFrame:
    """Of each firm and tier the product on sale that was released last, in each month; hosts are no firm.

    Returns
    -------
    DataFrame
        Rows of `offers`, with `line`, `update` and `released` of the product; of each firm and tier in order of months.
    """
    known = run.models.set_index("model")[["line", "update", "released"]]
    rows = run.offers[run.offers["firm"] != HOSTS].join(known, on="model")
    last = rows.sort_values(["month", "released"], kind="stable").groupby(["firm", "line", "month"], sort=False).tail(1)
    return last.sort_values(["firm", "line", "month"], kind="stable")
