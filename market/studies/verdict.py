"""The verdict: in what share of the worlds that agree with the evidence a claim is true, and what flips it.

Every world of a sample of the posterior runs under several seeds. The share of worlds in which a claim is true carries
luck and parameters together, with an interval over worlds; how much of an outcome's variance is each is told apart by a
one-way analysis of variance on ranks. What flips a claim is sought in two ways: one factor at a time, by the share in
which it is true among the worlds with the lowest and the highest third of the factor; and by boxes, found by the
patient rule induction method (Friedman and Fisher 1999) as in scenario discovery (Bryant and Lempert 2010), within
which the claim is mostly true, or mostly not.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.measures.outcomes import SHARE
from market.parameters import whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.apart import by_parameters
from market.studies.claims import CLAIMS, Claim
from market.studies.draws import Draw, changed, drawn
from market.studies.engine import Engine, Progress, engine
from market.studies.extras import needing
from market.studies.intervals import CONFIDENCE, interval, of_difference
from market.studies.reading import asked
from market.studies.weighted import middle
from market.studies.worlds import one_scenario

Floats = npt.NDArray[np.float64]

WORLDS, SEEDS = 48, 2
"""Worlds, and seeds of each; some two minutes on two cores."""
MOST = 10_000
LEAST_MASS, LEAST_RUNS = 0.1, 20
"""Part of the runs that a box must hold, and how many at least."""
MOST_ENDS = 3
"""Factors that a box may be of: more fit luck."""
DENSE = 0.75
"""Part of the runs in a box in which a claim must be true, or untrue."""
RARE = 0.05
"""Part of the worlds below which what is true, or false, has no box."""
TABLES = ("answers", "factors", "boxes", "worlds")
"""Tables of a result, by name."""


@dataclass(frozen=True)
class Verdict:
    """What was found.

    Attributes
    ----------
    answers : claim, says, outcome, level; share of runs in which it is true, low, high (95%, over worlds); median,
        outcome_low, outcome_high (80% of runs); parameters, the part of the variance in rank that they are; undefined,
        runs without the outcome, in which it counts as untrue. Runs that failed are left out.
    factors : claim, factor; below, above, the ends of its lowest and of its highest third; true_below, true_above, the
        shares there; difference with its interval low, high, of 95% over all factors of a claim together; the largest
        first.
    boxes : claim; holds, whether it is mostly true in the box; factor, low, high, its ends (NaN where it has none);
        true, the part of the runs in the box in which it is; runs in the box; caught, the part of those wanted.
    worlds : world, seed, factors and outcomes, of runs that did not fail.
    scenario, count, seeds : what was run, in how many worlds, under how many seeds each.
    fixed : paths that no world moved.
    """

    answers: pd.DataFrame
    factors: pd.DataFrame
    boxes: pd.DataFrame
    worlds: pd.DataFrame
    scenario: Scenario
    count: int
    seeds: int
    fixed: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """How many runs failed."""
        return self.count * self.seeds - len(self.worlds)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables by name."""
        return {name: getattr(self, name) for name in TABLES}


