"""One run of a study: change a scenario, simulate it under a seed, keep its outcomes. A failure is a result too."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, SupportsFloat

import numpy as np

from market.measures import outcomes as named
from market.parameters import InputError, plain, shown
from market.run import Run, simulate
from market.scenario.schema import Scenario
from market.studies.content import is_packaged
from market.studies.sending import packed
from market.wording import escaped, shortened

Function = Callable[[Run], float]
Outcomes = Iterable[str | Function] | Mapping[str, str | Function]
"""What a caller may ask for: names from `market.measures.outcomes`, functions of a `Run`, or either by column name."""

Wanted = Mapping[str, str | Function]
"""Outcomes by column name, checked."""


TAKEN = ("point", "seed", "status", "error", "world", "prices")
"""Columns of the tables of studies; no outcome's."""


@dataclass(frozen=True)
class Task:
    """One run to do.

    Attributes
    ----------
    point : number of the design point, from 0.
    scenario, changes : the scenario is run with these paths changed.
    seed : the random seed of the run.
    """

    point: int
    scenario: Scenario
    changes: Mapping[str, Any]
    seed: int


@dataclass(frozen=True)
class Result:
    """What became of a task: its outcomes by name, or its error in one line.

    Attributes
    ----------
    seconds, simulated : time that it took in all, and in the simulation alone.
    """

    point: int
    seed: int
    outcomes: Mapping[str, float]
    error: str = ""
    seconds: float = 0.0
    simulated: float = 0.0

    @property
    def status(self) -> str:
        """Say "ok" or "failed"."""
        return "failed" if self.error else "ok"


def wanted(outcomes: Outcomes | None) -> dict[str, str | Function]:
    """Check what outcomes are asked for; the usual named ones if None.

    Returns
    -------
    dict
        By column name: a name, or a function where other processes would not know the name.

    Raises
    ------
    InputError
        If a name is unknown or used twice or no column, or there is none.
    """
    outcomes = plain(outcomes)
    if isinstance(outcomes, str):
        outcomes = [outcomes]
    found: dict[str, str | Function] = {}
    for name, one in _pairs(named.usual() if outcomes is None else outcomes):
        if not isinstance(one, str) and not callable(one):
            raise InputError(f"outcome {shown(plain(one))}: is neither a name nor a function of a run")
        if not isinstance(name, str) or not name or name in TAKEN or escaped(name) != name:
            raise InputError(f"outcome: {shown(plain(name))} names no column; allowed: text, but {', '.join(TAKEN)}")
        if name in found:
            raise InputError(f"outcome '{name}': is asked for twice; give columns by name, as in {{'mine': function}}")
        found[name] = _known_anywhere(one)
    if not found:
        raise InputError("outcomes: there is none; at least one is needed")
    return found


def _known_anywhere(one: str | Function) -> str | Function:
    """Give a user's own outcome as a function that needs no name; all else as it was asked for."""
    meant = named.find(one) if isinstance(one, str) else one
    if isinstance(meant, named.Outcome) and not is_packaged(meant):
        return functools.partial(_read_own, vars(meant))
    return one


def _read_own(fields: Mapping[str, Any], run: Run) -> float:
    """Read an outcome that is registered in another process only, from its fields."""
    return named.Outcome(**fields)(run)


def _pairs(outcomes: Outcomes) -> Iterable[tuple[Any, Any]]:
    """Outcomes with their column names; a function's own name where none is given."""
    if isinstance(outcomes, Mapping):
        return outcomes.items()
    if not isinstance(outcomes, Iterable):
        raise InputError(f"outcomes: {shown(plain(outcomes))} is refused; allowed: names or functions")
    return [(one if isinstance(one, str) else _own_name(one), one) for one in outcomes]


def _own_name(one: Any) -> str:
    inner = one.func if isinstance(one, functools.partial) else one
    return str(getattr(inner, "__name__", type(inner).__name__))


def check_portable(asked: Wanted) -> None:
    """Refuse functions that cannot be sent to other processes.

    Raises
    ------
    InputError
        If a function holds something that only its own process has, such as an open file or a lock.
    """
    for name, one in asked.items():
        try:
            packed(function_of(one))
        except InputError as error:
            raise InputError(f"outcome '{name}': {error}") from None


def function_of(one: str | Function) -> Function:
    """The function that an outcome asked for stands for."""
    return named.find(one) if isinstance(one, str) else one


def read(run: Run, asked: Wanted) -> dict[str, float]:
    """Outcomes of a run by column name.

    Raises
    ------
    TypeError
        If one is no number.
    """
    return {name: _number(name, function_of(one)(run)) for name, one in asked.items()}


def _number(name: str, given: Any) -> float:
    """Take what an outcome gave, if it is a number; Python would make one of text such as "3" too.

    Raises
    ------
    TypeError
        If it is none.
    """
    value = plain(given)
    if not isinstance(value, SupportsFloat) or isinstance(value, np.generic):
        raise TypeError(f"outcome '{name}': {shown(value)} is no number")
    return float(value)


def evaluate(task: Task, asked: Wanted) -> Result:
    """Do one run. Whatever goes wrong in it becomes its error.

    Raises
    ------
    InputError
        If the changes are refused; a study tries them before any run, so this process lacks something.
    """
    start = time.perf_counter()
    scenario = task.scenario.vary(task.changes) if task.changes else task.scenario
    try:
        before = time.perf_counter()
        run = simulate(scenario, task.seed)
        simulated = time.perf_counter() - before
        values = read(run, asked)
    except Exception as error:  # a study outlives any failure of one of its runs
        return Result(task.point, task.seed, {}, one_line(error), time.perf_counter() - start)
    return Result(task.point, task.seed, values, "", time.perf_counter() - start, simulated)


def one_line(error: BaseException) -> str:
    """An error in one line, with its type."""
    said = escaped(" ".join(str(error).split()))
    return shortened(f"{type(error).__name__}: {said}") if said else type(error).__name__
