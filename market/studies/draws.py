"""Worlds of what is uncertain: the posterior that comes with the package, draws from it, and scenarios in them.

`market.studies.calibrate` made the posterior; a row is a world: its weight, and a value per factor of
`market.studies.priors`. A scenario in a world keeps what it says otherwise than the scenario that was calibrated;
factors that scale, or set firms apart, act on what it has. A value that is set to what the calibrated scenario has
counts as that scenario's. What a design of a study changes is set after the draw, and is as it says.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from market.economics import luck
from market.parameters import InputError, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.scenario.vary import set_paths
from market.studies.points import found_at
from market.studies.priors import PRIORS, rows, set_to

Draw = Mapping[str, Any]
"""A value by factor."""

CALIBRATED = "baseline"
"""Scenario of the catalogue whose posterior comes with the package."""
POSTERIOR, PROVENANCE = "posterior.csv", "provenance.json"
"""Its files, in the package `market.studies.calibrated`."""


@functools.cache
def table() -> pd.DataFrame:
    """The posterior: a row per world, heaviest first, with its weight and a value per factor; not to be changed."""
    with (resources.files("market.studies.calibrated") / POSTERIOR).open("r", encoding="utf-8") as text:
        return pd.read_csv(text)


def provenance() -> dict[str, Any]:
    """What the posterior was made by: command, evidence, sizes, version."""
    known: dict[str, Any] = json.loads(
        (resources.files("market.studies.calibrated") / PROVENANCE).read_text(encoding="utf-8")
    )
    return known


def posterior() -> pd.DataFrame:
    """Worlds that agree with the evidence, weighted.

    Returns
    -------
    DataFrame
        A row per world: weight, and a column per parameter that it sets, by path, so that
        ``market.load("baseline").vary(dict(row.drop("weight")))`` is that world.
    """
    base = as_scenario(CALIBRATED)
    worlds = [{"weight": row.pop("weight"), **changed(base, row)} for row in rows(table())]
    paths = dict.fromkeys(path for world in worlds for path in world if path != "weight")
    data = base.model_dump()
    usual = {path: found_at(data, path)[path] for path in paths}  # what a world leaves as it is
    return pd.DataFrame([{**usual, **world} for world in worlds])[["weight", *paths]]


def drawn(count: int) -> tuple[Draw, ...]:
    """Equally likely worlds of the posterior, by systematic resampling, in an order of luck; () of 0.

    Heavy ones may come more than once, and with more worlds than the posterior has all do: so many say no more.

    Raises
    ------
    InputError
        If `count` is no whole number from 0 on.
    """
    if whole("worlds", count, 0, 100_000) == 0:
        return ()
    known = table()
    reached = np.cumsum(known["weight"].to_numpy(float))
    places = np.searchsorted(reached, (np.arange(count) + 0.5) / count * reached[-1])
    worlds, order = rows(known.drop(columns="weight")), np.argsort(luck.uniforms(count, "order of worlds"))
    return tuple(worlds[place] for place in places[order])


def in_world(scenario: Scenario, draw: Draw) -> Scenario:
    """A scenario as it is in a world."""
    changes = changed(scenario, draw)
    return scenario.vary(changes) if changes else scenario


def changed(scenario: Scenario, draw: Draw) -> dict[str, Any]:
    """Changes, by path, that put a scenario into a world, without what it says otherwise than was calibrated.

    Raises
    ------
    InputError
        If a factor is unknown.
    """
    data, made = scenario.model_dump(), dict[str, Any]()
    for name, value in draw.items():
        if name not in PRIORS:
            raise InputError(f"posterior: {name} is no factor; this version made no such posterior")
        one = PRIORS[name]
        moved = one.moved(value, data)
        if one.move is set_to:
            usual = {
                path: value in _calibrated(where)
                for where in (one.path, *one.also)
                for path, value in found_at(data, where).items()
            }
            whole_or_none = one.also and not all(usual.values())  # what is set together stays together
            moved = {path: new for path, new in moved.items() if usual[path] and not whole_or_none}
        data = set_paths(data, moved)
        made |= moved
    return made


@functools.cache
def _calibrated(path: str) -> list[Any]:
    """What the calibrated scenario has where a path leads."""
    return list(found_at(as_scenario(CALIBRATED).model_dump(), path).values())
