"""Break-even: at which value of a parameter an outcome crosses a level, with an interval, or never, or always."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from market.formats import FEW, estimate, percent
from market.measures.outcomes import unit_of
from market.parameters import InputError, finite, plain, shown, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies import crossing
from market.studies.apart import by_luck, by_parameters, by_world, several, worlds_of
from market.studies.draws import drawn
from market.studies.engine import Engine, Progress, engine
from market.studies.intervals import counted, interval
from market.studies.levels import Range
from market.studies.points import is_whole, values_at
from market.studies.reading import Function, asked
from market.studies.worlds import checked_seeds, one_scenario

MOST_TRIES = 1000

UNPLACED = "unplaced"
"""Attribute of the evidence of `along`: runs whose place on the axis is not known."""

LOG_FROM = 20.0
"""A range whose ends differ by this factor or more is searched on a log scale."""


@dataclass(frozen=True)
class BreakEven(crossing.Crossing):
    """The answer, in the unit of the path, and the question.

    Attributes
    ----------
    path, outcome, level, between, seeds : the question; `path` names an outcome where `along` has answered.
    worlds : in so many of which the seeds were run; the evidence is then of the means of each. 0 if of seeds.
    parameters : the part of the variance in rank of the crossing between runs that lies between worlds; NaN unless some
        have several seeds.
    luck : the interval of the crossing that luck alone leaves in these worlds; infinite where it goes beyond the range,
        NaN unless some worlds have several seeds.
    """

    path: str
    outcome: str
    level: float
    between: tuple[float, float]
    seeds: int
    worlds: int = 0
    parameters: float = np.nan
    luck: tuple[float, float] = (np.nan, np.nan)

    @property
    def sentence(self) -> str:
        """The answer in one sentence, with the evidence at its two ends and what it leaves out."""
        known = self.evidence[np.isfinite(self.evidence["mean"])]
        ends = " and ".join(_estimate(known.iloc[end]) for end in (0, -1))
        where = f"{self.outcome} {self.level:g} for {self.path} between {self.between[0]:g} and {self.between[1]:g}"
        return f"{self._answer(known, where)}; {ends}{self._caveats}.{self._apart}"

    def _repr_html_(self) -> str:
        """The answer, and what was tried, as a notebook shows them."""
        return f"<p>{html.escape(self.sentence)}</p>{self.evidence.to_html(index=False, max_rows=12)}"

    @property
    def _few(self) -> int:
        """Fewest replications behind a number."""
        return int(self.evidence.loc[np.isfinite(self.evidence["mean"]), "n"].min())

    def _answer(self, known: pd.DataFrame, where: str) -> str:
        """The answer alone."""
        if self.verdict in ("never", "always"):
            never = self.verdict == "never"
            closest = known["high"].argmax() if never else known["low"].argmin()
            return f"{'Never reaches' if never else 'Always above'} {where}: closest {_estimate(known.iloc[closest])}"
        few = f"Too few replications ({self._few}) to tell about {where}"
        if np.isneginf(self.low) and np.isposinf(self.high):
            crosses = f", where the mean crosses it at {self.value:.4g}" if self.verdict == "value" else ""
            return f"{few}: the interval is the whole range{crosses}"
        low, high = self._ends(self.low, self.high)
        if self.verdict == "undecided":
            start = few if self._few < FEW else f"Undecided about {where}"
            return f"{start}: the mean is not seen to cross it, one at {low} to {high} remains"
        many = f" (it crosses {self.crossings} times; the middle one)" if self.crossings > 1 else ""
        return f"{self.outcome} is {self.level:g} at {self.path} = {self.value:.4g}{many}, 95% interval {low} to {high}"

    def _ends(self, low: float, high: float) -> tuple[str, str]:
        """Ends of an interval in words."""
        first, last = self.between
        below = f"below {first:g}" if np.isneginf(low) else f"{low:.4g}"
        return below, f"above {last:g}" if np.isposinf(high) else f"{high:.4g}"

    @property
    def _apart(self) -> str:
        """How much of its spread is parameters, and what luck alone would leave."""
        if np.isnan(self.parameters) or self.verdict != "value":
            return ""
        low, high = self._ends(*self.luck)
        alone = "" if np.isnan(self.luck[0]) else f"; luck alone, in these worlds, leaves {low} to {high}"
        spread = f"{percent(self.parameters)} of the spread of the crossing between runs is parameters"
        return f" {spread}, the rest luck{alone}."

    @property
    def _caveats(self) -> str:
        """What must be said with it: few replications, runs that gave no number, and values at which none did."""
        several = 0 < self.worlds < self.seeds
        few = f" (only {self._few} {'worlds' if several else 'replications'})" if self._few < FEW else ""
        left_out = int(self.evidence["left_out"].sum())
        runs = left_out + int(self.evidence["n"].sum())
        none = ", ".join(f"{value:.4g}" for value in self.evidence.loc[self.evidence["n"] == 0, "value"])
        nowhere = f", all of those at {none}" if none else ""
        what = "means of worlds" if several else "runs"
        said = f"; {left_out} of {runs} {what} gave no number and are left out{nowhere}" if left_out else ""
        unplaced = self.evidence.attrs.get(UNPLACED, 0)
        return few + said + (f"; {unplaced} more gave no {self.path}" if unplaced else "")


def break_even(
    scenario: Scenario | str,
    path: str,
    outcome: str | Function = "multiple",
    level: float = 1.0,
    between: tuple[float, float] = (0.0, 1.0),
    *,
    seeds: Iterable[int] = range(16),
    points: int = 5,
    tolerance: float = 0.01,
    budget: int = 20,
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep: str | Path | None = None,
    worlds: int = 0,
    fixed: Iterable[str] = (),
    progress: Progress | None = None,
) -> BreakEven:
    """Find where the mean of an outcome crosses a level, with the same seeds at every value.

    Parameters
    ----------
    scenario, path : a scenario, and a path of it that takes numbers.
    outcome : its name, or a function of a `Run`.   level : of the outcome, in its unit.
    between : the range to search, in the path's unit; on a log scale if its ends differ twentyfold.
    seeds : at least two; the interval is that of the mean over them. With `worlds`, several for each tell luck from
        parameters.
    points, tolerance, budget : as in `market.studies.crossing.find`.
    executor, workers, cluster : as in `market.sweep`.
    keep : folder that keeps results as they come; the same call goes on where an earlier one ended.
    worlds : if not 0, seed s is run in world s, by turns, of so many of the posterior (`market.posterior`), so that
        intervals are over worlds, and carry luck and parameters together.
    fixed : paths that no world moves, as ``["labs.*.research"]``: they stay as the scenario has them.
    progress : called as ``progress(done, total)`` after each run; `total` is the most there can be.

    Raises
    ------
    InputError
        If a path or the outcome is unknown, the range is refused by the scenario, there is one world, or no run gives
        a number.
    """
    base = as_scenario(scenario)
    reading, known = asked([outcome]), checked_seeds(seeds, least=2)
    within, level = _within(base, path, between), finite("level", level)
    budget = whole("budget", budget, 2, MOST_TRIES)
    points = whole("points", points, 2, budget)
    tolerance = finite("tolerance", tolerance)
    if not 0 < tolerance < 1:
        raise InputError(f"tolerance: {tolerance:g} is refused; allowed: a share of the range, above 0 and below 1")
    (name,) = reading
    draws, runs = drawn(several(worlds), fixed, [base]), dict[float, pd.Series]()
    with engine(executor, workers, cluster=cluster, keep=keep, retry_failed=True, draws=draws) as running:
        tried = 0

        def tick(done: int, total: int) -> None:
            if progress is not None:
                progress(tried * total + done, budget * total)

        def evaluate(x: float) -> pd.Series:
            nonlocal tried
            table = running.outcomes(one_scenario(base, known, {path: x}), reading, tick)
            tried += 1
            runs[x] = table.set_index("seed")[name].astype(float)
            return by_world(runs[x], worlds)

        answer = crossing.find(evaluate, within, level, points, tolerance, budget, unit_of(name))
    ends = within.low, within.high
    if not np.isfinite(answer.evidence["mean"]).any():
        raise InputError(f"outcome '{name}': is not a number anywhere between {ends[0]:g} and {ends[1]:g}")
    asked_for = {"path": path, "outcome": name, "level": level, "between": ends, "seeds": len(known), "worlds": worlds}
    return BreakEven(**vars(answer), **asked_for, **(_apart(runs, within, level, worlds) if worlds else {}))


def _apart(runs: Mapping[float, pd.Series], within: Range, level: float, worlds: int) -> dict[str, Any]:
    """What part of the crossing's spread is parameters, and the interval that luck alone leaves it.

    Parameters
    ----------
    runs : the outcome by seed, under every value that was tried.
    """
    places = crossing.of_runs(runs, within, level)
    world = worlds_of(places.index, worlds)
    part = by_parameters(places.to_numpy(), world)
    alone = [(x, *by_luck(runs[x].to_numpy(), world), *counted(runs[x])) for x in sorted(runs)]
    of_luck = crossing.conclude(pd.DataFrame(alone, columns=list(crossing.EVIDENCE)), within, level)
    known = not np.isnan(part)
    return {"parameters": part, "luck": (of_luck.low, of_luck.high) if known else (np.nan, np.nan)}


def along(runs: pd.DataFrame, measured: str, outcome: str, level: float = 1.0) -> BreakEven:
    """Find where an outcome crosses a level along another outcome: a lag that is measured, say, and not set.

    Parameters
    ----------
    runs : a sweep's table with both outcomes. Each design point stands at the mean of `measured` over the seeds that
        gave one; the others are counted in the sentence.
    measured, outcome : columns of it.   level : of the outcome.

    Raises
    ------
    InputError
        If fewer than two values of `measured` are known.
    """
    placed = runs[np.isfinite(runs[measured])]
    points = [
        (group[measured].mean(), *interval(group[outcome], unit_of(outcome)), *counted(group[outcome]))
        for _, group in placed.groupby("point")
    ]
    evidence = pd.DataFrame(points, columns=list(crossing.EVIDENCE))
    evidence = evidence.sort_values("value", kind="stable", ignore_index=True)
    evidence.attrs[UNPLACED] = len(runs) - len(placed)
    if evidence["value"].nunique() < 2:
        raise InputError(f"outcome '{measured}': takes fewer than two values; there is nothing to cross")
    between = (float(evidence["value"].iloc[0]), float(evidence["value"].iloc[-1]))
    answer = crossing.conclude(evidence, Range(*between), level)
    ends, seeds = (float(f"{between[0]:.4g}"), float(f"{between[1]:.4g}")), runs["seed"].nunique()
    return BreakEven(**vars(answer), path=measured, outcome=outcome, level=level, between=ends, seeds=seeds)


def _within(scenario: Scenario, path: str, between: tuple[float, float]) -> Range:
    """Check the range by trying its ends on the scenario."""
    ends = plain(between)
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        raise InputError(f"between: {shown(ends)} is refused; allowed: the two ends of a range, as (0.5, 2)")
    span = Range(ends[0], ends[1], whole=is_whole(scenario, path))
    for end in (span.low, span.high):
        scenario.vary({path: end})
    values = (value for value in values_at(scenario.model_dump(), path) if value is not None)  # but for those off
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
        raise InputError(f"{path}: takes no numbers; break-even needs a path that does")
    return replace(span, log=span.low > 0 and span.high / span.low >= LOG_FROM)


def _estimate(row: pd.Series) -> str:
    """One tried value, as "2.31 [2.1, 2.5] at 1.5"."""
    return f"{estimate(row['mean'], row['low'], row['high'])} at {row['value']:.4g}"
