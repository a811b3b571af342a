"""Pictures of a market under way: small, quick to draw, by month."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market import formats
from market.accounts.ledger import Account
from market.tables import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = (5.2, 3.0)
Form = Callable[[float], str]


def pictures(run: Run) -> dict[str, Figure]:
    """Revenue, results and prices by month, by title."""
    offers, ledger = run.offers, run.ledger[run.ledger["account"] != Account.FUNDING.value]
    revenue = offers.pivot_table(index="month", columns="firm", values="revenue", aggfunc="sum")
    results = ledger.pivot_table(index="month", columns="firm", values="amount", aggfunc="sum").fillna(0.0).cumsum()
    sold = offers.pivot_table(index="month", columns="firm", values="tokens", aggfunc="sum")
    prices = revenue / sold.where(sold > 0)
    return {
        "Revenue by month": _lines(run, revenue, formats.dollars),
        "Result since the first dollar spent": _lines(run, results[results.index >= 0], formats.dollars, zero=True),
        "Average price, $ per Mtok": _lines(run, prices, formats.suffixed, log=True),
    }


def _lines(
    run: Run, table: pd.DataFrame, form: Callable[[float], str], zero: bool = False, log: bool = False
) -> Figure:
    """A line for every firm, in the colour that it has in every picture."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter

    canvas = Figure(figsize=SIZE, layout="constrained")
    axis = canvas.subplots()
    for place, firm in enumerate(name for name in (*run.scenario.firms, "hosts") if name in table):
        line = table[firm].dropna()
        dates = np.array([run.calendar.date(month) for month in line.index], "datetime64[M]")
        axis.plot(dates, line, color=f"C{place}", label=firm)
    if log and table.notna().any(axis=None):
        axis.set_yscale("log")
        axis.yaxis.set_minor_formatter(NullFormatter())
    axis.yaxis.set_major_formatter(lambda value, _: form(value))
    if zero:
        axis.axhline(0, color="grey", linewidth=0.8)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(axis="x", rotation=0)
    axis.legend(frameon=False, fontsize="small", ncols=2)
    return canvas
