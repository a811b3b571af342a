"""Runs that belong together and are few: all their outcomes, or what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from market.parameters import InputError
from market.studies.evaluate import Result, Task, Wanted, evaluate, one_line
from market.studies.workers import Crew

Progress = Callable[[int, int], None]


def run_all(
    team: Crew, tasks: Sequence[Task], asked: Wanted, progress: Progress | None = None
) -> dict[tuple[int, int], Result]:
    """Do all tasks; results by point and seed, failed ones included."""
    found: dict[tuple[int, int], Result] = {}
    for task, result in team.stream(partial(evaluate, asked=asked), tasks):
        if isinstance(result, BaseException):
            result = Result(task.point, task.seed, {}, one_line(result))
        found[task.point, task.seed] = result
        if progress is not None:
            progress(len(found), len(tasks))
    return found


def checked_seeds(seeds: Iterable[int], least: int = 1) -> list[int]:
    """Refuse seeds that are too few, repeated, or no whole numbers of at least 0.

    Raises
    ------
    InputError
        In one line.
    """
    known = list(seeds)
    if len(known) < least:
        few = "there is none" if not known else f"there is only {len(known)}"
        raise InputError(f"seeds: {few}; at least {'one is' if least == 1 else f'{least} are'} needed")
    for seed in known:
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0 or known.count(seed) > 1:
            raise InputError(f"seeds: {seed!r} is refused; allowed: different whole numbers, at least 0")
    return known


def first_seeds(replications: int) -> range:
    """Seeds 0, 1, … of so many replications.

    Raises
    ------
    InputError
        If it is not a whole number of at least 1.
    """
    if isinstance(replications, bool) or not isinstance(replications, int) or replications < 1:
        raise InputError(f"replications: {replications!r} is refused; allowed: a whole number, at least 1")
    return range(replications)
