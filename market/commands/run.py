"""The command `market run`: one market, both sets of books, all tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from market import command_line
from market.commands import command
from market.commands.options import Changes, scenario_of
from market.wording import one_line

if TYPE_CHECKING:
    from market.saving.place import Place
    from market.scenario.schema import Scenario
    from market.tables import Run


@command
def run(
    scenario: Annotated[str, typer.Argument(help="A name from `market list scenarios`, or a TOML file.")] = "baseline",
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
    csv: Annotated[bool, typer.Option("--csv", help="Write every table also as CSV, not only the two P&Ls.")] = False,
    threads: Annotated[int, typer.Option(help="Threads for customers' choices; pays above 100,000 customers.")] = 1,
) -> None:
    """Simulate a market, print both sets of books and save all tables.

    Prints the market by year, each company's P&L by year and each model's P&L over its life, says how the two readings
    compare, and writes the tables (Parquet, the P&Ls also CSV), figures and a manifest.
    """
    from market.run import simulate
    from market.views import plots, terminal

    setting = scenario_of(scenario, changes).with_responses()
    place = _place(setting, seed, changes or [], out, force, csv)
    place.check()
    with terminal.progress_bar(f"{setting.name}, seed {seed}", "months") as progress:
        done = simulate(setting, seed, threads=threads, progress=progress)
    images, undrawn = plots.images("run", done)
    try:
        with command_line.filled(place, "the run is", done.facts) as unfinished:
            done.write(unfinished, csv)
            for name, image in images.items():
                (unfinished / name).write_bytes(image)
    finally:  # what was found is printed even if it has no place
        print_run(done)
    typer.echo(f"The books agree to the cent. Tables and figures: {one_line(place.folder)}/")
    if undrawn is not None:
        command_line.complain_undrawn(place.folder, undrawn)
        raise typer.Exit(1)


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


def print_run(done: Run) -> None:
    """Print the tables of a run, and what there is to say about it above and below."""
    from market.measures.yearly import by_year
    from market.views import sentences, terminal
    from market.views.sentences import Part

    calendar = done.calendar
    spans = done.business
    for text in sentences.said("run", done, Part.FAILURES):
        terminal.say(text)
    out = terminal.console()
    out.print(terminal.market_table(by_year(done), calendar.label))
    out.print(terminal.company_table(done.companies, lambda firm, year: calendar.label(year, *spans.get(firm, (0,)))))
    out.print(terminal.model_table(done.models, calendar.date))
    for text in sentences.said("run", done, Part.NOTES, Part.SURPRISES, Part.READINGS):
        terminal.say(text)
