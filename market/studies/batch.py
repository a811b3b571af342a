"""Runs that belong together and are few: all their outcomes, or what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice

from market.parameters import InputError, plain, shown, whole
from market.run import LAST_SEED
from market.studies.evaluate import Result, Task, Wanted, evaluate, one_line
from market.studies.workers import Crew

Progress = Callable[[int, int], None]

MOST_REPLICATIONS = 100_000
"""Most seeds in one study; intervals are as narrow as anybody can use long before."""


def run_all(
    team: Crew, tasks: Sequence[Task], asked: Wanted, progress: Progress | None = None
) -> dict[tuple[int, int], Result]:
    """Do all tasks; results by point and seed, failed ones included.

    Raises
    ------
    InputError
        If workers cannot start or lack something.
    """
    found: dict[tuple[int, int], Result] = {}
    for task, result in team.stream(partial(evaluate, asked=asked), tasks):
        if isinstance(result, InputError):
            raise result
        if isinstance(result, BaseException):
            result = Result(task.point, task.seed, {}, one_line(result))
        found[task.point, task.seed] = result
        if progress is not None:
            progress(len(found), len(tasks))
    return found


def checked_seeds(seeds: Iterable[int], least: int = 1) -> list[int]:
    """Accept seeds, of NumPy's kinds too; refuse too few or too many, repeated ones, and what is no seed.

    Raises
    ------
    InputError
        In one line.
    """
    try:
        known = list(islice(seeds, MOST_REPLICATIONS + 1))
    except TypeError:
        raise InputError(f"seeds: {shown(plain(seeds))} is refused; allowed: several different whole numbers") from None
    if len(known) > MOST_REPLICATIONS:
        raise InputError(f"seeds: there are too many; allowed: at most {MOST_REPLICATIONS:,}")
    if len(known) < least:
        few = "there is none" if not known else f"there is only {len(known)}"
        raise InputError(f"seeds: {few}; at least {'one is' if least == 1 else f'{least} are'} needed")
    ready: dict[int, None] = {}
    for seed in known:
        number = whole("seeds", seed, 0, LAST_SEED)
        if number in ready:
            raise InputError(f"seeds: {number} is given twice; allowed: different whole numbers, 0 to {LAST_SEED:,}")
        ready[number] = None
    return list(ready)


def first_seeds(replications: int) -> range:
    """Seeds 0, 1, … of so many replications.

    Raises
    ------
    InputError
        If it is not a whole number from 1 to `MOST_REPLICATIONS`.
    """
    return range(whole("replications", replications, 1, MOST_REPLICATIONS))
