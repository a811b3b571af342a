"""Parameters of a scenario in a page: those that differ from their defaults, or from another scenario's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from market.declarations import Declaration
from market.scenario.schema import Scenario
from market.studies.levels import label
from market.views.listing import shown_default
from market.views.report.blocks import Cell, Heading, Sheet
from market.views.report.sheets import cell, number
from market.views.settings import Setting, collapsed

_ABOUT = (Heading("Unit"), Heading("Meaning"), Heading("Source"))


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
