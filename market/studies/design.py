"""Where a study looks: factors, and design points in an order of which any beginning is an even sample."""

from __future__ import annotations

import itertools
import json
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.parameters import InputError, plain, shown, unknown, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.canonical import canonical
from market.wording import escaped, told

SCENARIO = "scenario"
"""The factor whose values are whole scenarios; every other factor is a path, as in `Scenario.vary`."""

KINDS = ("grid", "list", "one_at_a_time", "latin_hypercube", "sobol")
DIGITS = 6
"""Significant digits of values taken from a range, of the value or of the range's width, whichever is finer."""

MOST_VALUES = 100_000
"""Most values of one range."""

MOST_POINTS = 1_000_000
"""Most design points in all."""

MOST_IN_ORDER = 10_000
"""Most points of a Latin hypercube: to put them in an even order takes time with the square of their number."""


@dataclass(frozen=True)
class Range:
    """Values between two ends, evenly in the value or in its logarithm.

    Attributes
    ----------
    whole : give whole numbers only.
    count : how many values are meant, both ends included; None where a design or a search says.

    Raises
    ------
    InputError
        If the ends are no finite numbers in ascending order, `log` and the low one is not above 0, `whole` and there
        are fewer than two whole numbers, or the count is refused.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False
    count: int | None = None

    def __post_init__(self) -> None:
        low, high = plain(self.low), plain(self.high)
        for end in (low, high):
            if isinstance(end, bool) or not isinstance(end, int | float) or not abs(end) < sys.float_info.max / 2:
                raise InputError(f"range {shown(low)} to {shown(high)}: both ends must be numbers")
        if low >= high:
            raise InputError(f"range {label(low)} to {label(high)}: the second must be above the first")
        if self.log and low <= 0:
            raise InputError(f"range {label(low)} to {label(high)}: on a log scale both ends must be above 0")
        if self.whole:
            low, high = math.ceil(low), math.floor(high)
            if low >= high:
                raise InputError(f"range {self.low:g} to {self.high:g}: holds fewer than two whole numbers")
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        if self.count is not None:
            count = whole(f"range {label(low)} to {label(high)}: the number of values", self.count, 2, MOST_VALUES)
            object.__setattr__(self, "count", count)

    def at(self, share: float) -> float:
        """Value at a share of the way from low (0) to high (1)."""
        value = self._between(self.low, self.high, share)
        if self.whole:
            return min(max(round(value), round(self.low)), round(self.high))
        return min(max(round(value, self._decimals(value)), self.low), self.high)

    def drawn(self, share: float) -> float:
        """Value for a draw that is even over [0, 1): as `at`, but the whole numbers at the ends get their full part."""
        if not self.whole:
            return self.at(share)
        value = self._between(self.low - 0.5, self.high + 0.5, share)
        return min(max(math.floor(value + 0.5), round(self.low)), round(self.high))

    def share(self, value: float) -> float:
        """Where a value lies between low (0) and high (1); the inverse of `at`."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def spaced(self, count: int) -> list[float]:
        """Give `count` different values from low to high, both included; fewer if whole numbers coincide.

        Raises
        ------
        InputError
            If the count is refused, or there are not so many numbers in the range.
        """
        count = whole(f"range {label(self.low)} to {label(self.high)}: the number of values", count, 2, MOST_VALUES)
        values = list(dict.fromkeys(self.at(index / (count - 1)) for index in range(count)))
        if len(values) < count and not self.whole:
            raise InputError(f"range {self.low!r} to {self.high!r}: holds no {count} different values")
        return values

    def _between(self, low: float, high: float, share: float) -> float:
        if self.log:
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return low + share * (high - low)

    def _decimals(self, value: float) -> int:
        """Decimal places that show `DIGITS` digits of the value, and of the step between neighbours."""
        width = self.high - self.low
        if self.log:
            width = min(width, value * math.log(self.high / self.low))
        finest = min(abs(value), width) or width
        return DIGITS - 1 - math.floor(math.log10(finest))


Levels = Sequence[Any] | Range


