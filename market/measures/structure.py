"""Market structure by month: shares, concentration, margins and the frontier.

The functions take `offers` of a run; those that need no money or cost also take the form `on_sale`, or any table with
the columns they name. Results are series by month.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from market.accounts.ledger import HOSTS
from market.calendar import YEAR


def shares(offers: pd.DataFrame, of: str = "revenue") -> pd.DataFrame:
    """Each firm's share of what is bought, the outside option left out; the hosts are a row of their own.

    Parameters
    ----------
    offers : month, firm and the column `of`.
    of : "revenue" or "tokens".

    Returns
    -------
    DataFrame
        month, firm, share; NaN in a month in which nothing is bought.
    """
    table = offers.groupby(["month", "firm"])[[of]].sum().reset_index()
    total = table.groupby("month")[of].transform("sum")
    table["share"] = table[of] / total.where(total > 0)
    return table[["month", "firm", "share"]]


def annualised(offers: pd.DataFrame, firms: Iterable[str], months: int) -> pd.DataFrame:
    """Revenue by month of each of some firms, dollars a year: twelve times the month's.

    Returns
    -------
    DataFrame
        Every month from 0 on as index, a column per firm in the order given; 0 where it sold nothing.
    """
    sold = offers.pivot_table(index="month", columns="firm", values="revenue", aggfunc="sum", fill_value=0.0)
    return YEAR * sold.reindex(index=range(months), columns=list(firms), fill_value=0.0).astype("float64")


def hhi(offers: pd.DataFrame, of: str = "revenue") -> pd.Series:
    """Herfindahl–Hirschman index Σ share², 0 to 1, over inside revenue (or tokens) by month.

    The hosts are many: what they sell is in the denominator and adds nothing to concentration.
    """
    table = shares(offers, of)
    table["square"] = table["share"].where(table["firm"] != HOSTS, 0.0 * table["share"]) ** 2
    return table.groupby("month")["square"].sum(min_count=1).rename("hhi")


def lerner(offers: pd.DataFrame, by: tuple[str, ...] = ("month",)) -> pd.Series:
    """Lerner index (p − c)/p, averaged with revenue weights: Σ(p − c)·tokens / Σ p·tokens (Lerner 1934).

    Parameters
    ----------
    offers : revenue, serving and the columns of `by`. Leave open models out first for the labs' index.
    by : ("month",), or ("month", "firm") for each firm's.
    """
    total = offers.groupby(list(by))[["revenue", "serving"]].sum()
    return (1.0 - total["serving"] / total["revenue"].where(total["revenue"] > 0)).rename("lerner")


def frontier(on_sale: pd.DataFrame) -> pd.Series:
    """Highest capability on sale by month."""
    return on_sale.groupby("month")["capability"].max().rename("frontier")


def capability_slope(on_sale: pd.DataFrame) -> float:
    """Rise of the frontier a year, by least squares over the months."""
    best = frontier(on_sale).dropna()
    return YEAR * slope(best.index.to_numpy(float), best.to_numpy(float))


def open_share(offers: pd.DataFrame, of: str = "tokens") -> pd.Series:
    """Open models' share by month `of` tokens or revenue, whoever serves them; NaN where nothing is bought."""
    total = offers.groupby("month")[of].sum()
    opened = offers[of].where(offers["open_weights"], 0.0).groupby(offers["month"]).sum()
    return (opened / total.where(total > 0)).rename(f"open_{of}_share")


def leader_share(offers: pd.DataFrame, of: str = "revenue") -> pd.Series:
    """Share of the largest firm by month; the hosts, who are many, are none. Arguments as in `shares`."""
    table = shares(offers, of)
    return table[table["firm"] != HOSTS].groupby("month")["share"].max().rename("leader_share")


def leadership_changes(standing: pd.DataFrame) -> float:
    """How often a year another firm has the most capable model: changes from one month on record to the next.

    Parameters
    ----------
    standing : month, firm, capability; of firms that are level, the one that led goes on leading.

    Returns
    -------
    float
        Changes a year; NaN with fewer than two months on record.
    """
    known = standing.astype({"capability": "float64"})
    best = known.pivot_table(index="month", columns="firm", values="capability", aggfunc="max")
    if len(best) < 2:
        return float("nan")
    changes, leader = 0, None
    for _, row in best.iterrows():
        first = row[row == row.max()].index
        changes += leader is not None and leader not in first
        leader = leader if leader in first else first[0]
    return YEAR * changes / float(best.index[-1] - best.index[0])


def token_growth(offers: pd.DataFrame) -> pd.Series:
    """Growth of market tokens over a year: a month's tokens divided by those of the same month one year before.

    Returns
    -------
    Series
        Factor by month, from the twelfth month on.
    """
    total = offers.groupby("month")["tokens"].sum()
    before = pd.Series(total.to_numpy(), index=total.index + YEAR).reindex(total.index)
    return (total / before.where(before > 0)).dropna().rename("token_growth")


def slope(x: np.ndarray, y: np.ndarray) -> float:
    """Slope of the least-squares line of y on x over the points that have both, NaN if x does not vary."""
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return float("nan")
    x, y = x[known], y[known]
    away = x - x.mean()
    spread = float(away @ away)
    return float(away @ (y - y.mean())) / spread if spread > 0 else float("nan")
