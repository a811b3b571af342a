"""Figures: each takes tables and axes, and neither computes nor saves; above them, how runs and sweeps are read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market import formats
from market.measures.outcomes import level_of
from market.measures.readings import flagships, up_to_failure
from market.measures.structure import shares
from market.studies import summary as summaries
from market.views.figures import FIGURES as FIGURES
from market.views.figures import Picture as Picture
from market.views.figures import draw as draw
from market.views.figures import figure
from market.views.figures import files as files
from market.views.figures import images as images
from market.views.figures import panels as panels
from market.views.results import Swept

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from market.tables import Run

MOST_LINES = 8
"""Lines that one picture can hold."""


def _shares_by_month(run: Run) -> Iterator[Picture]:
    table = shares(run.offers).pivot_table(index="month", columns="firm", values="share", fill_value=0.0)
    if len(table):
        table = table.reindex(range(run.scenario.months), fill_value=0.0).set_axis(pd.to_datetime(run.dates))
    yield Picture((table,))


def _both_readings(run: Run) -> Iterator[Picture]:
    models = flagships(run.models)
    yield Picture((up_to_failure(run), models[models["released"].notna() | models["complete"]]))


def _by_factor(swept: Swept) -> Iterator[Picture]:
    """Read every outcome over every factor, with a line for each value of the other if there are two."""
    table, factors = swept.table, swept.design.factors
    for outcome in swept.known if swept.design.kind != "one_at_a_time" else ():
        for factor in factors:
            other = next((name for name in factors if name != factor), None) if len(factors) == 2 else None
            if other is not None and table[other].nunique() > MOST_LINES:
                other = None
            labels = {"xlabel": factor, "ylabel": outcome, "title": f"lines: {other}" if other else ""}
            rows = summaries.by_factor(table, outcome, factor, other)
            yield Picture((rows,), {"level": level_of(outcome)}, labels, f"{_slug(outcome)}_by_{_slug(factor)}")


def _one_at_a_time(swept: Swept) -> Iterator[Picture]:
    factors = swept.design.factors
    for outcome in swept.known if swept.design.kind == "one_at_a_time" else ():
        rows, size = summaries.tornado(swept.table, factors, outcome), (9, 1.5 + 0.6 * len(factors))
        yield Picture((rows,), {"level": level_of(outcome)}, {"xlabel": outcome}, f"{_slug(outcome)}_tornado", size)


def _over_two_factors(swept: Swept) -> Iterator[Picture]:
    """Read every outcome over the first two factors; what gave no number stays white."""
    several = len(swept.design.factors) > 1 and swept.design.kind != "one_at_a_time"
    for outcome in swept.known if several else ():
        x, y = swept.design.factors[:2]
        cells = summaries.over_grid(swept.table, outcome, x, y)
        if cells.notna().any(axis=None) and min(cells.shape) > 1:
            labels = {"xlabel": x, "ylabel": y, "title": outcome}
            file = f"{_slug(outcome)}_over_{_slug(x)}_{_slug(y)}"
            yield Picture((cells,), {"level": level_of(outcome)}, labels, file)


def _slug(path: str) -> str:
    """A path as part of a file name."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", path).strip("-")


@figure(needs="run", title="each firm's share of revenue by month", reads=_shares_by_month, size=(9, 4.5))
def market_share(shares: pd.DataFrame, axis: Axes) -> None:
    """Stack the firms' shares over time.

    Parameters
    ----------
    shares : month (or a date) as index, a column per firm, shares that add up to at most 1; the rest stays white.
    """
    from matplotlib.ticker import PercentFormatter

    if shares.empty:
        axis.set_title("Nothing was sold", loc="left")
        return
    axis.stackplot(shares.index, shares.to_numpy().T, labels=list(shares.columns), alpha=0.9)
    axis.set_ylim(0, 1)
    axis.margins(x=0)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))
    axis.set_ylabel("share of revenue")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, reverse=True)


