"""The study engine: worlds in, results out, run anywhere, kept as they come, and never computed twice.

Every study of this package stands on it: sweeps, replications, comparisons, counterfactual worlds, Shapley values,
break-even searches and experiments.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from market.formats import duration
from market.parameters import InputError
from market.progress import given_or_bar
from market.studies.draws import Draw
from market.studies.identity import Keys
from market.studies.reading import Asked, Reading, check_portable
from market.studies.result import Result, decoded, encoded, evaluate, one_line, tabulated, warm_up
from market.studies.store import Store
from market.studies.workers import Crew, crew
from market.studies.worlds import World, Worlds

Progress = Callable[[int, int], None]
Say = Callable[[str], None]


class FailedRunError(InputError, RuntimeError):
    """A run of a study failed; the line names it."""


class Engine:
    """Runs worlds and reads them. Use `engine` to make one.

    Parameters
    ----------
    crew : who does the runs.
    store : what keeps the results, or None; a world whose result it holds is not run again.
    retry_failed : run again what failed before.
    draws : of what is uncertain, which every study that it runs is over; none, and scenarios are as they say.
    """

    def __init__(
        self, crew: Crew, store: Store | None = None, retry_failed: bool = False, draws: tuple[Draw, ...] = ()
    ) -> None:
        self.crew, self.store, self.retry_failed, self.draws = crew, store, retry_failed, draws

    def over(self, worlds: Worlds) -> Worlds:
        """Worlds with what is drawn in them."""
        return replace(worlds, draws=self.draws) if self.draws else worlds

    def results(
        self,
        worlds: Worlds,
        reading: Reading,
        progress: Progress | None = None,
        say: Say | None = None,
        keys: Keys | None = None,
    ) -> Iterator[Result]:
        """Give the result of every world: first what is kept, then the others as they come, failed ones included.

        After a first interrupt of a patient crew only the runs in flight are finished.

        Parameters
        ----------
        worlds : what to run.
        reading : what to read off each run.
        progress : called as ``progress(done, total)`` after each run; a notebook shows a bar if it is not given.
        say : takes a line of text: how many runs there are, and how long they will take.
        keys : of the results, if they are known already.

        Raises
        ------
        InputError
            If a change is refused, the reading cannot be sent to workers, these cannot start or lack something, or a
            result cannot be written.
        """
        with given_or_bar(progress) as seen:
            yield from self._results(self.over(worlds), reading, seen, say, keys)

    def _results(
        self, worlds: Worlds, reading: Reading, progress: Progress | None, say: Say | None, keys: Keys | None
    ) -> Iterator[Result]:
        if self.crew.apart:
            check_portable(reading)
        if self.store is not None and keys is None:
            keys = Keys(worlds, reading)
        left = array("q")
        for number, world in enumerate(worlds):
            kept = self._kept(world, keys)
            if kept is None:
                left.append(number)
            else:
                yield kept
        done = len(worlds) - len(left)
        if say is not None:
            say(_plan(worlds, done, self.store))
        for world, result in self._computed(worlds, reading, left, say):
            if self.store is not None and keys is not None:
                self.store.put(keys.of(world), result)
            done += 1
            yield decoded(result, world.point)
            if progress is not None:
                progress(done, len(worlds))

    def check(self, reading: Reading) -> None:
        """Make sure, before anything is written, that workers start and can read."""
        if self.crew.apart:
            check_portable(reading)
            self.crew.check(partial(evaluate, reading=reading))

    def all(self, worlds: Worlds, reading: Reading, progress: Progress | None = None) -> list[Result]:
        """Give all results by point and seed, failed ones included.

        Raises
        ------
        InputError
            As in `results`.
        KeyboardInterrupt
            If an interrupt left some out.
        """
        results = list(self.results(worlds, reading, progress))
        if len(results) < len(worlds):
            raise KeyboardInterrupt
        order = {seed: place for place, seed in enumerate(worlds.seeds)}
        return sorted(results, key=lambda result: (result.point, order[result.seed]))

    def outcomes(self, worlds: Worlds, reading: Asked, progress: Progress | None = None) -> pd.DataFrame:
        """Read outcomes of every world, as `market.studies.result.tabulated` lays them out.

        Raises
        ------
        InputError
            As in `results`; or if every run fails.
        KeyboardInterrupt
            After an interrupt.
        """
        table = tabulated(self.all(worlds, reading, progress), reading)
        if (table["status"] == "failed").all():
            raise FailedRunError(f"{worlds.name(0)}: every run failed; the first: {table['error'].iloc[0]}")
        return table

    def table(self, worlds: Worlds, reading: Reading, progress: Progress | None = None) -> pd.DataFrame:
        """Read every world.

        Returns
        -------
        DataFrame
            point, seed, and what was read: a row per world of figures, or the rows of its table; by point and seed.

        Raises
        ------
        FailedRunError
            If a run fails; the line names its seed.
        KeyboardInterrupt
            After an interrupt.
        """
        tables = self.tables(worlds, reading, progress)
        if "" not in tables:
            raise InputError("a reading that gives tables by name: is read by read_tables, not by read")
        return tables[""]

    def tables(self, worlds: Worlds, reading: Reading, progress: Progress | None = None) -> dict[str, pd.DataFrame]:
        """Read tables by name off every world, each as in `table`; what is not by name has the name ""."""
        results = self.all(worlds, reading, progress)
        for result in results:
            if result.error:
                raise FailedRunError(f"{worlds.name(result.point)}, seed {result.seed}: {result.error}")
        tables = [_tables(result.read) for result in results]
        names = list(dict.fromkeys(name for one in tables for name in one))
        for result, one in zip(results, tables, strict=True):
            lacking = next((name for name in names if name not in one), None)
            if lacking is not None:
                raise InputError(f"a reading: gives no table '{lacking}' under seed {result.seed}, but under others")
        return {name: _stacked(results, [one[name] for one in tables]) for name in names}

    def _kept(self, world: World, keys: Keys | None) -> Result | None:
        if self.store is None or keys is None:
            return None
        result = self.store.get(keys.of(world), world.point)
        return None if result is None or (result.error and self.retry_failed) else result

    def _computed(
        self, worlds: Worlds, reading: Reading, left: array[int], say: Say | None
    ) -> Iterator[tuple[World, bytes]]:
        """Run what is left. If `say` is to be told how long it takes, the first alone and then the others."""
        work, tasks, at_a_time = partial(evaluate, reading=reading), map(worlds.__getitem__, left), self.crew.size
        if say is not None and len(left):
            at_a_time = min(at_a_time, len(left))
            for _ in range(at_a_time - 1 if self.crew.own else 0):
                self.crew.submit(warm_up, worlds[left[0]])
            for world, result in self._streamed(partial(work, warm=True), islice(tasks, 1)):
                took = decoded(result, world.point).seconds
                expected = duration(took * len(left) / at_a_time)
                say(f"the first run took {took:.2g} s: about {expected} on {at_a_time} workers")
                yield world, result
        yield from self._streamed(work, tasks)

    def _streamed(self, work: Callable[[World], bytes], tasks: Iterator[World]) -> Iterator[tuple[World, bytes]]:
        for world, result in self.crew.stream(work, tasks):
            if isinstance(result, InputError):
                raise result
            if isinstance(result, BaseException):
                result = encoded(world, {}, one_line(result))
            yield world, result


@contextmanager
def engine(
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    *,
    cluster: str | None = None,
    keep: str | Path | None = None,
    patient: bool = False,
    retry_failed: bool = False,
    draws: tuple[Draw, ...] = (),
) -> Iterator[Engine]:
    """Give an engine, and let its workers go at the end.

    Parameters
    ----------
    executor, workers, cluster, patient : as in `market.studies.workers.crew`. An `Engine` is given as it is.
    keep : folder that keeps results as they come, and from which a later call takes them; None keeps nothing.
    retry_failed, draws : as in `Engine`.
    """
    if isinstance(executor, Engine):
        yield Engine(executor.crew, executor.store, executor.retry_failed, draws) if draws else executor
        return
    with crew(executor, workers, patient, cluster) as team:
        yield Engine(team, None if keep is None else Store(Path(keep)), retry_failed, draws)


def _plan(worlds: Worlds, done: int, store: Store | None) -> str:
    """Say how many runs there are, and how many of them are done."""
    text = f"{len(worlds.design.points)} design points × {len(worlds.seeds)} seeds: {len(worlds)} runs"
    said = f", {done} of them done before" if done else ""
    damaged = 0 if store is None else store.damaged
    mended = f"; {damaged} damaged results are computed again (what was there: *.kept)" if damaged else ""
    return text + said + mended


def _tables(read: Any) -> Mapping[str, pd.DataFrame]:
    """What was read as tables by name; a table alone, and figures as a row, have none."""
    if not isinstance(read, pd.DataFrame) and any(isinstance(one, pd.DataFrame) for one in read.values()):
        tables: Mapping[str, pd.DataFrame] = read
        return tables
    return {"": read if isinstance(read, pd.DataFrame) else pd.DataFrame([read])}


def _stacked(results: list[Result], frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Tables of results one below the other, with point and seed in front."""
    for result, frame in zip(results, frames, strict=True):
        for place, name in enumerate(("point", "seed")):
            if name in frame.columns:
                raise InputError(f"a reading's '{name}': the study has a column of this name; give it another")
            frame.insert(place, name, getattr(result, name))
    return pd.concat(frames, ignore_index=True)