@dataclass(frozen=True)
class Design:
    """Design points in the order in which they are run.

    Attributes
    ----------
    kind : one of `KINDS`.
    points : each a table of changes by factor; a factor that is left out stays as the scenario has it.
    """

    kind: str
    points: tuple[Mapping[str, Any], ...]

    def __post_init__(self) -> None:
        known: dict[Any, Scenario] = {}
        ready = []
        for point in self.points:
            if not isinstance(point, Mapping):
                raise InputError(f"list: {shown(plain(point))} is no design point; allowed: a table of values by path")
            changes = plain(dict(point))
            source = changes.get(SCENARIO)
            if SCENARIO in changes and not isinstance(source, Scenario):
                if not isinstance(source, str | os.PathLike):
                    raise InputError(f"scenario: {shown(source)} is refused; allowed: a scenario, a name or a path")
                if source not in known:
                    known[source] = as_scenario(source)
                changes[SCENARIO] = known[source]
            ready.append(changes)
        object.__setattr__(self, "points", tuple(ready))

    @property
    def factors(self) -> list[str]:
        """Names of all factors, in order of first use."""
        return list(dict.fromkeys(itertools.chain.from_iterable(self.points)))

    def table(self, scenario: Scenario) -> pd.DataFrame:
        """Lay out the points: point (its number) and a column per factor; values that are no numbers as text."""
        columns: dict[str, Any] = {"point": range(len(self.points))}
        data = scenario.model_dump()
        for factor in self.factors:
            if factor == SCENARIO:
                columns[factor] = pd.array(self.worlds(scenario), dtype="str")
                continue
            found = values_at(data, factor)
            own = found[0] if found and all(value == found[0] for value in found) else "as it is"
            levels = [point.get(factor, own) for point in self.points]
            numbers = all(isinstance(level, int | float) and not isinstance(level, bool) for level in levels)
            columns[factor] = levels if numbers else pd.array([label(level) for level in levels], dtype="str")
        return pd.DataFrame(columns)

    def worlds(self, scenario: Scenario) -> list[str]:
        """Name the scenario that each point starts from; different ones of one name are numbered from 2 on."""
        names: dict[str, str] = {}
        met: dict[int, str] = {}
        for world in (point.get(SCENARIO, scenario) for point in self.points):
            if id(world) not in met:
                numbered = (f"{world.name} ({number})" for number in itertools.count(2))
                free = (name for name in itertools.chain([world.name], numbered) if name not in names.values())
                what = world.model_dump_json()
                met[id(world)] = names[what] if what in names else names.setdefault(what, next(free))
        return [met[id(point.get(SCENARIO, scenario))] for point in self.points]

    def split(self, scenario: Scenario, point: int) -> tuple[Scenario, dict[str, Any]]:
        """Return the scenario that a point starts from and the paths that it changes."""
        changes = dict(self.points[point])
        return changes.pop(SCENARIO, scenario), changes


def build(scenario: Scenario, factors: Mapping[str, Levels], kind: str = "grid", points: int | None = None) -> Design:
    """Make a design of any kind but a list; ranges of whole-number parameters give whole numbers.

    Parameters
    ----------
    factors : values or a `Range` by path; the path "scenario" takes names of scenarios, files or scenarios.
    kind : grid, one_at_a_time, latin_hypercube or sobol.
    points : how many, for the last two.

    Raises
    ------
    InputError
        If a path or kind is unknown, a factor is empty or repeats a value, or points are missing or not wanted.
    """
    if kind not in KINDS or kind == "list":
        raise InputError(unknown("design", kind, [k for k in KINDS if k != "list"]))
    if not factors:
        raise InputError("factors: there is none; at least one is needed, as in labs.*.training.growth=1.5,2.5,4")
    if not isinstance(factors, Mapping):
        raise InputError(f"factors: {shown(plain(factors))} is refused; allowed: a table of values by path")
    known = {path: _checked(scenario, path, levels) for path, levels in factors.items()}
    if kind in ("latin_hypercube", "sobol"):
        points = whole(f"points of a {kind} design", points, 1, MOST_IN_ORDER if kind[0] == "l" else MOST_POINTS)
        return latin_hypercube(known, points) if kind == "latin_hypercube" else sobol(known, points)
    if points is not None:
        raise InputError(f"points: a {kind} design has as many points as its values make; leave points out")
    ready: dict[str, Sequence[Any]] = {}
    for path, levels in known.items():
        if isinstance(levels, Range):  # its number of values is not known
            raise InputError(f"{path}: a {kind} design needs values, or how many between the two ends, as in 1.5:6:4")
        ready[path] = levels
    most = math.prod(map(len, ready.values())) if kind == "grid" else sum(map(len, ready.values()))
    if most > MOST_POINTS:
        raise InputError(f"factors: make {most:,} design points; allowed: at most {MOST_POINTS:,}")
    return grid(ready) if kind == "grid" else one_at_a_time(ready, scenario)


