"""Figures of the two readings of the same cash: companies by year, families over their lives, and the margins."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from market import formats
from market.accounts.ledger import HOSTS
from market.measures.boundaries import RUNGS, ladder
from market.measures.readings import Bounds, bounds, closed, up_to_failure, whole_years
from market.measures.seeds import bands
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from market.tables import Run

RUNG_COLOURS = dict(zip(RUNGS, (theme.KINDS[1], theme.KINDS[7], theme.KINDS[2], theme.KINDS[0]), strict=True))


BESIDE = "A year's marks stand side by side."
BANDS = "Bands: from the lowest to the highest of other seeds."


def _both_readings(run: Run) -> Iterator[Picture]:
    families, parts = closed(run.families), bounds(run, run.calendar.record)
    seeds = bands(run, "result")
    options = {"firms": list(run.scenario.firms), "seeds": seeds}
    shown = families[families["released"].notna() | families["complete"]]
    aside = BESIDE if len(run.scenario.labs) > 1 else ""
    words = " ".join(filter(None, (_parts(parts), aside, BANDS if seeds is not None else "")))
    yield Picture((up_to_failure(run), shown), options, words=words)


def _parts(parts: Bounds) -> str:
    """Say how much of the training dollars can be judged, and how it is drawn."""
    if pd.isna(parts.complete):
        return ""
    return (
        f"Of the labs' training dollars {formats.percent(parts.complete)} are of complete lives (filled), "
        f"{formats.percent(parts.unfinished)} of families on sale or older than the run (hollow), "
        f"{formats.percent(parts.in_training)} still in training (not shown)."
    )


@figure(
    needs="run",
    title="the same cash twice: companies by year, and what each family of models returned",
    reads=_both_readings,
    size=(12.5, 5),
    columns=3,
    place=1,
)
def two_readings(
    companies: pd.DataFrame,
    families: pd.DataFrame,
    axes: tuple[Axes, Axes, Axes],
    firms: Sequence[str] = (),
    seeds: pd.DataFrame | None = None,
) -> None:
    """Draw both readings of the same cash: companies by year, and each family's return on its training and on all R&D.

    Parameters
    ----------
    companies : firm, year, result in dollars; whole years in business. A row with a date under `failed` is the last one
        of a firm that failed then: its last twelve months.
    families : firm, training, research (if known), contribution in dollars, complete. Families without a complete life
        are hollow; those that earned nothing or lost are triangles on the lower edge.
    axes : for the companies, for the families over their training, and over training and research.
    firms : in the order of the scenario, which gives them their looks.
    seeds : firm, year, min and max of the result over other seeds, if there are any.
    """
    looks = theme.looks([*firms, *companies["firm"], *families["firm"]])
    _company_results(companies, axes[0], looks, seeds)
    _returns(families, axes[1], looks, families["training"], "training")
    full = families["training"] + families["research"] if "research" in families else families["training"]
    _returns(families, axes[2], looks, full, "training + research")


def _company_results(
    companies: pd.DataFrame, axis: Axes, looks: dict[str, theme.Look], seeds: pd.DataFrame | None
) -> None:
    """Draw a line per firm on a scale that is linear around zero and logarithmic beyond."""
    axis.set_title("Companies, by calendar year")
    if companies.empty:
        theme.nothing(axis, "no whole year booked")
        return
    if "failed" not in companies:
        companies = companies.assign(failed=None)
    aside = _aside(companies["firm"])
    for firm, rows in companies.groupby("firm", sort=False):
        look, ends, by = looks[str(firm)], rows.dropna(subset=["failed"]), aside[str(firm)]
        label = ", failed ".join([str(firm), *ends["failed"]])
        axis.plot(rows["year"] + by, rows["result"], look.line, color=look.colour, marker=look.marker, label=label)
        axis.plot(ends["year"] + by, ends["result"], "X", markersize=11, color=look.colour, zorder=4)
        if seeds is not None:
            part = seeds[seeds["firm"] == firm]
            axis.fill_between(part["year"] + by, part["min"], part["max"], color=look.colour, alpha=0.15, linewidth=0)
    log_both_sides(axis, companies["result"])
    theme.in_dollars(axis.yaxis, companies["result"], "result", " a year")
    axis.axhline(0, color=theme.GREY, linewidth=0.8)
    theme.whole_years(axis, companies["year"])
    if companies["failed"].notna().any():
        axis.set_xlabel("cross: the twelve months up to a failure")
    theme.legend(axis, loc="best", bbox_to_anchor=None)


def _aside(firms: pd.Series) -> dict[str, float]:
    """By how much of a year each firm's marks stand aside, so that those of firms that do alike are all seen."""
    names = [str(name) for name in firms.unique()]
    step = min(0.07, 0.42 / max(1, len(names)))
    return {name: step * (place - (len(names) - 1) / 2) for place, name in enumerate(names)}


