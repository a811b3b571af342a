"""The figure of the second reading: what each family of the labs returned, and between which bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from market import formats
from market.measures.families import OVER, returns
from market.measures.readings import bounds
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from market.tables import Run

TITLES = dict(zip(OVER, ("Over training", "Over training + research"), strict=True))

BEYOND = 30.0
"""How many times beyond what families returned the axis goes on for what a single release did."""


def _families(run: Run) -> Iterator[Picture]:
    table, parts = returns(run), bounds(run, run.calendar.record)
    table = table.assign(day=theme.days(run.calendar, table["month"]))
    words = [
        "Filled: complete lives. Hollow: so far; the thick line leads to what it is if each month left earns like the "
        "last. Triangle: earned nothing. Numbers: which base of its firm."
    ]
    if (table["high_training"] > table["low_training"]).any():
        words += ["Thin line: what single releases returned, the least and the most by who bears the base's cost."]
    if pd.notna(parts.complete):
        words += [
            f"Complete are {formats.percent(parts.complete)} of the training dollars; "
            f"{formats.percent(parts.in_training)}, in training, are not shown."
        ]
    yield Picture((table,), {"firms": list(run.scenario.firms)}, words=" ".join(words))


@figure(
    needs="run",
    title="what each family of models returned",
    reads=_families,
    size=(11, 8.2),
    rows=2,
    place=2,
    written=False,
)
def families(table: pd.DataFrame, axes: tuple[Axes, Axes], firms: Sequence[str] = ()) -> None:
    """Draw the multiple of every family over the date of its release: over training, and over training and research.

    Parameters
    ----------
    table : as `market.measures.families.returns`, with the `day` of each row's month.
    axes : for the multiples over training, and over training and research.   firms : in the order of the scenario.
    """
    looks = theme.looks([*firms, *table["firm"]])
    for axis, (over, title) in zip(axes, TITLES.items(), strict=True):
        axis.set_title(title)
        shown = table[table[f"so_far_{over}"].notna()]
        if shown.empty:
            theme.nothing(axis, "no family of a lab has been released")
            continue
        _multiples(shown, over, axis, looks)
    theme.legend(axes[0], bbox_to_anchor=(1.03, 0.5))


def _multiples(table: pd.DataFrame, over: str, axis: Axes, looks: dict[str, theme.Look]) -> None:
    so_far, if_held, low, high = (table[f"{name}_{over}"] for name in ("so_far", "if_held", "low", "high"))
    known = pd.concat([so_far, if_held])
    known = known[known > 0]
    least, most = (known.min(), known.max()) if len(known) else (1.0, 1.0)
    bottom = max(min([*low[low > 0], least, 1.0]), least / BEYOND) / 1.6
    top = min(max([*high, most, 2.0]), most * BEYOND) * 1.6
    axis.set(yscale="log", ylim=(bottom, top))
    for multiple, line in ((1, "--"), (2, ":")):
        axis.axhline(multiple, color=theme.GREY, linewidth=1, linestyle=line)
        axis.annotate(
            f" {multiple}×", (1, multiple), xycoords=axis.get_yaxis_transform(), color=theme.GREY, va="center"
        )
    for firm, rows in table.groupby("firm", sort=False):
        look, days = looks[str(firm)], rows["day"]
        at = so_far[rows.index].clip(lower=bottom)
        axis.plot(days, at, look.line, color=look.colour, linewidth=0.8, alpha=0.35)
        axis.plot([], [], look.marker, color=look.colour, label=str(firm))
        axis.vlines(
            days, low[rows.index].clip(lower=bottom), high[rows.index].clip(lower=bottom), colors=look.colour,
            linewidth=0.8, alpha=0.6,
        )  # fmt: skip
        held = if_held[rows.index].clip(lower=bottom)
        axis.vlines(days, at, held, colors=look.colour, linewidth=3.2, alpha=0.55)
        axis.scatter(days, held.where(held > at), marker="_", s=60, color=look.colour, linewidths=1.6, zorder=3)
        for (ended, rose), part in rows.assign(rose=so_far > 0).groupby(["complete", "rose"]):
            axis.scatter(
                part["day"], at[part.index], marker=look.marker if rose else "^", s=34, edgecolors=look.colour,
                facecolors=look.colour if ended else axis.get_facecolor(), linewidths=1.3, zorder=4,
                clip_on=bool(rose),
            )  # fmt: skip
        for day, height, generation in zip(days, at, rows["generation"], strict=True):
            axis.annotate(
                str(generation), (day, height), (4, -3), textcoords="offset points", ha="left", va="top", fontsize=7,
                color=look.colour,
            )  # fmt: skip
    theme.log_scale(axis)
    axis.set_ylim(bottom, top)
    axis.set_ylabel("contribution over cost, log scale")
    room = pd.Timedelta(days=45)
    theme.over_time(axis, pd.DatetimeIndex([table["day"].min() - room, table["day"].max() + room]))
