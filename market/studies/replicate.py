"""Replications: the same scenario under several seeds, one tidy table out."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from pathlib import Path

import pandas as pd

from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.draws import drawn
from market.studies.engine import Engine, Progress, engine
from market.studies.reading import Outcomes, asked
from market.studies.worlds import checked_seeds, one_scenario


def replicate(
    scenario: Scenario | str,
    seeds: Iterable[int] = range(16),
    outcomes: Outcomes | None = None,
    *,
    executor: Executor | Engine | None = None,
    keep: str | Path | None = None,
    worlds: int = 0,
    fixed: Iterable[str] = (),
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run a scenario under each seed.

    Parameters
    ----------
    scenario : a scenario or its name.   seeds : all different.
    outcomes : names from `market.measures.outcomes`, functions of a `Run`, or either by column name; the usual ones if
        not given.
    executor : where the runs go; by default one process per core.
    keep : folder that keeps results as they come; the same call goes on where an earlier one ended.
    worlds : if not 0, seed s is run in world s, by turns, of so many of the posterior (`market.posterior`), so that
        intervals carry luck and parameters together.
    fixed : paths that no world moves, as ``["labs.*.research"]``: they stay as the scenario has them.
    progress : called as ``progress(done, total)`` after each run.

    Returns
    -------
    DataFrame
        One row per seed, in the order given: seed and a column per outcome. The same for any number of workers.

    Raises
    ------
    InputError
        If an outcome is unknown, a seed is refused or there is none.
    FailedRunError
        If a run fails: an `InputError` and a `RuntimeError`.
    """
    wanted, reading = one_scenario(as_scenario(scenario), checked_seeds(seeds)), asked(outcomes)
    draws = drawn(worlds, fixed, [wanted.scenario])
    with engine(executor, keep=keep, retry_failed=True, draws=draws) as running:
        return running.table(wanted, reading, progress).drop(columns="point")