def log_both_sides(axis: Axes, amounts: pd.Series) -> None:
    """Put the vertical axis on a log scale on both sides of zero, marked at powers of ten."""
    from matplotlib.ticker import NullLocator

    size = amounts.abs().round(2)  # less than a cent is nothing
    top = size.max() if (size > 0).any() else 1.0
    smallest = 10.0 ** math.floor(math.log10(max(size[size > 0].min() if (size > 0).any() else 1.0, top / 1e5)))
    axis.set_yscale("symlog", linthresh=smallest)
    tens = [smallest * 10.0**n for n in range(math.ceil(math.log10(max(top, smallest) / smallest)) + 1)]
    losses = [-ten for ten in tens] if (amounts.round(2) < 0).any() else []
    gains = tens if (amounts.round(2) > 0).any() else []
    axis.set_yticks([*losses, 0.0, *gains])
    axis.set_ylim(-1.6 * top if losses else -0.2 * smallest, 1.6 * top if gains else 0.2 * smallest)
    axis.yaxis.set_minor_locator(NullLocator())


def _returns(families: pd.DataFrame, axis: Axes, looks: dict[str, theme.Look], costs: pd.Series, what: str) -> None:
    """Draw each family's contribution over its costs, with the lines at which it returned them once and twice."""
    axis.set_title(f"Families, over their {what}")
    families, costs = families[costs > 0], costs[costs > 0]  # a log scale has no place for what cost nothing
    if families.empty:
        theme.nothing(axis, "nothing was trained and released")
        return
    earned = families["contribution"] > 0
    low, high = costs.min() / 2, costs.max() * 2
    floor = min([low, *families.loc[earned, "contribution"] / 2])
    height = families["contribution"].where(earned, floor)
    table = families.assign(height=height, costs=costs)
    for (firm, rose, over), points in table.groupby(["firm", earned, "complete"], sort=False):
        look = looks[str(firm)]
        axis.scatter(
            points["costs"], points["height"], marker=look.marker if rose else "v", s=34, edgecolors=look.colour,
            facecolors=look.colour if over else "none", zorder=3, clip_on=False, linewidths=1.3,
        )  # fmt: skip
    for multiple, line in ((1, "--"), (2, ":")):
        axis.plot([low, high], [multiple * low, multiple * high], line, color=theme.GREY, linewidth=1)
        axis.annotate(f" {multiple}×", (high, multiple * high), color=theme.GREY, va="center", annotation_clip=False)
    for which in "xy":
        theme.log_scale(axis, which)
    axis.set_ylim(bottom=floor)
    theme.in_dollars(axis.xaxis, table["costs"], what)
    theme.in_dollars(axis.yaxis, table["height"], "contribution over life")


# ---------------------------------------------------------------------------------------------------------- margins


def _ladder(run: Run) -> Iterator[Picture]:
    table = ladder(run)
    words = (
        "From all of the revenue (100%) down to the result (line): all labs together, everything expensed in its year."
    )
    yield Picture((table,), words=words)


