"""How an experiment is declared and run.

An experiment is a function of a `Study` that says what is asked: worlds and readings, then tables, figures and
sentences. The runner does the rest: options, progress, results kept as they come, a folder that is complete or absent.

    @experiment(seeds=16, quick_seeds=2)
    def signs(study):
        runs = study.read({"two labs": market.load("duopoly")}, ["multiple"])
        study.table("signs", summary(runs, by=["world"]), title="Multiples")

    if __name__ == "__main__":
        signs()
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import pandas as pd
import typer

from market import command_line
from market.parameters import InputError, name_problem
from market.progress import progress_bar
from market.saving.place import Place
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.studies.apart import several
from market.studies.draws import drawn
from market.studies.engine import Engine, engine
from market.studies.levels import Levels
from market.studies.points import Design
from market.studies.reading import Outcomes, Reading, asked
from market.studies.reseeded import LUCK_AND_PARAMETERS, Reseeded
from market.studies.sweep import sweep
from market.studies.worlds import Worlds, checked_seeds, first_seeds, scenarios
from market.views import terminal
from market.views.sentences.studies import apart
from market.wording import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KIND = "experiment"
QUICK = "This is the quick form: not for quoting."
Choice = TypeVar("Choice")


@dataclass
class Study:
    """What an experiment is given to work with.

    Attributes
    ----------
    quick : whether the quick form is asked for, with few seeds and small markets.
    seeds : the random seeds of the replications.
    engine : runs worlds; the studies of `market.studies` take it as their `executor`, and then keep results too.
    """

    quick: bool
    seeds: range
    engine: Engine
    _tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    _figures: dict[str, Figure] = field(default_factory=dict)

    def pick(self, full: Choice, quick: Choice) -> Choice:
        """The first of two in the full form, the second in the quick one."""
        return quick if self.quick else full

    def read(
        self,
        worlds: Scenario | Mapping[Any, Scenario],
        reading: Outcomes | Reading,
        by: str | tuple[str, ...] = "world",
        seeds: Iterable[int] | None = None,
    ) -> pd.DataFrame:
        """Run worlds under every seed and read them.

        Parameters
        ----------
        worlds : a scenario, or scenarios by name; names of several words are tuples.
        reading : names of outcomes, or a function of a `Run` that gives figures by name or a table.
        by : names the columns that say which world.
        seeds : those of the experiment if not given.

        Returns
        -------
        DataFrame
            The columns `by` (none for a single scenario), seed, and what was read: a row per world and seed, or as many
            as its table has; in the order given.

        Raises
        ------
        InputError
            If a run fails; the line names it.
        """
        names, asked_for, read = self._asked(worlds, reading, seeds)
        with progress_bar(", ".join(map(str, [by] if isinstance(by, str) else by)), "runs") as progress:
            return _named(self.engine.table(asked_for, read, progress), names, by)

    def read_tables(
        self,
        worlds: Scenario | Mapping[Any, Scenario],
        reading: Reading,
        by: str | tuple[str, ...] = "world",
        seeds: Iterable[int] | None = None,
    ) -> dict[str, pd.DataFrame]:
        """Run worlds and read several tables, by name, off each.

        Parameters
        ----------
        worlds, by, seeds : as in `read`.   reading : a function of a `Run` that gives tables by name.

        Returns
        -------
        dict
            Each table as in `read`.
        """
        names, asked_for, read = self._asked(worlds, reading, seeds)
        with progress_bar("worlds", "runs") as progress:
            tables = self.engine.tables(asked_for, read, progress)
        return {name: _named(table, names, by) for name, table in tables.items()}

    def sweep(
        self, scenario: Scenario, factors: Mapping[str, Levels] | Design | Any, outcomes: Outcomes | None = None
    ) -> pd.DataFrame:
        """Run a design under every seed; see `market.sweep`."""
        with progress_bar("design points", "runs") as progress:
            runs = sweep(
                scenario, factors, seeds=self.seeds, outcomes=outcomes, executor=self.engine, progress=progress
            )
        if runs.attrs["remaining"]:
            raise KeyboardInterrupt
        return runs

    def table(
        self, name: str, table: pd.DataFrame, title: str | None = None, shown: pd.DataFrame | None = None
    ) -> None:
        """Save a table as NAME.csv, and print it if it has a title.

        Parameters
        ----------
        name, table : what is saved.   title : what is printed above it; None prints nothing.
        shown : what is printed in its place, such as means with intervals in words.
        """
        self._tables[_new(name, self._tables)] = table
        if title is not None:
            self.show(title, table if shown is None else shown)

    def figure(self, name: str, figure: Figure) -> None:
        """Save a figure as NAME.png."""
        self._figures[_new(name, self._figures)] = figure

    def show(self, title: str, table: pd.DataFrame) -> None:
        """Print a table."""
        terminal.show(title, table)

    def say(self, text: str) -> None:
        """Print a sentence."""
        terminal.say(text)

    def write(self, folder: Path) -> None:
        """Write all tables and figures into a folder."""
        for name, table in self._tables.items():
            write_csv(table, folder / f"{name}.csv")
        for name, figure in self._figures.items():
            figure.savefig(folder / f"{name}.png", dpi=120)

    def _asked(
        self, worlds: Scenario | Mapping[Any, Scenario], reading: Outcomes | Reading, seeds: Iterable[int] | None
    ) -> tuple[list[Any] | None, Worlds, Reading]:
        """Names of the worlds, the worlds, and the reading."""
        read = reading if callable(reading) else asked(reading)
        known = checked_seeds(self.seeds if seeds is None else seeds)
        if isinstance(worlds, Scenario):
            return None, scenarios([worlds], known), read
        names = list(worlds)
        return names, scenarios(worlds.values(), known, (_in_one(name) for name in names)), read


Inquiry = Callable[[Study], None]


@dataclass(frozen=True)
class Experiment:
    """An experiment as a script; call it to run it from the command line.

    Attributes
    ----------
    inquiry : what is asked.
    seeds, quick_seeds : how many replications the full form has, and the quick one.
    in_worlds : whether each is a world that agrees with the evidence, also if --worlds does not ask for it.
    """

    inquiry: Inquiry
    seeds: int
    quick_seeds: int
    in_worlds: bool = False

    @property
    def name(self) -> str:
        """Its name: that of its script."""
        return Path(sys.argv[0]).stem

    def __call__(self) -> None:
        """Run it from the command line, and end the process; bad input gives one line and exit status 2."""
        app = typer.Typer(rich_markup_mode=None, add_completion=False)
        app.command(help=self.inquiry.__globals__["__doc__"])(self.run)
        command_line.to_the_end(lambda: app(standalone_mode=False), f"{self.name}.py")

    def run(
        self,
        quick: Annotated[
            bool, typer.Option("--quick", help="Few seeds and small markets: seconds, and not for quoting.")
        ] = False,
        out: Annotated[
            Path | None,
            typer.Option(
                help="Folder for tables and figures; by default results/NAME, and results/NAME-quick for --quick. Runs "
                "are kept beside it, in a folder of that name with -runs, so that the same command goes on from them."
            ),
        ] = None,
        seeds: Annotated[
            int | None,
            typer.Option(
                help="Random seeds 0, 1, …: how many replications. With --worlds, seeds of each world, 1 by default: "
                "two or more tell luck from parameters, number by number.",
            ),
        ] = None,
        in_worlds: command_line.InWorlds = 0,
        workers: command_line.Workers = None,
        cluster: command_line.Cluster = None,
    ) -> None:
        """Run it and save what it gives; what it prints is held back until its folder stands."""
        usual = self.quick_seeds if quick else self.seeds
        replications = first_seeds(several(in_worlds) or (usual if seeds is None else seeds))
        draws = drawn(len(replications) if self.in_worlds else in_worlds)
        of_each = len(first_seeds(seeds)) if in_worlds and seeds is not None else 1
        facts = {"name": self.name, "quick": quick}
        noted = {**facts, "seeds": len(replications) * of_each, **({"worlds": len(draws)} if draws else {})}
        form = f"-{in_worlds}-worlds" * bool(in_worlds) + f"-{of_each}-seeds" * (of_each > 1) + "-quick" * quick
        folder = out or Path("results") / f"{self.name}{form}"
        place = Place(folder, KIND, again=facts)
        place.check()
        typer.echo(f"{self.name}: at work; its tables are printed when they are saved", err=True)
        runs = command_line.kept_beside(folder)
        said = io.StringIO()
        with (
            redirect_stdout(said),
            _executor(quick, workers, cluster) as pool,
            engine(pool, workers, cluster=cluster, keep=runs, patient=True, retry_failed=True, draws=draws) as running,
        ):
            study = Study(quick, replications, Reseeded(running, of_each) if of_each > 1 else running)
            self.inquiry(study)
            _tell_apart(study)
        where = ""
        try:
            with command_line.filled(place, "the tables are", noted) as unfinished:
                study.write(unfinished)
            where = f"Tables and figures: {one_line(folder)}/"
        finally:  # what was found is said even if it has no place
            text = f"{said.getvalue()}{where}".rstrip("\n")
            typer.echo("\n".join([QUICK, text, QUICK]) if quick else text)


def experiment(*, seeds: int, quick_seeds: int = 2, in_worlds: bool = False) -> Callable[[Inquiry], Experiment]:
    """Declare a function of a `Study` as an experiment.

    Parameters
    ----------
    seeds, quick_seeds, in_worlds : as in `Experiment`.
    """
    return lambda inquiry: Experiment(inquiry, seeds, quick_seeds, in_worlds)


def _tell_apart(study: Study) -> None:
    """Save and say what of all that was read is luck and what parameters, if runs were made again to tell."""
    if isinstance(study.engine, Reseeded):
        table = study.engine.apart()
        study.table(LUCK_AND_PARAMETERS, table)
        study.say(apart(table))


@contextmanager
def _executor(quick: bool, workers: int | None, cluster: str | None) -> Iterator[Executor | None]:
    """A thread for a quick form, whose work takes less than a process to start; else whatever an engine starts."""
    threads = quick and workers is None and cluster is None
    with ThreadPoolExecutor(1) if threads else nullcontext() as pool:
        yield pool


def _in_one(name: Any) -> str:
    """The name of a world, which may be of several words."""
    return ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _new(name: str, taken: Mapping[str, Any]) -> str:
    """Accept the name of a table or a figure, which names its file."""
    problem = "is in use" if name in taken else name_problem(name)
    if problem:
        raise InputError(f"'{name}': {problem}; give the table or figure another name")
    return name


def _named(table: pd.DataFrame, names: list[Any] | None, by: str | tuple[str, ...]) -> pd.DataFrame:
    """Put the names of worlds in front of a table, in the place of their numbers."""
    if names is None:
        return table.drop(columns="point")
    columns = (by,) if isinstance(by, str) else by
    taken = next((name for name in columns if name in table.columns.drop("point")), None)
    if taken is not None:
        raise InputError(f"by '{taken}': the study or the reading has a column of this name; give another")
    words = [name if isinstance(name, tuple) else (name,) for name in names]
    labels = pd.DataFrame([words[point] for point in table["point"]], columns=list(columns), index=table.index)
    return pd.concat([labels, table.drop(columns="point")], axis=1)
