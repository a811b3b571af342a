"""Figures of a calibration: moments in their bands, factors on their priors, and forecasts beside what came true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.formats import four_digits, percent
from market.studies.calibration import Calibration
from market.studies.levels import Range
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAR = 1.0
"""How many widths of a band beside it are drawn; what lies further ends at the edge."""
BEFORE, AFTER = theme.GREY, theme.KINDS[0]
"""Colours of the prior, or of the naive forecast, and of the posterior."""
APART = 0.17
"""How far what was known before stands below what is known after, in rows."""


def _moments(found: Calibration) -> Iterator[Picture]:
    table = found.moments.sort_values("fitted", ascending=False, kind="stable", ignore_index=True)
    held_out = table[~table["fitted"]]
    words = (
        f"{table['inside'].sum()} of {len(table)} targets are inside what the posterior predicts of them (80%), "
        f"{held_out['inside'].sum()} of the {len(held_out)} held out (*). Shaded: the target's band, a line at the "
        "target. Upper line and mark: posterior, 80% thin, 50% thick, median; lower line: prior, 80%. A run is a "
        "prediction, with its luck. What reaches further ends at an arrow."
    )
    names = [_named(moment, fitted) for moment, fitted in zip(table["moment"], table["fitted"], strict=True)]
    middle = [f"{_three(after)}  (target {_three(it)})" for after, it in table[["posterior", "target"]].to_numpy(float)]
    scaled = _in_band(table, "low", "high")
    yield Picture((scaled,), {"names": names, "told": middle}, size=(11, 2.6 + 0.36 * len(table)), words=words)


@figure(needs="calibration", title="moments before and after the evidence", reads=_moments, size=(11, 9), place=20)
def moments_before_and_after(moments: pd.DataFrame, axis: Axes, names: Sequence[str], told: Sequence[str]) -> None:
    """Draw targets in their bands, with predictions of the prior and of the posterior.

    Parameters
    ----------
    moments : `market.studies.calibration.Calibration.moments`, on the scale of each band: 0 is its low end, 1 its high.
    axis : to draw on.   names, told : of the rows, on the left and on the right.
    """
    if moments["posterior"].isna().all():
        theme.nothing(axis, "no moment is defined in any world")
        return
    rows = np.arange(len(moments))
    _band(axis, rows, moments["target"])
    _lines(axis, rows + APART, moments["prior_low"], moments["prior_high"], BEFORE, 2.0, "prior, 80%")
    _lines(axis, rows - APART, moments["posterior_low"], moments["posterior_high"], AFTER, 1.5, "posterior, 80%")
    _lines(axis, rows - APART, moments["posterior_25"], moments["posterior_75"], AFTER, 4.5, "posterior, 50%")
    _median(axis, rows - APART, moments["posterior"], AFTER)
    _rows(axis, names, told)


def _factors(found: Calibration) -> Iterator[Picture]:
    table = found.factors.sort_values("learnt", ascending=False, kind="stable", ignore_index=True)
    levels = {one.name: one.levels for one in found.priors if isinstance(one.levels, Range)}
    places = table.copy()
    for column in ("prior_low", "prior", "prior_high", "low", "median", "high"):
        shares = [levels[name].share(value) for name, value in zip(table["factor"], table[column], strict=True)]
        places[column] = shares
    told = [
        f"{_three(row['median'])}  ({_three(row['low'])} to {_three(row['high'])}), {percent(max(row['learnt'], 0.0))}"
        for row in table.to_dict("records")
    ]
    words = (
        "Lines: 80% intervals, marks: medians; below the prior's, above the posterior's, from the low end of each "
        "prior to its high end, by logarithm where the prior is even in that. Beside: the posterior, and by how much "
        "its interval is narrower than the prior's."
    )
    yield Picture((places,), {"told": told}, size=(11, 2.4 + 0.34 * len(table)), words=words)


@figure(needs="calibration", title="what is learnt of each factor", reads=_factors, size=(11, 9), place=21)
def factors_before_and_after(factors: pd.DataFrame, axis: Axes, told: Sequence[str]) -> None:
    """Draw the prior of each factor and its posterior.

    Parameters
    ----------
    factors : factor, and medians and 80% intervals on the scale of its prior, 0 to 1.   axis : to draw on.
    told : of the rows, on the right.
    """
    rows = np.arange(len(factors))
    for at, (low, middle, high), colour, label in (
        (rows + APART, ("prior_low", "prior", "prior_high"), BEFORE, "prior, 80%"),
        (rows - APART, ("low", "median", "high"), AFTER, "posterior, 80%"),
    ):
        axis.hlines(at, factors[low], factors[high], color=colour, linewidth=2.5, label=label)
        axis.plot(factors[middle], at, "o", color=colour, markersize=5)
    _rows(axis, list(factors["factor"]), told, (-0.02, 1.02))
    axis.set_xticks([0, 1], ["lowest", "highest"])


def _forecasts(found: Calibration) -> Iterator[Picture]:
    table = found.forecasts
    if table.empty:
        return
    better = int((table["crps"] < table["naive_crps"]).sum())
    words = (
        f"2025 from the evidence to 2024: {table['inside_50'].sum()} of {len(table)} came true inside 50% intervals, "
        f"{table['inside_80'].sum()} inside 80%; {better} were forecast better than by carrying the past on. Shaded: "
        "the band of what came true, a line at its figure. Upper line and mark: forecast, 80% thin, 50% thick, median; "
        "lower: the figure of the past with 80% of its band. *: its past was held out. Beside: CRPS, lower is better."
    )
    names = [_named(moment, fitted) for moment, fitted in zip(table["moment"], table["fitted"], strict=True)]
    told = [f"{own:.2f}  (naive {naive:.2f})" for own, naive in table[["crps", "naive_crps"]].to_numpy(float)]
    scaled = _in_band(table, "actual_low", "actual_high")
    yield Picture((scaled,), {"names": names, "told": told}, size=(11, 2.8 + 0.42 * len(table)), words=words)


@figure(needs="calibration", title="2025 as forecast and as it came", reads=_forecasts, size=(11, 7), place=22)
def forecast_and_actual(forecasts: pd.DataFrame, axis: Axes, names: Sequence[str], told: Sequence[str]) -> None:
    """Draw prediction intervals, what came true, and the naive forecast.

    Parameters
    ----------
    forecasts : `market.studies.calibration.Calibration.forecasts`, on the scale of each band of what came true.
    axis : to draw on.   names, told : of the rows, on the left and on the right.
    """
    rows = np.arange(len(forecasts))
    _band(axis, rows, forecasts["actual"])
    _lines(axis, rows + APART, forecasts["before_low"], forecasts["before_high"], BEFORE, 2.0, "naive, 80%")
    _median(axis, rows + APART, forecasts["before"], BEFORE)
    _lines(axis, rows - APART, forecasts["low"], forecasts["high"], AFTER, 1.5, "forecast, 80%")
    _lines(axis, rows - APART, forecasts["low_50"], forecasts["high_50"], AFTER, 4.5, "forecast, 50%")
    _median(axis, rows - APART, forecasts["predicted"], AFTER)
    _rows(axis, names, told)


def _in_band(table: pd.DataFrame, low: str, high: str) -> pd.DataFrame:
    """Figures of a table on the scale of a band: 0 is its low end, 1 its high one."""
    figures = [name for name in table if table[name].dtype.kind == "f" and name not in ("undefined", "crps")]
    scaled = table[figures].sub(table[low], axis=0).div(table[high] - table[low], axis=0)
    return table.assign(**{str(name): scaled[name] for name in figures})


def _band(axis: Axes, rows: np.ndarray, targets: pd.Series) -> None:
    axis.barh(rows, 1.0, height=0.8, color=theme.GREY, alpha=0.2, label="band of the evidence")
    axis.vlines(targets, rows - 0.4, rows + 0.4, colors=theme.ink(axis), linewidth=1.2)


def _lines(axis: Axes, at: np.ndarray, low: pd.Series, high: pd.Series, colour: str, width: float, label: str) -> None:
    """Draw intervals; an arrow stands where one reaches beyond the edge."""
    ends = low.clip(-FAR, 1 + FAR), high.clip(-FAR, 1 + FAR)
    axis.hlines(at, *ends, color=colour, linewidth=width, label=label)
    for edge, mark, beyond in ((-FAR, "<", low < -FAR), (1 + FAR, ">", high > 1 + FAR)):
        axis.plot(np.full(beyond.sum(), edge), at[beyond.to_numpy()], mark, color=colour, markersize=4)


def _median(axis: Axes, at: np.ndarray, values: pd.Series, colour: str) -> None:
    near = values.between(-FAR, 1 + FAR).to_numpy()
    axis.plot(values[near], at[near], "o", color=colour, markeredgecolor=axis.get_facecolor(), markersize=6.5)


def _rows(
    axis: Axes, names: Sequence[str], told: Sequence[str], ends: tuple[float, float] = (-FAR - 0.1, 1 + FAR + 0.1)
) -> None:
    """Name the rows on the left, say on the right what they come to, and put the legend below."""
    for row, text in enumerate(told):
        axis.annotate(text, (1.02, row), xycoords=axis.get_yaxis_transform(), va="center", fontsize=8)
    axis.set_yticks(range(len(names)), list(names))
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.set_xlim(*ends)
    axis.set_xticks([0, 1], ["low", "high"])
    axis.grid(visible=False)
    theme.legend(axis, loc="upper center", bbox_to_anchor=(0.5, -0.06 - 0.3 / max(len(names), 4)), ncols=4)


def _named(moment: str, fitted: bool) -> str:
    name, _, period = moment.replace("_rd_", "_R&D_").partition("@")
    return f"{name.replace('_', ' ')} ({period.replace(':', '–')}){'' if fitted else ' *'}"


def _three(value: float) -> str:
    return four_digits(value if pd.isna(value) else float(f"{value:.3g}"))
