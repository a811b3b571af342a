"""Figures of several worlds: where an outcome breaks even, and what changes from one scenario to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market import formats
from market.measures.outcomes import unit_of
from market.studies.compare import relative
from market.studies.crossing import Crossing
from market.studies.exploit import Exploitability
from market.views import theme
from market.views.figures import Picture, figure
from market.views.results import Compared, Crossed

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _crossed(crossed: Crossed) -> Iterator[Picture]:
    options = {"crossing": crossed.crossing, "log": crossed.log, "unit": unit_of(crossed.outcome) or ""}
    labels = {"xlabel": crossed.path}
    title = f"Where {crossed.outcome} is {formats.suffixed(crossed.level)}"
    yield Picture(
        (crossed.evidence, crossed.level, crossed.outcome), options, labels, title=title, words=crossed.sentence
    )


@figure(needs="break-even", title="where an outcome breaks even", reads=_crossed, size=(8, 5.2), place=2, written=True)
def break_even(
    evidence: pd.DataFrame,
    level: float,
    outcome: str,
    axis: Axes,
    crossing: Crossing | None = None,
    log: bool = False,
    unit: str = "",
) -> None:
    """Draw what was tried with intervals, the level, and the crossing with its interval.

    Parameters
    ----------
    evidence : value, mean, low, high; no mean where no run gave a number.   level : to be crossed.
    outcome : its name.   axis : to draw on.
    crossing : where it crosses; its interval is shaded.   log : the values on a log scale.   unit : of the outcome.
    """
    known = evidence[np.isfinite(evidence["mean"])]
    if log:
        axis.set_xscale("log")
    first, last = float(evidence["value"].min()), float(evidence["value"].max())
    if crossing is not None and not np.isnan(crossing.low):
        axis.axvspan(max(crossing.low, first), min(crossing.high, last), color=theme.GREY, alpha=0.22, linewidth=0)
    if crossing is not None and not np.isnan(crossing.value):
        axis.axvline(crossing.value, color=theme.COLOURS[1], linewidth=1.2)
        axis.annotate(
            f"{crossing.value:.4g}", (crossing.value, 1), (4, -4), xycoords=axis.get_xaxis_transform(),
            textcoords="offset points", va="top", weight="bold", color=theme.COLOURS[1],
        )  # fmt: skip
    low = known["mean"] - known["low"].fillna(known["mean"])
    high = known["high"].fillna(known["mean"]) - known["mean"]
    axis.errorbar(known["value"], known["mean"], yerr=[low, high], marker="o", capsize=3, color=theme.COLOURS[0])
    axis.axhline(level, color=theme.GREY, linestyle="--", linewidth=1)
    theme.log_scale(axis, "x") if log else theme.write_as(lambda value: f"{value:g}", axis.xaxis)
    if unit == "$":
        theme.in_dollars(axis.yaxis, [*known["mean"], level], outcome)
    else:
        theme.write_as(formats.suffixed, axis.yaxis)
        axis.set_ylabel(f"{outcome}, {unit}" if unit else outcome)


def _compared(pair: Compared) -> Iterator[Picture]:
    table, points = relative(pair.differences, pair.runs)
    a, b = pair.names
    words = (
        f"Change from {a} (A) to {b} (B) under the same seeds, as a part of the larger of both means: mean, 95% "
        "interval, and a dot for every seed. Green: the interval leaves out zero."
    )
    units = [unit_of(name) or "" for name in table["outcome"]]
    size = (12, 2.0 + 0.34 * max(len(table), 3))
    yield Picture((table.assign(unit=units), points), size=size, title=f"From {a} to {b}", words=words)


@figure(
    needs="comparison",
    title="what changes from one scenario to another",
    reads=_compared,
    size=(12, 7),
    place=6,
    written=True,
)
def differences(table: pd.DataFrame, points: pd.DataFrame, axis: Axes) -> None:
    """Draw the change of every outcome with its interval, with the means beside it in its own unit.

    Parameters
    ----------
    table : outcome, a, b, change, change_low, change_high, unit.   points : outcome, seed, change.
    """
    if table.empty:
        theme.nothing(axis, "no outcome is a number in both")
        return
    rows = {name: row for row, name in enumerate(table["outcome"])}
    axis.axvline(0, color=theme.GREY, linewidth=1)
    axis.plot(points["change"], points["outcome"].map(rows), "o", color=theme.GREY, markersize=3, alpha=0.7)
    for row, one in enumerate(table.to_dict("records")):
        sure = one["change_low"] > 0 or one["change_high"] < 0
        colour = theme.GOOD if sure else theme.ink(axis)
        if not np.isnan(one["change_low"]):
            axis.plot([one["change_low"], one["change_high"]], [row, row], color=colour, linewidth=2)
        axis.plot(one["change"], row, "o", color=colour, markersize=6)
        words = f"{_number(one['a'], one['unit'])}  →  {_number(one['b'], one['unit'])}"
        axis.annotate(words, (1.02, row), xycoords=axis.get_yaxis_transform(), va="center", fontsize=8.5)
    axis.annotate("A → B", (1.02, -0.8), xycoords=axis.get_yaxis_transform(), va="center", weight="bold")
    axis.set_yticks(range(len(rows)), [str(name).replace("_", " ") for name in rows])
    axis.set_ylim(len(rows) - 0.4, -0.6)
    widest = np.nanmax(np.abs([*points["change"], *table[["change", "change_low", "change_high"]].to_numpy().ravel()]))
    reach = min(2.1, max(0.05, 1.05 * float(widest)))
    axis.set_xlim(-reach, reach)
    axis.grid(visible=False, axis="y")
    theme.in_percent(axis.xaxis)
    axis.set_xlabel("B − A, as a part of the larger of both")


def _exploited(found: Exploitability) -> Iterator[Picture]:
    names = list(dict.fromkeys(found.tried["deviation"]))
    words = (
        "Part of its contribution that a lab gains, everybody else's conduct kept. Small: on the seeds that chose. "
        "Large, with its 95% interval: the deviation chosen, on other seeds."
    )
    firms, size = list(found.scenario.labs), (10, 2.2 + 0.3 * len(names))
    yield Picture((found.firms, found.tried), {"within": found.within, "firms": firms}, size=size, words=words)


@figure(
    needs="exploitability",
    title="what each lab gains by deviating",
    reads=_exploited,
    size=(10, 7),
    place=7,
    written=True,
)
def exploitability(
    found: pd.DataFrame, tried: pd.DataFrame, axis: Axes, within: float | None = None, firms: Sequence[str] = ()
) -> None:
    """Draw the gain of every deviation, and of the best of each lab with its interval.

    Parameters
    ----------
    found : firm, deviation, gain, low, high.   tried : firm, deviation, gain.
    within : a thin line marks it; none if not given.   firms : in the order of the scenario, which gives their looks.
    """
    looks = theme.looks([*firms, *found["firm"]])
    rows = {name: row for row, name in enumerate(dict.fromkeys(tried["deviation"]))}
    axis.axvline(0, color=theme.GREY, linewidth=1)
    if within is not None:
        axis.axvline(within, color=theme.GREY, linewidth=1, linestyle="--")
    for place, one in enumerate(found.to_dict("records")):
        look, shift = looks[str(one["firm"])], 0.5 * (place + 0.5) / len(found) - 0.25
        own = tried[tried["firm"] == one["firm"]]
        axis.plot(own["gain"], own["deviation"].map(rows) + shift, "o", color=look.colour, markersize=3, alpha=0.6)
        height = rows[one["deviation"]] + shift
        axis.plot([one["low"], one["high"]], [height, height], color=look.colour, linewidth=2)
        axis.plot(one["gain"], height, look.marker, color=look.colour, markersize=8, label=str(one["firm"]))
    axis.set_yticks(range(len(rows)), list(rows))
    axis.set_ylim(len(rows) - 0.4, -0.6)
    lowest = max(float(tried["gain"].min()), -0.5)
    axis.set_xlim(left=min(1.05 * lowest, -0.01))
    axis.grid(visible=False, axis="y")
    theme.in_percent(axis.xaxis)
    axis.set_xlabel("gain, part of contribution")
    theme.legend(axis)


def _number(value: float, unit: str) -> str:
    """A mean in its own unit."""
    if unit == "$":
        return formats.dollars(float(f"{value:.3g}"))
    if unit.startswith("share") and abs(value) <= 1:
        return f"{value:.1%}".replace("-", "−")
    return formats.four_digits(float(f"{value:.3g}"))