def grid(factors: Mapping[str, Sequence[Any]]) -> Design:
    """All combinations. In any beginning of the order, a factor's values occur equally often, give or take one.

    The grid is walked along its diagonals: each step moves every factor to its next value, so a diagonal is even in
    every factor, and so is a row of diagonals.
    """
    sizes = [len(levels) for levels in factors.values()]
    length = math.lcm(*sizes)
    seen: set[tuple[int, ...]] = set()
    order: list[tuple[int, ...]] = []
    for start in itertools.product(*(range(size) for size in sizes)):
        if start not in seen:
            diagonal = [tuple((i + k) % n for i, n in zip(start, sizes, strict=True)) for k in range(length)]
            seen.update(diagonal)
            order.extend(diagonal)
    return Design("grid", tuple(_point(factors, index) for index in order))


def listed(points: Iterable[Mapping[str, Any]]) -> Design:
    """Points as given.

    Raises
    ------
    InputError
        If there is none, or too many, or two are equal.
    """
    points = plain(points)
    known = tuple(itertools.islice(points, MOST_POINTS + 1)) if isinstance(points, Iterable) else ()
    if not known:
        raise InputError("list: there is no design point; at least one is needed")
    if len(known) > MOST_POINTS:
        raise InputError(f"list: there are too many design points; allowed: at most {MOST_POINTS:,}")
    design = Design("list", known)
    met: dict[str, int] = {}
    worlds: dict[int, str] = {}
    for number, point in enumerate(design.points):
        changes = {factor: _told_apart(level, worlds) for factor, level in point.items()}
        first = met.setdefault(json.dumps(canonical(changes), sort_keys=True), number)
        if first != number:
            raise InputError(f"list: points {first} and {number}, counted from 0, are equal; points must differ")
    return design


def _told_apart(level: Any, worlds: dict[int, str]) -> Any:
    """A value by which it is told apart from others; a scenario is written out once."""
    if not isinstance(level, Scenario):
        return level
    if id(level) not in worlds:
        worlds[id(level)] = level.model_dump_json()
    return worlds[id(level)]


def one_at_a_time(factors: Mapping[str, Sequence[Any]], scenario: Scenario) -> Design:
    """Give the scenario as it is, then each value of each factor alone, the factors taking turns.

    A value that the scenario has already is not run a second time.
    """

    def changes(path: str, level: Any) -> bool:
        return (as_scenario(level) if path == SCENARIO else scenario.vary({path: level})) != scenario

    alone = ([{path: level} for level in levels if changes(path, level)] for path, levels in factors.items())
    turns = itertools.zip_longest(*alone)
    return Design("one_at_a_time", ({}, *(point for turn in turns for point in turn if point is not None)))


def latin_hypercube(factors: Mapping[str, Levels], points: int, seed: int = 0) -> Design:
    """Random points that fill every factor evenly (McKay, Beckman & Conover 1979), put in an even order."""
    from scipy.stats import qmc

    sample = qmc.LatinHypercube(len(factors), rng=seed).random(points)
    return Design("latin_hypercube", _sampled(factors, sample[_even_order(sample)]))


def sobol(factors: Mapping[str, Levels], points: int, seed: int = 0) -> Design:
    """Give points of a scrambled Sobol sequence (Owen 1998): any beginning fills the space evenly, powers of 2 best."""
    from scipy.stats import qmc

    engine = qmc.Sobol(len(factors), scramble=True, rng=seed)
    return Design("sobol", _sampled(factors, engine.random_base2(max(0, math.ceil(math.log2(points))))[:points]))


def last_word(path: str) -> str:
    """Name a factor in a heading: by the last word of its path."""
    return path.rpartition(".")[2]