@figure(
    needs="run",
    title="the same cash twice: companies by year, and each model's return on its training",
    reads=_both_readings,
    size=(12, 4.5),
    columns=2,
)
def two_readings(companies: pd.DataFrame, models: pd.DataFrame, axes: tuple[Axes, Axes]) -> None:
    """Draw both readings of the same cash side by side: companies by year, and each model's return on its training.

    Parameters
    ----------
    companies : firm, year, result in dollars; whole years in business. A row with a date under `failed` is the last one
        of a firm that failed then: its last twelve months.
    models : firm, training, contribution in dollars, complete. Models without a complete life are hollow; those that
        earned nothing or lost are triangles on the lower edge.
    axes : left for the companies, right for the models.
    """
    _company_results(companies, axes[0])
    _model_returns(models, axes[1])


@figure(needs="sweep", title="means of an outcome over each factor, with intervals", reads=_by_factor)
def outcome_by_factor(rows: pd.DataFrame, axis: Axes, level: float | None = None) -> None:
    """Draw an outcome over a factor: means with their intervals, a line for each value of a second factor.

    Parameters
    ----------
    rows : level (numbers or words), mean, low, high, and line if there are several.
    level : where a thin line marks the break-even; none if not given.
    """
    lines = [("", rows)] if "line" not in rows else list(rows.groupby("line", sort=False))
    for name, part in lines:
        low, high = part["mean"] - part["low"].fillna(part["mean"]), part["high"].fillna(part["mean"]) - part["mean"]
        axis.errorbar(part["level"], part["mean"], yerr=[low, high], marker="o", capsize=3, label=formats.level(name))
    if level is not None:
        axis.axhline(level, color="grey", linewidth=0.8, linestyle="--")
    _write_as(formats.suffixed, axis.yaxis)
    if "line" in rows:
        axis.legend(frameon=False)


@figure(needs="sweep", title="how far each factor alone moves an outcome", reads=_one_at_a_time)
def tornado(rows: pd.DataFrame, axis: Axes, level: float | None = None) -> None:
    """Draw how far each factor alone moves an outcome: a bar from the scenario as it is to each value of the factor.

    Parameters
    ----------
    rows : factor, level (text), mean, low, high, base; the factor drawn on top first.
    level : where a thin line marks the break-even; none if not given.
    """
    places = {factor: place for place, factor in enumerate(dict.fromkeys(rows["factor"]))}
    for _, row in rows.iterrows():
        place = places[row["factor"]]
        colour = "C0" if row["mean"] < row["base"] else "C1"
        axis.barh(place, row["mean"] - row["base"], left=row["base"], color=colour, alpha=0.8, height=0.6)
        if not math.isnan(row["low"]):
            axis.plot([row["low"], row["high"]], [place, place], color="black", linewidth=1)
        side = "right" if row["mean"] < row["base"] else "left"
        axis.annotate(f" {row['level']} ", (row["mean"], place + 0.3), ha=side, va="bottom", fontsize="small")
    axis.set_yticks(range(len(places)), [str(factor) for factor in places])
    axis.invert_yaxis()
    if len(rows):
        axis.axvline(rows["base"].iloc[0], color="black", linewidth=0.8)
    if level is not None:
        axis.axvline(level, color="grey", linewidth=0.8, linestyle="--")
    _write_as(formats.suffixed, axis.xaxis)
    axis.margins(x=0.15)


@figure(needs="sweep", title="an outcome over two factors, with the break-even", reads=_over_two_factors, size=(7, 5))
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
    colours = axis.pcolormesh(_borders(x), _borders(y), values, cmap="viridis", norm=norm)
    bar = axis.figure.colorbar(colours, ax=axis, format=FuncFormatter(lambda value, _: formats.suffixed(value)))
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    for side, index, places in ((axis.xaxis, cells.columns, x), (axis.yaxis, cells.index, y)):
        side.set_ticks(places, [formats.level(value) for value in index])
    if level is not None and min(values.shape) > 1 and np.nanmin(values) < level < np.nanmax(values):
        height = np.log(values / level) if log else values - level
        contour = axis.contour(x, y, height, levels=[0.0], colors="white")
        axis.clabel(contour, fmt=lambda _: f"{level:g}")