def verdict(
    scenario: Scenario | str = "baseline",
    *,
    worlds: int = WORLDS,
    seeds: int = SEEDS,
    fixed: Iterable[str] = (),
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep: str | Path | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Run a scenario in worlds that agree with the evidence, and say of each of `CLAIMS` in what share it is true.

    Parameters
    ----------
    scenario : keeps what it says otherwise than the calibrated one.
    worlds, seeds : how many worlds, and how many seeds of each.
    fixed : paths that no world moves, as ``["labs.*.research"]``: they stay as the scenario has them.
    executor, workers, cluster, keep, progress : as in `market.sweep`.

    Raises
    ------
    InputError
        If a number is refused, every run fails, or ema-workbench is not installed.
    """
    base = as_scenario(scenario)
    worlds, seeds = whole("worlds", worlds, 2, MOST), whole("seeds", seeds, 1, MOST)
    draws = drawn(worlds, fixed, [base])
    reading = asked(list(dict.fromkeys(one.outcome for one in CLAIMS.values())))
    check_installed()
    with engine(executor, workers, cluster=cluster, keep=keep, retry_failed=True, draws=draws) as running:
        runs = running.outcomes(one_scenario(base, range(worlds * seeds)), reading, progress)
    runs = runs[runs["status"] == "ok"].reset_index(drop=True)
    table = pd.DataFrame([draws[seed % worlds].factors for seed in runs["seed"]])
    table.insert(0, "world", runs["seed"] % worlds)
    table.insert(1, "seed", runs["seed"])
    found = judged(table, runs[list(reading)], acting(base, draws), base, worlds, seeds)
    return replace(found, fixed=draws[0].fixed)


def acting(scenario: Scenario, draws: Sequence[Draw]) -> list[str]:
    """Names of the factors that move something in a scenario, of draws of which there is at least one."""
    ends = draws[0], draws[-1]
    return [
        name for name in ends[0].factors
        if any(changed(scenario, replace(end, factors={name: end.factors[name]})) for end in ends)
    ]  # fmt: skip


def judged(
    worlds: pd.DataFrame, outcomes: pd.DataFrame, factors: Sequence[str], scenario: Scenario, count: int, seeds: int,
    claims: Iterable[Claim] | None = None,
) -> Verdict:  # fmt: skip
    """Judge outcomes of worlds.

    Parameters
    ----------
    worlds : world, seed, and a value per factor: a row per run.   outcomes : of the same runs, a column each.
    factors : names.   scenario, count, seeds : what was run, in how many worlds, under how many seeds each.
    claims : what is judged; `CLAIMS` if not given.
    """
    answers, moved, boxes = [], [], []
    inputs = worlds[list(factors)].astype(float)
    varied = [name for name in factors if inputs[name].nunique() > 2]
    for claim in CLAIMS.values() if claims is None else claims:
        reached = outcomes[claim.outcome].to_numpy(float)
        true = claim.true(reached)
        answers.append(_answer(claim, reached, true, worlds["world"].to_numpy()))
        by_world = pd.Series(true.astype(float)).groupby(worlds["world"].to_numpy()).mean()
        values = inputs[varied].groupby(worlds["world"].to_numpy()).first()
        moved.append(_one_at_a_time(values, by_world.to_numpy()).assign(claim=claim.name))
        boxes.append(_boxes(inputs[varied], true).assign(claim=claim.name))
    moves, ends = (_first(pd.concat(some, ignore_index=True)) for some in (moved, boxes))
    return Verdict(pd.DataFrame(answers), moves, ends, worlds.join(outcomes), scenario, count, seeds)


def _first(table: pd.DataFrame) -> pd.DataFrame:
    """Put the claim in front."""
    return table[["claim", *table.columns.drop("claim")]]


def _answer(claim: Claim, reached: Floats, true: npt.NDArray[np.bool_], world: npt.NDArray[np.int64]) -> dict[str, Any]:
    """In what share a claim is true, and how its outcome is distributed."""
    share, low, high = interval(pd.Series(true.astype(float)).groupby(world).mean().to_numpy(), SHARE)
    outcome_low, median, outcome_high = middle(reached)
    return {
        "claim": claim.name, "says": claim.says, "outcome": claim.outcome, "level": claim.level,
        "share": share, "low": low, "high": high,
        "median": median, "outcome_low": outcome_low, "outcome_high": outcome_high,
        "parameters": by_parameters(reached, world), "undefined": int((~np.isfinite(reached)).sum()),
    }  # fmt: skip


def _one_at_a_time(values: pd.DataFrame, true: Floats) -> pd.DataFrame:
    """How often a claim is true in the worlds with the lowest and the highest third of each factor."""
    rows = []
    for name in values:
        factor = values[name].to_numpy(float)
        below, above = np.quantile(factor, [1 / 3, 2 / 3])
        low, high = true[factor <= below], true[factor >= above]
        if below >= above:  # so few values that its thirds are not apart
            continue
        ends = of_difference(low, high, 1 - (1 - CONFIDENCE) / len(values.columns))
        rows.append((name, below, above, low.mean(), high.mean(), high.mean() - low.mean(), *ends))
    names = ["factor", "below", "above", "true_below", "true_above", "difference", "low", "high"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values("difference", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def _boxes(values: pd.DataFrame, true: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """The box in which a claim is mostly true, and that in which it mostly is not, if neither is so anyway."""
    columns = ["holds", "factor", "low", "high", "true", "runs", "caught"]
    rows: list[tuple[Any, ...]] = []
    for holds in (True, False):
        wanted = true == holds
        if RARE <= wanted.mean() < DENSE:  # else it is too rare, or the rule
            rows += [(holds, *row) for row in _box(values, wanted, true)]
    return pd.DataFrame(rows, columns=columns)


def _box(
    values: pd.DataFrame, wanted: npt.NDArray[np.bool_], true: npt.NDArray[np.bool_]
) -> list[tuple[str, float, float, float, int, float]]:
    """Ends of the box that catches most of what is wanted while it is dense; none if no box is."""
    with warnings.catch_warnings():  # of what pandas will no longer do
        warnings.simplefilter("ignore")
        peeled = _prim()(values, wanted, threshold=DENSE, peel_alpha=0.1, mass_min=LEAST_MASS).find_box()
    if peeled is None:
        return []
    path = peeled.peeling_trajectory
    dense = path[(path["density"] >= DENSE) & (path["n"] >= LEAST_RUNS) & (path["res_dim"] <= MOST_ENDS)]
    if dense.empty:
        return []
    ends = peeled.box_lims[int(dense["coverage"].idxmax())]
    found, inside = [], np.ones(len(values), bool)
    for name in values:
        low, high = (float(end) for end in ends[name])
        inside &= values[name].between(low, high).to_numpy()
        if low > values[name].min() or high < values[name].max():
            open_ends = (np.nan if low <= values[name].min() else low, np.nan if high >= values[name].max() else high)
            found.append((str(name), *open_ends))
    facts = (float(true[inside].mean()), int(inside.sum()), float(wanted[inside].sum() / wanted.sum()))
    return [(*one, *facts) for one in found]


def check_installed() -> None:
    """Say before any run if what finds boxes is not installed.

    Raises
    ------
    InputError
        The line says what to install.
    """
    _prim()


def _prim() -> Any:
    """The patient rule induction of ema-workbench, which warns of what it could do with more packages."""
    with needing("verdict", "ema-workbench"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis.prim import Prim
    return Prim
