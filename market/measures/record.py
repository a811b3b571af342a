"""The record of a market, simulated or real: the same forms, so that one function measures both."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from market import evidence
from market.measures import forms
from market.tables import Run
from market.tables.run import once

TOP_LIST = 9
"""Models of most tokens that are counted where the evidence is a router's list of its top nine or ten."""

SPECIAL = ("code", "reasoning", "reasoning-small", "pro", "premium")
"""Lines of models.csv that are no tier: made for one task, or sold beside the flagship for more."""


@dataclass(frozen=True)
class Record:
    """What was released, listed and sold, in the forms of `market.measures.forms`.

    Attributes
    ----------
    releases, list_prices, on_sale, sales : the forms.
    top : `sales` of the `TOP_LIST` models of most tokens at each time, with their share of the tokens of these, and
        the firm that developed each, whoever serves it, its `line`, `open_weights`, and its list price then.
    leaders : month, firm, capability: the standing of firms month by month, on the scale that ranked them then.
    """

    releases: pd.DataFrame
    list_prices: pd.DataFrame
    on_sale: pd.DataFrame
    sales: pd.DataFrame
    top: pd.DataFrame
    leaders: pd.DataFrame


@once
def simulated(run: Run) -> Record:
    """The record of a run."""
    releases = forms.releases_of_run(run.models, run.scenario.start)
    on_sale, sales = forms.on_sale_of_run(run.offers), forms.sales_of_run(run.offers)
    return Record(releases, on_sale, on_sale, sales, top_list(sales, releases, on_sale), on_sale)


@functools.cache
def real(score: str = "arena_elo") -> Record:
    """The record of the real market, 2023 to 2025, with one of two scores as capability; not to be changed."""
    releases, listed = forms.releases_of_evidence(score), forms.list_prices_of_evidence(score)
    sales = forms.sales_of_router()
    board = evidence.load("arena_lab_best").rename(columns={"lab": "firm", "score": "capability"})
    month = np.floor(forms.months_since_start(board["date"])).astype("int64")
    board = board.assign(month=month).sort_values("date", kind="stable")
    last = board.groupby(["month", "firm"], as_index=False)["capability"].last()
    top = top_list(sales, releases, listed)
    return Record(releases, listed, forms.on_sale_of_evidence(score), sales, top, last)


def top_list(sales: pd.DataFrame, releases: pd.DataFrame, listed: pd.DataFrame, length: int = TOP_LIST) -> pd.DataFrame:
    """The models of most tokens at each time, as `Record.top`.

    Parameters
    ----------
    sales, releases, listed : the forms; a price that is not listed yet is NaN.   length : of the list.
    """
    order = sales[sales["tokens"] > 0].sort_values(["time", "tokens"], ascending=[True, False], kind="stable")
    table = order.groupby("time").head(length).drop(columns="share")
    table["share"] = table["tokens"] / table.groupby("time")["tokens"].transform("sum")
    table = table.merge(releases[["model", "firm", "line", "open_weights"]], on="model")
    known = listed[["model", "month", "price"]].astype({"month": "float64"}).sort_values("month", kind="stable")
    table = table.sort_values("time", kind="stable")
    return pd.merge_asof(table, known, left_on="time", right_on="month", by="model").drop(columns="month")
