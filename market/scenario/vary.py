"""Change a complete table by dotted paths: ``labs.*.training.growth``, ``*`` meaning every name of the table."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from market.economics.technology import Updates
from market.families import Rule
from market.parameters import InputError, Parameters, shown, unknown

OPTIONAL: Mapping[str, type[Parameters]] = {"updates": Updates}
"""Tables that are off unless given; `true` or {} switches one on as it is by default, `false` off again."""

WHOLE = frozenset({"tiers", "firm_taste", "supply"})
"""Tables whose names are the user's own, or whose parts belong together: setting one replaces all of it."""


def set_paths(data: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a complete table with paths set.

    Shorter paths apply first; of equally long ones rules before their parameters, and `*` before names. Setting a rule,
    as ``{"rule": …}`` at its table or as a word at its ``rule``, resets the rest of its block to the rule's defaults.
    A table of tiers, of tastes for firms or of supply is replaced whole, any other is merged into what is there;
    `false` switches updates off.

    Raises
    ------
    InputError
        If a path does not exist; the line gives the nearest name.
    """
    data = copy.deepcopy(data)
    for path in sorted(changes, key=precedence):
        _set(data, path, path.split("."), changes[path])
    return data


def precedence(path: str) -> tuple[int, bool, int]:
    """Where a path stands in the order in which changes apply."""
    if not isinstance(path, str):
        raise InputError(f"{shown(path)}: is no path; paths are text such as 'labs.*.training.growth'")
    return path.count("."), not path.endswith(".rule"), -path.count("*")


def values_set(changes: Mapping[str, Any]) -> tuple[str, ...]:
    """Paths of the values that changes set: of a table those of what is in it, of what is only switched on none."""
    found: list[str] = []
    for path, value in changes.items():
        name = path.rpartition(".")[2]
        if isinstance(value, Mapping) and name not in WHOLE:
            found += values_set({f"{path}.{key}": inner for key, inner in value.items()})
        elif not (name in OPTIONAL and value is True):
            found.append(path)
    return tuple(found)


def meet(path: str, other: str) -> bool:
    """Whether two paths may stand for the same value, or one for a table that the other is in."""
    return all(one == two or "*" in (one, two) for one, two in zip(path.split("."), other.split("."), strict=False))


def check_there(table: dict[str, Any], path: str) -> None:
    """Refuse a path that leads nowhere in a table.

    Raises
    ------
    InputError
        The line gives the nearest name.
    """
    precedence(path)  # which refuses what is no text
    _held(table, path)


def remove_path(table: dict[str, Any], path: str) -> None:
    """Delete a path from a table in place."""
    for holder, name in _held(table, path):
        del holder[name]


def _held(table: dict[str, Any], path: str) -> list[tuple[dict[str, Any], str]]:
    """What a path stands for: tables, each with a name in it."""
    *above, last = path.split(".")
    holders: list[Any] = [table]
    for part in above:
        holders = [holder[name] for holder in holders for name in _names(holder, part, path)]
    return [(holder, name) for holder in holders for name in _names(holder, last, path)]


def _set(table: Any, path: str, parts: list[str], value: Any) -> None:
    """Set one path below `table`."""
    head, rest = parts[0], parts[1:]
    for name in _names(table, head, path):
        if rest == ["rule"]:
            table[name] = _block(name, {"rule": value})
        elif rest:
            _set(table[name], path, rest, value)
        elif name in OPTIONAL and isinstance(value, bool):
            table[name] = (table[name] or _block(name, {})) if value else None
        elif name in OPTIONAL and value == {}:
            table[name] = table[name] or _block(name, {})
        elif name in WHOLE and value is False:
            table[name] = {}
        elif isinstance(value, Mapping) and name not in WHOLE and ("rule" in value or table[name] is None):
            table[name] = _block(name, value)
        elif isinstance(value, Mapping) and value and isinstance(table[name], dict) and name not in WHOLE:
            for key, inner in value.items():
                _set(table[name], f"{path}.{key}", [key], inner)
        else:
            table[name] = copy.deepcopy(dict(value)) if isinstance(value, Mapping) else value


def _block(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a rule or a block that was off with its defaults, so that paths into it exist."""
    block = OPTIONAL.get(name)
    if name in Rule.families():
        rule = given.get("rule")
        block = Rule.families()[name].registry.get(rule) if isinstance(rule, str) else None
    return {**(block().model_dump() if block else {}), **copy.deepcopy(dict(given))}


def _names(table: Any, part: str, path: str) -> list[str]:
    """Return the names of `table` that one part of a path stands for."""
    if not isinstance(table, dict):
        what = "is off: set it to a table first, such as {}" if table is None else f"is {shown(table)}, not a table"
        raise InputError(f"{path}: '{part}' is not there; what it belongs to {what}")
    if part == "*" and not table:
        raise InputError(f"{path}: '*' stands for nothing: the table is empty")
    if part != "*" and part not in table:
        raise InputError(f"{path}: {unknown('name', part, table)}")
    return list(table) if part == "*" else [part]
