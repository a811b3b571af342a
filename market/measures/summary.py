"""A run in a few figures, those behind what `market run` says."""

from __future__ import annotations

import math
from typing import Any

from market.measures.readings import failures, two_readings
from market.tables import Run
from market.tables.beside import SUMMARY


def summary(run: Run) -> dict[str, Any]:
    """What names a run, who failed when, and the figures of `figures`: `run.summary`."""
    scenario = run.scenario
    named = {"scenario": scenario.name, "seed": run.seed, "start": scenario.start, "months": scenario.months}
    return {**named, "customers": scenario.customers, "failed": failures(run), **figures(run)}


def figures(run: Run) -> dict[str, float]:
    """The figures of `market.tables.beside.SUMMARY` by name; NaN for what is not defined."""
    said = two_readings(run)
    none = {column.name: math.nan for column in SUMMARY} | {"labs": 0.0, "labs_failed": float(len(failures(run)))}
    if said is None:
        return none
    known = {
        "labs": said.firms,
        "labs_compared": said.compared,
        "labs_deeper": said.deeper,
        "first_year": math.nan if said.first is None else said.first,
        "last_year": math.nan if said.last is None else said.last,
        "first_result": said.first_result if said.compared else math.nan,
        "last_result": said.last_result if said.compared else math.nan,
        "lives": said.lives,
        "lives_back": said.back,
        "lives_back_full_rd": said.back_full,
        "lives_without_earnings": said.without_earnings,
        "multiple": said.multiple,
        "multiple_full_rd": said.multiple_full,
        "typical_multiple": said.typical,
        "typical_multiple_full_rd": said.typical_full,
        "complete": said.bounds.complete,
        "so_far": said.bounds.so_far,
        "so_far_full_rd": said.bounds.full_so_far,
        "if_held": said.bounds.if_held,
        "if_held_full_rd": said.bounds.full_if_held,
    }
    return none | {name: float(value) for name, value in known.items()}
