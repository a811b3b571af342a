"""The command `market sweep`: a market at many values of its parameters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from market import command_line
from market.command_line import Cluster, InWorlds, Workers
from market.commands import command
from market.commands.options import (
    Asked,
    Changes,
    Replications,
    ScenarioName,
    SeedsOfEach,
    assignments,
    fixed_by,
    runs_of,
    scenario_of,
)
from market.commands.results import exit_1_if_failed
from market.wording import one_line

if TYPE_CHECKING:
    from market.views.results import Swept


@command
def sweep(
    scenario: ScenarioName = "baseline",
    factors: Annotated[
        list[str] | None,
        typer.Option(
            "--factor",
            metavar="PATH=V1,V2",
            help="Values of a parameter, or LOW:HIGH:COUNT (add :log); LOW:HIGH for sampled designs. May be repeated. "
            "The path 'scenario' takes whole scenarios. Example: --factor 'labs.*.training.growth=1.5,2.5,4'.",
        ),
    ] = None,
    replications: Replications = 8,
    in_worlds: InWorlds = 0,
    seeds: SeedsOfEach = None,
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
    cluster: Cluster = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Do again what failed before.")] = False,
) -> None:
    """Run a market at many values of its parameters, each under the same seeds.

    Results are kept as they come: stop it at any moment and give the same command again. The first control-C lets the
    runs in flight finish, the second stops at once. Prints means with 95% intervals by design point and writes the tidy
    table (Parquet, CSV) and figures. Over worlds means are of those of each, and with several seeds of each it says
    what part of the spread is parameters.
    """
    from market.measures.outcomes import headlines
    from market.progress import progress_bar
    from market.saving.naming import folder_name
    from market.studies.factors import design_of
    from market.studies.sweep import sweep as do
    from market.views.results import Swept

    base, count = scenario_of(scenario, changes), runs_of(replications, in_worlds, seeds)
    planned = design_of(base, factors or [], design, points, assignments(changes))
    folder = out if out is not None else Path("results") / folder_name(Path(scenario).stem, "sweep")
    kept = f"what is done is kept in {folder}/, and the same command goes on"

    def say(line: str) -> None:
        command_line.leave(kept)  # a sweep that speaks has begun
        typer.echo(line, err=True)

    with progress_bar(base.name, "runs") as progress:
        table = do(
            base, planned, replications=replications, seeds=range(count) if in_worlds else None, worlds=in_worlds,
            fixed=fixed_by(changes), outcomes=outcomes, out=folder, workers=workers, cluster=cluster,
            retry_failed=retry_failed, progress=progress, say=say,
        )  # fmt: skip
    shown = outcomes or [name for name in headlines() if name in table]
    undrawn = _report(Swept(table, planned, shown, base, in_worlds, fixed_by(changes)), folder)
    if undrawn is not None:
        command_line.complain_undrawn(folder, undrawn)
    if table.attrs["remaining"]:
        left = table.attrs["remaining"]
        command_line.leave(f"{left} runs are still to do; {kept}")
        raise SystemExit(command_line.INTERRUPTED)
    if undrawn is not None:
        raise SystemExit(1)
    exit_1_if_failed(table)


def _report(swept: Swept, folder: Path) -> Exception | None:
    """Draw the means by design point into the sweep's folder, then print them; return why they could not be drawn."""
    from market.studies import summary as summaries
    from market.studies.sweep_folder import write_file
    from market.views import page, plots, sentences, terminal

    table, names, shown = swept.table, swept.design.factors, swept.outcomes
    if table.empty:
        return None
    images, undrawn = plots.images("sweep", swept)
    for name, image in images.items():
        write_file(folder, name, image)
    points = summaries.by_point(table, names, shown, swept.worlds)
    terminal.console().print(terminal.sweep_table(points, names, shown, swept.counted))
    for line in page.wrapped(sentences.said("sweep", swept)):
        typer.echo(line)
    typer.echo(f"Table and figures: {one_line(folder)}/")
    return undrawn
