"""One run of a study: change a scenario, simulate it under a seed, keep its outcomes. A failure is a result too."""

from __future__ import annotations

import inspect
import pickle
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from market.measures import outcomes as named
from market.parameters import InputError
from market.run import Run, simulate
from market.scenario.schema import Scenario

Function = Callable[[Run], float]
Outcomes = Iterable[str | Function] | Mapping[str, str | Function]
"""What a caller may ask for: names from `market.measures.outcomes`, functions of a `Run`, or either by column name."""

Wanted = Mapping[str, str | Function]
"""Outcomes by column name, checked."""


@dataclass(frozen=True)
class Task:
    """One run to do.

    Attributes
    ----------
    point : number of the design point, from 0.
    scenario, changes : the scenario is run with these paths changed.
    seed : owns all luck of the run.
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

    Raises
    ------
    InputError
        If a name is unknown or used twice, or there is none.
    """
    if isinstance(outcomes, str):
        outcomes = [outcomes]
    pairs: Iterable[tuple[str, str | Function]]
    if isinstance(outcomes, Mapping):
        pairs = outcomes.items()
    else:
        pairs = [(one if isinstance(one, str) else one.__name__, one) for one in outcomes or named.usual()]
    found: dict[str, str | Function] = {}
    for name, one in pairs:
        if isinstance(one, str):
            named.find(one)
        elif not callable(one):
            raise InputError(f"outcome '{name}': {one!r} is neither a name nor a function of a run")
        if name in found:
            raise InputError(f"outcome '{name}': is asked for twice")
        found[name] = one
    return found


def check_portable(asked: Wanted) -> None:
    """Refuse functions that other processes cannot find.

    Raises
    ------
    InputError
        If a function is no top-level function of a module.
    """
    for name, one in asked.items():
        try:
            pickle.dumps(one)
        except (pickle.PicklingError, AttributeError, TypeError):
            text = "cannot be sent to another process; define it with def at the top level of a file"
            raise InputError(f"outcome '{name}': {text}") from None


def source_of(one: str | Function) -> str:
    """Say what an outcome is, so that a changed function is noticed: its name, or its source."""
    if isinstance(one, str):
        return one
    try:
        return inspect.getsource(one)
    except (OSError, TypeError):
        return getattr(one, "__qualname__", repr(type(one)))


def evaluate(task: Task, asked: Wanted) -> Result:
    """Do one run. Whatever goes wrong in it becomes its error; nothing is raised."""
    start = time.perf_counter()
    try:
        scenario = task.scenario.vary(task.changes) if task.changes else task.scenario
        before = time.perf_counter()
        run = simulate(scenario, task.seed)
        simulated = time.perf_counter() - before
        values = {name: float((named.find(one) if isinstance(one, str) else one)(run)) for name, one in asked.items()}
    except Exception as error:  # a study outlives any failure of one of its runs
        return Result(task.point, task.seed, {}, one_line(error), time.perf_counter() - start)
    return Result(task.point, task.seed, values, "", time.perf_counter() - start, simulated)


def one_line(error: BaseException) -> str:
    """An error in one line, with its type."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}"[:500] if said else type(error).__name__
