"""Change a complete table by dotted paths: ``labs.*.training.growth``, ``*`` meaning every name of the table."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from market.parameters import InputError, unknown


def set_paths(data: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a table with paths set, shorter paths first.

    Setting a rule, as ``{"rule": …}`` at its table or as a word at its ``rule``, resets the rest of its block.

    Raises
    ------
    InputError
        If a path does not exist; the line gives the nearest name.
    """
    data = copy.deepcopy(data)
    for path in sorted(changes, key=lambda p: p.count(".")):
        _set(data, path, path.split("."), changes[path])
    return data


def remove_path(table: dict[str, Any], path: str) -> None:
    """Delete a path from a table in place.

    Raises
    ------
    InputError
        If the path does not exist.
    """
    *above, last = path.split(".")
    holders: list[Any] = [table]
    for part in above:
        holders = [holder[name] for holder in holders for name in _names(holder, part, path)]
    for holder in holders:
        for name in _names(holder, last, path):
            del holder[name]


def _set(table: Any, path: str, parts: list[str], value: Any) -> None:
    """Set one path below `table`."""
    head, rest = parts[0], parts[1:]
    for name in _names(table, head, path):
        if rest == ["rule"]:
            table[name] = {"rule": value}
        elif rest:
            _set(table[name], path, rest, value)
        else:
            table[name] = copy.deepcopy(dict(value)) if isinstance(value, Mapping) else value


def _names(table: Any, part: str, path: str) -> list[str]:
    """Return the names of `table` that one part of a path stands for."""
    if not isinstance(table, dict):
        what = (
            "is off: set it to a table first, such as {}" if table is None else f"is the value {table!r}, not a table"
        )
        raise InputError(f"{path}: '{part}' is not there; what it belongs to {what}")
    if part != "*" and part not in table:
        raise InputError(f"{path}: {unknown('name', part, table)}")
    return list(table) if part == "*" else [part]
