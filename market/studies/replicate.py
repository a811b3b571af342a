"""Replications: the same scenario under several seeds, one tidy table out, with intervals."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from market.measures import outcomes as named
from market.parameters import InputError
from market.run import simulate
from market.scenario.schema import Scenario

CONFIDENCE = 0.95
"""Level of an interval, of the mean over seeds. A band is the 10–90% range of the replications themselves."""


def replicate(
    scenario: Scenario,
    seeds: Iterable[int] = range(16),
    outcomes: Iterable[str] | None = None,
    *,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Run a scenario under each seed.

    Parameters
    ----------
    outcomes : names from `market.measures.outcomes`; all of them if not given.
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
        If an outcome is unknown or there is no seed.
    """
    wanted = list(named.OUTCOMES if outcomes is None else outcomes)
    for name in wanted:
        named.find(name)
    seeds = list(seeds)
    if not seeds:
        raise InputError("seeds: there is none; at least one is needed")
    with _workers(executor, len(seeds)) as pool:
        futures = {pool.submit(_outcomes, scenario, seed, wanted): seed for seed in seeds}
        found = {}
        for done, future in enumerate(as_completed(futures), start=1):
            found[futures[future]] = future.result()
            if progress is not None:
                progress(done, len(seeds))
    return pd.DataFrame([{"seed": seed, **found[seed]} for seed in seeds])


def interval(values: npt.ArrayLike) -> tuple[float, float, float]:
    """Mean and 95% confidence interval of a mean by Student's t; NaN limits for fewer than two values.

    Values that are not numbers are left out.
    """
    sample = np.asarray(values, float)
    sample = sample[np.isfinite(sample)]
    if len(sample) == 0:
        return float("nan"), float("nan"), float("nan")
    mean = float(sample.mean())
    if len(sample) == 1:
        return mean, float("nan"), float("nan")
    reach = float(stdtrit(len(sample) - 1, 0.5 + CONFIDENCE / 2)) * float(sample.std(ddof=1)) / len(sample) ** 0.5
    return mean, mean - reach, mean + reach


def summary(replications: pd.DataFrame) -> pd.DataFrame:
    """Summarise replications: outcome, mean, low and high of the interval, band_low, band_high, n (finite values)."""
    rows = []
    for name in replications.columns.drop("seed"):
        values = replications[name].to_numpy(float)
        values = values[np.isfinite(values)]
        band = np.quantile(values, [0.1, 0.9]) if len(values) else [np.nan, np.nan]
        rows.append((name, *interval(values), *band, len(values)))
    return pd.DataFrame(rows, columns=["outcome", "mean", "low", "high", "band_low", "band_high", "n"])


def _outcomes(scenario: Scenario, seed: int, names: list[str]) -> dict[str, float]:
    return named.compute(simulate(scenario, seed), names)


@contextmanager
def _workers(executor: Executor | None, runs: int) -> Iterator[Executor]:
    """Use the caller's executor, or processes that are started afresh, one thread each, one per core."""
    if executor is not None:
        yield executor
        return
    workers = min(os.cpu_count() or 1, runs)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool
