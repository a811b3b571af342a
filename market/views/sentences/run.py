"""What is said of a run: who failed, both readings, and what other seeds and worlds say to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.formats import percent, short_dollars, times
from market.measures import spending
from market.measures.outcomes import compute
from market.measures.readings import Bounds, Readings, complete_lives, departures, failures, two_readings
from market.measures.surprises import surprises
from market.measures.yearly import by_year
from market.tables.beside import AS_IT_IS
from market.views.sentences import Part, sentence

if TYPE_CHECKING:
    from market.tables import Run

RD_YEARS = range(2024, 2027)
"""Years whose R&D is told if the run has all of them; otherwise its own whole years are."""

BY_RELEASE = ("release_multiple_low", "release_multiple_high", "releases_profitable_low", "releases_profitable_high")
"""Outcomes that bound what single releases returned."""


@sentence(needs="run", part=Part.FAILURES)
def who_failed(run: Run) -> str:
    """Say which labs failed and when, and what the capital market said to the first firm that did."""
    text, ends = failures_text(failures(run), len(run.scenario.labs)), run.events[run.events["kind"] == "failed"]
    if ends.empty:
        return ""
    first = f"{run.calendar.date(ends['month'].iloc[0])}: {ends['detail'].iloc[0]}"
    return f"{text} {first}.".strip() if len(ends) == 1 else f"{text} The first, {first}.".strip()


@sentence(needs="run", part=Part.FAILURES)
def who_entered_and_left(run: Run) -> str:
    """Say which potential labs entered and which labs left of their own will; nothing if no lab had the choice."""
    potential = sum(lab in run.scenario.potential for lab in run.scenario.labs)
    entered = {firm: run.calendar.date(month) for firm, month in run.entered.items() if firm in run.scenario.labs}
    left, told = departures(run), []
    if entered:
        told.append(f"{len(entered)} of {potential} potential labs entered{_dated(entered)}.")
    elif potential:
        told.append("No potential lab entered.")
    if left:
        told.append(f"{len(left)} of {len(run.scenario.labs)} labs left the market{_dated(left)}.")
    return " ".join(told)


@sentence(needs="run", part=Part.ANSWERS)
def do_companies_lose(run: Run) -> str:
    """Answer from the companies' books by calendar year; nothing of a replay that leaves training unknown."""
    return "" if run.scenario.untold else f"Do the companies lose? {companies_text(two_readings(run))}"


@sentence(needs="run", part=Part.ANSWERS)
def do_models_earn(run: Run) -> str:
    """Answer from the books of complete families; nothing of a replay that leaves training unknown."""
    return "" if run.scenario.untold else f"Do the models earn? {models_text(two_readings(run))}"


@sentence(needs="run", part=Part.ANSWERS)
def all_training_dollars(run: Run) -> str:
    """Say what all training dollars returned, complete lives or not: the bounds of the answer."""
    said = None if run.scenario.untold else two_readings(run)
    return "" if said is None else bounds_text(said.bounds)


@sentence(needs="run", part=Part.ANSWERS)
def by_release(run: Run) -> str:
    """Say between which bounds single releases returned their training; nothing if no base has complete updates."""
    lives = complete_lives(run.releases)
    if not (lives["update"] > 0).any():
        return ""
    low, high, few, most = compute(run, BY_RELEASE).values()
    if pd.isna(low) or times(low) == times(high):
        return ""
    back = _range(pd.Series([few, most]), percent)
    ones = f"the {len(lives)} complete releases" if len(lives) > 1 else "the one complete release"
    return (
        f"By release it depends on who bears the base: {ones} returned {times(low)} to {times(high)} times their "
        f"training, {back} of them more than it."
    )


@sentence(needs="run", part=Part.ANSWERS)
def who_bears_research(run: Run) -> str:
    """Say what full R&D returned if the next base bears research; nothing where both are above or below one."""
    names = ["multiple_full_rd", "multiple_full_rd_next"]
    booked, ahead = compute(run, names).values()
    if pd.isna(booked) or pd.isna(ahead) or (booked > 1) == (ahead > 1):
        return ""
    return f"With each month's research borne by the base released next, full R&D returned {times(ahead)} times."


@sentence(needs="run", part=Part.ANSWERS)
def who_escalates(run: Run) -> str:
    """Say what the largest lab spends on R&D and whose bases grow most; nothing where all are on a path of costs."""
    books, grown = spending.by_year(run), spending.growth(run)
    if all(lab.training.on_path for lab in run.scenario.labs.values()):
        return ""
    if set(RD_YEARS) <= set(books["year"]):
        books = books[books["year"].isin(RD_YEARS)]
    sums, told = books.groupby("firm", sort=False)[["spent", "revenue"]].sum(), []
    if (sums["revenue"] > 0).any():
        largest, years = sums.sort_values("revenue", kind="stable").iloc[-1], sorted(set(books["year"]))
        when = f"in {years[0]}" if len(years) == 1 else f"over {years[0]} to {years[-1]}"
        ratio = times(float(largest["spent"] / largest["revenue"]))
        told.append(f"{largest.name}, the largest, spent {ratio} times its revenue {when}")
    if len(grown):
        told.append(f"{grown.idxmax()}'s bases grew most in cost, {times(float(grown.max()))}-fold a year")
    return f"What R&D do labs choose? {'; '.join(told)}." if told else ""


