"""Runs made again under other luck: of every figure that a study reads, what of its spread is luck, what parameters.

A study over worlds that agree with the evidence runs each under one seed, so its intervals carry luck and parameters
together. Here every run is made again in the same world under further seeds, which the study does not see: what differs
between seeds in one world is luck.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype, is_numeric_dtype

from market.measures.outcomes import unit_of
from market.studies.apart import by_luck, by_parameters, by_world
from market.studies.engine import Engine, Progress, Say
from market.studies.identity import Keys
from market.studies.intervals import interval
from market.studies.reading import Reading
from market.studies.result import Result
from market.studies.worlds import Worlds

LUCK_AND_PARAMETERS = "luck_and_parameters"
"""Name of the table of `Reseeded.apart`."""

COLUMNS = ["study", "world", "row", "figure"]
"""Which number a row of `Reseeded.apart` is of: number of the study, name of the scenario, row of a table, column."""

Place = tuple[int, str, str, str]


class Reseeded(Engine):
    """An engine over draws that repeats every run of a study under further seeds, and keeps all numbers that are read.

    Parameters
    ----------
    running : does the runs; it has draws.   seeds : of each world, in all.
    """

    def __init__(self, running: Engine, seeds: int) -> None:
        super().__init__(running.crew, running.store, running.retry_failed, running.draws)
        self.seeds = seeds
        self._numbers: dict[Place, dict[int, float]] = {}
        self._studies = 0

    def _results(
        self, worlds: Worlds, reading: Reading, progress: Progress | None, say: Say | None, keys: Keys | None
    ) -> Iterator[Result]:
        self._studies += 1
        study, count = self._studies, len(worlds.draws)
        turns = count * (1 + max(worlds.seeds) // count)  # so many seeds further a world is the same
        further = [seed + turns * again for again in range(1, self.seeds) for seed in worlds.seeds]
        all_, own, done = replace(worlds, seeds=(*worlds.seeds, *further)), set(worlds.seeds), 0
        for result in super()._results(all_, reading, progress, say, keys):
            done += 1
            for row, figure, value in _numbers(result.read):
                place = study, worlds.name(result.point), row, figure
                self._numbers.setdefault(place, {})[result.seed] = value
            if result.seed in own:
                yield result
        if done < len(all_):  # the study has all its own results, and would not notice an interrupt
            raise KeyboardInterrupt

    def apart(self) -> pd.DataFrame:
        """Luck and parameters told apart.

        Returns
        -------
        DataFrame
            A row per number that was read in several worlds, and in some of them under several seeds. `COLUMNS`; mean,
            low and high (over worlds: the 95% interval with luck and parameters), luck_low and luck_high (what luck
            alone leaves of it), parameters (part of the spread between runs that is worlds; the rest is luck), worlds
            and runs (with a number).
        """
        rows = [(*place, *told) for place, values in self._numbers.items() if (told := self._apart(place, values))]
        numbers = ["mean", "low", "high", "luck_low", "luck_high", "parameters", "worlds", "runs"]
        return pd.DataFrame(rows, columns=[*COLUMNS, *numbers]).sort_values(COLUMNS, kind="stable", ignore_index=True)

    def _apart(self, place: Place, values: Mapping[int, float]) -> tuple[float, ...]:
        """The numbers of a row of `apart`; none if luck and parameters cannot be told apart."""
        runs = pd.Series(values).sort_index()
        runs = runs[np.isfinite(runs)]
        world, of_runs = runs.index.to_numpy() % len(self.draws), runs.to_numpy(float)
        parameters = by_parameters(of_runs, world)
        if np.isnan(parameters):
            return ()
        each = by_world(runs, len(self.draws))
        return *interval(each, unit_of(place[-1])), *by_luck(of_runs, world)[1:], parameters, len(each), len(runs)


def _numbers(read: Any) -> Iterator[tuple[str, str, float]]:
    """Row, name and value of every number that a run gave, whatever it gave: figures, a table, or tables by name."""
    if isinstance(read, pd.DataFrame):
        yield from _in_table(read, "")
        return
    for name, value in read.items():
        if isinstance(value, pd.DataFrame):
            yield from _in_table(value, name)
        elif isinstance(value, int | float):
            yield "", name, float(value)


def _in_table(table: pd.DataFrame, name: str) -> Iterator[tuple[str, str, float]]:
    """The same of a table, whose rows are named by its texts, or by these and its whole numbers; none if by neither."""
    texts = [column for column in table if not is_numeric_dtype(table[column]) or is_bool_dtype(table[column])]
    whole = [column for column in table if column not in texts and not is_float_dtype(table[column])]
    named = next((by for by in (texts, [*texts, *whole]) if _tell_rows_apart(table, by)), None)
    if named is None:
        return
    for row in table.to_dict("records"):
        said = ", ".join([name] * bool(name) + [str(row[column]) for column in named])
        for figure, value in row.items():
            if figure not in named:
                yield said, str(figure), float(value)


def _tell_rows_apart(table: pd.DataFrame, columns: list[Hashable]) -> bool:
    return len(table) < 2 or (bool(columns) and not table.duplicated(columns).any())
