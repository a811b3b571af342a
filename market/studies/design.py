"""Where a study looks: factors, and design points in an order of which any beginning is an even sample."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.parameters import InputError, unknown
from market.scenario.load import load
from market.scenario.schema import Scenario

SCENARIO = "scenario"
"""The factor whose values are whole scenarios; every other factor is a path, as in `Scenario.vary`."""

KINDS = ("grid", "list", "one_at_a_time", "latin_hypercube", "sobol")
DIGITS = 6
"""Significant digits of values taken from a range: enough, and readable."""


@dataclass(frozen=True)
class Range:
    """Values between two ends, evenly in the value or in its logarithm; `whole` rounds them to whole numbers.

    Raises
    ------
    InputError
        If the ends are no finite numbers in ascending order, or `log` and the low one is not above 0.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def __post_init__(self) -> None:
        ends = (self.low, self.high)
        if any(isinstance(e, bool) or not isinstance(e, int | float) or not math.isfinite(e) for e in ends):
            raise InputError(f"range {self.low!r} to {self.high!r}: both ends must be numbers")
        if self.low >= self.high:
            raise InputError(f"range {self.low:g} to {self.high:g}: the second must be above the first")
        if self.log and self.low <= 0:
            raise InputError(f"range {self.low:g} to {self.high:g}: on a log scale both ends must be above 0")

    def at(self, share: float) -> float:
        """Value at a share of the way from low (0) to high (1)."""
        if self.log:
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            value = self.low + share * (self.high - self.low)
        value = min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)
        return round(value) if self.whole else value

    def share(self, value: float) -> float:
        """Where a value lies between low (0) and high (1); the inverse of `at`."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def spaced(self, count: int) -> list[float]:
        """Give `count` values from low to high, both included; fewer if whole numbers coincide."""
        if count < 2:
            raise InputError(f"range {self.low:g} to {self.high:g}: {count} values; at least 2 are needed")
        return list(dict.fromkeys(self.at(index / (count - 1)) for index in range(count)))


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

    @property
    def factors(self) -> list[str]:
        """Names of all factors, in order of first use."""
        return list(dict.fromkeys(itertools.chain.from_iterable(self.points)))

    def table(self, scenario: Scenario) -> pd.DataFrame:
        """Lay out the points: point (its number) and a column per factor; values that are no numbers as text."""
        columns: dict[str, Any] = {"point": range(len(self.points))}
        data = scenario.model_dump()
        for factor in self.factors:
            found = [scenario.name] if factor == SCENARIO else values_at(data, factor)
            own = found[0] if found and all(value == found[0] for value in found) else "as it is"
            levels = [point.get(factor, own) for point in self.points]
            plain = all(isinstance(level, int | float) and not isinstance(level, bool) for level in levels)
            columns[factor] = levels if plain else pd.array([label(level) for level in levels], dtype="str")
        return pd.DataFrame(columns)

    def split(self, scenario: Scenario, point: int) -> tuple[Scenario, dict[str, Any]]:
        """Return the scenario that a point starts from and the paths that it changes."""
        changes = dict(self.points[point])
        other = changes.pop(SCENARIO, scenario)
        return (other if isinstance(other, Scenario) else load(other)), changes


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
    known = {path: _checked(scenario, path, levels) for path, levels in factors.items()}
    if kind in ("latin_hypercube", "sobol"):
        if points is None or points < 1:
            raise InputError(f"points: {points} is refused; a {kind} design needs at least 1")
        return latin_hypercube(known, points) if kind == "latin_hypercube" else sobol(known, points)
    if points is not None:
        raise InputError(f"points: a {kind} design has as many points as its values make; leave points out")
    ready: dict[str, Sequence[Any]] = {}
    for path, levels in known.items():
        if isinstance(levels, Range):
            raise InputError(f"{path}: a {kind} design needs values, or how many between the two ends, as in 1.5:6:4")
        ready[path] = levels
    return grid(ready) if kind == "grid" else one_at_a_time(ready)


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
        If there is none.
    """
    points = tuple(dict(point) for point in points)
    if not points:
        raise InputError("list: there is no design point; at least one is needed")
    return Design("list", points)


def one_at_a_time(factors: Mapping[str, Sequence[Any]]) -> Design:
    """Give the scenario as it is, then each value of each factor alone, the factors taking turns."""
    turns = itertools.zip_longest(*([{path: level} for level in levels] for path, levels in factors.items()))
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


def label(level: Any) -> str:
    """Name a value in a table: a scenario by its name, a bare rule by its name, a table as compact JSON."""
    if isinstance(level, Scenario):
        return level.name
    if isinstance(level, Mapping):
        if set(level) == {"rule"}:
            return str(level["rule"])
        return json.dumps(level, sort_keys=True, ensure_ascii=False, default=str)
    if isinstance(level, bool):
        return str(level).lower()
    return f"{level:g}" if isinstance(level, float) else str(level)


def values_at(data: Any, path: str) -> list[Any]:
    """Values that a path stands for in a scenario's table, ``*`` meaning every name; none where it leads nowhere."""
    found = [data]
    for part in path.split("."):
        tables = [table for table in found if isinstance(table, Mapping)]
        found = [t[name] for t in tables for name in (t if part == "*" else [part]) if name in t]
    return found


def is_whole(scenario: Scenario, path: str) -> bool:
    """Say whether a path takes whole numbers only, by the values it has."""
    values = values_at(scenario.model_dump(), path)
    return bool(values) and all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _checked(scenario: Scenario, path: str, levels: Levels) -> Levels:
    """Refuse empty and repeated levels; settle which ranges are of whole numbers."""
    if isinstance(levels, Range):
        return replace(levels, whole=levels.whole or is_whole(scenario, path))
    if isinstance(levels, str | Mapping) or not isinstance(levels, Iterable):
        raise InputError(f"{path}: {levels!r} is no list of values; give [{levels!r}] for a single one")
    levels = [level.item() if isinstance(level, np.generic) else level for level in levels]
    labels = [label(level) for level in levels]
    if not levels:
        raise InputError(f"{path}: there is no value; at least one is needed")
    twice = next((name for name in labels if labels.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{path}: {twice} is given twice; values must differ")
    return levels


def _point(factors: Mapping[str, Sequence[Any]], index: tuple[int, ...]) -> dict[str, Any]:
    return {path: levels[i] for (path, levels), i in zip(factors.items(), index, strict=True)}


def _sampled(factors: Mapping[str, Levels], sample: npt.NDArray[np.float64]) -> tuple[dict[str, Any], ...]:
    """Turn rows of numbers in [0, 1) into points."""

    def value(levels: Levels, share: float) -> Any:
        return levels.at(share) if isinstance(levels, Range) else levels[int(share * len(levels))]

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
