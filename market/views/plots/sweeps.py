"""Figures of sweeps: an outcome over its factors, alone and two at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market import formats
from market.measures.outcomes import level_of, unit_of
from market.studies import summary as summaries
from market.views import theme
from market.views.figures import Picture, figure
from market.views.results import Swept

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LINES = 8
"""Lines that one picture can hold."""

INTERVALS = "Mean over the {}, with its 95% interval."


def _by_factor(swept: Swept) -> Iterator[Picture]:
    """Read every outcome over every factor, with a line for each value of the other if there are two."""
    table, factors = swept.table, swept.design.factors
    for outcome in swept.known if swept.design.kind != "one_at_a_time" else ():
        for factor in factors:
            other = next((name for name in factors if name != factor), None) if len(factors) == 2 else None
            if other is not None and table[other].nunique() > MOST_LINES:
                other = None
            labels = {"xlabel": factor, "ylabel": _with_unit(outcome)}
            options = {"level": level_of(outcome), "lines": other or ""}
            file = f"{_slug(outcome)}_by_{_slug(factor)}"
            rows = summaries.by_factor(table, outcome, factor, other, swept.worlds)
            words = INTERVALS.format(swept.counted)
            yield Picture((rows,), options, labels, file, title=f"{outcome} by {factor}", words=words)


def _one_at_a_time(swept: Swept) -> Iterator[Picture]:
    factors = swept.design.factors
    for outcome in swept.known if swept.design.kind == "one_at_a_time" else ():
        rows = summaries.tornado(swept.table, factors, outcome, swept.worlds)
        title = f"What moves {outcome} most"
        words = "Each bar leads from the scenario as it is to one changed value; lines are 95% intervals of the change."
        options, labels, size = (
            {"level": level_of(outcome)},
            {"xlabel": _with_unit(outcome)},
            (9, 1.9 + 0.34 * len(rows)),
        )
        yield Picture((rows,), options, labels, f"{_slug(outcome)}_tornado", size, title, words)


def _over_two_factors(swept: Swept) -> Iterator[Picture]:
    """Read every outcome over the first two factors; what gave no number stays white."""
    several = len(swept.design.factors) > 1 and swept.design.kind != "one_at_a_time"
    for outcome in swept.known if several else ():
        x, y = swept.design.factors[:2]
        cells = summaries.over_grid(swept.table, outcome, x, y)
        if cells.notna().any(axis=None) and min(cells.shape) > 1:
            labels, level = {"xlabel": x, "ylabel": y}, level_of(outcome)
            file = f"{_slug(outcome)}_over_{_slug(x)}_{_slug(y)}"
            line = f"; the line is where it is {level:g}" if level is not None else ""
            words = f"Mean over the {swept.counted}{line}."
            yield Picture((cells,), {"level": level}, labels, file, title=f"{outcome} over two factors", words=words)


def _with_unit(outcome: str) -> str:
    """An outcome as an axis names it."""
    unit = unit_of(outcome)
    return f"{outcome}, {unit}" if unit else outcome


def _slug(path: str) -> str:
    """A path as part of a file name."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", path).strip("-")


@figure(needs="sweep", title="means of an outcome over each factor, with intervals", reads=_by_factor, place=7)
def outcome_by_factor(rows: pd.DataFrame, axis: Axes, level: float | None = None, lines: str = "") -> None:
    """Draw an outcome over a factor: means with their intervals, a line for each value of a second factor.

    Parameters
    ----------
    rows : level (numbers or words), mean, low, high, and line if there are several.
    level : where a thin line marks the break-even; none if not given.   lines : title of the legend.
    """
    parts = [("", rows)] if "line" not in rows else list(rows.groupby("line", sort=False))
    for name, part in parts:
        low, high = part["mean"] - part["low"].fillna(part["mean"]), part["high"].fillna(part["mean"]) - part["mean"]
        axis.errorbar(
            part["level"],
            part["mean"],
            yerr=[low, high],
            marker="o",
            capsize=3,
            elinewidth=1,
            label=formats.level(name),
        )
    if level is not None:
        axis.axhline(level, color=theme.GREY, linewidth=0.8, linestyle="--")
    theme.write_as(formats.suffixed, axis.yaxis)
    if "line" in rows:
        axis.legend(title=lines or None)