def label(level: Any) -> str:
    """Name a value in a table: a scenario by its name, a bare rule by its name, a table as compact JSON.

    Different numbers have different names: six digits, or as many as it takes.
    """
    if isinstance(level, Scenario):
        return level.name
    if isinstance(level, Mapping):
        if set(level) == {"rule"}:
            return escaped(told(level["rule"], str))
        return told(level, lambda table: json.dumps(table, sort_keys=True, ensure_ascii=False, default=str))
    if isinstance(level, bool):
        return str(level).lower()
    if isinstance(level, float):
        short = f"{level:g}"
        return short if float(short) == level else repr(float(level))
    return escaped(told(level, str))


def values_at(data: Any, path: str) -> list[Any]:
    """Values that a path stands for in a scenario's table, ``*`` meaning every name; none where it leads nowhere.

    Raises
    ------
    InputError
        If the path is no text.
    """
    _check_path(path)
    found = [data]
    for part in path.split("."):
        tables = [table for table in found if isinstance(table, Mapping)]
        found = [t[name] for t in tables for name in (t if part == "*" else [part]) if name in t]
    return found


def is_whole(scenario: Scenario, path: str) -> bool:
    """Say whether a path takes whole numbers only, by the values it has."""
    values = values_at(scenario.model_dump(), path)
    return bool(values) and all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _check_path(path: Any) -> None:
    if not isinstance(path, str):
        raise InputError(f"{shown(plain(path))}: is no path; paths are text such as 'labs.*.training.growth'")


def _checked(scenario: Scenario, path: str, levels: Levels) -> Levels:
    """Refuse empty and repeated levels; settle which ranges are of whole numbers, and their values if counted."""
    _check_path(path)
    if isinstance(levels, Range):
        known = replace(levels, whole=levels.whole or is_whole(scenario, path))
        return known if known.count is None else known.spaced(known.count)
    levels = plain(levels)
    if isinstance(levels, str | bytes | Mapping | Scenario) or not isinstance(levels, Iterable):
        raise InputError(f"{path}: {label(levels)} is no list of values; give [{label(levels)}] for a single one")
    levels = [plain(level) for level in itertools.islice(levels, MOST_POINTS + 1)]
    if not levels:
        raise InputError(f"{path}: there is no value; at least one is needed")
    if len(levels) > MOST_POINTS:
        raise InputError(f"{path}: has too many values; allowed: at most {MOST_POINTS:,}")
    if path == SCENARIO:
        levels = [as_scenario(level) for level in levels]
    met = set()
    for level in levels:
        what = json.dumps(canonical(level), sort_keys=True)
        if what in met:
            raise InputError(f"{path}: {label(level)} is given twice; values must differ")
        met.add(what)
    return levels


def _point(factors: Mapping[str, Sequence[Any]], index: tuple[int, ...]) -> dict[str, Any]:
    return {path: levels[i] for (path, levels), i in zip(factors.items(), index, strict=True)}


def _sampled(factors: Mapping[str, Levels], sample: npt.NDArray[np.float64]) -> tuple[dict[str, Any], ...]:
    """Turn rows of numbers in [0, 1) into points."""

    def value(levels: Levels, share: float) -> Any:
        return levels.drawn(share) if isinstance(levels, Range) else levels[int(share * len(levels))]

    pairs = factors.items()
    return tuple({path: value(levels, u) for (path, levels), u in zip(pairs, row, strict=True)} for row in sample)


def _even_order(sample: npt.NDArray[np.float64]) -> list[int]:
    """Order points so that any beginning has about as many in each half, quarter and eighth of every factor."""
    cells = np.concatenate([(sample * n).astype(int) + 1000 * n for n in (2, 4, 8)], axis=1)
    names, flat = np.unique(cells + 100_000 * np.arange(cells.shape[1]), return_inverse=True)
    member = flat.reshape(cells.shape)
    count = np.zeros(len(names))
    left, order = np.ones(len(sample), bool), []
    for _ in range(len(sample)):
        crowding = np.where(left, count[member].sum(axis=1), np.inf)
        pick = int(np.argmin(crowding))
        order.append(pick)
        left[pick] = False
        count[member[pick]] += 1
    return order