def _company_results(companies: pd.DataFrame, axis: Axes) -> None:
    from matplotlib.ticker import NullLocator

    if companies.empty:
        axis.set_title("By calendar year: no whole year booked", loc="left")
        return
    if "failed" not in companies:
        companies = companies.assign(failed=None)
    for firm, rows in companies.groupby("firm", sort=False):
        ends = rows.dropna(subset=["failed"])
        label = ", failed ".join([str(firm), *ends["failed"]])
        (line,) = axis.plot(rows["year"], rows["result"], marker="o", label=label)
        axis.plot(ends["year"], ends["result"], "X", markersize=11, color=line.get_color(), zorder=4)
    size = companies["result"].abs().round(2)  # less than a cent is nothing
    smallest = 10.0 ** math.floor(math.log10(size[size > 0].min())) if (size > 0).any() else 1.0
    axis.set_yscale("symlog", linthresh=smallest)
    tens = [smallest * 10.0**n for n in range(math.ceil(math.log10(max(size.max(), smallest) / smallest)) + 1)]
    losses = [-ten for ten in tens] if (companies["result"] < 0).any() else []
    gains = tens if (companies["result"] > 0).any() else []
    axis.set_yticks([*losses, 0.0, *gains])
    axis.yaxis.set_minor_locator(NullLocator())
    _write_as(formats.dollars, axis.yaxis)
    axis.axhline(0, color="grey", linewidth=0.8)
    axis.set_xticks(range(math.floor(companies["year"].min()), math.ceil(companies["year"].max()) + 1))
    axis.set_title("By calendar year: the company's result", loc="left")
    if companies["failed"].notna().any():
        axis.set_xlabel("cross: the twelve months up to a failure")
    axis.legend(frameon=False)


def _model_returns(models: pd.DataFrame, axis: Axes) -> None:
    from matplotlib.ticker import NullFormatter

    models = models[models["training"] > 0]  # a log scale has no place for what cost nothing
    earned, colours = models["contribution"] > 0, {firm: f"C{n}" for n, firm in enumerate(models["firm"].unique())}
    if models.empty:
        axis.set_title("Model by model: nothing was trained", loc="left")
        return
    low, high = models["training"].min() / 2, models["training"].max() * 2
    floor = min([low, *models.loc[earned, "contribution"] / 2])
    height = models["contribution"].where(earned, floor)
    for (firm, rose, over), points in models.assign(height=height).groupby(["firm", earned, "complete"], sort=False):
        colour = colours[firm]
        axis.scatter(
            points["training"], points["height"], marker="o" if rose else "v", edgecolors=colour,
            facecolors=colour if over else "none", zorder=3, clip_on=False,
        )  # fmt: skip
    for multiple, style in ((1, "--"), (2, ":")):
        axis.plot([low, high], [multiple * low, multiple * high], style, color="grey", linewidth=0.8)
        axis.annotate(f"{multiple}×", (high, multiple * high), color="grey", va="center")
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_ylim(bottom=floor)
    for side in (axis.xaxis, axis.yaxis):
        side.set_minor_formatter(NullFormatter())
        _write_as(formats.dollars, side)
    axis.set_xlabel("training cost (filled: complete life; triangle: earned nothing, or lost)")
    axis.set_ylabel("contribution over life")
    axis.set_title("Model by model: what its training returned", loc="left")


def _write_as(form: Callable[[float], str], side: Axis) -> None:
    """Write the numbers beside an axis in some form."""
    side.set_major_formatter(lambda value, _: form(value))


def _places(index: pd.Index) -> list[float]:
    """Where values stand on an axis: at themselves if they are numbers, else in a row."""
    return [float(value) for value in index] if index.dtype.kind in "if" else [float(i) for i in range(len(index))]


def _borders(places: list[float]) -> list[float]:
    """Where cells around some places end: half way to their neighbours, and as far beyond the outer ones."""
    middles = [(before + after) / 2 for before, after in pairwise(places)]
    if not middles:
        return [places[0] - 0.5, places[0] + 0.5]
    return [2 * places[0] - middles[0], *middles, 2 * places[-1] - middles[-1]]
