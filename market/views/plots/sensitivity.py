"""Figures of sensitivity: how an outcome's variance is made up, and which factors move it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from market.formats import percent
from market.studies.priors import Group
from market.studies.sensitivity import FACTOR, GROUP, Sensitivity
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = tuple(theme.KINDS[place] for place in (0, 3, 6, 2))
"""Of the groups: far apart, and no firm's."""
UNDEFINED = "no outcome is defined in enough worlds, or none varies"


def _parts(found: Sensitivity) -> Iterator[Picture]:
    words = (
        f"Bars: the part of an outcome's variance{' in rank' * found.ranked} over the priors that a group has alone "
        "(first order). Rings: all in which it takes part (total order). Lines: 95% intervals."
    )
    size = (9, 2.4 + 0.85 * len(found.outcomes))
    yield Picture((found.of(GROUP),), size=size, words=words)


@figure(needs="sensitivity", title="what outcomes turn on, by group", reads=_parts, size=(9, 6), place=20)
def variance_by_group(indices: pd.DataFrame, axis: Axes) -> None:
    """Draw first and total order indices of groups for every outcome.

    Parameters
    ----------
    indices : outcome, name, and first and total with their intervals.   axis : to draw on.
    """
    if indices.empty:
        theme.nothing(axis, UNDEFINED)
        return
    looks = theme.by_place(Group, COLOURS)
    outcomes, groups = list(indices["outcome"].unique()), list(indices["name"].unique())
    height = 0.8 / len(groups)
    for place, group in enumerate(groups):
        rows = indices[indices["name"] == group]
        at = np.array([outcomes.index(one) for one in rows["outcome"]]) + (place - (len(groups) - 1) / 2) * height
        colour = looks[group].colour
        axis.barh(at, rows["first"], 0.85 * height, color=colour, label=group)
        axis.hlines(at - 0.12 * height, rows["first_low"], rows["first_high"], color=theme.ink(axis), linewidth=1)
        axis.hlines(at + 0.12 * height, rows["total_low"], rows["total_high"], color=theme.GREY, linewidth=1)
        axis.plot(rows["total"], at + 0.12 * height, "o", markerfacecolor="none", color=theme.ink(axis), markersize=4)
    axis.set_yticks(range(len(outcomes)), outcomes)
    axis.set_ylim(len(outcomes) - 0.5, -0.5)
    axis.set_xlim(-0.25, 1.25)  # an interval of few samples may reach far beyond 0 and 1
    theme.in_percent(axis.xaxis)
    axis.set_xlabel("part of the variance")
    theme.legend(axis)


def _moves(found: Sensitivity) -> Iterator[Picture]:
    words = (
        "Mean size of the elementary effects of each factor, as a part of the largest of its outcome; + where the "
        "factor raises the outcome in the mean, − where it lowers it; a choice does neither."
    )
    effects = found.effects[found.effects["mu_star"].notna()]
    effects = effects.assign(mu=effects["mu"].where(effects["factor"].map(found.worlds.dtypes.map(is_numeric_dtype))))
    size = (4.5 + 0.8 * len(found.outcomes), 2.4 + 0.3 * len(found.factors))
    yield Picture((effects,), size=size, words=words)


@figure(needs="sensitivity", title="which factors move outcomes", reads=_moves, size=(9, 9), place=21)
def factors_that_matter(effects: pd.DataFrame, axis: Axes) -> None:
    """Draw the mean size of elementary effects, relative to the largest of an outcome, as shades.

    Parameters
    ----------
    effects : outcome, factor, mu and mu_star.   axis : to draw on.
    """
    wide = effects.pivot_table(index=FACTOR, columns="outcome", values="mu_star", sort=False)
    largest = wide.max()
    wide = wide[largest[largest > 0].index]
    if wide.empty:
        theme.nothing(axis, UNDEFINED)
        return
    parts = wide / wide.max()
    parts = parts.loc[parts.mean(axis=1).sort_values(ascending=False, kind="stable").index]
    signs = effects.pivot_table(index=FACTOR, columns="outcome", values="mu", sort=False)
    sizes, moves = parts.to_numpy(float), signs.reindex_like(parts).to_numpy(float)
    colours = axis.pcolormesh(sizes, cmap=theme.shades(axis), vmin=0, vmax=1)
    tones = colours.to_rgba(sizes)[..., :3].sum(axis=-1)
    for row, column in np.ndindex(*sizes.shape):
        size, ink = float(sizes[row, column]), theme.LIGHT["ink" if tones[row, column] > 1.5 else "paper"]
        move = moves[row, column]
        text = f"{'+' * bool(move > 0)}{'−' * bool(move < 0)}{percent(size)}" if size >= 0.005 else "0"
        axis.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8, color=ink)
    axis.set_yticks(np.arange(len(parts)) + 0.5, parts.index)
    axis.set_xticks(np.arange(len(parts.columns)) + 0.5, parts.columns, rotation=30, ha="right")
    axis.invert_yaxis()
    axis.grid(visible=False)
