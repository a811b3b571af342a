"""Figures of a verdict: in what share of worlds each claim is true, and which factors move that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.formats import percent
from market.studies.verdict import Verdict
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 12
"""Factors that are drawn, the strongest."""


def _shares(found: Verdict) -> Iterator[Picture]:
    words = (
        f"Bars: share of {found.count} worlds that agree with the evidence, under {found.seeds} seed"
        f"{'s' * (found.seeds > 1)} each, in which a claim is true. Lines: 95% intervals over worlds, with luck and "
        "parameters together."
    )
    yield Picture((found.answers,), size=(9, 2.0 + 0.5 * len(found.answers)), words=words)


@figure(needs="verdict", title="in what share of worlds it is so", reads=_shares, size=(9, 5.5), place=10)
def true_in_worlds(answers: pd.DataFrame, axis: Axes) -> None:
    """Draw the share in which each claim is true.

    Parameters
    ----------
    answers : says, share, low and high, a row per claim.   axis : to draw on.
    """
    rows = range(len(answers))
    axis.barh(rows, answers["share"], height=0.55, color=theme.KINDS[0])
    axis.hlines(rows, answers["low"], answers["high"], color=theme.ink(axis), linewidth=1.5)
    for row, share in zip(rows, answers["share"], strict=True):
        axis.annotate(percent(share), (1.02, row), xycoords=axis.get_yaxis_transform(), va="center")
    axis.set_yticks(list(rows), list(answers["says"]))
    axis.set_ylim(len(answers) - 0.5, -0.5)
    axis.set_xlim(0, 1)
    theme.in_percent(axis.xaxis)
    axis.set_xlabel("share of worlds")


def _moves(found: Verdict) -> Iterator[Picture]:
    words = (
        "Points of percent by which a claim is truer in the worlds with the highest third of a factor than in those "
        "with the lowest; * where the interval, 95% over all factors of a claim, leaves out 0. The "
        f"{SHOWN} factors that move claims most."
    )
    largest = found.factors.groupby("factor")["difference"].agg(lambda moves: moves.abs().max())
    first = largest.sort_values(ascending=False, kind="stable").index[:SHOWN]
    rows = found.factors[found.factors["factor"].isin(first)]
    yield Picture((rows, list(first)), size=(9, 2.2 + 0.4 * len(first)), words=words)


@figure(needs="verdict", title="what flips it", reads=_moves, size=(9, 6), place=20)
def what_flips_it(factors: pd.DataFrame, order: Sequence[str], axis: Axes) -> None:
    """Draw by how much each factor moves the share of worlds in which each claim is true.

    Parameters
    ----------
    factors : claim, factor, difference, low, high.   order : of the factors.   axis : to draw on.
    """
    if factors.empty:
        theme.nothing(axis, "no factor varies among the worlds")
        return
    claims = list(factors["claim"].unique())
    wide = factors.pivot_table(index="factor", columns="claim", values="difference").loc[list(order), claims]
    sure = (
        factors.assign(sure=factors["low"] * factors["high"] > 0)
        .pivot_table(index="factor", columns="claim", values="sure")
        .loc[list(order), claims]
        .to_numpy(bool)
    )
    moves = wide.to_numpy(float)
    colours = axis.pcolormesh(moves, cmap="RdBu", vmin=-1, vmax=1)
    tones = colours.to_rgba(moves)[..., :3].sum(axis=-1)
    for row, column in np.ndindex(*moves.shape):
        ink = theme.LIGHT["ink" if tones[row, column] > 1.5 else "paper"]
        mark = "*" * bool(sure[row, column])
        text = f"{100 * moves[row, column]:+.0f}{mark}".replace("-", "−")
        axis.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=9, color=ink)
    axis.set_yticks(np.arange(len(order)) + 0.5, order)
    axis.set_xticks(np.arange(len(claims)) + 0.5, claims, rotation=30, ha="right")
    axis.invert_yaxis()
    axis.grid(visible=False)