@figure(needs="sweep", title="how far each factor alone moves an outcome", reads=_one_at_a_time, place=7)
def tornado(rows: pd.DataFrame, axis: Axes, level: float | None = None) -> None:
    """Draw how far each factor alone moves an outcome: a bar from the scenario as it is to each value of the factor.

    Parameters
    ----------
    rows : factor, level (text), mean, low, high, base; the factor drawn on top first.
    level : where a thin line marks the break-even; none if not given.
    """
    places = {factor: place for place, factor in enumerate(dict.fromkeys(rows["factor"]))}
    for factor, part in rows.groupby("factor", sort=False):
        height = 0.76 / len(part)
        for number, (_, row) in enumerate(part.iterrows()):
            place = places[factor] + (number - (len(part) - 1) / 2) * height
            fell = row["mean"] < row["base"]
            colour = theme.COLOURS[0] if fell else theme.COLOURS[1]
            axis.barh(place, row["mean"] - row["base"], left=row["base"], color=colour, height=0.86 * height)
            ends = [row["base"], row["mean"]]
            if not math.isnan(row["low"]):
                axis.plot([row["low"], row["high"]], [place, place], color=theme.ink(axis), linewidth=1)
                ends += [row["low"], row["high"]]
            outer, side = (min(ends), "right") if fell else (max(ends), "left")
            axis.annotate(f" {row['level']} ", (outer, place), ha=side, va="center", fontsize="small")
    axis.set_yticks(range(len(places)), [str(factor) for factor in places])
    axis.invert_yaxis()
    if len(rows):
        axis.axvline(rows["base"].iloc[0], color=theme.ink(axis), linewidth=0.8)
    if level is not None:
        axis.axvline(level, color=theme.GREY, linewidth=0.8, linestyle="--")
    theme.write_as(formats.suffixed, axis.xaxis)
    axis.margins(x=0.15)


@figure(
    needs="sweep",
    title="an outcome over two factors, with the break-even",
    reads=_over_two_factors,
    size=(7, 5),
    place=2,
)
def heat_map(cells: pd.DataFrame, axis: Axes, level: float | None = None, log: bool = False) -> None:
    """Draw an outcome over two factors as colours, with the break-even contour.

    Parameters
    ----------
    cells : values by y (index) and x (columns), numbers or words; NaN stays white.   axis : to draw on.
    level : where the contour runs; none if not given, or if all values lie on one side.
    log : colours and contour on a log scale; what is not positive stays white.
    """
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import FuncFormatter, NullFormatter

    x, y = _places(cells.columns), _places(cells.index)
    values = cells.to_numpy(float)
    if log:
        values = np.where(values > 0, values, np.nan)
    norm = LogNorm() if log else None
    colours = axis.pcolormesh(_borders(x), _borders(y), values, cmap=theme.shades(axis), norm=norm)
    bar = axis.figure.colorbar(colours, ax=axis, format=FuncFormatter(lambda value, _: formats.suffixed(value)))
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    for side, index, places in ((axis.xaxis, cells.columns, x), (axis.yaxis, cells.index, y)):
        side.set_ticks(places, [formats.level(value) for value in index])
    if level is not None and min(values.shape) > 1 and np.nanmin(values) < level < np.nanmax(values):
        height = np.log(values / level) if log else values - level
        contour = axis.contour(x, y, height, levels=[0.0], colors=theme.COLOURS[1])
        axis.clabel(contour, fmt=lambda _: f"{level:g}")


def _places(index: pd.Index) -> list[float]:
    """Where values stand on an axis: at themselves if they are numbers, else in a row."""
    return [float(value) for value in index] if index.dtype.kind in "if" else [float(i) for i in range(len(index))]


def _borders(places: list[float]) -> list[float]:
    """Where cells around some places end: half way to their neighbours, and as far beyond the outer ones."""
    middles = [(before + after) / 2 for before, after in pairwise(places)]
    if not middles:
        return [places[0] - 0.5, places[0] + 0.5]
    return [2 * places[0] - middles[0], *middles, 2 * places[-1] - middles[-1]]
