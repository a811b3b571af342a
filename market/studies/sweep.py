"""Sweeps: every design point under the same seeds, one tidy table out; stop and go on at any moment."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd

from market.parameters import InputError, plain, shown
from market.registry import Registered
from market.saving.manifest import PACKAGES, read_file
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies import design as designs
from market.studies import store as stores
from market.studies.batch import checked_seeds, first_seeds
from market.studies.content import content
from market.studies.design import Design, Levels
from market.studies.evaluate import (
    TAKEN,
    Outcomes,
    Result,
    Task,
    Wanted,
    check_portable,
    evaluate,
    one_line,
    wanted,
)
from market.studies.identity import canonical, own_rules, rules
from market.studies.store import Store
from market.studies.workers import Crew, check_workers, crew

Progress = Callable[[int, int], None]
Say = Callable[[str], None]

MOST_RUNS = 10_000_000
"""Most runs of one sweep; their results are held in memory."""

ABOVE = ("saving", "command_line", "studies", "views", "cli", "study_commands")
"""Floors that cannot change what a run gives: a sweep goes on when only these have changed."""


@dataclass(frozen=True)
class _Plan:
    """What there is to do: the base scenario, the design, the seeds and the outcomes; and which rules are used."""

    scenario: Scenario
    design: Design
    seeds: list[int]
    asked: Wanted
    rules: frozenset[type[Registered]]

    def tasks(self) -> Iterator[Task]:
        """All runs; each seed goes once through the whole design before the next begins."""
        starts = [self.design.split(self.scenario, point) for point in range(len(self.design.points))]
        for seed in self.seeds:
            for point, (scenario, changes) in enumerate(starts):
                yield Task(point, scenario, changes, seed)


def sweep(
    scenario: Scenario | str,
    factors: Mapping[str, Levels] | Sequence[Mapping[str, Any]] | Design,
    *,
    replications: int = 8,
    seeds: Iterable[int] | None = None,
    outcomes: Outcomes | None = None,
    out: str | Path | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
    say: Say | None = None,
) -> pd.DataFrame:
    """Run every design point under the same seeds.

    Parameters
    ----------
    factors : values by path, for a grid; or a list of points; or a `Design` from `market.studies.design`.
    replications : seeds 0, 1, … at every point, unless `seeds` gives others.
    outcomes : names, functions of a `Run`, or either by column name; the usual named ones if None.
    out : folder that keeps results as they come; the same call goes on where an earlier one ended. None keeps nothing.
    executor, workers : where the runs go, and how many at a time; by default a process per core. Workers need to see
        the folder. Scripts that use the default need the usual ``if __name__ == "__main__":`` guard.
    retry_failed : do again what failed in an earlier call.
    progress : called as ``progress(done, total)`` after each run.
    say : takes a line of text: how many runs, how long, and at the end how many were computed, reused and failed.

    Returns
    -------
    DataFrame
        Columns point, the factors, seed, status ("ok" or "failed"), error, and the outcomes (NaN where failed); a row
        per run, by point and seed; the same for any workers and any number of interruptions. After a first interrupt,
        which lets the runs in flight finish, those that were done. ``attrs`` counts computed, reused, failed, damaged
        (results that were found damaged) and remaining.

    Raises
    ------
    InputError
        If a path, value, outcome or seed is refused, or the folder holds something else or cannot be written.
    KeyboardInterrupt
        At the second interrupt.
    """
    plan = _plan(scenario, factors, first_seeds(replications) if seeds is None else seeds, outcomes)
    workers = check_workers(workers)
    for name, call in (("progress", progress), ("say", say)):
        if call is not None and not callable(call):
            raise InputError(f"{name}: {shown(plain(call))} is refused; allowed: a function, or none")
    out = None if out is None else _folder(out)
    if executor is None:
        check_portable(plan.asked)
    points = plan.design.table(plan.scenario)
    what = identity(plan)
    if out is not None:
        stores.check(out, what)
    with crew(executor, workers, len(points) * len(plan.seeds), patient=True) as team:
        if out is None or not out.exists():
            team.check(partial(_evaluate_and_keep, asked=plan.asked))  # before anything is written
        store: Store | None = None
        found: dict[tuple[int, int], Result] = {}
        damaged = 0
        if out is not None:
            store = stores.prepare(out, what, points)
            found, damaged = store.collect()
        kept = {key: result for key, result in found.items() if not (retry_failed and result.error)}
        total, reused = len(points) * len(plan.seeds), len(kept)
        _tell(say, f"{len(points)} design points × {len(plan.seeds)} seeds: {total} runs", reused, damaged)
        for result in _run(plan, kept, team, store, say):
            kept[result.point, result.seed] = result
            if progress is not None:
                progress(len(kept), total)
    table = tidy(points, kept.values(), plan.asked)
    if store is not None:
        store.write_table(table)
    failed = int((table["status"] == "failed").sum())
    counts = {"computed": len(kept) - reused, "reused": reused, "failed": failed}
    table.attrs.update(counts, damaged=damaged, remaining=total - len(kept))
    if say is not None:
        say(", ".join(f"{word} {number}" for word, number in counts.items()))
    return table


def open_sweep(folder: str | Path) -> pd.DataFrame:
    """Read a sweep's tidy table, as far as the last call brought it.

    Raises
    ------
    InputError
        If the folder holds no sweep.
    """
    place = _folder(folder)
    try:
        return pd.read_parquet(io.BytesIO(read_file(place, f"{stores.TABLE}.parquet")))
    except (OSError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise InputError(f"{folder}: holds no table of a sweep ({said}); `market sweep` makes one") from None


def tidy(points: pd.DataFrame, results: Iterable[Result], asked: Iterable[str]) -> pd.DataFrame:
    """Join results to the factors of their points, sorted by point and seed."""
    rows = [
        (r.point, r.seed, r.status, r.error, *(r.outcomes.get(name, float("nan")) for name in asked))
        for r in sorted(results, key=lambda r: (r.point, r.seed))
    ]
    runs = pd.DataFrame(rows, columns=["point", "seed", "status", "error", *asked])
    runs = runs.astype({"point": "int64", "seed": "int64", "status": "str", "error": "str"})
    runs = runs.astype(dict.fromkeys(runs.columns[4:], "float64"))
    return points.merge(runs, on="point", how="right", validate="1:m")


def identity(plan: _Plan) -> dict[str, Any]:
    """All that results depend on, as JSON."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    worlds = plan.design.worlds(plan.scenario)
    scenarios: dict[str, Any] = {}
    points = []
    for name, point in zip(worlds, plan.design.points, strict=True):
        if designs.SCENARIO in point and name not in scenarios:
            scenarios[name] = canonical(point[designs.SCENARIO])
        points.append({factor: name if factor == designs.SCENARIO else canonical(v) for factor, v in point.items()})
    own = own_rules(plan.rules)
    return {
        "scenario": canonical(plan.scenario),
        "design": plan.design.kind,
        "factors": plan.design.factors,
        "points": points,
        "scenarios": scenarios,
        "seeds": plan.seeds,
        "outcomes": {name: one if isinstance(one, str) else content(one) for name, one in plan.asked.items()},
        **({"rules": own} if own else {}),
        "code": code_version(),
        "versions": versions,
    }


