"""Kinds of design: how factors make points, in an order of which any beginning is an even sample."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from market.parameters import InputError, plain, shown, unknown, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.canonical import repeated
from market.studies.levels import Levels, Range, label
from market.studies.points import SCENARIO, Design, check_path, is_whole

KINDS = ("grid", "one_at_a_time", "latin_hypercube", "sobol")
MOST_POINTS = 1_000_000
"""Most design points in all."""

MOST_IN_ORDER = 10_000
"""Most points of a Latin hypercube: to put them in an even order takes time with the square of their number."""


def build(scenario: Scenario, factors: Mapping[str, Levels], kind: str = "grid", points: int | None = None) -> Design:
    """Make a design of any kind but a list; ranges of whole-number parameters give whole numbers.

    Parameters
    ----------
    scenario : what the paths are of.
    factors : values or a `Range` by path; the path "scenario" takes names of scenarios, files or scenarios.
    kind : grid, one_at_a_time, latin_hypercube or sobol.
    points : how many, for the last two.

    Raises
    ------
    InputError
        If a path or kind is unknown, a factor is empty or repeats a value, or points are missing or not wanted.
    """
    if kind not in KINDS:
        raise InputError(unknown("design", kind, KINDS))
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
    points = ({path: levels[i] for (path, levels), i in zip(factors.items(), index, strict=True)} for index in order)
    return Design("grid", tuple(points))


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
    worlds: dict[int, str] = {}
    equal = repeated({f: _told_apart(level, worlds) for f, level in point.items()} for point in design.points)
    if equal is not None:
        raise InputError(f"list: points {equal[0]} and {equal[1]}, counted from 0, are equal; points must differ")
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


def latin_hypercube(factors: Mapping[str, Levels], points: int) -> Design:
    """Random points that fill every factor evenly (McKay, Beckman & Conover 1979), put in an even order."""
    from scipy.stats import qmc

    sample = qmc.LatinHypercube(len(factors), rng=0).random(points)
    return Design("latin_hypercube", _sampled(factors, sample[_even_order(sample)]))


def sobol(factors: Mapping[str, Levels], points: int) -> Design:
    """Give points of a scrambled Sobol sequence (Owen 1998): any beginning fills the space evenly, powers of 2 best."""
    from scipy.stats import qmc

    engine = qmc.Sobol(len(factors), scramble=True, rng=0)
    return Design("sobol", _sampled(factors, engine.random_base2(max(0, math.ceil(math.log2(points))))[:points]))


def _checked(scenario: Scenario, path: str, levels: Levels) -> Levels:
    """Refuse empty and repeated levels; settle which ranges are of whole numbers, and their values if counted."""
    check_path(path)
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
    equal = repeated(levels)
    if equal is not None:
        raise InputError(f"{path}: {label(levels[equal[1]])} is given twice; values must differ")
    return levels


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
