"""Figures of games among kinds of conduct: the path of best replies, payoffs, and shares over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market import formats
from market.studies.policies import PolicyEquilibrium
from market.studies.tournament import EVOLVED, SURVIVES, Tournament
from market.views import theme
from market.views.figures import Picture, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _replied(found: PolicyEquilibrium) -> Iterator[Picture]:
    known = found.policies
    met = [name for name in known if name in {*found.replies["policy"], *found.replies["reply"]}]
    shown = known if len(known) <= 2 * MOST_SHOWN else met
    words = f"The policy of each lab after its replies of a round. It ends in a {found.verdict}."
    size = (10, 2.4 + 0.3 * len(shown))
    yield Picture((found.replies, shown), {"firms": list(found.scenario.labs)}, size=size, words=words)


MOST_SHOWN = 12
"""Rows or conducts that a figure shows with room to spare."""


@figure(needs="policies", title="the path of best replies", reads=_replied, size=(10, 5), place=8)
def best_replies(replies: pd.DataFrame, policies: Sequence[str], axis: Axes, firms: Sequence[str] = ()) -> None:
    """Draw each lab's policy over the rounds.

    Parameters
    ----------
    replies : round, firm, policy, reply.   policies : rows, in their order.   axis : to draw on.
    firms : in the order of the scenario, which gives their looks.
    """
    looks = theme.looks([*firms, *replies["firm"]])
    rows = {name: row for row, name in enumerate(policies)}
    labs = list(dict.fromkeys(replies["firm"]))
    for place, lab in enumerate(labs):
        own, look = replies[replies["firm"] == lab], looks[lab] if len(labs) > 1 else theme.looks(["one"])["one"]
        shift = 0.4 * (place + 0.5) / len(labs) - 0.2
        path = [own["policy"].iloc[0], *own["reply"]]
        heights = [rows[name] + shift for name in path]
        axis.plot([0, *own["round"]], heights, look.line, color=look.colour, marker=look.marker, label=lab)
    axis.set_yticks(range(len(rows)), list(rows))
    axis.set_ylim(len(rows) - 0.4, -0.6)
    last = int(replies["round"].max())
    axis.set_xticks(range(0, last + 1, 1 + last // 12))
    axis.set_xlabel("round of replies; 0 is where they begin")
    theme.legend(axis)


def _evolved(found: Tournament) -> Iterator[Picture]:
    words = (
        "From the even mixture shares grow with what a conduct earns above the mean. In a unit of time the best of all "
        "payoffs gains a factor e on the worst."
    )
    wide = found.shares.pivot_table(index="time", columns="conduct", values="share", sort=False)
    yield Picture((wide[found.conducts],), words=words)


@figure(needs="tournament", title="shares of kinds of conduct", reads=_evolved, size=(10, 5), place=9)
def shares_of_conduct(shares: pd.DataFrame, axis: Axes) -> None:
    """Draw the shares until they move no more.

    Parameters
    ----------
    shares : by time (index) and conduct (columns).   axis : to draw on.
    """
    looks = theme.by_place(shares.columns, theme.KINDS)
    moved = np.flatnonzero((shares - shares.iloc[-1]).abs().max(axis=1).to_numpy() > SURVIVES)
    until = min(len(shares) - 1, int(1.2 * moved[-1]) + 2) if len(moved) else len(shares) - 1
    shown = shares.iloc[: until + 1]
    for name, share in shown.items():
        look = looks[str(name)]
        axis.plot(shown.index, share, look.line, color=look.colour, label=str(name))
    axis.set_xlim(shown.index[0], shown.index[-1])
    axis.set_ylim(-0.02, 1.02)
    theme.in_percent(axis.yaxis)
    axis.set_ylabel("share of labs")
    axis.set_xlabel("time")
    theme.legend(axis)


def _paid(found: Tournament) -> Iterator[Picture]:
    wide = found.payoffs.pivot_table(index="conduct", columns="against", values="payoff", sort=False)
    first = found.population(EVOLVED).index
    words = (
        "Present value of contribution less training and research of one lab (rows) where all others have a conduct "
        "(columns), in the order of their shares at the end. Framed: the best reply to a column."
    )
    size = (5 + 0.75 * len(wide), 2.8 + 0.42 * len(wide))
    yield Picture((wide.loc[first, first],), size=size, words=words)


@figure(needs="tournament", title="what each conduct gets among others", reads=_paid, size=(10, 6), place=10)
def conduct_payoffs(payoffs: pd.DataFrame, axis: Axes) -> None:
    """Draw payoffs as colours with their numbers.

    Parameters
    ----------
    payoffs : dollars, by the conduct of one lab (index) and of all others (columns).   axis : to draw on.
    """
    values, count = payoffs.to_numpy(float), len(payoffs)
    colours = axis.pcolormesh(values, cmap=theme.shades(axis))
    tones = colours.to_rgba(values)[..., :3].sum(axis=-1)
    for row, column in np.ndindex(count, count):
        text = formats.short_dollars(float(values[row, column]))
        ink = theme.LIGHT["ink"] if tones[row, column] > 1.5 else theme.LIGHT["paper"]
        axis.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8, color=ink)
    for column, row in enumerate(values.argmax(axis=0)):
        edges = ([column, column + 1, column + 1, column, column], [row, row, row + 1, row + 1, row])
        axis.plot(*edges, color=theme.BAD, linewidth=1.8, clip_on=False)
    middles = np.arange(count) + 0.5
    axis.set_yticks(middles, payoffs.index)
    axis.set_xticks(middles, payoffs.columns, rotation=30, ha="right")
    axis.set_xlabel("all others")
    axis.invert_yaxis()
    axis.grid(visible=False)
