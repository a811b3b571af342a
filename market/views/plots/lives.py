"""The figure of one model's life: what it sold, and who took its customers after the peak."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.accounts.attribution import IN_WORDS
from market.measures.life import carried, largest_complete
from market.measures.life import life as life_of
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from market.tables import Run

LATER = {"own_update": "#3F2A70", "own_tier": "#8F7CBF"}
"""Colours of the causes that only families with updates and tiers have."""

CAUSE_COLOURS = LATER | dict(zip([cause for cause in IN_WORDS if cause not in LATER], theme.KINDS, strict=True))


def _life(run: Run, model: str | None = None) -> Iterator[Picture]:
    name = largest_complete(run) if model is None else model
    if name is None:
        return
    known = life_of(run, name)
    if not known.sold:
        return
    table = carried(run, known)
    table = table.set_axis(theme.days(run.calendar, table.index))
    words = (
        "Above its revenue: what it has lost since its peak, net, by who or what took it. Below zero: what it has "
        "gained meanwhile. All together are the peak."
    )
    yield Picture((table,), title=f"The life of {name}", words=words)


@figure(
    needs="run",
    title="the life of a model: its revenue and who took it",
    reads=_life,
    size=(9.5, 5),
    place=5,
    written=False,
)
def life(table: pd.DataFrame, axis: Axes) -> None:
    """Stack what a model sold and, above it, what it lost since its peak by cause; what was gained stands below zero.

    Parameters
    ----------
    table : date as index; revenue, then a column per cause, dollars a month; a cause below 0 brought revenue.
    """
    days, revenue = table.index, table["revenue"].to_numpy(float)
    axis.fill_between(days, 0, revenue, color=theme.GREY, alpha=0.45, linewidth=0, label="revenue")
    axis.plot(days, revenue, color=theme.ink(axis), marker="o" if len(table) == 1 else "")
    above, below = revenue, np.zeros(len(table))
    causes = [cause for cause in IN_WORDS if cause in table and (table[cause].abs() > 0.005 * revenue.max()).any()]
    for cause in causes:
        lost, gained = table[cause].clip(lower=0.0).to_numpy(float), table[cause].clip(upper=0.0).to_numpy(float)
        colour = CAUSE_COLOURS[cause]
        axis.fill_between(days, above, above + lost, color=colour, linewidth=0, label=IN_WORDS[cause])
        axis.fill_between(days, below, below + gained, color=colour, linewidth=0)
        above, below = above + lost, below + gained
    top = float(revenue.max())
    axis.axhline(top, color=theme.GREY, linewidth=1, linestyle="--")
    axis.annotate("peak", (days[0], top), (2, 3), textcoords="offset points", color=theme.GREY, va="bottom")
    axis.axhline(0, color=theme.GREY, linewidth=0.8)
    theme.in_dollars(axis.yaxis, [*above, *below], "revenue", " a month")
    theme.over_time(axis, pd.DatetimeIndex(days))
    theme.legend(axis, reverse=True)
