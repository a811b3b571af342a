"""The figure of the simulated market beside the real one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market import formats
from market.measures.reality import against_evidence, real_revenue
from market.measures.structure import annualised
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from market.tables import Run

FAR = 1.0
"""How many widths of its band a moment may lie outside before it is drawn at the edge."""

MARKS = ("s", "D", "^", "P")


def _moments(run: Run) -> Iterator[Picture]:
    moments = against_evidence(run)
    labs = annualised(
        run.offers, [name for name in run.scenario.firms if name in run.scenario.labs], run.scenario.months
    )
    labs = labs.set_axis(theme.days(run.calendar, labs.index))
    inside, held_out = moments["inside"], ~moments["fitted"].astype(bool)
    words = (
        f"{int(inside.sum())} of {len(moments)} moments that the run has lie within the band of the evidence (shaded, "
        f"its target a line), {int(inside[held_out].sum())} of the {int(held_out.sum())} held out of calibration (*). "
        "Arrow: further outside than is shown. Labs: lines are simulated, marks are real."
    )
    size = (13.5, 2.4 + 0.27 * max(len(moments), 8))
    yield Picture((moments, labs, real_revenue()), {"firms": list(run.scenario.firms)}, size=size, words=words)


@figure(
    needs="run",
    title="the simulated market beside the real one",
    reads=_moments,
    size=(13.5, 7),
    columns=2,
    widths=(1, 1.3),
    place=13,
    written=False,
)
def simulated_and_real(
    moments: pd.DataFrame, labs: pd.DataFrame, real: pd.DataFrame, axes: tuple[Axes, Axes], firms: Sequence[str] = ()
) -> None:
    """Draw every moment in its band, and the labs' revenue beside that of real labs.

    Parameters
    ----------
    moments : as `market.measures.reality.against_evidence`.
    labs : date as index, a column per lab, dollars a year.   real : firm, day, revenue in dollars a year.
    axes : for the moments and the revenue.   firms : in the order of the scenario.
    """
    _bands(moments, axes[0])
    _revenue(labs, real, axes[1], theme.looks([*firms, *labs.columns]))


def _bands(moments: pd.DataFrame, axis: Axes) -> None:
    axis.set_title("Moments, each on the scale of its band")
    if moments.empty:
        theme.nothing(axis, "the run covers no period of the evidence")
        return
    rows = range(len(moments))
    axis.barh(rows, 1.0, height=0.55, color=theme.GREY, alpha=0.25)
    axis.vlines(moments["target_place"], [row - 0.27 for row in rows], [row + 0.27 for row in rows], colors=theme.GREY)
    for row, (_, moment) in zip(rows, moments.iterrows(), strict=True):
        at = min(max(moment["place"], -FAR), 1 + FAR)
        mark = "o" if at == moment["place"] else "<" if at < 0 else ">"
        colour = theme.GOOD if moment["inside"] else theme.BAD
        fill = colour if moment["inside"] else axis.get_facecolor()
        axis.plot(at, row, mark, color=colour, markerfacecolor=fill, markersize=7, markeredgewidth=1.6, zorder=3)
        band = f"{moment['low']:g} to {moment['high']:g}"
        value = formats.four_digits(float(f"{moment['value']:.3g}"))
        words = f"{value}  ({band.replace('-', '−')} {moment['unit']})"
        axis.annotate(words, (1.02, row), xycoords=axis.get_yaxis_transform(), va="center", fontsize=8)
    names = moments["moment"].str.replace("_rd_", "_R&D_").str.replace("_", " ") + " (" + moments["period"] + ")"
    axis.set_yticks(rows, list(names + np.where(moments["fitted"].astype(bool), "", " *")))
    axis.set_ylim(len(moments) - 0.4, -0.6)
    axis.set_xticks([0, 1], ["low", "high"])
    axis.set_xlim(-FAR - 0.15, 1 + FAR + 0.15)
    axis.grid(visible=False)


def _revenue(labs: pd.DataFrame, real: pd.DataFrame, axis: Axes, looks: dict[str, theme.Look]) -> None:
    axis.set_title("Revenue of labs")
    for firm in labs:
        sold = labs[firm].where(labs[firm] > 0)
        look = looks[str(firm)]
        axis.plot(labs.index, sold, look.line, color=look.colour, label=str(firm), marker="o" if len(labs) == 1 else "")
    shown = real[real["day"].between(labs.index.min(), labs.index.max())] if len(labs) else real
    for mark, (firm, rows) in zip(MARKS, shown.groupby("firm", sort=False), strict=False):
        ink, label = theme.ink(axis), f"{firm!s} (real)"
        axis.plot(rows["day"], rows["revenue"], mark, color=ink, markersize=6, label=label, zorder=4)
    if not axis.lines or not (labs > 0).any(axis=None):
        theme.nothing(axis, "no lab sold anything")
        return
    theme.log_scale(axis)
    theme.in_dollars(
        axis.yaxis, labs.to_numpy(float).ravel(), "revenue, twelve times the month's", " a year, log scale"
    )
    theme.over_time(axis, pd.DatetimeIndex(labs.index))
    theme.legend(axis, loc="lower right", bbox_to_anchor=None)
