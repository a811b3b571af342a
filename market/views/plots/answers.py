"""Figures of answers: in what share of worlds each is so, and how the figure behind a claim lies over the worlds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from market.studies.answers.questions import NUMBERED, QUESTIONS, TOPICS, Shown
from market.studies.answers.study import Answers
from market.views import theme
from market.views.figures import Picture, figure
from market.views.plots.verdict import true_in_worlds
from market.views.sentences.answers import FORMS, SHORT, beginning, claim_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE, LONG = 62, 96
"""Characters of a line beside bars, and of one above a figure."""
DECADES = 1.2
"""Powers of ten over which positive figures are drawn on a log scale."""


def file_of(number: int) -> str:
    """Name of the file of a claim's figure, without an ending."""
    return f"claim_{number}"


def _shares(found: Answers) -> Iterator[Picture]:
    words = (
        f"Bars: share of {found.count} worlds that agree with the evidence, under {found.seeds} seed"
        f"{'s' * (found.seeds > 1)} each, in which it is so. Lines: 95% intervals over worlds, with luck and "
        "parameters together."
    )
    names = [name for some in TOPICS.values() for name in some if name in found.asked]
    asked = [QUESTIONS[name] for name in names]
    says = [textwrap.fill(f"{one.number}. {beginning(one.says)}", WIDE) for one in asked]
    yield Picture((_rows(found, names, says),), size=(11, 1.8 + 0.42 * len(names)), words=words)
    short = {name: beginning(says) for name, says in SHORT.items() if name in found.asked}
    if short:
        rows = _rows(found, list(short), list(short.values()))
        yield Picture((rows,), file="in_short", size=(10, 2.0 + 0.38 * len(short)), words=words)


def _rows(found: Answers, names: list[str], says: list[str]) -> pd.DataFrame:
    """Answers to some questions, in words of one's own."""
    return found.answers.set_index("question").loc[names].assign(says=says)


@figure(needs="answers", title="in what share of worlds it is so, by claim", reads=_shares, size=(11, 16), place=10)
def answers_in_worlds(answers: pd.DataFrame, axis: Axes) -> None:
    """Draw the share of worlds in which what each question asks is so.

    Parameters
    ----------
    answers : says, share, low and high, a row per question.   axis : to draw on.
    """
    true_in_worlds(answers, axis)
    axis.tick_params(axis="y", labelsize=8)


def _lying(found: Answers) -> Iterator[Picture]:
    for number in NUMBERED:
        first = next((QUESTIONS[name] for name in found.asked if QUESTIONS[name].number == number), None)
        if first is None:
            continue
        shown, runs = first.shows[0], found.cases[first.case]
        worlds = runs.groupby("world")[shown.figure].agg(["mean", "min", "max"]).dropna()
        words = (
            f"{beginning(shown.words)}. Each dot is a world, its line the seeds of it; worlds in the order of the "
            "figure." + (" The grey line is what the claim turns on." if np.isfinite(shown.level) else "")
        )
        yield Picture(
            (worlds.sort_values("mean"), shown), file=file_of(number), words=words,
            title=textwrap.fill(claim_in_words(number), LONG),
        )  # fmt: skip


@figure(needs="answers", title="how a claim's figure lies over the worlds", reads=_lying, size=(7, 3.4), place=20)
def claim(worlds: pd.DataFrame, shown: Shown, axis: Axes) -> None:
    """Draw a figure of every world, those where it is least first.

    Parameters
    ----------
    worlds : mean, min and max over the seeds of a world, a row per world.   shown : the figure.   axis : to draw on.
    """
    if worlds.empty:
        theme.nothing(axis, "not defined in any run")
        return
    places = np.arange(1, len(worlds) + 1)
    axis.vlines(places, worlds["min"], worlds["max"], color=theme.KINDS[1], linewidth=1.5)
    axis.plot(places, worlds["mean"], "o", color=theme.KINDS[0], markersize=3.5)
    if np.isfinite(shown.level):
        axis.axhline(shown.level, color=theme.GREY, linewidth=1.2)
    low, high = worlds["min"].min(), worlds["max"].max()
    if low > 0 and np.log10(high / low) > DECADES:
        axis.set_yscale("log")
        axis.yaxis.set_minor_formatter(FuncFormatter(lambda *_: ""))
    form = FORMS[shown.unit]
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: form(value)))
    axis.set_xlabel("worlds")
