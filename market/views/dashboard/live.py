"""The picture of a market under way, quick to draw: revenue, results and prices by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from market.accounts.ledger import HOSTS, Account
from market.tables import Run
from market.views.sheet import Sheet
from market.views.theme import days, in_dollars, log_scale, looks, over_time, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (12.5, 4.0)


def by_month(run: Run) -> Sheet:
    """Draw each firm's revenue, its result since its first dollar, and the price at which it sells."""
    offers, ledger = run.offers, run.ledger[run.ledger["account"] != Account.FUNDING.value]
    revenue, tokens = (
        offers.pivot_table(index="month", columns="firm", values=what, aggfunc="sum") for what in ("revenue", "tokens")
    )
    results = ledger.pivot_table(index="month", columns="firm", values="amount", aggfunc="sum").fillna(0.0).cumsum()
    results, prices = results[results.index >= 0], revenue / tokens.where(tokens > 0)
    sheet = Sheet(SIZE, False, ("Month by month", "", ""))
    with styled(sheet.settings):
        left, middle, right = sheet.subplots(1, 3)
        for axis, title, table in (
            (left, "Revenue", revenue), (middle, "Result since the first dollar", results), (right, "Prices", prices)
        ):  # fmt: skip
            axis.set_title(title)
            _lines(run, table, axis)
        in_dollars(left.yaxis, revenue.to_numpy().ravel(), "revenue", " a month")
        in_dollars(middle.yaxis, results.to_numpy().ravel(), "result")
        right.set_ylabel("revenue over tokens, $ per Mtok")
        if prices.notna().any(axis=None):
            log_scale(right)
        handles = {line.get_label(): line for axis in (left, middle, right) for line in axis.lines}
        right.legend(handles.values(), handles, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return sheet


def _lines(run: Run, table: pd.DataFrame, axis: Axes) -> None:
    """A line for every firm, as it looks in every figure."""
    for firm, look in looks([*run.scenario.firms, HOSTS]).items():
        if firm in table:
            line = table[firm].dropna()
            axis.plot(days(run.calendar, line.index), line, label=firm, color=look.colour, linestyle=look.line)
    over_time(axis, days(run.calendar, table.index))
