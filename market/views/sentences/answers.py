"""What is said of answers: of each question its verdict, what is behind it, what flips it and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from market.calendar import Calendar
from market.formats import NOTHING, decimals, percent, rough, short_dollars, span, times
from market.measures.surprises import WORLD_SHARE
from market.studies.answers.cases import CASES
from market.studies.answers.questions import NUMBERED, QUESTIONS, Question, Shown
from market.studies.answers.study import Answers
from market.views.sentences import Part, sentence
from market.views.sentences.verdict import box_in_words, judged

FORMS: Mapping[str, Callable[[float], str]] = {
    "x": times,
    "share": percent,
    "bn": lambda value: NOTHING if pd.isna(value) else short_dollars(value * 1e9),
    "dollars": short_dollars,
    "months": decimals(1),
    "number": decimals(1),
    "year": lambda value: NOTHING if pd.isna(value) else f"{value:.0f}",
}
"""How the units of figures are written."""
SHORT: Mapping[str, str] = {
    "training": "complete families together return their training",
    "twice": "they return it twice",
    "full_rd": "they return training and all research",
    "full_rd_by_choice": "the same, if labs choose their R&D by the firm's value",
    "full_rd_no_buyer": "the same, if they reckon with no exit multiple",
    "full_rd_eight_labs": "the same, with eight labs on the path of costs",
    "bases": "bases return their runs without their updates",
    "open_to_all": "families do not return their training if all can use open weights",
    "company": "half the labs are in profit in the last year",
    "all_spent": "labs together have earned all that they spent",
}
"""Questions of the short table, and what is asked in few words."""
TELLING, MOST_OF = 0.15, 0.75
"""How much oftener or more seldom than in all a claim has to be true in a box that is told, and the part of the runs
that it may hold."""
CLOSE = 0.05
"""Part of the spread up to which, and from which on, all is called luck, or parameters."""


def beginning(text: str) -> str:
    """A sentence's beginning: its first letter large."""
    return text[:1].upper() + text[1:]


def verdict_of(found: Answers, question: str) -> str:
    """In what share of worlds what a question asks is true, and no more than the interval says."""
    row = found.answer(question)
    said = beginning(QUESTIONS[question].says)
    runs = len(found.cases[row["case"]])
    if row["undefined"] == runs:
        return f"{said}: not defined in any run."
    return f"{said}: {judged(row['low'], row['high'])}, in {share_of(row)} of worlds."


def share_of(row: Mapping[str, Any]) -> str:
    """The share of worlds in which it is so, with its interval."""
    return f"{percent(row['share'])} {span(row['low'], row['high'], percent)}"


def figure_of(found: Answers, question: str, shown: Shown) -> str:
    """A figure that is told beside an answer: its median, where four fifths of the runs lie, and luck apart."""
    row, form = found.shown(question).loc[shown.figure], FORMS[shown.unit]
    if pd.isna(row["median"]):
        return f"{shown.words}: not defined in any run"
    lacking = f"; in {row['undefined']:.0f} runs there is none" if row["undefined"] else ""
    return f"{shown.words}: {form(row['median'])} {span(row['low'], row['high'], form)}{_apart(row)}{lacking}"


def _apart(row: pd.Series) -> str:
    """How much of a spread is parameters and how much is luck, if both are known."""
    part = row["parameters"]
    if pd.isna(part) or row["low"] == row["high"]:
        return ""
    if part >= 1 - CLOSE:
        return "; the spread is parameters"
    return "; the spread is luck" if part <= CLOSE else f"; {percent(part)} of the spread is parameters, the rest luck"


def flips(found: Answers, question: str) -> str:
    """Which factor moves an answer most, and in which worlds it is mostly so or not so; "" if none is known to."""
    lines = []
    rows = found.factors[(found.factors["question"] == question) & (found.factors["difference"] != 0)]
    sure = rows[rows["low"] * rows["high"] > 0]
    for one in sure.head(2).to_dict("records"):
        lines.append(
            f"it is so in {percent(one['true_below'])} of worlds in which `{one['factor']}` is below "
            f"{one['below']:.3g}, and in {percent(one['true_above'])} where it is above {one['above']:.3g}"
        )
    share, runs = found.answer(question)["share"], len(found.cases[found.answer(question)["case"]])
    for _, box in found.boxes[found.boxes["question"] == question].groupby("holds", sort=False):
        if abs(box["true"].iloc[0] - share) >= TELLING and box["runs"].iloc[0] <= MOST_OF * runs:
            lines.append(f"it is so {box_in_words(box)}, found on these runs and not tried on others")
    if not lines and len(rows):
        first = rows.iloc[0]
        lines.append(f"no factor for sure; most does `{first['factor']}`, which may be chance")
    return f"What flips it: {'; '.join(lines)}." if lines else "What flips it: none of these worlds does."


def rests_on(question: Question) -> str:
    """What an answer rests on: emergent, imposed, fitted, assumed or by construction."""
    return f"Basis: {question.basis}{'; ' * bool(question.because)}{question.because}."


@sentence(needs="answers", part=Part.FAILURES)
def failed_in_answers(found: Answers) -> str:
    """Say how many runs failed."""
    return f"{found.failed} runs failed and are left out." if found.failed else ""


@sentence(needs="answers", part=Part.ANSWERS)
def the_quoted_cash(found: Answers) -> str:
    """Claim 1: the two readings of the cash that is quoted, from the ledger; an identity, so in all worlds."""
    if found.claims and 1 not in found.claims:
        return ""
    years, models = (found.ledger[found.ledger["reading"] == one] for one in ("year", "model"))
    results = ", ".join(f"{value:,.0f}".replace("-", "−") for value in years["result"])
    returned = " and ".join(times(value) for value in models["multiple"].dropna())
    return (
        f"The cash that is quoted, in the program's ledger: by year a company's result is {results} $M; by model the "
        f"first two return {returned} times their training, and the third is a stake whose revenue is to come. By "
        "construction: both are sums of the same entries. (So it is in the scenario `cartoon`, where the market's "
        "volume is tuned to it and demand is set to grow as cost does.)"
    )


@sentence(needs="answers", part=Part.NOTES)
def few_worlds_asked(found: Answers) -> str:
    """Say that intervals over few worlds are rough."""
    return rough(found.count, "world")


def claim_in_words(number: int) -> str:
    """A claim under test with its number."""
    return f"Claim {number}: {NUMBERED[number]}"


@sentence(needs="answers", part=Part.NOTES)
def beyond_world(found: Answers) -> str:
    """Say in what part of the runs to 2030 labs sell more than a market of these assumptions can carry."""
    if "ends" not in found.cases:
        return ""
    scenario, runs = CASES["ends"].sized({}), found.cases["ends"]["revenue, no limit"]
    calendar = Calendar(scenario.start, scenario.months)
    last = calendar.whole_years()[-1]
    product = scenario.world.product * scenario.world.growth ** (last - calendar.year(0))
    share = float((1e9 * runs > WORLD_SHARE * product).mean())
    return (
        f"Labs' revenue is above {percent(WORLD_SHARE)} of world product in {last} in {percent(share)} of the runs "
        "that go so far and have no limit of technology; the market's assumptions do not hold there, so read dollars "
        "of those years as shares of each other."
    )
