"""The command `market sweep`: a market at many values of its parameters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from market import command_line
from market.commands import command
from market.commands.options import Asked, Changes, Workers, assignments, scenario_of
from market.commands.results import exit_1_if_failed, say_caveats
from market.wording import one_line

if TYPE_CHECKING:
    import pandas as pd

    from market.studies.study import Study


@command
def sweep(
    scenario: Annotated[str, typer.Argument(help="A scenario, or a study file in TOML.")] = "baseline",
    factors: Annotated[
        list[str] | None,
        typer.Option(
            "--factor",
            metavar="PATH=V1,V2",
            help="Values of a parameter, or LOW:HIGH:COUNT (add :log); LOW:HIGH for sampled designs. May be repeated. "
            "The path 'scenario' takes whole scenarios. Example: --factor 'labs.*.training.growth=1.5,2.5,4'.",
        ),
    ] = None,
    replications: Annotated[
        int | None, typer.Option(help="Seeds 0, 1, …, the same at every design point; by default 8.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder that keeps results as they come, by default results/SCENARIO-sweep; the same command goes on "
            "where it ended, and a folder that holds anything else is refused."
        ),
    ] = None,
    changes: Changes = None,
    outcomes: Asked = None,
    design: Annotated[str, typer.Option(help="grid, one_at_a_time, latin_hypercube or sobol.")] = "grid",
    points: Annotated[int | None, typer.Option(help="Design points of a latin_hypercube or sobol design.")] = None,
    workers: Workers = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Do again what failed before.")] = False,
) -> None:
    """Run a market at many values of its parameters, each under the same seeds.

    Results are kept as they come: stop it at any moment and give the same command again. The first control-C lets the
    runs in flight finish, the second stops at once. Prints means with 95% intervals by design point and writes the tidy
    table (Parquet, CSV) and figures.
    """
    from market.measures.outcomes import headlines
    from market.saving.naming import folder_name
    from market.studies.sweep import sweep as do
    from market.views import terminal

    study = _study(scenario, factors or [], design, points, changes)
    asked = outcomes or study.outcomes
    folder = out if out is not None else Path("results") / folder_name(Path(scenario).stem, "sweep")
    kept = f"what is done is kept in {folder}/, and the same command goes on"

    def say(line: str) -> None:
        command_line.leave(kept)  # a sweep that speaks has begun
        typer.echo(line, err=True)

    with terminal.progress_bar(study.scenario.name, "runs") as progress:
        table = do(
            study.scenario, study.design, replications=study.replications if replications is None else replications,
            outcomes=asked, out=folder, workers=workers, retry_failed=retry_failed, progress=progress, say=say,
        )  # fmt: skip
    undrawn = _report(table, study, asked or [name for name in headlines() if name in table], folder)
    if undrawn is not None:
        command_line.complain_undrawn(folder, undrawn)
    if table.attrs["remaining"]:
        left = table.attrs["remaining"]
        command_line.leave(f"{left} runs are still to do; {kept}")
        raise SystemExit(command_line.INTERRUPTED)
    if undrawn is not None:
        raise SystemExit(1)
    exit_1_if_failed(table)


def _study(source: str, factors: list[str], design: str, points: int | None, changes: list[str] | None) -> Study:
    """Read a study from a file, or from the options."""
    from market.parameters import InputError
    from market.studies import study

    settings = assignments(changes)
    if study.is_study(source):
        if factors:
            raise InputError(f"--factor: {source} is a study file with factors of its own; give one or the other")
        return study.read(source, settings)
    base = scenario_of(source, changes)
    pairs = [study.factor(text) for text in factors]
    for path, _ in pairs:
        if sum(path == other for other, _ in pairs) > 1:
            raise InputError(f"--factor {path}: is given twice; put all its values in one")
    made = study.make_design(base, dict(pairs), design, points, settings)
    return study.Study(base, made, study.REPLICATIONS, None)


def _report(table: pd.DataFrame, study: Study, shown: list[str], folder: Path) -> Exception | None:
    """Draw the means by design point into the sweep's folder, then print them; return why they could not be drawn."""
    from market.studies import summaries
    from market.studies.store import write_file
    from market.views import plots, terminal
    from market.views.figures import Swept

    if table.empty:
        return None
    names = study.design.factors
    images, undrawn = plots.images("sweep", Swept(table, study.design, shown))
    for name, image in images.items():
        write_file(folder, name, image)
    terminal.console().print(terminal.sweep_table(summaries.by_point(table, names, shown), names, shown))
    say_caveats(table, table["seed"].nunique())
    typer.echo(f"Table and figures: {one_line(folder)}/")
    return undrawn