@cache
def code_version() -> str:
    """Name the source text that results depend on: the package but for the floors `ABOVE` the run.

    Read once: what is edited later is not what this process runs.
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(path for ending in ("py", "toml") for path in package.rglob(f"*.{ending}")):
        parts = path.relative_to(package).parts
        if not parts[0].startswith(ABOVE):
            digest.update("/".join(parts).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _plan(scenario: Scenario | str, factors: Any, seeds: Iterable[int], outcomes: Outcomes | None) -> _Plan:
    """Check everything that can be checked before anything is written or run: every point makes a valid scenario."""
    base = as_scenario(scenario)
    if isinstance(factors, Mapping):
        factors = designs.build(base, factors)
    elif not isinstance(factors, Design):
        factors = designs.listed(factors)
    known, asked = checked_seeds(seeds), wanted(outcomes)
    taken = next((name for name in factors.factors if name in {*asked, *TAKEN}), None)
    if taken is not None:
        raise InputError(f"factor '{taken}': an outcome or column has this name; give the outcome another")
    if len(known) * len(factors.points) > MOST_RUNS:
        many = f"{len(factors.points):,} design points under {len(known):,} seeds"
        raise InputError(f"sweep: {many} are too many runs; allowed: at most {MOST_RUNS:,}")
    used: set[type[Registered]] = set()
    for point in range(len(factors.points)):
        start, changes = factors.split(base, point)
        used.update(rules(start.vary(changes) if changes else start))
    return _Plan(base, factors, known, asked, frozenset(used))


def _folder(out: Any) -> Path:
    """Accept the name of a folder, as text or a path."""
    name = os.fspath(out) if isinstance(out, os.PathLike) else out
    if not isinstance(name, str) or not name or "\0" in name:
        raise InputError(f"out: {shown(plain(out))} is refused; allowed: the name or path of a folder")
    return Path(name)


def _run(plan: _Plan, kept: Mapping[Any, Result], team: Crew, store: Store | None, say: Say | None) -> Iterator[Result]:
    """Do what is not kept: the first run alone, to say how long all will take, then the others."""
    left = [task for task in plan.tasks() if (task.point, task.seed) not in kept]
    if left and team.own:
        for _ in range(min(team.size, len(left)) - 1):
            team.submit(_warm, left[0])
    for first, part in ((True, left[:1]), (False, left[1:])):
        work = partial(_evaluate_and_keep, asked=plan.asked, store=store, warm=first)
        for task, result in team.stream(work, part):
            if isinstance(result, InputError):
                raise result
            if isinstance(result, BaseException):
                result = Result(task.point, task.seed, {}, one_line(result))
                if store is not None:
                    store.append(result)
            if first and say is not None:
                seconds = result.seconds * len(left) / min(team.size, len(left))
                say(f"the first run took {result.seconds:.2g} s: about {duration(seconds)} on {team.size} workers")
            yield result


def _evaluate_and_keep(task: Task, asked: Wanted, store: Store | None = None, warm: bool = False) -> Result:
    """Do one run and keep its result before anyone hears of it; `warm` loads compiled code first, off the clock."""
    if warm:
        _warm(task)
    result = evaluate(task, asked)
    if store is not None:
        store.append(result)
    return result


def _warm(task: Task) -> None:
    """Load compiled code by running one month, so that the first run tells how long the others will take."""
    with suppress(InputError):  # firms may start later
        evaluate(replace(task, changes={**task.changes, "months": 1}), {})


def duration(seconds: float) -> str:
    """Seconds in the unit a person would use."""
    for size, unit in ((3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "1 s"


def _tell(say: Say | None, text: str, reused: int, damaged: int) -> None:
    if say is not None:
        said = f", {reused} of them done before" if reused else ""
        mended = f"; {damaged} damaged results are computed again (what was there: runs/*.kept)" if damaged else ""
        say(text + said + mended)
