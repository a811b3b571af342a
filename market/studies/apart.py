"""Luck and parameters told apart: runs in several worlds, several of them under each of several seeds.

Runs in one world are no independent sample of worlds: means and intervals over worlds are of the means of each. What
part of a spread is parameters is an intraclass correlation, by a one-way analysis of variance.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.parameters import InputError, whole
from market.studies.intervals import Interval, student
from market.studies.worlds import MOST_REPLICATIONS

Floats = npt.NDArray[np.float64]
Runs = TypeVar("Runs", pd.Series, pd.DataFrame)


def several(worlds: int) -> int:
    """Accept a number of worlds over which there are to be intervals.

    Raises
    ------
    InputError
        If it is neither 0, for none, nor a whole number from 2 on.
    """
    if whole("worlds", worlds, 0, MOST_REPLICATIONS) == 1:
        raise InputError("worlds: 1 is refused; allowed: 0, for none, or 2 and more")
    return worlds


def worlds_of(seeds: pd.Index, worlds: int) -> npt.NDArray[np.int64]:
    """World in which each of (n,) seeds is run, as `market.studies.worlds.Worlds` has it: by turns."""
    return np.asarray(seeds.to_numpy(np.int64) % worlds)


def by_world(values: Runs, worlds: int) -> Runs:
    """Means over the runs of each world, those that are no numbers left out; the runs themselves if `worlds` is 0.

    Parameters
    ----------
    values : by seed.
    """
    return values.groupby(worlds_of(values.index, worlds)).mean() if worlds else values


def by_parameters(values: Floats, world: npt.NDArray[np.int64]) -> float:
    """Part of the variance in rank that lies between worlds, the rest being luck: an intraclass correlation, 0 to 1.

    Parameters
    ----------
    values : (n,) of runs; those that are no numbers are left out.   world : (n,) of each run.

    Returns
    -------
    float
        NaN unless some worlds have several seeds.
    """
    known = np.isfinite(values)
    ranks = pd.Series(values[known]).rank().groupby(world[known])
    sizes, n = ranks.size(), int(known.sum())
    if len(sizes) < 2 or n <= len(sizes):
        return float("nan")
    within = float((ranks.var(ddof=0) * sizes).sum()) / (n - len(sizes))
    means = ranks.mean()
    middle = float((means * sizes).sum()) / n
    between = float((sizes * (means - middle) ** 2).sum()) / (len(sizes) - 1)
    each = (n - float((sizes**2).sum()) / n) / (len(sizes) - 1)
    parts = max(0.0, (between - within) / each)
    return parts / (parts + within) if parts + within > 0 else float("nan")


def by_luck(values: Floats, world: npt.NDArray[np.int64]) -> Interval:
    """Mean over worlds, and the 95% interval that luck alone leaves it: of other seeds in the same worlds.

    Parameters
    ----------
    values : (n,) of runs; those that are no numbers are left out.   world : (n,) of each run.

    Returns
    -------
    (float, float, float)
        Mean, low and high; NaN limits unless some worlds have several seeds.
    """
    known = np.isfinite(values)
    runs = pd.Series(values[known]).groupby(world[known])
    sizes, freedom = runs.size(), int(known.sum()) - runs.ngroups
    mean = float(runs.mean().mean())
    if freedom < 1:
        return mean, float("nan"), float("nan")
    variance = float((runs.var(ddof=0) * sizes).sum()) / freedom
    reach = student(freedom) * (variance * float((1 / sizes).sum())) ** 0.5 / len(sizes)
    return mean, mean - reach, mean + reach
