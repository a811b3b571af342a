"""Worlds of what is uncertain: the posterior that comes with the package, draws from it, and scenarios in them.

`market.studies.calibrate` made the posterior; a row is a world: its weight, and a value per factor of
`market.studies.priors`. A scenario in a world keeps what it says otherwise than the scenario that was calibrated;
factors that scale, or set firms apart, act on what it has. A value that is what the calibrated scenario has counts as
that scenario's, unless it is fixed: no draw moves what a study fixes, as it does what is given with ``--set``, and what
its design changes.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from market.economics import luck
from market.parameters import InputError, plain, shown, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.scenario.vary import check_there, meet, set_paths
from market.studies.points import found_at
from market.studies.priors import PRIORS, rows, set_to


@dataclass(frozen=True)
class Draw:
    """A world of the posterior.

    Attributes
    ----------
    factors : a value by factor.
    fixed : paths that it leaves as a scenario has them, with all below them.
    """

    factors: Mapping[str, Any] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()

    def fixing(self, paths: Iterable[str]) -> Draw:
        """The same, with more paths fixed."""
        return replace(self, fixed=tuple(dict.fromkeys([*self.fixed, *paths])))


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
    worlds = [{"weight": row.pop("weight"), **changed(base, Draw(row))} for row in rows(table())]
    paths = dict.fromkeys(path for world in worlds for path in world if path != "weight")
    data = base.model_dump()
    usual = {path: found_at(data, path)[path] for path in paths}  # what a world leaves as it is
    return pd.DataFrame([{**usual, **world} for world in worlds])[["weight", *paths]]


def drawn(count: int, fixed: Iterable[str] = (), scenarios: Iterable[Scenario] = ()) -> tuple[Draw, ...]:
    """Equally likely worlds of the posterior, by systematic resampling, in an order of luck; () of 0.

    Heavy ones may come more than once, and with more worlds than the posterior has all do: so many say no more.

    Parameters
    ----------
    count : how many.   fixed : paths that they leave as scenarios have them, with all below them.
    scenarios : that will be put into them, in which these paths must lead somewhere.

    Raises
    ------
    InputError
        If `count` is no whole number from 0 on, or a path leads nowhere.
    """
    paths = _checked(fixed, scenarios)
    if whole("worlds", count, 0, 100_000) == 0:
        return ()
    known = table()
    reached = np.cumsum(known["weight"].to_numpy(float))
    places = np.searchsorted(reached, (np.arange(count) + 0.5) / count * reached[-1])
    worlds, order = rows(known.drop(columns="weight")), np.argsort(luck.uniforms(count, "order of worlds"))
    return tuple(Draw(worlds[place], paths) for place in places[order])


def _checked(fixed: Any, scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """Refuse paths that lead nowhere in some scenario."""
    if isinstance(fixed, str) or not isinstance(fixed, Iterable):
        raise InputError(f"fixed: {shown(plain(fixed))} is refused; allowed: a list of paths")
    paths = tuple(fixed)
    for data in (scenario.model_dump() for scenario in scenarios) if paths else ():
        for path in paths:
            check_there(data, path)
    return paths


def in_world(scenario: Scenario, draw: Draw) -> Scenario:
    """A scenario as it is in a world."""
    changes = changed(scenario, draw)
    return scenario.vary(changes) if changes else scenario


def changed(scenario: Scenario, draw: Draw) -> dict[str, Any]:
    """Changes, by path, that put a scenario into a world, without what it says otherwise than was calibrated.

    What is set together stays together: if the world leaves one of it, it leaves all.

    Raises
    ------
    InputError
        If a factor is unknown.
    """
    data, made = scenario.model_dump(), dict[str, Any]()
    for name, value in draw.factors.items():
        if name not in PRIORS:
            raise InputError(f"posterior: {name} is no factor; this version made no such posterior")
        one = PRIORS[name]
        moved = one.moved(value, data)
        left = {
            path
            for where in (one.path, *one.also)
            for path, own in found_at(data, where).items()
            if any(meet(path, fixed) for fixed in draw.fixed) or (one.move is set_to and own not in _calibrated(where))
        }
        moved = {} if one.also and left else {path: new for path, new in moved.items() if path not in left}
        data = set_paths(data, moved)
        made |= moved
    return made


@functools.cache
def _calibrated(path: str) -> list[Any]:
    """What the calibrated scenario has where a path leads."""
    return list(found_at(as_scenario(CALIBRATED).model_dump(), path).values())