@sentence(needs="run", part=Part.OTHER_SEEDS)
def other_seeds(run: Run) -> str:
    """Say what the other seeds give that were run beside it."""
    rows = run.seeds[run.seeds["world"] == AS_IT_IS]
    others = rows[rows["seed"] != run.seed]
    if others.empty:
        return ""
    return f"Under {_seeds(others['seed'])}: {_in_short(others)}."


@sentence(needs="run", part=Part.OTHER_WORLD)
def the_other_world(run: Run) -> str:
    """Say what is different in the world that the scenario names as its flip, under the same seeds."""
    other = run.seeds[run.seeds["world"] != AS_IT_IS]
    if other.empty:
        return ""
    return f"If {run.scenario.flip.said} ({_seeds(other['seed'])}): {_in_short(other)}."


@sentence(needs="run", part=Part.SURPRISES)
def surprising(run: Run) -> str:
    """Say what a reader would not expect."""
    return "\n".join(surprises(run, by_year(run)))


@sentence(needs="run", part=Part.NOTES)
def prices_unsettled(run: Run) -> str:
    """Say how often a search for prices did not settle."""
    cases = run.events["kind"].eq("not_converged").sum()
    return f"In {cases} cases a search for prices did not settle: see events of kind not_converged." if cases else ""


def failures_text(failed: Mapping[str, str], labs: int) -> str:
    """Say which of so many labs failed and when; nothing if none did."""
    if not failed:
        return ""
    when = _dated(failed)
    if labs == 1:
        return f"The only lab failed{when}."
    who = f"All {labs}" if len(failed) == labs else f"{len(failed)} of {labs}"
    return f"{who} labs failed{when}."


def _dated(firms: Mapping[str, str]) -> str:
    """Firms with their dates, after a colon; nothing if there are none."""
    return f": {', '.join(f'{firm} in {date}' for firm, date in firms.items())}" if firms else ""


def companies_text(said: Readings | None) -> str:
    """Say whether labs lose, and ever more, in their first and last whole year in business."""
    if said is None:
        return "No lab has booked anything within the run."
    if not said.compared:
        return "Not known: no lab has two whole years in business, so there is nothing to compare."
    pair = f"in {said.last} than in {said.first}"
    if not said.same_years:
        pair = f"in their last whole year in business than in their first ({said.first} to {said.last})"
    short, labs = said.firms - said.compared, "labs" if said.compared > 1 else "lab"
    left_out = f" ({short} without two whole years in business left out)" if short else ""
    word = "No"
    if said.last_result < 0:
        word = "Yes, ever more" if said.last_result < said.first_result else "Yes, but less"
    return (
        f"{word}: {said.deeper} of {said.compared} {labs}{left_out} had a worse result {pair}; together "
        f"{short_dollars(said.first_result)}, then {short_dollars(said.last_result)}."
    )


def models_text(said: Readings | None) -> str:
    """Say what complete families of labs returned, on training and on full R&D."""
    if said is None or not said.lives:
        return "Not known: no family of a lab has a complete life within the run."
    paid, paid_full = said.multiple >= 1, said.multiple_full >= 1
    word = "Yes, on training and on full R&D" if paid_full else "On training, but not on full R&D" if paid else "No"
    lives = f"the {said.lives} complete families" if said.lives > 1 else "the one complete family"
    nothing = f"; {said.without_earnings} earned nothing" if said.without_earnings else ""
    return (
        f"{word}: {lives} of labs ({percent(said.bounds.complete)} of the training dollars) returned "
        f"{times(said.multiple)} times their training ({said.back} of {said.lives} more than it) and "
        f"{times(said.multiple_full)} times their full R&D ({said.back_full} of {said.lives}){nothing}."
    )


def bounds_text(bounds: Bounds) -> str:
    """Say what all training dollars returned so far, and would if sales went on."""
    if pd.isna(bounds.so_far):
        return "No lab has spent anything on training."
    text = f"All training dollars so far: {times(bounds.so_far)} and {times(bounds.full_so_far)} times"
    if not bounds.selling:
        return f"{text}; nothing of labs is on sale any more."
    return (
        f"{text}; {times(bounds.if_held)} and {times(bounds.full_if_held)} if what is on sale earned in each month "
        "left as in the last."
    )


def _in_short(runs: pd.DataFrame) -> str:
    """Both answers over some runs: how many lose ever more, and the range of multiples."""
    known = runs["last_result"].notna()
    worse = (runs["last_result"] < runs["first_result"].clip(upper=0))[known].sum()
    text = f"ever more loss in {worse} of {known.sum()}, " if known.any() else ""
    failed = runs["labs_failed"]
    text += f"{_range(failed, '{:.0f}'.format)} of {runs['labs'].max():.0f} labs fail, " if failed.any() else ""
    if runs["multiple"].isna().all():
        return f"{text}no family has a complete life"
    multiples = (_range(runs[name], times) for name in ("multiple", "multiple_full_rd"))
    return "{}training returns {} times, full R&D {}".format(text, *multiples)


def _range(values: pd.Series, form: Callable[[float], str]) -> str:
    """The lowest and the highest of some values; one if they read alike."""
    if values.isna().all():
        return form(np.nan)
    low, high = form(values.min()), form(values.max())
    return low if low == high else f"{low} to {high}"


def _seeds(seeds: pd.Series) -> str:
    """Seeds in words."""
    first, last = seeds.min(), seeds.max()
    return (
        f"seed {first}"
        if first == last
        else f"seeds {first} to {last}"
        if len(seeds) > 2
        else f"seeds {first} and {last}"
    )
