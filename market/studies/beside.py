"""Runs beside a run: the same scenario under other seeds, and another world under the same ones."""

from __future__ import annotations

from concurrent.futures import Executor

import pandas as pd

from market.measures.summary import figures
from market.run import LAST_SEED
from market.scenario.schema import Scenario
from market.studies.engine import Progress, engine
from market.studies.worlds import scenarios
from market.tables import Run
from market.tables.beside import AS_IT_IS, SEEDS, SEEDS_COMPANIES

Tables = dict[str, pd.DataFrame]


def flipped(scenario: Scenario) -> Scenario | None:
    """The other world that a scenario names; None if it is none.

    Raises
    ------
    InputError
        If what the flip changes is not there.
    """
    change = dict(scenario.flip.change)
    if not change or (not scenario.open_providers and all(path.endswith(".open_access") for path in change)):
        return None
    other = scenario.vary(change)
    return None if other == scenario else other


def beside(run: Run, others: int, executor: Executor | None = None, progress: Progress | None = None) -> Tables:
    """Run a scenario under its seed and `others` more, and its flip under the same: `SEEDS` and `SEEDS_COMPANIES`.

    Parameters
    ----------
    run : a run of the scenario.   others : seeds beside its own, those that follow it.
    executor : where the runs go; by default one process per core.
    progress : called as ``progress(done, total)`` after each run.

    Raises
    ------
    InputError
        If a run fails; the line names it.
    """
    seeds = [(run.seed + further) % (LAST_SEED + 1) for further in range(others + 1)]
    other = flipped(run.scenario)
    worlds = {AS_IT_IS: run.scenario} | ({} if other is None else {run.scenario.flip.said: other})
    unmeasured = [
        world.vary({"record_responses": 0}) for world in worlds.values()
    ]  # which takes time; nothing reads it
    with engine(executor) as running:
        read = running.tables(scenarios(unmeasured, seeds), _both, progress)
    names = dict(enumerate(worlds))
    return {
        schema.name: read[schema.name].assign(world=read[schema.name]["point"].map(names))[schema.names]
        for schema in (SEEDS, SEEDS_COMPANIES)
    }


def _both(run: Run) -> Tables:
    """What is read off each run."""
    return {SEEDS.name: pd.DataFrame([figures(run)]), SEEDS_COMPANIES.name: run.companies.copy()}
