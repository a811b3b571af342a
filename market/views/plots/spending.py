"""The figure of R&D: what labs spend of their revenue, and how dear the bases are that they begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from market.measures import spending
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from market.tables import Run


def _spending(run: Run) -> Iterator[Picture]:
    bases = spending.bases(run).sort_values("started", kind="stable")
    most = bases.groupby("started")["cost"].max().cummax().shift(fill_value=0.0)
    bases = bases.assign(
        day=theme.days(run.calendar, bases["started"]), raised=bases["cost"] > bases["started"].map(most)
    )
    words = (
        "Left: training and research in whole years in business. Right: by the month in which training began; filled: "
        "dearer than all bases begun before."
    )
    yield Picture((spending.by_year(run), bases), {"firms": list(run.scenario.firms)}, words=words)


@figure(
    needs="run",
    title="what labs spend on R&D, and who escalates",
    reads=_spending,
    size=(12, 4.8),
    columns=2,
    place=6,
    written=False,
)
def rd_spending(years: pd.DataFrame, bases: pd.DataFrame, axes: tuple[Axes, Axes], firms: Sequence[str] = ()) -> None:
    """Draw each lab's R&D over its revenue by year, and the cost of every base it began over time.

    Parameters
    ----------
    years : firm, year, ratio; a year without revenue is left out.
    bases : firm, day (a date), cost in dollars, raised: whether it was dearer than every base begun before.
    axes : for the years and for the bases.   firms : in the order of the scenario, which gives them their looks.
    """
    looks = theme.looks([*firms, *years["firm"], *bases["firm"]])
    axes[0].set_title("R&D over revenue, by calendar year")
    axes[1].set_title("Cost of each base begun")
    _ratios(years[years["ratio"] > 0], axes[0], looks)
    _costs(bases, axes[1], looks)


def _ratios(years: pd.DataFrame, axis: Axes, looks: dict[str, theme.Look]) -> None:
    if years.empty:
        theme.nothing(axis, "no lab sold anything in a whole year")
        return
    axis.axhline(1, color=theme.GREY, linestyle="--", linewidth=1)
    for firm, rows in years.groupby("firm", sort=False):
        look = looks[str(firm)]
        axis.plot(rows["year"], rows["ratio"], look.line, color=look.colour, marker=look.marker)
    theme.log_scale(axis)
    theme.whole_years(axis, years["year"])
    axis.set_ylabel("times revenue, log scale")


def _costs(bases: pd.DataFrame, axis: Axes, looks: dict[str, theme.Look]) -> None:
    if bases.empty:
        theme.nothing(axis, "no lab began a base")
        return
    for firm, rows in bases.groupby("firm", sort=False):
        look = looks[str(firm)]
        axis.plot(rows["day"], rows["cost"], look.line, color=look.colour, linewidth=1, alpha=0.5)
        axis.plot([], [], look.marker + look.line, color=look.colour, label=str(firm))
        for raised, part in rows.groupby("raised"):
            axis.scatter(
                part["day"], part["cost"], marker=look.marker, s=42, edgecolors=look.colour, linewidths=1.3, zorder=3,
                facecolors=look.colour if raised else axis.get_facecolor(),
            )  # fmt: skip
    theme.log_scale(axis)
    theme.in_dollars(axis.yaxis, bases["cost"], "cost", ", log scale")
    room = pd.Timedelta(days=45)
    theme.over_time(axis, pd.DatetimeIndex([bases["day"].min() - room, bases["day"].max() + room]))
    theme.legend(axis)
