"""Figures of hindcasts: scores by horizon, authors' shares, and successions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.studies.hindcast.study import CONTESTANTS, FREE, HORIZONS, SIMULATION, Hindcast
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = (theme.KINDS[8], theme.KINDS[1], theme.KINDS[3], theme.KINDS[0], theme.KINDS[2])
"""Of the contestants: none is a firm's."""
FREE_COLOURS = (theme.KINDS[0], theme.KINDS[7], theme.KINDS[3], theme.KINDS[8])
"""Of the free runs, where the contestant is the same as in the other half the same."""
MOST_AUTHORS = 5
SHOWN_HORIZON = 4
"""Weeks ahead of the authors' forecasts that are drawn: at 13 there are few."""


def _scores(found: Hindcast) -> Iterator[Picture]:
    rows = found.scores
    words = (
        "KL of the observed shares of tokens from the forecast, over all models on sale; lower is better. Left: the "
        "list up to the origin is known. Right: forecasts that see no list of the second half, or none at all."
    )
    yield Picture((rows[rows["run"] != FREE], rows[rows["run"] == FREE]), words=words)


@figure(
    needs="hindcast", title="how well a router's shares are forecast", reads=_scores, size=(10, 4.8), columns=2,
    widths=(3, 1.4), place=20,
)  # fmt: skip
def hindcast_scores(rolling: pd.DataFrame, free: pd.DataFrame, axes: tuple[Axes, Axes]) -> None:
    """Draw KL by horizon and contestant, and of the free runs.

    Parameters
    ----------
    rolling : contestant, horizon, kl, origins.   free : contestant, kl.   axes : for the two.
    """
    left, right = axes
    looks, width = theme.by_place(CONTESTANTS, COLOURS), 0.8 / len(CONTESTANTS)
    for place, name in enumerate(CONTESTANTS):
        rows = rolling[rolling["contestant"] == name].set_index("horizon").reindex(list(HORIZONS))
        at = np.arange(len(rows)) + (place - (len(CONTESTANTS) - 1) / 2) * width
        left.bar(at, rows["kl"], 0.9 * width, color=looks[name].colour, label=name)
    origins = rolling.groupby("horizon")["origins"].first()
    ticks = [f"{h} week{'s' * (h > 1)}\n{origins.get(h, 0):.0f} origins" for h in HORIZONS]
    left.set_xticks(range(len(HORIZONS)), ticks)
    left.set_ylabel("KL, nats")
    left.set_title("Rolling")
    left.grid(visible=False, axis="x")
    theme.legend(left, loc="upper left", bbox_to_anchor=None)
    right.bar(range(len(free)), free["kl"], 0.7, color=[FREE_COLOURS[k % 4] for k in range(len(free))])
    names = [str(name).replace(" in ", " in\N{NO-BREAK SPACE}") for name in free["contestant"]]
    right.set_xticks(range(len(free)), ["\n".join(textwrap.wrap(name, 10)) for name in names], fontsize=8)
    right.set_title("Free run")
    right.grid(visible=False, axis="x")
    top = 1.05 * max(rolling["kl"].max(), free["kl"].max())
    left.set_ylim(0, top)
    right.set_ylim(0, top)


def _authors(found: Hindcast) -> Iterator[Picture]:
    rows = found.authors
    rows = rows[(rows["contestant"] == SIMULATION) & (rows["horizon"] == SHOWN_HORIZON)]
    words = (
        f"The simulation's forecasts {SHOWN_HORIZON} weeks ahead with intervals of 80%, beside the shares of the "
        "list's tokens that were observed (filled). Hollow: not on the list, drawn at 0."
    )
    yield Picture((rows,), words=words)


@figure(needs="hindcast", title="authors' shares of tokens", reads=_authors, size=(10, 5.0), place=21)
def hindcast_authors(rows: pd.DataFrame, axis: Axes) -> None:
    """Draw the largest authors' shares, observed and forecast.

    Parameters
    ----------
    rows : author, day, observed, forecast, low and high of one contestant at one horizon.   axis : to draw on.
    """
    if rows.empty:
        theme.nothing(axis, "no author was on the list")
        return
    days = sorted(rows["day"].unique())
    largest = rows.fillna({"observed": 0.0}).groupby("author")[["observed", "forecast"]].max().max(axis=1)
    names = list(largest.sort_values(ascending=False, kind="stable").index[:MOST_AUTHORS])
    looks, width = theme.looks(names), 0.75 / max(1, len(names))
    for place, name in enumerate(names):
        own = rows[rows["author"] == name]
        at = np.array([days.index(day) for day in own["day"]]) + (place - (len(names) - 1) / 2) * width
        colour = looks[name].colour
        axis.vlines(at, own["low"].clip(0, 1), own["high"].clip(0, 1), color=colour, alpha=0.35, linewidth=6)
        axis.hlines(own["forecast"], at - 0.35 * width, at + 0.35 * width, color=colour, linewidth=2)
        listed = own["observed"].notna().to_numpy()
        axis.plot(at[listed], own["observed"][listed], "o", color=colour, label=name, markersize=6)
        axis.plot(at[~listed], np.zeros((~listed).sum()), "o", color=colour, markerfacecolor="none", markersize=6)
    axis.set_xticks(range(len(days)), days)
    theme.in_percent(axis.yaxis)
    axis.set_ylim(-0.02, None)
    axis.set_ylabel("share of the list's tokens")
    axis.set_xlabel("week that was forecast")
    axis.grid(visible=False, axis="x")
    theme.legend(axis)


def _successions(found: Hindcast) -> Iterator[Picture]:
    words = (
        "Share of the list's tokens before, and eight weeks after, a successor's release: filled as observed (0 where "
        "off the list), hollow as simulated from the last list before."
    )
    size = (10, 2.2 + 0.55 * len(found.succession))
    yield Picture((found.succession,), words=words, size=size)


@figure(needs="hindcast", title="what successors took", reads=_successions, size=(10, 6), place=22)
def hindcast_succession(events: pd.DataFrame, axis: Axes) -> None:
    """Draw predecessors' and successors' shares, observed and simulated.

    Parameters
    ----------
    events : as `market.studies.hindcast.events.successions`.   axis : to draw on.
    """
    if events.empty:
        theme.nothing(axis, "no release had a predecessor on the list")
        return
    rows = np.arange(len(events))
    old, new = theme.KINDS[8], theme.KINDS[0]
    before = events["before"]
    axis.plot(before, rows, "|", color=theme.ink(axis), markersize=14, label="predecessor before")
    for what, colour, shift in (("kept", old, -0.15), ("successor", new, 0.15)):
        size = before if what == "kept" else 1.0
        seen, thought = (events[f"{what}_{how}"].fillna(0.0) * size for how in ("observed", "simulated"))
        label = "predecessor after" if what == "kept" else "successor"
        axis.hlines(rows + shift, seen, thought, color=colour, alpha=0.4, linewidth=2)
        axis.plot(seen, rows + shift, "o", color=colour, label=f"{label}, observed")
        axis.plot(thought, rows + shift, "o", color=colour, markerfacecolor="none", label=f"{label}, simulated")
    axis.set_yticks(rows, [f"{one.successor}\nafter {one.predecessor}" for one in events.itertuples()], fontsize=8)
    axis.invert_yaxis()
    theme.in_percent(axis.xaxis)
    axis.set_xlabel("share of the list's tokens")
    axis.grid(visible=False, axis="y")
    theme.legend(axis)
