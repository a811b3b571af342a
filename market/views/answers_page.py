"""The page of answers, in Markdown: each claim with its verdict, figures, what flips it, its basis and its command.

All of it is written from the tables of a result, so that the page can be held against them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from os import path
from pathlib import Path

from market.studies.answers.cases import CASES
from market.studies.answers.questions import EXPERIMENTS, MEANINGS, NUMBERED, QUESTIONS, TOPICS
from market.studies.answers.study import Answers
from market.views.plots.answers import file_of
from market.views.sentences.answers import (
    SHORT,
    beginning,
    beyond_world,
    failed_in_answers,
    few_worlds_asked,
    figure_of,
    flips,
    rests_on,
    share_of,
    the_quoted_cash,
    verdict_of,
)  # fmt: skip
from market.views.sentences.verdict import judged

TITLE, COMMAND = "# Answers", "market answers"
BEGINNING = f"{TITLE}\n\nWritten by `{COMMAND}`"
"""How the page begins, by which it is known as the program's own."""
RUN, FORECAST = "run.txt", "hindcast.txt"
"""Files beside the tables: what `market run` says, and whether the simulation won as a forecast of who is bought."""
WIDTH = 120
"""Characters of a line."""


def page_of(found: Answers, tables: str, forecast: str = "") -> str:
    """Write the page.

    Parameters
    ----------
    found : the answers.   tables : where their tables and figures are, seen from the page.
    forecast : what `FORECAST` says; nothing leaves it out.
    """
    return "\n\n".join(_blocks(found, tables, forecast)) + "\n"


def short_table(found: Answers, forecast: str) -> str:
    """The answers to `SHORT` as a table in Markdown, and in its last row what `FORECAST` says."""
    lines = [
        f"| in {found.count} worlds that agree with the evidence to 2025 | share of worlds [95%] | it is |",
        "|---|---|---|",
    ]
    for name, says in SHORT.items():
        row = found.answer(name)
        lines.append(f"| {says} | {share_of(row)} | {judged(row['low'], row['high'])} |")
    word = "won" if " won:" in forecast else "lost"
    lines.append(
        f"| as a forecast of who is bought, given the real supply, the simulation | `market hindcast` | **{word}** |"
    )
    return "\n".join(lines) + "\n"


def seen_from(page: Path, folder: Path) -> str:
    """A folder, seen from a page, as links have it."""
    return path.relpath(folder, page.parent).replace("\\", "/")


def _blocks(found: Answers, tables: str, forecast: str) -> Iterator[str]:
    seeds = f"{found.seeds} seed{'s' * (found.seeds > 1)}"
    yield TITLE
    yield _wrapped(
        f"Written by `{COMMAND}`: nothing here is typed by hand. Every question is asked in the same {found.count} "
        f"worlds that agree with [the evidence](CALIBRATION.md), under {seeds} each, of markets of "
        f"{found.customers:,} customers; unless said otherwise labs price by looking ahead (`forward`), a rule that "
        "[nobody is seen to beat](STUDIES.md#conduct). A share of worlds has its 95% interval, with luck and "
        "parameters together: it is *true* or *untrue* where the whole interval is above 90% or below 10%, *more "
        "often* so where it excludes 50%, and else *undecided*. Figures are medians over runs; brackets hold the "
        "middle 80% of them. A *family* is a base model with its updates and all their tiers; it is *complete* once "
        "all of it has been withdrawn again, as in six years a small part of the training dollars is, the early ones. "
        "Factors are named as in `market list priors`."
    )
    yield "What an answer rests on:"
    yield "\n".join(_wrapped(f"- *{basis}*: {meaning}", "  ") for basis, meaning in MEANINGS.items())
    yield from map(_wrapped, filter(None, (failed_in_answers(found), few_worlds_asked(found), beyond_world(found))))
    yield f"![In what share of worlds each is so]({tables}/answers_in_worlds.png)"
    quoted = the_quoted_cash(found)
    if quoted:
        yield "## Which reading?"
        yield f"*Claim 1. {NUMBERED[1]}*"
        yield _wrapped(quoted)
        yield _wrapped(
            f"Table: [ledger.csv]({tables}/ledger.csv). Command: `{COMMAND} --claim 1`. More: `python "
            f"experiments/{EXPERIMENTS[1]}.py`."
        )
    drawn: set[int] = set()
    for topic, names in TOPICS.items():
        asked = [name for name in names if name in found.asked]
        if asked:
            yield f"## {topic}"
        for number in dict.fromkeys(QUESTIONS[name].number for name in asked):
            yield from _claim(found, number, [name for name in asked if QUESTIONS[name].number == number], tables)
            if number not in drawn:
                drawn.add(number)
                yield f"![{NUMBERED[number]}]({tables}/{file_of(number)}.png)"
    if forecast:
        yield "## Does it forecast who is bought?"
        yield _wrapped(f"{forecast.strip()} Command: `market hindcast`.")
    yield "## What nothing here tests"
    untested = dict.fromkeys(one for name in found.asked for one in QUESTIONS[name].untested)
    yield "\n".join(_wrapped(f"- {one}", "  ") for one in untested)
    yield _wrapped(
        "What was objected to earlier answers, and what became of it, is in [Objections](OBJECTIONS.md); how far to "
        "trust all this, in [Limits](LIMITS.md)."
    )


def _claim(found: Answers, number: int, names: list[str], tables: str) -> Iterator[str]:
    """What is said of one claim in one topic."""
    yield f"*Claim {number}. {NUMBERED[number]}*"
    for name in names:
        question = QUESTIONS[name]
        yield _wrapped(f"**{verdict_of(found, name)}** {flips(found, name)} {rests_on(question)}")
        yield "\n".join(_wrapped(f"- {beginning(figure_of(found, name, one))}", "  ") for one in question.shows)
    cases = dict.fromkeys(QUESTIONS[name].case for name in names)
    linked = ", ".join(f"[{one}.csv]({tables}/{one}.csv), {CASES[one].about}" for one in cases)
    yield _wrapped(
        f"Table: {linked}. Command: `{COMMAND} --claim {number} --worlds {found.count} --seeds {found.seeds}`. More: "
        f"`python experiments/{EXPERIMENTS[number]}.py`."
    )


def _wrapped(text: str, indent: str = "") -> str:
    """Break a paragraph into lines, those after the first indented."""
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
