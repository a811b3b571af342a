"""The command `market run`: one market, both sets of books, all tables and figures."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from market import command_line
from market.commands import command
from market.commands.options import Changes, ScenarioName, assignments, fixed_by, scenario_of
from market.wording import one_line

if TYPE_CHECKING:
    from market.saving.place import Place
    from market.scenario.schema import Scenario
    from market.tables import Run


@command
def run(
    scenario: ScenarioName = "baseline",
    changes: Changes = None,
    seed: Annotated[int, typer.Option(help="Random seed; the same seed gives the same result.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the results. By default results/SCENARIO-CHANGES-SEED, with a number behind it if that "
            "holds anything but an earlier run of the same scenario and seed, which is replaced."
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Replace the run in the folder, also if its files were changed by hand. Files of yours beside them "
            "always stay.",
        ),
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write every table also as CSV, not only the P&Ls.")] = False,
    seeds: Annotated[
        int, typer.Option(min=0, max=100, help="Other seeds to run beside it, here and in the scenario's other world.")
    ] = 4,
    worlds: Annotated[
        int,
        typer.Option(
            min=0,
            help="So many worlds that agree with the evidence to run beside it, two seeds each: in what share of them "
            "the answers hold. `market verdict` says more.",
        ),
    ] = 0,
    threads: Annotated[int, typer.Option(help="Threads for customers' choices; pays above 100,000 customers.")] = 1,
    tables: Annotated[
        bool, typer.Option("--tables", help="Print the full tables too: the market, companies and models.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the figures behind the verdict as JSON instead.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Simulate a market, say what both sets of books answer, and save all tables.

    Says on one page whether the companies lose and whether the models earn, what other seeds say to that, and what
    would be different in the other world that the scenario names. Writes the tables (Parquet, the P&Ls also CSV),
    figures and a manifest.
    """
    from market.formats import as_json
    from market.parameters import InputError
    from market.progress import progress_bar
    from market.run import simulate
    from market.studies.beside import beside, flipped
    from market.studies.profiles import SMALL
    from market.views import page, plots

    if worlds == 1:
        raise InputError("--worlds: 1 is refused; allowed: 0, for none, or 2 and more")
    setting = scenario_of(scenario, changes).with_responses()
    flipped(setting)  # what it changes must be there
    place = _place(setting, seed, changes or [], out, force, csv)
    place.check()
    say = _silent if json or quiet else _printed
    with progress_bar(f"{setting.name}, seed {seed}", "months") as progress:
        done = simulate(setting, seed, threads=threads, progress=progress)
    above = page.top(done)
    say(above)
    if seeds:
        many = setting.customers > FEW_CUSTOMERS
        with progress_bar("other seeds", "runs") as progress, _executor(many) as pool:
            done.tables.update(beside(done, seeds, pool, progress))
    say(page.below(done, page.LINES - len(above)))
    images, undrawn = plots.images("run", done)
    with command_line.filled(place, "the run is", done.facts) as unfinished:
        done.write(unfinished, csv)
        for name, image in images.items():
            (unfinished / name).write_bytes(image)
    if worlds and not (json or quiet):
        small = setting.vary({**SMALL, **assignments(changes)})
        say(page.wrapped(_over_worlds(small, worlds, fixed_by(changes))))
    say(page.wrapped(page.ending(done, one_line(place.folder))))
    if tables:
        print_tables(done)
    if json:
        typer.echo(as_json({**done.summary, "seeds": done.seeds.to_dict("records"), "folder": str(place.folder)}))
    if undrawn is not None:
        command_line.complain_undrawn(place.folder, undrawn)
        raise typer.Exit(1)


def _over_worlds(setting: Scenario, worlds: int, fixed: tuple[str, ...]) -> list[str]:
    """Say in what share of so many worlds, which leave some paths as they are, the answers hold."""
    from market.progress import progress_bar
    from market.studies.verdict import verdict
    from market.views import sentences
    from market.views.sentences import Part

    with progress_bar(f"{worlds} worlds", "runs") as progress:
        found = verdict(setting.vary({"record_responses": 0}), worlds=worlds, fixed=fixed, progress=progress)
    size = f"{setting.customers:,} customers"
    return [
        f"In {worlds} worlds that agree with the evidence, {size}:",
        *sentences.said("verdict", found, Part.ANSWERS),
    ]


FEW_CUSTOMERS = 100_000
"""Customers up to which runs beside a run take less in its own process than others take to start."""


def _executor(many: bool) -> AbstractContextManager[Executor | None]:
    """A thread of this process, or processes of an engine's own."""
    return nullcontext() if many else ThreadPoolExecutor(1)


def _printed(lines: Iterable[str]) -> None:
    """Print lines at once. Nobody need read to the end: what is found is saved all the same."""
    with command_line.heard_or_not():
        for line in lines:
            typer.echo(line)


def _silent(lines: Iterable[str]) -> None:
    """Print nothing."""


def _place(setting: Scenario, seed: int, changes: list[str], out: Path | None, force: bool, csv: bool) -> Place:
    """Where a run goes: to the folder asked for, else to one that is named by what was changed."""
    from market.saving.naming import changes_in_words, folder_name
    from market.saving.place import Place, first_free
    from market.tables.run import KIND, file_names
    from market.views import plots

    names = (*file_names(csv), *plots.files("run"))
    if out is not None:
        return Place(out, KIND, force, names=names)
    same = {"seed": seed, "scenario": setting.model_dump(mode="json")}
    name = folder_name(setting.name, *changes_in_words(changes), str(seed))
    return first_free(Place(Path("results") / name, KIND, force, same, names))


def print_tables(done: Run) -> None:
    """Print the full tables of a run."""
    from market.measures.yearly import by_year
    from market.views import terminal

    calendar, spans, out = done.calendar, done.business, terminal.console()
    out.print(terminal.market_table(by_year(done), calendar.label))
    out.print(terminal.company_table(done.companies, lambda firm, year: calendar.label(year, *spans.get(firm, (0,)))))
    out.print(terminal.family_table(done.families, calendar.date))
    out.print(terminal.model_table(done.models, calendar.date))
