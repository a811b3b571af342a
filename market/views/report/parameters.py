"""Parameters of a scenario in a page: those that differ from their defaults, or from another scenario's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from market.declarations import Declaration, settings
from market.scenario.schema import Scenario
from market.studies.levels import label
from market.views.listing import shown_default
from market.views.report.blocks import Cell, Heading, Sheet
from market.views.report.sheets import cell, number

UNTOLD = ("name", "description")
"""What a page says elsewhere."""

TABLES = ("labs", "open_providers", "segments")
"""Tables of a scenario whose entries have the same parameters."""

_ABOUT = (Heading("Unit"), Heading("Meaning"), Heading("Source"))


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


def collapsed(scenario: Scenario) -> list[Setting]:
    """All parameters; one that is the same in all entries of a table stands once, with ``*`` for their names."""
    groups: dict[str, list[Setting]] = {}
    for declared, value in settings(scenario):
        if declared.path not in UNTOLD:
            groups.setdefault(_starred(declared.path), []).append(Setting(declared, value))
    return [one for star, group in groups.items() for one in _together(star, group, scenario)]


def sheet(caption: str, rows: Iterable[Setting], default: bool = True) -> Sheet:
    """Lay out parameters with value, unit, meaning and source, and with their `default` if they have one."""
    headings = (Heading("Parameter"), Heading("Value"), *([Heading("Default")] if default else ()), *_ABOUT)
    return Sheet(caption, headings, [_row(one, default) for one in rows])


def side_by_side(caption: str, a: Scenario, b: Scenario, names: tuple[str, str]) -> Sheet | None:
    """Lay out the parameters in which two scenarios differ; None if there is none."""
    both = [{one.declared.path: one for one in collapsed(scenario)} for scenario in (a, b)]
    rows = []
    for path in dict.fromkeys([*both[0], *both[1]]):
        pair = [side.get(path) for side in both]
        values = [_value(one.value) if one else Cell("not there") for one in pair]
        known = next(filter(None, pair))
        if values[0] != values[1]:
            rows.append((Cell(path), *values, *_about(known.declared)))
    headings = (Heading("Parameter"), *map(Heading, names), *_ABOUT)
    return Sheet(caption, headings, rows) if rows else None


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


def _row(one: Setting, default: bool) -> tuple[Cell, ...]:
    shown = (Cell(shown_default(one.declared)),) if default else ()
    return (Cell(one.declared.path), _value(one.value), *shown, *_about(one.declared))


def _about(declared: Declaration) -> tuple[Cell, ...]:
    return tuple(map(Cell, (declared.unit, declared.meaning, declared.source)))


def _value(value: Any) -> Cell:
    if isinstance(value, tuple):
        return Cell(f"{len(value)} entries")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return cell(value, number)
    return Cell("–") if value is None else Cell(label(value))
