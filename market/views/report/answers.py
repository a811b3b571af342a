"""Sections of answers: every question by what is asked in plain words, and what nothing tests."""

from __future__ import annotations

from collections.abc import Iterator

from market.studies.answers.questions import QUESTIONS, TOPICS
from market.studies.answers.study import Answers
from market.views.report.blocks import Block, Cell, Heading, Sheet
from market.views.report.sections import Reported, section
from market.views.sentences.answers import beginning, figure_of, flips, rests_on, share_of
from market.views.sentences.verdict import judged


@section("answers", title="The claims under test", place=20)
def answers(reported: Reported) -> Iterator[Block]:
    """What is asked, in what share of worlds it is so, what is behind it, what flips it and what it rests on."""
    found: Answers = reported.result
    headings = (
        Heading("claim", "", True), Heading("asked"), Heading("it is"), Heading("in worlds", "95% interval"),
        Heading("behind it", "80% of runs"), Heading("what flips it"), Heading("basis"),
    )  # fmt: skip
    for topic, names in TOPICS.items():
        rows = []
        for name in filter(found.asked.__contains__, names):
            row, one = found.answer(name), QUESTIONS[name]
            rows.append([
                Cell(str(one.number)), Cell(beginning(one.says)), Cell(judged(row["low"], row["high"])),
                Cell(share_of(row)), Cell(beginning(figure_of(found, name, one.shows[0]))),
                Cell(flips(found, name).removeprefix("What flips it: ")),
                Cell(rests_on(one).removeprefix("Basis: ")),
            ])  # fmt: skip
        if rows:
            yield Sheet(topic, headings, rows)
