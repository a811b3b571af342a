"""What a study is: all that its results depend on, its fingerprint, and what sets two of them apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from market.families import Registered, own, registered, registered_in
from market.measures.outcomes import OUTCOMES
from market.saving.manifest import versions
from market.scenario.schema import Scenario
from market.scenario.vary import values_set
from market.studies.canonical import canonical, digest, fingerprint
from market.studies.code import code_version
from market.studies.content import content
from market.studies.reading import Asked, Reading, described
from market.studies.worlds import World, Worlds
from market.tables.run import own_tables

Identity = Mapping[str, Any]
"""What a study is, as JSON: results of different identities are never mixed."""


class Keys:
    """Keys under which results are kept: what a world is, what is read off it, and the code that does both.

    Parameters
    ----------
    worlds : all that are to be run.   reading : what is read off each.

    Attributes
    ----------
    reading, code, versions : what is read, and by what, as JSON.
    rules : contents of the rules that are not of this package, as `own_rules` gives them.
    """

    def __init__(self, worlds: Worlds, reading: Reading) -> None:
        self.reading, self.code, self.versions = described(reading), code_version(), versions()
        free = not (isinstance(reading, Asked) and all(isinstance(one, str) for one in reading.outcomes.values()))
        parts = own_parts() if free else {}
        study = fingerprint({"reading": self.reading, "code": self.code, "versions": self.versions, "parts": parts})
        used: set[type[Registered]] = set()
        self._seeds, self._points, self._draws = worlds.seeds, [], {}
        for seed in worlds.seeds:
            draw = worlds.draw(seed)
            if draw is not None:
                self._draws[seed] = canonical(vars(draw))
        for point, setting in enumerate(worlds.settings()):
            # A function may simulate other worlds, by any rule, and use any outcome or table; named outcomes do not.
            met = set(registered()) if free else set(rules(setting))
            what = {"study": study, "scenario": canonical(setting), "rules": own_rules(met)}
            if worlds.draws:  # which leave what a point sets, also if that is what the scenario has
                what["set"] = sorted(values_set(worlds.design.split(worlds.scenario, point)[1]))
            self._points.append(digest(what))
            used |= met
        self.rules = own_rules(used)

    def __iter__(self) -> Iterator[str]:
        return (self._key(point, seed) for seed in self._seeds for point in range(len(self._points)))

    def of(self, world: World) -> str:
        """Key of a world's result."""
        return self._key(world.point, world.seed)

    def _key(self, point: int, seed: int) -> str:
        return digest([self._points[point], seed, *([self._draws[seed]] if seed in self._draws else [])])[:32]


def rules(scenario: Scenario) -> Iterator[type[Registered]]:
    """Rules and kinds of intervention that a scenario uses, rules that interventions put in place as well."""
    return map(type, registered_in(scenario))


def own_parts() -> dict[str, str]:
    """Contents of the outcomes and derived tables that are not of this package: any function may use them by name."""
    outcomes = own(one.reading for one in OUTCOMES.values())
    parts = {f"outcomes.{name}": content(one.reading) for name, one in OUTCOMES.items() if one.reading in outcomes}
    return parts | {f"tables.{name}": content(one.make) for name, one in own_tables().items()}


def own_rules(used: Iterable[type[Registered]]) -> dict[str, list[str]]:
    """Contents of those that are not of this package, by family and name: its own are in the code's version."""
    known: dict[str, set[str]] = {}
    for one in own(used):
        name = f"{one.family}.{one.model_fields[one.word].default}"
        known.setdefault(name, set()).add(content(one))  # two where a scenario holds one from before it was edited
    return {name: sorted(contents) for name, contents in sorted(known.items())}


def difference(there: Any, now: Any) -> str:
    """Say the first things in which two identities differ, at most three."""
    return "; ".join(islice(_differences(there, now), 3))


def _differences(there: Any, now: Any, path: str = "") -> Iterator[str]:
    if isinstance(there, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys([*there, *now]):
            yield from _differences(there.get(key), now.get(key), f"{path}.{key}" if path else str(key))
    elif there != now:
        yield f"{path} is {_brief(there)} there, {_brief(now)} now"


def _brief(value: Any) -> str:
    """A value in few characters."""
    text = "absent" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"
