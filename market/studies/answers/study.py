"""The answers: every question in the same worlds, under the same luck, judged as a verdict is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from market.measures.interview import MILLION, books
from market.parameters import InputError, whole
from market.scenario.schema import Scenario
from market.studies.answers.cases import CASES, Case
from market.studies.answers.questions import NUMBERED, QUESTIONS, Question
from market.studies.apart import by_parameters
from market.studies.draws import Draw, drawn
from market.studies.engine import Engine, FailedRunError, Progress, engine
from market.studies.profiles import SMALL
from market.studies.verdict import MOST, Verdict, acting, check_installed, judged
from market.studies.weighted import middle
from market.studies.worlds import one_scenario

WORLDS, SEEDS = 96, 2
"""Worlds, and seeds of each; some fifty minutes on two idle cores."""
TABLES = ("answers", "figures", "factors", "boxes", "worlds", "ledger")
"""Tables of a result, by name, beside one of each case."""
FIGURES = ["question", "figure", "low", "median", "high", "parameters", "undefined"]
STRONGEST = 5
"""Factors that are kept for each question."""
DIGITS = 6
"""Significant digits that are kept of a figure."""


@dataclass(frozen=True)
class Answers:
    """What was found.

    Attributes
    ----------
    answers : question, claim (its number), case, and the columns of `Verdict.answers` after its claim.
    figures : question, figure; low, median, high (80% of runs); parameters, part of the variance in rank; undefined,
        runs in which there is none.
    factors, boxes : question, and the columns of those of a `Verdict` after its claim; the `STRONGEST` factors.
    worlds : world, and its value per factor.
    ledger : claim 1, the cash that is quoted in both books: reading ("year" or "model"), of, training, revenue and
        result ($M), and multiple (of models).
    cases : by name of a case: world, seed, and its figures, a row per run that did not fail.
    count, seeds : in how many worlds all was asked, under how many seeds each.
    customers : of the markets.   claims : numbers of those that were asked about; empty means all.
    """

    answers: pd.DataFrame
    figures: pd.DataFrame
    factors: pd.DataFrame
    boxes: pd.DataFrame
    worlds: pd.DataFrame
    ledger: pd.DataFrame
    cases: Mapping[str, pd.DataFrame]
    count: int
    seeds: int
    customers: int
    claims: tuple[int, ...] = ()

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables by name."""
        return {**{name: getattr(self, name) for name in TABLES}, **self.cases}

    @property
    def failed(self) -> int:
        """How many runs failed."""
        return sum(self.count * self.seeds - len(runs) for runs in self.cases.values())

    @cached_property
    def asked(self) -> list[str]:
        """Names of the questions that are answered, in their order."""
        return list(self.answers["question"])

    def answer(self, question: str) -> dict[str, Any]:
        """The row of a question in `answers`."""
        return self._rows[question]

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        return {str(row["question"]): {str(k): v for k, v in row.items()} for row in self.answers.to_dict("records")}

    def shown(self, question: str) -> pd.DataFrame:
        """Rows of `figures` of a question, by figure."""
        return self.figures[self.figures["question"] == question].set_index("figure")


def answers(
    claims: Collection[int] = (),
    *,
    worlds: int = WORLDS,
    seeds: int = SEEDS,
    size: Mapping[str, Any] = SMALL,
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep: str | Path | None = None,
    progress: Progress | None = None,
) -> Answers:
    """Ask every question in worlds that agree with the evidence.

    Parameters
    ----------
    claims : numbers of claims (see `NUMBERED`) that are asked about; all if empty.
    worlds, seeds : how many worlds, and how many seeds of each.
    size : of the markets, by path.
    executor, workers, cluster, keep : as in `market.sweep`.
    progress : called as ``progress(done, total)``, in simulations.

    Raises
    ------
    InputError
        If a claim is unknown, a number is refused, every run of a case fails, or ema-workbench is not installed.
    """
    for number in claims:
        if number not in NUMBERED:
            raise InputError(f"claim {number}: is unknown; allowed: {min(NUMBERED)} to {max(NUMBERED)}")
    worlds, seeds = whole("worlds", worlds, 2, MOST), whole("seeds", seeds, 1, MOST)
    asked = [one for one in QUESTIONS.values() if not claims or one.number in claims]
    draws = drawn(worlds)
    check_installed()
    found: list[_OfCase] = []
    with engine(executor, workers, cluster=cluster, keep=keep, retry_failed=True, draws=draws) as running:
        cases = [case for case in CASES.values() if any(one.case == case.name for one in asked)]
        total, before = sum(case.runs for case in cases) * worlds * seeds, 0
        for case in cases:
            seen = None if progress is None else _weighted(progress, case.runs, before, total)
            scenario, about = case.sized(size), [one for one in asked if one.case == case.name]
            runs = _read(running, case, scenario, worlds, seeds, seen)
            found.append(_judged_case(case, scenario, about, runs, draws, worlds, seeds))
            before += case.runs * worlds * seeds
    together = _together(found, [one.name for one in asked], draws, worlds, seeds, int(size["customers"]))
    return replace(together, claims=tuple(sorted(set(claims))))


