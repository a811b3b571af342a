"""Sweeps: every design point under the same seeds, one tidy table out; stop and go on at any moment."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from market.parameters import InputError, plain, shown
from market.saving.manifest import read_file
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies import design as designs
from market.studies import sweep_folder
from market.studies.canonical import canonical
from market.studies.draws import drawn
from market.studies.engine import Engine, Progress, Say, engine
from market.studies.identity import Keys
from market.studies.levels import Levels
from market.studies.points import SCENARIO, Design
from market.studies.reading import TAKEN, Asked, Outcomes, asked
from market.studies.result import tabulated
from market.studies.worlds import Worlds, checked_seeds, first_seeds


def sweep(
    scenario: Scenario | str,
    factors: Mapping[str, Levels] | Sequence[Mapping[str, Any]] | Design,
    *,
    replications: int = 8,
    seeds: Iterable[int] | None = None,
    outcomes: Outcomes | None = None,
    out: str | Path | None = None,
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    retry_failed: bool = False,
    worlds: int = 0,
    fixed: Iterable[str] = (),
    progress: Progress | None = None,
    say: Say | None = None,
) -> pd.DataFrame:
    """Run every design point under the same seeds.

    Parameters
    ----------
    scenario : a scenario or its name.
    factors : values by path, for a grid; or a list of points; or a `Design` from `market.studies.design`.
    replications, seeds : seeds 0, 1, … at every point, unless `seeds` gives others.
    outcomes : names, functions of a `Run`, or either by column name; the usual named ones if None.
    out : folder that keeps results as they come; the same call goes on where an earlier one ended. None keeps nothing.
    executor, workers, cluster : where the runs go, and how many at a time; by default a process per core. A cluster is
        the address of a Dask scheduler; workers need not see the folder.
    retry_failed : do again what failed in an earlier call.
    worlds : if not 0, seed s is run in world s, by turns, of so many of the posterior (`market.posterior`), so that
        intervals carry luck and parameters together.
    fixed : paths that no world moves, as ``["labs.*.research"]``: they stay as the scenario has them.
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
    reading = asked(outcomes)
    wanted = _worlds(scenario, factors, first_seeds(worlds or replications) if seeds is None else seeds, reading)
    wanted = replace(wanted, draws=drawn(worlds, fixed, [wanted.scenario]))
    for name, call in (("progress", progress), ("say", say)):
        if call is not None and not callable(call):
            raise InputError(f"{name}: {shown(plain(call))} is refused; allowed: a function, or none")
    folder = None if out is None else _folder(out)
    points = wanted.design.table(wanted.scenario)
    if isinstance(executor, Engine):
        wanted = executor.over(wanted)
    keys = None
    if folder is not None:
        keys = Keys(wanted, reading)
        what = identity(wanted, keys)
        sweep_folder.check(folder, what, keys)
    else:
        for _ in wanted.settings():  # every point makes a valid scenario
            pass
    with engine(executor, workers, cluster=cluster, patient=True, retry_failed=retry_failed) as running:
        if folder is not None and keys is not None:
            if not folder.exists():
                running.check(reading)
            store = sweep_folder.prepare(folder, what, points, keys)
            running = Engine(running.crew, store, retry_failed, running.draws)
        runs = tabulated(running.results(wanted, reading, progress, say, keys), reading)
    table = points.merge(runs, on="point", how="right", validate="1:m")
    if folder is not None:
        sweep_folder.write_table(folder, table)
    failed, damaged = int((table["status"] == "failed").sum()), running.store.damaged if running.store else 0
    reused = runs.attrs["reused"]
    counts = {"computed": len(table) - reused, "reused": reused, "failed": failed}
    table.attrs.update(counts, damaged=damaged, remaining=len(wanted) - len(table))
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
        return pd.read_parquet(io.BytesIO(read_file(place, f"{sweep_folder.TABLE}.parquet")))
    except (OSError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise InputError(f"{folder}: holds no table of a sweep ({said}); `market sweep` makes one") from None


def identity(worlds: Worlds, keys: Keys) -> dict[str, Any]:
    """All that a sweep's results depend on, as JSON."""
    names = worlds.design.worlds(worlds.scenario)
    scenarios: dict[str, Any] = {}
    points = []
    for name, point in zip(names, worlds.design.points, strict=True):
        if SCENARIO in point and name not in scenarios:
            scenarios[name] = canonical(point[SCENARIO])
        points.append({factor: name if factor == SCENARIO else canonical(v) for factor, v in point.items()})
    return {
        "scenario": canonical(worlds.scenario),
        "design": worlds.design.kind,
        "factors": worlds.design.factors,
        "points": points,
        "scenarios": scenarios,
        "seeds": list(worlds.seeds),
        **({"draws": [canonical(vars(one)) for one in worlds.draws]} if worlds.draws else {}),
        "outcomes": keys.reading,
        **({"rules": keys.rules} if keys.rules else {}),
        "code": keys.code,
        "versions": keys.versions,
    }


def _worlds(scenario: Scenario | str, factors: Any, seeds: Iterable[int], reading: Asked) -> Worlds:
    """Check what is to be run before anything is written."""
    base = as_scenario(scenario)
    if isinstance(factors, Mapping):
        factors = designs.build(base, factors)
    elif not isinstance(factors, Design):
        factors = designs.listed(factors)
    known = checked_seeds(seeds)
    taken = next((name for name in factors.factors if name in {*reading, *TAKEN}), None)
    if taken is not None:
        raise InputError(f"factor '{taken}': an outcome or column has this name; give the outcome another")
    return Worlds(base, factors, tuple(known))


def _folder(out: Any) -> Path:
    """Accept the name of a folder, as text or a path."""
    name = os.fspath(out) if isinstance(out, os.PathLike) else out
    if not isinstance(name, str) or not name or "\0" in name:
        raise InputError(f"out: {shown(plain(out))} is refused; allowed: the name or path of a folder")
    return Path(name)
