"""What a sweep is: all that its results depend on, its fingerprint, and what sets two of them apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from market.registry import Registered, own, registered_in
from market.scenario.schema import Scenario
from market.studies.content import content
from market.wording import told

Identity = Mapping[str, Any]
"""What a sweep is, as JSON: results of different identities are never mixed."""


def canonical(value: Any) -> Any:
    """Give a value the one form, as JSON, that all equal values have: numbers to their last bit, 2.0 as 2."""
    if isinstance(value, BaseModel):
        return canonical(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {told(key, str): canonical(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(inner) for inner in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, int) and abs(value) >= 2**64:  # JSON would write it in decimals, which Python refuses
        return hex(value)
    return value if value is None or isinstance(value, str | bool | int | float) else told(value, str)


def rules(scenario: Scenario) -> Iterator[type[Registered]]:
    """Rules and kinds of intervention that a scenario uses, rules that interventions put in place as well."""
    return map(type, registered_in(scenario))


def own_rules(used: Iterable[type[Registered]]) -> dict[str, list[str]]:
    """Contents of those that are not of this package, by family and name: its own are in the code's version."""
    found: dict[str, set[str]] = {}
    for one in own(used):
        name = f"{one.family}.{one.model_fields[one.word].default}"
        found.setdefault(name, set()).add(content(one))  # two where a scenario holds one from before it was edited
    return {name: sorted(contents) for name, contents in sorted(found.items())}


def fingerprint(identity: Identity) -> str:
    """Name an identity in 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def difference(there: Any, now: Any, path: str = "") -> str:
    """Say the first things in which two identities differ, at most three."""
    return "; ".join(list(_differences(there, now, path))[:3])


def _differences(there: Any, now: Any, path: str) -> list[str]:
    if isinstance(there, Mapping) and isinstance(now, Mapping):
        found = []
        for key in dict.fromkeys([*there, *now]):
            found += _differences(there.get(key), now.get(key), f"{path}.{key}" if path else str(key))
        return found
    if there == now:
        return []
    return [f"{path} is {_brief(there)} there, {_brief(now)} now"]


def _brief(value: Any) -> str:
    """A value in few characters."""
    text = "absent" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"