@dataclass(frozen=True)
class _OfCase:
    """What was found of one case: its questions judged, and its figures, a row per run."""

    case: Case
    verdict: Verdict
    runs: pd.DataFrame
    about: list[Question]


def _read(
    running: Engine, case: Case, scenario: Scenario, worlds: int, seeds: int, progress: Progress | None
) -> pd.DataFrame:  # fmt: skip
    """Figures of a case: world, seed, and a column each; a row per run that did not fail."""
    results = running.all(one_scenario(scenario, range(worlds * seeds)), case.read, progress)
    rows = [{"world": one.seed % worlds, "seed": one.seed, **one.read} for one in results if not one.error]
    if not rows:
        raise FailedRunError(f"{case.name}: every run failed; the first: {results[0].error}")
    return pd.DataFrame(rows)


def _judged_case(
    case: Case, scenario: Scenario, about: list[Question], runs: pd.DataFrame, draws: tuple[Draw, ...], worlds: int,
    seeds: int,
) -> _OfCase:  # fmt: skip
    """Judge the questions of a case."""
    table = pd.DataFrame([draws[world].factors for world in runs["world"]])
    table.insert(0, "world", runs["world"])
    table.insert(1, "seed", runs["seed"])
    verdict = judged(
        table, runs.drop(columns=["world", "seed"]), acting(scenario, draws), scenario, worlds, seeds, about
    )
    return _OfCase(case, verdict, runs, about)


def _together(
    found: list[_OfCase], order: list[str], draws: tuple[Draw, ...], worlds: int, seeds: int, customers: int
) -> Answers:
    """Lay the cases' tables one below the other, in the order of the questions."""
    tables = {}
    for name in ("answers", "factors", "boxes"):
        parts = [getattr(part.verdict, name) for part in found] or [pd.DataFrame(columns=["claim"])]  # claim 1 alone
        one = pd.concat(parts).rename(columns={"claim": "question"})
        place = {question: number for number, question in enumerate(order)}
        tables[name] = one.sort_values("question", key=lambda names: names.map(place), kind="stable", ignore_index=True)
    facts = [(QUESTIONS[name].number, QUESTIONS[name].case) for name in tables["answers"]["question"]]
    tables["answers"].insert(1, "claim", [number for number, _ in facts])
    tables["answers"].insert(2, "case", [case for _, case in facts])
    figures = pd.DataFrame([row for part in found for row in _figures(part)], columns=FIGURES)
    strongest = tables["factors"].groupby("question", sort=False).head(STRONGEST).reset_index(drop=True)
    drawn_worlds = pd.DataFrame([one.factors for one in draws]).rename_axis("world").reset_index()
    return Answers(
        _shorter(tables["answers"]), _shorter(figures), _shorter(strongest), _shorter(tables["boxes"]),
        _shorter(drawn_worlds), ledger(), {part.case.name: _shorter(part.runs) for part in found}, worlds, seeds,
        customers,
    )  # fmt: skip


def _shorter(table: pd.DataFrame) -> pd.DataFrame:
    """A table with as many digits as are kept."""
    return table.map(lambda one: float(f"{one:.{DIGITS}g}") if isinstance(one, float) else one)


def _figures(part: _OfCase) -> Iterator[dict[str, object]]:
    """How the figures are distributed that are told beside the questions of a case."""
    worlds = part.runs["world"].to_numpy()
    for question in part.about:
        for shown in question.shows:
            values = part.runs[shown.figure].to_numpy(float)
            low, median, high = middle(values)
            yield {
                "question": question.name, "figure": shown.figure, "low": low, "median": median, "high": high,
                "parameters": by_parameters(values, worlds), "undefined": int(part.runs[shown.figure].isna().sum()),
            }  # fmt: skip


def ledger() -> pd.DataFrame:
    """The cash that is quoted (claim 1), read by year and by model from the program's own ledger; $M.

    Returns
    -------
    DataFrame
        reading ("year" or "model"), of, training, revenue, result; multiple, of models whose revenue has come.
    """
    quoted = books()
    money = ["training", "revenue", "result"]
    by_year = quoted.companies.assign(reading="year", of=quoted.companies["year"].astype(str))
    by_model = quoted.families.assign(reading="model", of=quoted.families["family"])
    by_model["multiple"] = by_model["multiple"].where(by_model["complete"])
    table = pd.concat([by_year, by_model], ignore_index=True)
    table[money] = table[money] / MILLION
    return table[["reading", "of", *money, "multiple"]]


def _weighted(progress: Progress, runs: int, before: int, total: int) -> Progress:
    """Progress of a case, in simulations, as that of all."""
    return lambda done, _: progress(before + done * runs, total)
