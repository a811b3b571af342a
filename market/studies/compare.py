"""Two worlds under the same luck: what changes from one to the other, seed by seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from market.measures.outcomes import PART, SHARE, unit_of
from market.parameters import InputError
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.batch import checked_seeds, run_all
from market.studies.evaluate import Outcomes, Task, check_portable, wanted
from market.studies.intervals import independent, interval
from market.studies.workers import crew

COLUMNS = (
    "outcome", "a", "b", "difference", "low", "high", "low_independent", "high_independent", "ratio", "n",
    "left_out",
)  # fmt: skip


def compare(
    a: Scenario | str,
    b: Scenario | str,
    seeds: Iterable[int] = range(16),
    outcomes: Outcomes | None = None,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Run two scenarios under the same seeds and say what differs.

    Parameters
    ----------
    a, b : scenarios, or their names.
    outcomes, executor, workers, progress : as in `market.sweep`.

    Returns
    -------
    DataFrame
        As `differences`.

    Raises
    ------
    InputError
        If a scenario or an outcome is unknown, there are fewer than two seeds, or every run fails.
    """
    return differences(paired(a, b, seeds, outcomes, executor=executor, workers=workers, progress=progress))


def paired(
    a: Scenario | str,
    b: Scenario | str,
    seeds: Iterable[int] = range(16),
    outcomes: Outcomes | None = None,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Run two scenarios under the same seeds.

    Returns
    -------
    DataFrame
        World ("a" or "b"), seed, status, error, and a column per outcome (NaN where the run failed).

    Raises
    ------
    InputError
        As in `compare`.
    """
    worlds = [as_scenario(world) for world in (a, b)]
    asked, known = wanted(outcomes), checked_seeds(seeds, least=2)
    if executor is None:
        check_portable(asked)
    tasks = [Task(point, world, {}, seed) for seed in known for point, world in enumerate(worlds)]
    with crew(executor, workers, len(tasks)) as team:
        found = run_all(team, tasks, asked, progress)
    if all(result.error for result in found.values()):
        raise InputError(f"{worlds[0].name}: every run failed; the first: {found[0, known[0]].error}")
    order = [(point, seed) for point in (0, 1) for seed in known]
    rows = [
        ("ab"[p], s, found[p, s].status, found[p, s].error, *(found[p, s].outcomes.get(n, np.nan) for n in asked))
        for p, s in order
    ]
    return pd.DataFrame(rows, columns=["world", "seed", "status", "error", *asked])


def differences(runs: pd.DataFrame) -> pd.DataFrame:
    """Summarise paired runs by outcome; a seed counts where both worlds have a number.

    Parameters
    ----------
    runs : as `paired` gives them.

    Returns
    -------
    DataFrame
        Outcome; its means in a and b; difference (b − a) with the paired 95% interval low, high; low_independent,
        high_independent, what independent seeds would give; ratio, how many times wider that is; n, pairs; left_out,
        seeds without a number in one world or both. Money in $.
    """
    rows = []
    for name in runs.columns.drop(["world", "seed", "status", "error"]):
        pairs = runs.pivot_table(index="seed", columns="world", values=name, aggfunc="first", dropna=False)
        pairs = pairs.reindex(columns=["a", "b"]).astype(float)
        both = pairs[np.isfinite(pairs).all(axis=1)]
        change, *limits = interval(both["b"] - both["a"])
        wide = independent(both["a"], both["b"]) if len(both) > 1 else (change, np.nan, np.nan)
        ratio = (wide[2] - wide[1]) / (limits[1] - limits[0]) if limits[1] > limits[0] else np.nan
        if unit_of(name) in (SHARE, PART):  # two shares differ by no more than 1
            limits, wide = np.clip(limits, -1.0, 1.0).tolist(), np.clip(wide, -1.0, 1.0).tolist()
        means = (both["a"].mean(), both["b"].mean()) if len(both) else (np.nan, np.nan)
        rows.append((name, *means, change, *limits, wide[1], wide[2], ratio, len(both), len(pairs) - len(both)))
    return pd.DataFrame(rows, columns=list(COLUMNS))
