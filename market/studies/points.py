"""Design points: tables of changes to a scenario, and the paths that they change."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from market.parameters import InputError, plain, shown
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.levels import label

SCENARIO = "scenario"
"""The factor whose values are whole scenarios; every other factor is a path, as in `Scenario.vary`."""


@dataclass(frozen=True)
class Design:
    """Design points in the order in which they are run.

    Attributes
    ----------
    kind : one of `market.studies.design.KINDS`, or "list".
    points : each a table of changes by factor; a factor that is left out stays as the scenario has it.
    """

    kind: str
    points: tuple[Mapping[str, Any], ...]

    def __post_init__(self) -> None:
        known: dict[Any, Scenario] = {}
        ready = []
        for point in self.points:
            if not isinstance(point, Mapping):
                raise InputError(f"list: {shown(plain(point))} is no design point; allowed: a table of values by path")
            changes = plain(dict(point))
            source = changes.get(SCENARIO)
            if SCENARIO in changes and not isinstance(source, Scenario):
                if not isinstance(source, str | os.PathLike):
                    raise InputError(f"scenario: {shown(source)} is refused; allowed: a scenario, a name or a path")
                if source not in known:
                    known[source] = as_scenario(source)
                changes[SCENARIO] = known[source]
            ready.append(changes)
        object.__setattr__(self, "points", tuple(ready))

    @property
    def factors(self) -> list[str]:
        """Names of all factors, in order of first use."""
        return list(dict.fromkeys(itertools.chain.from_iterable(self.points)))

    def table(self, scenario: Scenario) -> pd.DataFrame:
        """Lay out the points: point (its number) and a column per factor; values that are no numbers as text."""
        columns: dict[str, Any] = {"point": range(len(self.points))}
        data = scenario.model_dump()
        for factor in self.factors:
            if factor == SCENARIO:
                columns[factor] = pd.array(self.worlds(scenario), dtype="str")
                continue
            values = values_at(data, factor)
            own = values[0] if values and all(value == values[0] for value in values) else "as it is"
            levels = [point.get(factor, own) for point in self.points]
            numbers = all(isinstance(level, int | float) and not isinstance(level, bool) for level in levels)
            columns[factor] = levels if numbers else pd.array([label(level) for level in levels], dtype="str")
        return pd.DataFrame(columns)

    def worlds(self, scenario: Scenario) -> list[str]:
        """Name the scenario that each point starts from; different ones of one name are numbered from 2 on."""
        names: dict[str, str] = {}
        met: dict[int, str] = {}
        for world in (point.get(SCENARIO, scenario) for point in self.points):
            if id(world) not in met:
                numbered = (f"{world.name} ({number})" for number in itertools.count(2))
                free = (name for name in itertools.chain([world.name], numbered) if name not in names.values())
                what = world.model_dump_json()
                met[id(world)] = names[what] if what in names else names.setdefault(what, next(free))
        return [met[id(point.get(SCENARIO, scenario))] for point in self.points]

    def split(self, scenario: Scenario, point: int) -> tuple[Scenario, dict[str, Any]]:
        """Return the scenario that a point starts from and the paths that it changes."""
        changes = dict(self.points[point])
        return changes.pop(SCENARIO, scenario), changes


def values_at(data: Any, path: str) -> list[Any]:
    """Values that a path stands for in a scenario's table, ``*`` meaning every name; none where it leads nowhere."""
    return list(found_at(data, path).values())


def found_at(data: Any, path: str) -> dict[str, Any]:
    """The same by path, with every name written out."""
    check_path(path)
    found: dict[str, Any] = {"": data}
    for part in path.split("."):
        tables = [(at, table) for at, table in found.items() if isinstance(table, Mapping)]
        found = {
            f"{at}.{name}".lstrip("."): table[name]
            for at, table in tables
            for name in (table if part == "*" else [part])
            if name in table
        }
    return found


def is_whole(scenario: Scenario, path: str) -> bool:
    """Say whether a path takes whole numbers only, by the values it has."""
    values = values_at(scenario.model_dump(), path)
    return bool(values) and all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def check_path(path: Any) -> None:
    """Refuse a path that is no text."""
    if not isinstance(path, str):
        raise InputError(f"{shown(plain(path))}: is no path; paths are text such as 'labs.*.training.growth'")
