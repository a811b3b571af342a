"""What experiments share: a folder that is complete or absent, and figures over seeds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import typer

from market.parameters import InputError
from market.run import Run, complete_folder, simulate, write_manifest
from market.scenario.schema import Scenario
from market.studies.intervals import counted, interval


@contextmanager
def experiment_folder(out: Path, quick: bool) -> Iterator[Path]:
    """Give an experiment a folder to write to; it replaces the folder of an earlier run when all is written.

    Raises
    ------
    InputError
        If `out` exists and holds something else, or cannot be written.
    """
    with complete_folder(out, force=True) as folder:
        yield folder
        write_manifest(folder, "experiment", name=out.name, quick=quick)


def pool(quick: bool) -> Executor:
    """Two worker processes for a full run; a thread for a quick one, whose work takes less than a process to start."""
    return ThreadPoolExecutor(1) if quick else ProcessPoolExecutor(2, get_context("spawn"))


def over_seeds(scenario: Scenario, seeds: Iterable[int], read: Callable[[Run], dict[str, float]]) -> pd.DataFrame:
    """Read figures from a run under each seed.

    Returns
    -------
    DataFrame
        figure, mean, low, high: the mean over seeds and its 95% interval, in the order in which `read` gives them; n
        and left_out, seeds with a number and without.
    """
    table = pd.DataFrame([read(simulate(scenario, seed)) for seed in seeds])
    rows = [(figure, *interval(table[figure]), *counted(table[figure])) for figure in table]
    return pd.DataFrame(rows, columns=["figure", "mean", "low", "high", "n", "left_out"])


def run_script(main: Callable[..., None]) -> None:
    """Run an experiment's `main` from the command line; bad input ends with one line and exit status 2."""
    try:
        typer.run(main)
    except InputError as error:
        typer.echo(f"{Path(sys.argv[0]).name}: {error}", err=True)
        sys.exit(2)
