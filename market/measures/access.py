"""Access to open weights over time: which part of the customers has it, and what open models sell."""

from __future__ import annotations

import pandas as pd

from market.measures.structure import open_share
from market.tables import Run
from market.tables.run import once


def by_segment(run: Run) -> pd.DataFrame:
    """Part of the customers who can use open weights, by month and segment, in the order of the scenario."""
    segments = run.segments
    if "open_access" not in segments:  # saved by version 0.1, where access did not spread
        constant = {name: segment.open_access for name, segment in run.scenario.segments.items()}
        segments = segments.assign(open_access=segments["segment"].map(constant))
    table = segments.pivot_table(index="month", columns="segment", values="open_access", aggfunc="first")
    return table.reindex(columns=[name for name in run.scenario.segments if name in table])


@once
def of_all(run: Run) -> pd.Series:
    """The same of all customers by month: segments weighted by what they bought over the run, alike if nothing.

    What a segment weighs is the same in each month, so that only access moves it.
    """
    access = by_segment(run)
    bought = run.segments.groupby("segment")["tokens"].sum().reindex(access.columns).fillna(0.0)
    weights = bought / bought.sum() if bought.sum() > 0 else bought + 1.0 / max(1, len(bought))
    return (access * weights).sum(axis=1).rename("open_access")


def spreads(run: Run) -> bool:
    """Whether access of any segment is another at the end than at the start."""
    access = by_segment(run)
    return len(access) > 0 and bool((access.iloc[-1] != access.iloc[0]).any())


def open_shares(run: Run) -> pd.DataFrame:
    """Open models' shares of all tokens and of all revenue by month, whoever serves them; NaN where nothing is bought.

    Returns
    -------
    DataFrame
        Every month of the run as index; tokens, revenue.
    """
    shares = {of: open_share(run.offers, of) for of in ("tokens", "revenue")}
    return pd.DataFrame(shares).reindex(range(run.scenario.months))
