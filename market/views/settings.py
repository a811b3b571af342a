"""Parameters of a built scenario with their values; one that all firms or segments share stands once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from market.declarations import Declaration, settings
from market.parameters import InputError, unknown
from market.scenario.schema import Scenario

UNTOLD = ("name", "description")
"""What a page says elsewhere."""

TABLES = ("labs", "open_providers", "segments")
"""Tables of a scenario whose entries have the same parameters."""


class Setting(NamedTuple):
    """A parameter of a scenario, and the value that it has there."""

    declared: Declaration
    value: Any


def differing(scenario: Scenario) -> list[Setting]:
    """Parameters that have another value than the declared default."""
    return [one for one in collapsed(scenario) if not one.declared.required and one.value != one.declared.default]


def required(scenario: Scenario) -> list[Setting]:
    """Parameters without a default, which every scenario must say."""
    return [one for one in collapsed(scenario) if one.declared.required]


def below(scenario: Scenario, path: str) -> list[Setting]:
    """Parameters at a path or below it, where ``*`` and a name of a firm or segment stand for one another.

    Raises
    ------
    InputError
        If there is none; the line gives the nearest name.
    """
    asked, known = path.split("."), collapsed(scenario)
    rows = [one for one in known if _within(one.declared.path.split("."), asked)]
    if not rows:
        paths = [one.declared.path.split(".") for one in known]
        blocks = {".".join(parts[:length]) for parts in paths for length in range(1, len(parts) + 1)}
        raise InputError(unknown("path", path, blocks))
    return rows


def _within(parts: list[str], asked: list[str]) -> bool:
    pairs = zip(parts, asked, strict=False)
    same = all(a == b or (place == 1 and "*" in (a, b)) for place, (a, b) in enumerate(pairs))
    return same and len(parts) >= len(asked)


def collapsed(scenario: Scenario) -> list[Setting]:
    """All parameters; one that is the same in all entries of a table stands once, with ``*`` for their names."""
    groups: dict[str, list[Setting]] = {}
    for declared, value in settings(scenario):
        if declared.path not in UNTOLD:
            groups.setdefault(_starred(declared.path), []).append(Setting(declared, value))
    return [one for star, group in groups.items() for one in _together(star, group, scenario)]


def changes(base: Scenario, scenario: Scenario) -> dict[str, Any]:
    """Values by path that `vary` would need to make one scenario of another, as far as it can."""
    before = {one.declared.path: one.value for one in collapsed(base)}
    return {
        one.declared.path: one.value
        for one in collapsed(scenario)
        if one.declared.path not in before or before[one.declared.path] != one.value
    }


def _together(star: str, group: list[Setting], scenario: Scenario) -> Iterator[Setting]:
    """One setting for a group in which all entries of a table agree, else all of them."""
    table, _, _ = star.partition(".")
    if (
        "*" in star
        and len(group) == len(getattr(scenario, table))
        and all(one.value == group[0].value for one in group)
    ):
        yield Setting(replace(group[0].declared, path=star), group[0].value)
    else:
        yield from group


def _starred(path: str) -> str:
    table, _, rest = path.partition(".")
    return f"{table}.*.{rest.partition('.')[2]}" if table in TABLES else path
