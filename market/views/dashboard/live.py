"""Pictures of a market by month, quick to draw: revenue, results and prices, of one run or over worlds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.accounts.ledger import HOSTS, Account
from market.calendar import Calendar
from market.studies.weighted import middle
from market.tables import Run
from market.views.sheet import Sheet
from market.views.theme import COLOURS, days, in_dollars, log_scale, looks, over_time, styled

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


LABS, OPEN = "all labs", "open weights"
REVENUE, RESULT, PRICE = "revenue", "result", "price"


def paths(run: Run) -> pd.DataFrame:
    """What a market does month by month in all.

    Returns
    -------
    DataFrame
        A row per simulated month; columns by figure and by whose it is: revenue ($ a month) and price (revenue over
        tokens, $ per Mtok; NaN where nothing is sold) of all labs and of open weights, and the result of all labs since
        the first dollar ($).
    """
    months = pd.RangeIndex(run.scenario.months, name="month")
    offers = run.offers.assign(whose=run.offers["open_weights"].map({False: LABS, True: OPEN}))
    sold = offers.pivot_table(index="month", columns="whose", values=["revenue", "tokens"], aggfunc="sum")
    columns: dict[tuple[str, str], pd.Series] = {}
    for whose in (LABS, OPEN):
        if ("revenue", whose) in sold:
            revenue, tokens = (sold[what, whose].reindex(months, fill_value=0.0) for what in ("revenue", "tokens"))
            columns[REVENUE, whose], columns[PRICE, whose] = revenue, revenue / tokens.where(tokens > 0)
    booked = run.ledger[(run.ledger["account"] != Account.FUNDING.value) & run.ledger["firm"].isin(run.scenario.labs)]
    spent = booked.groupby("month")["amount"].sum().sort_index().cumsum()
    columns[RESULT, LABS] = spent.reindex(spent.index.union(months)).ffill().reindex(months).fillna(0.0)
    return pd.DataFrame(columns)


def bands(worlds: Sequence[pd.DataFrame], calendar: Calendar) -> Sheet:
    """Draw what markets do month by month over worlds: the median, and between what 80% of the worlds lie.

    Parameters
    ----------
    worlds : as `paths` gives them.   calendar : of the months.
    """
    when, many = days(calendar, worlds[0].index), f"{len(worlds)} world{'s' * (len(worlds) > 1)}"
    bands = {
        column: np.array([middle(month) for month in np.column_stack([one[column] for one in worlds])])
        for column in worlds[0]
    }  # (months, 3) of each
    drawn: dict[str, list[float]] = {what: [] for what in (REVENUE, RESULT, PRICE)}
    sheet = Sheet(SIZE, False, ("Month by month", f"Lines: medians of {many}. Bands: 80% of them.", ""))
    with styled(sheet.settings):
        axes = sheet.subplots(1, 3)
        for axis, what in zip(axes, drawn, strict=True):
            for whose, colour in zip((LABS, OPEN), COLOURS, strict=False):
                if (what, whose) in bands:
                    low, median, high = bands[what, whose].T
                    axis.fill_between(when, low, high, color=colour, alpha=0.22, linewidth=0)
                    axis.plot(when, median, label=whose, color=colour)
                    drawn[what] += [*low, *high]
            over_time(axis, when)
        axes[0].set_title("Revenue")
        axes[1].set_title("Result since the first dollar")
        axes[2].set_title("Prices")
        in_dollars(axes[0].yaxis, drawn[REVENUE], "revenue", " a month")
        in_dollars(axes[1].yaxis, drawn[RESULT], "result")
        axes[2].set_ylabel("revenue over tokens, $ per Mtok")
        if np.isfinite(drawn[PRICE]).any():
            log_scale(axes[2])
        handles = {line.get_label(): line for axis in axes for line in axis.lines}
        axes[2].legend(handles.values(), handles, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return sheet


def _lines(run: Run, table: pd.DataFrame, axis: Axes) -> None:
    """A line for every firm, as it looks in every figure."""
    for firm, look in looks([*run.scenario.firms, HOSTS]).items():
        if firm in table:
            line = table[firm].dropna()
            axis.plot(days(run.calendar, line.index), line, label=firm, color=look.colour, linestyle=look.line)
    over_time(axis, days(run.calendar, table.index))
