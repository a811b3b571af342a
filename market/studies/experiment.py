"""What experiments share: a folder that is complete or absent, how a script begins and ends, figures over seeds."""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from market import command_line
from market.measures.outcomes import unit_of
from market.run import simulate
from market.saving.place import Place
from market.scenario.schema import Scenario
from market.studies.intervals import counted, interval
from market.tables import Run

KIND = "experiment"
QUICK = "This is the quick form: not for quoting."

Out = Annotated[
    Path | None,
    typer.Option(help="Folder for tables and figures; by default results/NAME, and results/NAME-quick for --quick."),
]
"""The option of every experiment for its folder, which `run_script` fills in; files of yours in it always stay."""


@contextmanager
def experiment_folder(out: Path, quick: bool) -> Iterator[Path]:
    """Give an experiment a folder to write to; it replaces what an earlier run of the same form wrote, all at once.

    Raises
    ------
    InputError
        If `out` exists and holds something else, or cannot be written.
    """
    facts = {"name": _script(), "quick": quick}
    place = Place(out, KIND, again=facts)
    place.check()
    typer.echo(f"{facts['name']}: at work; its tables are printed when they are saved", err=True)
    with command_line.filled(place, "the tables are", facts) as folder:
        yield folder


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
    rows = [(figure, *interval(table[figure], unit_of(figure)), *counted(table[figure])) for figure in table]
    return pd.DataFrame(rows, columns=["figure", "mean", "low", "high", "n", "left_out"])


def run_script(main: Callable[..., None]) -> None:
    """Run an experiment's `main` from the command line, and end the process.

    What it prints is held back until its folder stands. Bad input ends with one line and exit status 2.
    """

    @functools.wraps(main)
    def script(**options: Any) -> None:
        quick = options["quick"]
        out = options["out"] or Path("results") / (f"{_script()}-quick" if quick else _script())
        said = io.StringIO()
        try:
            with redirect_stdout(said):
                main(**{**options, "out": out})
        finally:
            if said.getvalue():
                typer.echo("\n".join([QUICK, said.getvalue(), QUICK]) if quick else said.getvalue().rstrip("\n"))

    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command()(script)
    command_line.to_the_end(lambda: app(standalone_mode=False), f"{_script()}.py")


def _script() -> str:
    """Name of the experiment that runs."""
    return Path(sys.argv[0]).stem