@figure(needs="run", title="where the labs' revenue goes", reads=_ladder, size=(8.5, 5), place=3)
def margins(table: pd.DataFrame, axis: Axes) -> None:
    """Draw what each cost takes of a dollar of revenue, year by year, down to the result.

    Parameters
    ----------
    table : as `market.measures.boundaries.ladder`.
    """
    if table.empty:
        theme.nothing(axis, "no lab sold anything in a whole year")
        return
    size, name = theme.unit_of(table["revenue"])
    left = pd.Series(1.0, table.index)
    for rung in RUNGS:
        axis.bar(
            table.index, -table[rung], bottom=left, width=0.62, color=RUNG_COLOURS[rung], label=rung, edgecolor="none"
        )
        left = left - table[rung]
    ends = table.index - 0.42, table.index + 0.42
    axis.hlines(table["result"], *ends, colors=theme.ink(axis), linewidth=2)
    for place, result in zip(table.index, table["result"], strict=True):
        words = formats.percent(result).replace("-", "−")
        axis.annotate(words, (place, result), (0, -4), textcoords="offset points", ha="center", va="top", weight="bold")
    axis.axhline(0, color=theme.GREY, linewidth=1)
    labels = [f"{year}\n{revenue / size:,.3g}" for year, revenue in zip(table["year"], table["revenue"], strict=True)]
    axis.set_xticks(table.index, labels)
    axis.set_xlabel(f"year, and the labs' revenue in it, {name}")
    axis.set_ylabel("part of revenue")
    axis.grid(visible=False, axis="x")
    axis.margins(y=0.1)
    theme.in_percent(axis.yaxis)
    theme.legend(axis, title="taken by")


# --------------------------------------------------------------------------------------------------------- finances


FINANCES = {"revenue": "Revenue", "result": "Result", "raised": "Funding raised", "cash": "Cash at the end of the year"}


def _finances(run: Run) -> Iterator[Picture]:
    table = run.companies[run.companies["firm"] != HOSTS]
    ends = {firm: run.calendar.year(month) for firm, month in run.failed.items()}
    failed = table[table["year"] == table["firm"].map(ends)]
    table = pd.concat([whole_years(table, run.calendar), failed]).drop_duplicates(["firm", "year"])
    table = table.sort_values(["firm", "year"], kind="stable")
    seeds = {name: bands(run, name) for name in FINANCES}
    words = f"By calendar year, whole years in business; a cross marks the year in which a firm failed. {BESIDE}"
    words += f" {BANDS}" if seeds["result"] is not None else ""
    yield Picture((table, failed), {"firms": list(run.scenario.firms), "seeds": seeds}, words=words)


@figure(
    needs="run", title="the firms' finances", reads=_finances, size=(10.5, 7), rows=2, columns=2, place=4, written=False
)
def finances(
    companies: pd.DataFrame,
    failed: pd.DataFrame,
    axes: tuple[Axes, ...],
    firms: Sequence[str] = (),
    seeds: dict[str, pd.DataFrame | None] | None = None,
) -> None:
    """Draw revenue, result, funding raised and cash of every firm by year.

    Parameters
    ----------
    companies : rows of the company P&L by year.   failed : those of the years in which firms failed.
    axes : four, in the order of `FINANCES`.
    firms : in the order of the scenario.   seeds : by column, firm, year, min and max over other seeds.
    """
    looks = theme.looks([*firms, *companies["firm"]])
    for axis, (name, title) in zip(axes, FINANCES.items(), strict=True):
        axis.set_title(title)
        if companies.empty:
            theme.nothing(axis, "no whole year booked")
            continue
        aside = _aside(companies["firm"])
        for firm, rows in companies.groupby("firm", sort=False):
            look, by = looks[str(firm)], aside[str(firm)]
            (line,) = axis.plot(rows["year"] + by, rows[name], look.line, color=look.colour, label=str(firm))
            line.set(marker=look.marker, markersize=4)
            ends = failed[failed["firm"] == firm]
            axis.plot(ends["year"] + by, ends[name], "X", color=look.colour, markersize=11, zorder=4)
            part = None if seeds is None else seeds.get(name)
            if part is not None:
                part = part[part["firm"] == firm]
                axis.fill_between(
                    part["year"] + by, part["min"], part["max"], color=look.colour, alpha=0.15, linewidth=0
                )
        axis.axhline(0, color=theme.GREY, linewidth=0.8)
        log_both_sides(axis, companies[name])
        theme.in_dollars(axis.yaxis, companies[name])
        theme.whole_years(axis, companies["year"])
    handles, labels = axes[0].get_legend_handles_labels()
    if handles:
        axes[0].figure.legend(handles, labels, loc="outside right center")
