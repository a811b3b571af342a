"""Replications: the same scenario under several seeds, one tidy table out, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from market.measures.outcomes import unit_of
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.batch import checked_seeds, run_all
from market.studies.evaluate import Outcomes, Task, check_portable, wanted
from market.studies.intervals import CONFIDENCE, counted, interval
from market.studies.workers import crew

__all__ = ["CONFIDENCE", "interval", "replicate", "summary"]


def replicate(
    scenario: Scenario | str,
    seeds: Iterable[int] = range(16),
    outcomes: Outcomes | None = None,
    *,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Run a scenario under each seed.

    Parameters
    ----------
    outcomes : names from `market.measures.outcomes`, functions of a `Run`, or either by column name; the usual ones if
        not given.
    executor : where the runs go; by default one process per core. Scripts that use the default need the usual
        ``if __name__ == "__main__":`` guard.
    progress : called as ``progress(done, total)`` after each run.

    Returns
    -------
    DataFrame
        One row per seed, in the order given: seed and a column per outcome. The same for any number of workers.

    Raises
    ------
    InputError
        If an outcome is unknown, a seed is refused or there is none.
    RuntimeError
        If a run fails.
    """
    base, asked, known = as_scenario(scenario), wanted(outcomes), checked_seeds(seeds)
    if executor is None:
        check_portable(asked)
    with crew(executor, runs=len(known)) as team:
        found = run_all(team, [Task(0, base, {}, seed) for seed in known], asked, progress)
    for (_, seed), result in found.items():
        if result.error:
            raise RuntimeError(f"{base.name}, seed {seed}: {result.error}")
    return pd.DataFrame([{"seed": seed, **found[0, seed].outcomes} for seed in known])


def summary(replications: pd.DataFrame) -> pd.DataFrame:
    """Summarise replications by outcome.

    Returns
    -------
    DataFrame
        outcome, mean, low and high of its 95% interval, band_low and band_high (10–90% of the seeds), n (seeds with a
        number), left_out (seeds without).
    """
    rows = []
    for name in replications.columns.drop("seed"):
        values = replications[name].to_numpy(float)
        known = values[np.isfinite(values)]
        band = np.quantile(known, [0.1, 0.9]) if len(known) else [np.nan, np.nan]
        rows.append((name, *interval(values, unit_of(name)), *band, *counted(values)))
    return pd.DataFrame(rows, columns=["outcome", "mean", "low", "high", "band_low", "band_high", "n", "left_out"])
