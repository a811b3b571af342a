"""What is said in sentences: of a run, failures first, then what is of note, what surprises, and both readings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import pandas as pd

from market.formats import decimals, millions, percent
from market.measures.readings import Bounds, Readings, failures, two_readings
from market.measures.surprises import surprises
from market.measures.yearly import by_year
from market.registry import Registry

if TYPE_CHECKING:
    from market.tables import Run


class Part(IntEnum):
    """Where a sentence is said; failures stand above the tables."""

    FAILURES = 0
    NOTES = 1
    SURPRISES = 2
    READINGS = 3


Saying = Callable[[Any], str]


@dataclass(frozen=True)
class Sentence:
    """A sentence: what it needs ("run" is a `Run`), where it is said, and a function of that; "" says nothing."""

    needs: str
    part: Part
    saying: Saying


SENTENCES: Registry[Sentence] = Registry("sentence")


def sentence(*, needs: str, part: Part) -> Callable[[Saying], Saying]:
    """Register a function of what it needs as a sentence; those of a part are said in the order of registration.

    Raises
    ------
    TypeError
        If the name is in use.
    """

    def register(saying: Saying) -> Saying:
        SENTENCES.add(saying.__name__, Sentence(needs, part, saying))
        return saying

    return register


def said(needs: str, of: Any, *parts: Part) -> Iterator[str]:
    """Say all that there is to say in some parts about a thing, in the order of the parts."""
    for part in sorted(parts):
        texts = (one.saying(of) for one in SENTENCES.values() if (one.needs, one.part) == (needs, part))
        yield from filter(None, texts)


@sentence(needs="run", part=Part.FAILURES)
def how_many_failed(run: Run) -> str:
    """Say which labs failed and when."""
    return failures_text(failures(run), len(run.scenario.labs))


@sentence(needs="run", part=Part.FAILURES)
def why_they_failed(run: Run) -> str:
    """Say what the capital market said to each firm that failed."""
    ends = run.events[run.events["kind"] == "failed"]
    pairs = zip(ends["month"], ends["detail"], strict=True)
    return "\n".join(f"{run.calendar.date(month)}: {detail}." for month, detail in pairs)


@sentence(needs="run", part=Part.NOTES)
def prices_unsettled(run: Run) -> str:
    """Say how often a search for prices did not settle."""
    cases = run.events["kind"].eq("not_converged").sum()
    return f"In {cases} cases a search for prices did not settle: see events of kind not_converged." if cases else ""


@sentence(needs="run", part=Part.SURPRISES)
def surprising(run: Run) -> str:
    """Say what a reader would not expect."""
    return "\n".join(surprises(run, by_year(run)))


@sentence(needs="run", part=Part.READINGS)
def both_readings(run: Run) -> str:
    """Say how the two readings compare."""
    return readings_text(two_readings(run))


def readings_text(said: Readings | None) -> str:
    """Say both readings in sentences."""
    if said is None:
        return "No lab has booked anything within the run."
    return "\n".join([_companies(said), *_models(said), _bounds(said.bounds)])


def failures_text(failed: Mapping[str, str], labs: int) -> str:
    """Say which of so many labs failed and when; nothing if none did."""
    if not failed:
        return ""
    when = ", ".join(f"{firm} in {date}" for firm, date in failed.items())
    if labs == 1:
        return f"The only lab failed: {when}."
    who = f"All {labs}" if len(failed) == labs else f"{len(failed)} of {labs}"
    return f"{who} labs failed: {when}."


def _companies(said: Readings) -> str:
    if not said.compared:
        return "Read by calendar year: no lab has two whole years in business, so there is nothing to compare."
    pair = f"in {said.last} than in {said.first}"
    if not said.same_years:
        pair = f"in their last whole year in business than in their first ({said.first} to {said.last})"
    short, labs = said.firms - said.compared, "labs" if said.compared > 1 else "lab"
    left_out = f" ({short} without two whole years in business left out)" if short else ""
    return (
        f"Read by calendar year: {said.deeper} of {said.compared} {labs}{left_out} had a worse result {pair}; together "
        f"{millions(said.first_result)}, then {millions(said.last_result)} $M."
    )


def _models(said: Readings) -> list[str]:
    if not said.lives:
        return ["Read model by model: no flagship of a lab has a complete life within the run."]
    two, earned = decimals(2), said.lives - said.without_earnings
    nothing = f" and {said.without_earnings} earned nothing" if said.without_earnings else ""
    typical = "No life earned anything, so none is typical."
    if earned:
        of = f" of the {earned} that earned something" if said.without_earnings else ""
        typical = (
            f"The typical life (geometric mean{of}) returned {two(said.typical)} and {two(said.typical_full)} times."
        )
    lives = f"the {said.lives} complete lives" if said.lives > 1 else "the one complete life"
    return [
        f"Read model by model: {lives} of labs' flagships ({percent(said.bounds.complete)} of the training dollars) "
        f"returned {two(said.multiple)} times their training and {two(said.multiple_full)} times their full R&D, all "
        f"dollars together; {said.back} returned their training, {said.back_full} their full R&D{nothing}. {typical}"
    ]


def _bounds(bounds: Bounds) -> str:
    if pd.isna(bounds.so_far):
        return "No lab has spent anything on training."
    two = decimals(2)
    said = (
        f"All training dollars ({percent(bounds.unfinished)} in models on sale or released before the start, "
        f"{percent(bounds.in_training)} in training) have returned {two(bounds.so_far)} times so far, "
        f"{two(bounds.full_so_far)} with all R&D"
    )
    if not bounds.selling:
        return f"{said}; nothing of labs is on sale any more."
    return (
        f"{said}; {two(bounds.if_held)} and {two(bounds.full_if_held)} if models on sale earned in each month left as "
        "in the last, and what is in training nothing."
    )
