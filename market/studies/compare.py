"""Two scenarios under the same luck: what changes from one to the other, seed by seed, and over worlds if asked."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
import pandas as pd

from market.measures.outcomes import PART, SHARE, unit_of
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.apart import by_parameters, by_world, several, worlds_of
from market.studies.draws import drawn
from market.studies.engine import Engine, Progress, engine
from market.studies.intervals import independent, interval
from market.studies.reading import Outcomes, asked
from market.studies.worlds import checked_seeds, scenarios

COLUMNS = (
    "outcome", "a", "b", "difference", "low", "high", "low_independent", "high_independent", "ratio", "n",
    "left_out", "parameters",
)  # fmt: skip


def compare(
    a: Scenario | str,
    b: Scenario | str,
    seeds: Iterable[int] = range(16),
    outcomes: Outcomes | None = None,
    *,
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep: str | Path | None = None,
    worlds: int = 0,
    fixed: Iterable[str] = (),
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run two scenarios under the same seeds and say what differs.

    Parameters
    ----------
    a, b : scenarios, or their names.
    seeds : at least two, all different; with `worlds`, several for each tell luck from parameters.
    outcomes, executor, workers, cluster, progress : as in `market.sweep`.
    keep : folder that keeps results as they come; the same call goes on where an earlier one ended.
    worlds : if not 0, seed s is run in world s, by turns, of so many of the posterior (`market.posterior`), so that
        intervals are over worlds, and carry luck and parameters together.
    fixed : paths that no world moves, as ``["labs.*.research"]``: they stay as the scenarios have them.

    Returns
    -------
    DataFrame
        As `differences`.

    Raises
    ------
    InputError
        If a scenario, an outcome or a path is unknown, there are fewer than two seeds, or one world, or every run
        fails.
    """
    a, b = as_scenario(a), as_scenario(b)
    draws = drawn(several(worlds), fixed, (a, b))
    with engine(executor, workers, cluster=cluster, keep=keep, retry_failed=True, draws=draws) as running:
        return differences(paired(running, a, b, seeds, outcomes, progress), worlds)


def paired(
    running: Engine,
    a: Scenario | str,
    b: Scenario | str,
    seeds: Iterable[int] = range(16),
    outcomes: Outcomes | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run two scenarios under the same seeds.

    Parameters
    ----------
    running : runs them.   a, b, seeds, outcomes, progress : as in `compare`.

    Returns
    -------
    DataFrame
        World ("a" or "b"), seed, status, error, and a column per outcome (NaN where the run failed).
    """
    worlds = scenarios([as_scenario(world) for world in (a, b)], checked_seeds(seeds, least=2))
    runs = running.outcomes(worlds, asked(outcomes), progress)
    return runs.assign(point=runs["point"].map({0: "a", 1: "b"})).rename(columns={"point": "world"})


def differences(runs: pd.DataFrame, worlds: int = 0) -> pd.DataFrame:
    """Summarise paired runs by outcome; a seed counts where both scenarios have a number.

    Parameters
    ----------
    runs : as `paired` gives them.
    worlds : in so many of which they were run; means and intervals are of the means of each. 0 if of seeds.

    Returns
    -------
    DataFrame
        Outcome; its means in a and b; difference (b − a) with the paired 95% interval low, high; low_independent,
        high_independent, what independent seeds would give; ratio, how many times wider that is; n, pairs of runs;
        left_out, those without a number in one scenario or both; parameters, the part of the variance in rank of the
        difference that lies between worlds, NaN unless some have several pairs. Money in $.
    """
    rows = []
    for name in runs.columns.drop(["world", "seed", "status", "error"]):
        pairs = runs.pivot_table(index="seed", columns="world", values=name, aggfunc="first", dropna=False)
        pairs = pairs.reindex(columns=["a", "b"]).astype(float)
        both = pairs[np.isfinite(pairs.to_numpy()).all(axis=1)]
        each = by_world(both, worlds)
        change, *limits = interval(each["b"] - each["a"])
        wide = independent(each["a"], each["b"]) if len(each) > 1 else (change, np.nan, np.nan)
        ratio = (wide[2] - wide[1]) / (limits[1] - limits[0]) if limits[1] > limits[0] else np.nan
        if unit_of(name) in (SHARE, PART):  # two shares differ by no more than 1
            limits, wide = np.clip(limits, -1.0, 1.0).tolist(), np.clip(wide, -1.0, 1.0).tolist()
        means = (each["a"].mean(), each["b"].mean()) if len(each) else (np.nan, np.nan)
        moved = (both["b"] - both["a"]).to_numpy()
        part = by_parameters(moved, worlds_of(both.index, worlds)) if worlds else np.nan
        rows.append((name, *means, change, *limits, *wide[1:], ratio, len(both), len(pairs) - len(both), part))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def relative(differences: pd.DataFrame, runs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Differences as parts of the larger of both means, in absolute size, so that different units stand side by side.

    Parameters
    ----------
    differences : as `differences` gives them.   runs : as `paired` gives them.

    Returns
    -------
    (DataFrame, DataFrame)
        Outcome, a, b, difference, low and high as they are, and change, change_low and change_high, the parts; then
        outcome, seed and change of every pair of runs. Outcomes without a number or that are 0 in both are left out.
    """
    scale = differences[["a", "b"]].abs().max(axis=1)
    kept = differences[scale > 0].assign(scale=scale[scale > 0])
    parts = kept[["difference", "low", "high"]].div(kept["scale"], axis=0)
    table = kept[["outcome", "a", "b", "difference", "low", "high"]].assign(
        change=parts["difference"], change_low=parts["low"], change_high=parts["high"]
    )
    wide = runs.pivot_table(index="seed", columns="world", values=list(kept["outcome"]), aggfunc="first", dropna=False)
    rows = []
    for outcome, size in zip(kept["outcome"], kept["scale"], strict=True):
        pairs = (wide[(outcome, "b")].astype(float) - wide[(outcome, "a")].astype(float)) / size
        rows += [(outcome, int(seed), change) for seed, change in pairs.dropna().items()]
    return table.reset_index(drop=True), pd.DataFrame(rows, columns=["outcome", "seed", "change"])
