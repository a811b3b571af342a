"""The `market` command. Heavy imports wait until a command needs them, so that `--help` answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from market import command_line, explain_command, study_commands
from market.cli_options import Changes, scenario_of
from market.wording import one_line

if TYPE_CHECKING:
    from market.run import Run
    from market.saving.place import Place
    from market.scenario.schema import Scenario

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="A competitive market of AI models: is each model a profitable company of its own, and does that survive "
    "competition? Start with: market run",
)

FIGURES = ("market_share.png", "two_readings.png")
"""Figures that `market run` draws into its folder."""

LISTINGS = ("scenarios", "rules", "interventions", "parameters", "experiments", "outcomes")


@app.callback()
def _root() -> None:
    """Keep `run` and `list` subcommands."""


@app.command()
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
    threads: Annotated[int, typer.Option(help="Threads for customers' choices; pays above 100,000 customers.")] = 1,
) -> None:
    """Simulate a market, print both sets of books and save all tables.

    Prints the market by year, each company's P&L by year and each model's P&L over its life, says how the two readings
    compare, and writes the tables (Parquet, the P&Ls also CSV), two figures and a manifest.
    """
    from market.parameters import InputError
    from market.run import simulate
    from market.views import terminal

    setting = scenario_of(scenario, changes)
    place = _place(setting, seed, changes or [], out, force)
    place.check()
    with terminal.progress_bar(f"{setting.name}, seed {seed}", "months") as progress:
        done = simulate(setting, seed, threads=threads, progress=progress)
    undrawn: Exception | None = None
    try:
        with command_line.filled(place, "the run is", done.facts) as unfinished:
            done.write(unfinished)
            try:
                _draw(done, unfinished)
            except Exception as error:  # the tables outlive a figure that cannot be drawn
                undrawn = error
    except InputError as error:
        _print_run(done)
        command_line.complain("market", str(error))
        raise typer.Exit(1) from None
    _print_run(done)
    typer.echo(f"The books agree to the cent. Tables and figures: {one_line(place.folder)}/")
    if undrawn is not None:
        command_line.complain_undrawn(place.folder, undrawn)
        raise typer.Exit(1)


def _place(setting: Scenario, seed: int, changes: list[str], out: Path | None, force: bool) -> Place:
    """Where a run goes: to the folder asked for, else to one that is named by what was changed."""
    from market.run import FILES, KIND
    from market.saving.naming import changes_in_words, folder_name
    from market.saving.place import Place, first_free

    names = (*FILES, *FIGURES)
    if out is not None:
        return Place(out, KIND, force, names=names)
    same = {"seed": seed, "scenario": setting.model_dump(mode="json")}
    name = folder_name(setting.name, *changes_in_words(changes), str(seed))
    return first_free(Place(Path("results") / name, KIND, force, same, names))


app.command()(study_commands.sweep)
app.command()(study_commands.compare)
app.command("break-even")(study_commands.break_even)
app.command()(explain_command.explain)


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="One of: " + ", ".join(LISTINGS) + ".")],
) -> None:
    """List scenarios, rules, interventions, parameters, experiments or outcomes."""
    from market.parameters import InputError, unknown
    from market.views import listing, terminal

    if what not in LISTINGS:
        raise InputError(unknown("listing", what, LISTINGS))
    title, rows, headings = getattr(listing, what)()
    terminal.console().print(terminal.plain_table(title, rows, headings))


@app.command()
def check() -> None:
    """Check this installation against answers computed by others, in under a minute.

    Solves oligopolies that PyBLP solved, closed forms, published figures of the evidence, the interview's arithmetic
    and the accounting identities of a small run; prints what was found beside what is expected. Exit status 1 if
    anything differs by more than is allowed.
    """
    from market.studies.check import run_checks
    from market.views import terminal

    with terminal.progress_bar("checks", "pages") as progress:
        found = run_checks(progress)
    for title, findings in found.items():
        rows = [
            (f.what, f"{f.found:.10g}", f"{f.expected:.10g}", f"{f.tolerance:.2g}", "holds" if f.holds else "DIFFERS")
            for f in findings
        ]
        headings = ("what", "found", "expected", "may differ by", "")
        terminal.console().print(terminal.plain_table(title, rows, headings))
    wrong = sum(not f.holds for findings in found.values() for f in findings)
    total = sum(map(len, found.values()))
    typer.echo(f"All {total} findings hold." if not wrong else f"{wrong} of {total} findings DIFFER.")
    raise typer.Exit(1 if wrong else 0)


def main() -> NoReturn:
    """Run the command; bad input ends with one line on standard error and exit status 2."""
    command_line.to_the_end(lambda: app(standalone_mode=False), "market")


def _print_run(done: Run) -> None:
    """Print the tables of a run, what surprises in it, and both readings."""
    from market.measures.readings import failures, two_readings
    from market.measures.surprises import surprises, world_product
    from market.measures.yearly import by_year
    from market.run import business
    from market.views import sentences, terminal

    calendar = done.calendar
    years = by_year(done.offers, done.segments, calendar)
    world = world_product(done.scenario, years["year"], years["months"])
    out = terminal.console()
    failed = failures(done)
    if failed:
        terminal.say(sentences.failures_text(failed, len(done.scenario.labs)))
    ends = done.events[done.events["kind"] == "failed"]
    for month, said in zip(ends["month"], ends["detail"], strict=True):
        terminal.say(f"{calendar.date(month)}: {said}.")
    out.print(terminal.market_table(years, world, calendar.label))
    spans = business(done.scenario, done.events)
    out.print(terminal.company_table(done.companies, lambda firm, year: calendar.label(year, *spans.get(firm, (0,)))))
    out.print(terminal.model_table(done.models, calendar.date))
    unsettled = done.events["kind"].eq("not_converged").sum()
    if unsettled:
        terminal.say(f"In {unsettled} cases a search for prices did not settle: see events of kind not_converged.")
    for line in surprises(done, years):
        terminal.say(line)
    terminal.say(sentences.readings_text(two_readings(done)))


def _draw(done: Run, folder: Path) -> None:
    """Draw the two figures of a run into a folder."""
    import pandas as pd
    from matplotlib.figure import Figure

    from market.measures.readings import flagships, up_to_failure
    from market.measures.structure import shares
    from market.views import plots

    share = Figure(figsize=(9, 4.5), layout="constrained")
    by_month = shares(done.offers).pivot_table(index="month", columns="firm", values="share", fill_value=0.0)
    if len(by_month):
        by_month = by_month.reindex(range(done.scenario.months), fill_value=0.0).set_axis(pd.to_datetime(done.dates))
    plots.market_share(by_month, share.subplots())
    share.savefig(folder / FIGURES[0], dpi=120)
    pair = Figure(figsize=(12, 4.5), layout="constrained")
    models = flagships(done.models)
    models = models[models["released"].notna() | models["complete"]]
    plots.two_readings(up_to_failure(done), models, tuple(pair.subplots(1, 2)))
    pair.savefig(folder / FIGURES[1], dpi=120)


if __name__ == "__main__":
    main()
