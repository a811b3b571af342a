"""Factors of a sweep as text, as a command line has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from market.parameters import InputError
from market.scenario import toml
from market.scenario.load import load
from market.scenario.schema import Scenario
from market.studies import design as designs
from market.studies.levels import Levels, Range
from market.studies.points import SCENARIO, Design

RANGE_LIKE = re.compile(r"\s*[-+.0-9][^,\"'\[\]{}:]*(:[^,\"'\[\]{}]*)+")
"""What can only be a range: a number, a colon, and no list, text or table."""


def design_of(
    scenario: Scenario, factors: Iterable[str], kind: str, points: int | None, changes: Mapping[str, Any]
) -> Design:
    """Make a design of factors in words; whole scenarios among their values get the same changes as the base.

    Parameters
    ----------
    scenario : the base, changed already.
    factors : as `factor` reads them.
    kind, points : as in `market.studies.design.build`.
    changes : values by path that every scenario gets.

    Raises
    ------
    InputError
        As `factor` and `market.studies.design.build`; or if a factor is given twice, or a scenario is unknown.
    """
    levels: dict[str, Levels] = {}
    for path, values in map(factor, factors):
        if path in levels:
            raise InputError(f"--factor {path}: is given twice; put all its values in one")
        levels[path] = values
    chosen = levels.get(SCENARIO, ())
    if isinstance(chosen, Range):
        raise InputError(f"{SCENARIO}: takes names of scenarios and files, no range")
    if SCENARIO in levels:
        levels[SCENARIO] = [load(name).vary(changes) if changes else load(name) for name in chosen]
    return designs.build(scenario, levels, kind, points)


def factor(
    text: str, option: str = "--factor", example: str = "labs.*.training.growth=1.5,2.5,4"
) -> tuple[str, Levels]:
    """Read PATH=V1,V2…, the values as TOML or bare words; or PATH=LOW:HIGH, LOW:HIGH:COUNT, with :log at the end.

    `option` is the one by which it was given, which begins the line that refuses it, and `example` ends that.
    """
    path, equals, values = text.partition("=")
    path, values = path.strip(), values.strip()
    if not (path and equals and values):
        raise InputError(f"{option} {text}: is not of the form PATH=V1,V2, such as {example}")
    if path != SCENARIO and RANGE_LIKE.fullmatch(values):
        return path, _range(f"{option} {text}", values)
    try:
        data = toml.parse(f"values = [{values}]", text)
    except InputError:
        return path, [toml.value(word.strip()) for word in values.split(",")]
    return path, data["values"] if data.keys() == {"values"} else [values]


def _range(given: str, values: str) -> Levels:
    """Read LOW:HIGH[:COUNT][:log]; what was given begins the line that refuses it."""
    low, high, *rest = (part.strip() for part in values.split(":"))
    log = rest[-1:] == ["log"]
    try:
        counts = [_number(part) for part in (rest[:-1] if log else rest)]
        if len(counts) > 1 or not all(float(count).is_integer() for count in counts):
            raise ValueError
        return Range(_number(low), _number(high), log, count=int(counts[0]) if counts else None)
    except (ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{given}: is no range LOW:HIGH or LOW:HIGH:COUNT, with :log at the end") from None


def _number(text: str) -> float:
    """Read a number, a whole one as such."""
    try:
        return int(text)
    except ValueError:
        return float(text)
