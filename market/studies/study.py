"""A study as text: factors on a command line, or a study file in TOML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market.parameters import InputError, shown, unknown
from market.scenario import toml
from market.scenario.load import load
from market.scenario.schema import Scenario
from market.studies import design as designs
from market.studies.design import SCENARIO, Design, Levels, Range

KEYS = ("scenario", "set", "factors", "list", "design", "points", "replications", "outcomes")
MARKS = ("factors", "list")
"""Keys that tell a study file from a scenario file."""

REPLICATIONS = 8

RANGE_LIKE = re.compile(r"\s*[-+.0-9][^,\"'\[\]{}:]*(:[^,\"'\[\]{}]*)+")
"""What can only be a range: a number, a colon, and no list, text or table."""


@dataclass(frozen=True)
class Study:
    """A sweep to be done: base scenario, design, number of seeds, and outcomes (None: the usual ones)."""

    scenario: Scenario
    design: Design
    replications: int
    outcomes: list[str] | None


def is_study(source: str) -> bool:
    """Say whether a word on the command line is a study file, and no scenario."""
    if not toml.is_file_name(source):
        return False
    try:
        return any(mark in toml.read(source) for mark in MARKS)
    except InputError:
        return False


def read(path: str | Path, changes: Mapping[str, Any] | None = None) -> Study:
    """Read a study file, whose keys are `KEYS`.

    Parameters
    ----------
    changes : paths set after those of the file, in every scenario of the study.

    Raises
    ------
    InputError
        In one line, for the first thing that is wrong.
    """
    path = Path(path)
    data = toml.read(path)
    for key in data:
        if key not in KEYS:
            raise InputError(f"{path}: {unknown('key', key, KEYS)}")
    kinds: dict[str, tuple[type, str]] = {
        "scenario": (str, "a name in quotes"), "set": (dict, "a table"), "factors": (dict, "a table"),
        "list": (list, "a list of tables"), "design": (str, "a name in quotes"), "points": (int, "a whole number"),
        "replications": (int, "a whole number"), "outcomes": (list, "a list of names"),
    }  # fmt: skip
    for key, value in data.items():
        if not isinstance(value, kinds[key][0]) or isinstance(value, bool):
            raise InputError(f"{path}: {key} must be {kinds[key][1]}")
    for outcome in data.get("outcomes", []):
        if not isinstance(outcome, str):
            raise InputError(f"{path}: outcomes: {shown(outcome)} is refused; allowed: names in quotes")
    if "factors" in data and "list" in data:
        raise InputError(f"{path}: has both factors and list; one of them is the design")
    changes = {**data.get("set", {}), **(changes or {})}
    scenario = changed(_beside(path, data.get("scenario", "baseline")), changes)
    if "list" in data:
        design = designs.listed([_point(path, point, changes) for point in data["list"]])
    else:
        levels = {factor: _levels(path, factor, value) for factor, value in data["factors"].items()}
        design = make_design(scenario, levels, data.get("design", "grid"), data.get("points"), changes, path)
    return Study(scenario, design, data.get("replications", REPLICATIONS), data.get("outcomes"))


def make_design(
    scenario: Scenario,
    factors: Mapping[str, Levels],
    kind: str,
    points: int | None,
    changes: Mapping[str, Any],
    file: Path | None = None,
) -> Design:
    """Make a design; whole scenarios among its values get the same changes as the base.

    Raises
    ------
    InputError
        As `market.studies.design.build`; or if a scenario is unknown.
    """
    ready = dict(factors)
    if SCENARIO in ready:
        worlds = ready[SCENARIO]
        if isinstance(worlds, Range):
            raise InputError(f"{SCENARIO}: takes names of scenarios and files, no range")
        ready[SCENARIO] = [changed(_beside(file, name), changes) for name in worlds]
    return designs.build(scenario, ready, kind, points)


def factor(text: str) -> tuple[str, Levels]:
    """Read PATH=V1,V2…, the values as TOML or bare words; or PATH=LOW:HIGH, LOW:HIGH:COUNT, with :log at the end.

    Raises
    ------
    InputError
        If it is not of this form.
    """
    path, equals, values = text.partition("=")
    path, values = path.strip(), values.strip()
    if not (path and equals and values):
        raise InputError(f"--factor {text}: is not of the form PATH=V1,V2, such as labs.*.training.growth=1.5,2.5,4")
    if path != SCENARIO and RANGE_LIKE.fullmatch(values):
        return path, _range(text, values)
    try:
        data = toml.parse(f"values = [{values}]", text)
    except InputError:
        return path, [toml.value(word.strip()) for word in values.split(",")]
    return path, data["values"] if data.keys() == {"values"} else [values]


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Apply changes to a scenario, if there are any."""
    return scenario.vary(changes) if changes else scenario


def _range(text: str, values: str) -> Levels:
    """Read LOW:HIGH[:COUNT][:log]."""
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
        raise InputError(f"--factor {text}: is no range LOW:HIGH or LOW:HIGH:COUNT, with :log at the end") from None


def _number(text: str) -> float:
    """Read a number, a whole one as such."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def _levels(file: Path, name: str, value: Any) -> Levels:
    """Read one factor of a file: a list of values, or a table with low, high, and perhaps count and log."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and {"low", "high"} <= set(value) <= {"low", "high", "count", "log"}:
        log = value.get("log", False)
        if isinstance(log, bool):
            return Range(value["low"], value["high"], log, count=value.get("count"))
    raise InputError(f"{file}: factors.{name}: needs a list of values, or a table such as {{low = 1, high = 4}}")


def _point(file: Path, point: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(point, dict):
        raise InputError(f"{file}: list must be a list of tables, each with values by path")
    if SCENARIO in point:
        return {**point, SCENARIO: changed(_beside(file, point[SCENARIO]), changes)}
    return point


def _beside(file: Path | None, source: Any) -> Scenario:
    """Load a scenario; the path of a file is seen from the study file."""
    if file is not None and isinstance(source, str) and toml.is_file_name(source):
        source = file.parent / source
    return load(source)
