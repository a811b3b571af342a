"""A study as text: factors on a command line, or a study file in TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market.parameters import InputError, unknown
from market.scenario.load import load
from market.scenario.schema import Scenario
from market.studies import design as designs
from market.studies.design import SCENARIO, Design, Levels, Range

KEYS = ("scenario", "set", "factors", "list", "design", "points", "replications", "outcomes")
MARKS = ("factors", "list")
"""Keys that tell a study file from a scenario file."""

REPLICATIONS = 8


@dataclass(frozen=True)
class Study:
    """A sweep to be done: base scenario, design, number of seeds, and outcomes (None: the usual ones)."""

    scenario: Scenario
    design: Design
    replications: int
    outcomes: list[str] | None


def is_study(source: str) -> bool:
    """Say whether a word on the command line is a study file, and no scenario."""
    if not source.endswith(".toml") or not Path(source).is_file():
        return False
    try:
        return any(mark in tomllib.loads(Path(source).read_text(encoding="utf-8")) for mark in MARKS)
    except (OSError, ValueError):
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
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({' '.join(str(error).split())})") from None
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
    worlds = ready.get(SCENARIO, [])
    if worlds and not isinstance(worlds, Range):
        ready[SCENARIO] = [changed(_beside(file, str(name)), changes) for name in worlds]
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
    try:
        return path, tomllib.loads(f"values = [{values}]")["values"]
    except tomllib.TOMLDecodeError:
        return path, _range(text, values) if ":" in values and "{" not in values else _words(values)


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Apply changes to a scenario, if there are any."""
    return scenario.vary(changes) if changes else scenario


def _words(values: str) -> list[Any]:
    """Read values one by one; what is not TOML is text."""
    found: list[Any] = []
    for word in (part.strip() for part in values.split(",")):
        try:
            found.append(tomllib.loads(f"value = {word}")["value"])
        except tomllib.TOMLDecodeError:
            found.append(word)
    return found


def _range(text: str, values: str) -> Levels:
    """Read LOW:HIGH[:COUNT][:log]."""
    parts = values.split(":")
    log = parts[-1].strip() == "log"
    try:
        low, high, *count = (float(part) for part in (parts[:-1] if log else parts))
        if len(count) > 1 or (count and count[0] != int(count[0])):
            raise ValueError
    except (ValueError, OverflowError):
        raise InputError(f"--factor {text}: is no range LOW:HIGH or LOW:HIGH:COUNT, with :log at the end") from None
    return _spaced(Range(low, high, log), int(count[0]) if count else None)


def _spaced(span: Range, count: int | None) -> Levels:
    return span if count is None else span.spaced(count)


def _levels(file: Path, name: str, value: Any) -> Levels:
    """Read one factor of a file: a list of values, or a table with low, high, and perhaps count and log."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and {"low", "high"} <= set(value) <= {"low", "high", "count", "log"}:
        count = value.get("count")
        if count is None or (isinstance(count, int) and not isinstance(count, bool)):
            return _spaced(Range(value["low"], value["high"], value.get("log") is True), count)
    raise InputError(f"{file}: factors.{name}: needs a list of values, or a table such as {{low = 1, high = 4}}")


def _point(file: Path, point: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(point, dict):
        raise InputError(f"{file}: list must be a list of tables, each with values by path")
    if SCENARIO in point:
        return {**point, SCENARIO: changed(_beside(file, str(point[SCENARIO])), changes)}
    return point


def _beside(file: Path | None, source: str) -> Scenario:
    """Load a scenario; the path of a file is seen from the study file."""
    return load(file.parent / source if file is not None and source.endswith(".toml") else source)
