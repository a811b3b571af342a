"""The command `market compare`: two scenarios under the same luck."""

from __future__ import annotations

from typing import Annotated

import typer

from market.command_line import Cluster, InWorlds, Workers, kept_beside
from market.commands import command
from market.commands.options import (
    Asked,
    Changes,
    Force,
    Out,
    Replications,
    ScenarioName,
    SeedsOfEach,
    fixed_by,
    runs_of,
    scenario_names,
    scenario_of,
)
from market.commands.results import exit_1_if_failed, place_of, report


@command
def compare(
    a: ScenarioName,
    b: Annotated[
        str, typer.Argument(help="Another; what it changes is shown as B − A.", autocompletion=scenario_names)
    ],
    changes: Changes = None,
    replications: Replications = 16,
    in_worlds: InWorlds = 0,
    seeds: SeedsOfEach = None,
    outcomes: Asked = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Run two scenarios under the same luck and say what differs.

    Prints the differences and what they say; with --out writes the tables and a figure too. Beside the interval of the
    paired differences stands the one that independent seeds would give, and how many times wider that is. Over worlds
    intervals are of the means of each, and with several seeds of each it says what part of the spread is parameters.
    """
    from market.progress import progress_bar
    from market.studies.compare import differences, paired
    from market.studies.draws import drawn
    from market.studies.engine import engine
    from market.views import plots, terminal
    from market.views.results import Compared

    both, fixed = (scenario_of(a, changes), scenario_of(b, changes)), fixed_by(changes)
    count, draws = runs_of(replications, in_worlds, seeds), drawn(in_worlds, fixed)
    place = place_of(out, "comparison", force, "differences.csv", "runs.csv", *plots.files("comparison"))
    kept = out and kept_beside(out)
    with (
        progress_bar(f"{a} and {b}", "runs") as progress,
        engine(None, workers, cluster=cluster, keep=kept, retry_failed=True, draws=draws) as running,
    ):
        runs = paired(running, *both, range(count), outcomes, progress)
    table = differences(runs, in_worlds)
    found, shown = Compared(table, runs, *both, in_worlds, fixed), terminal.comparison_table(table, a, b)
    facts = {"replications": count, "worlds": in_worlds, "fixed": fixed}
    facts |= {name: one.model_dump(mode="json") for name, one in zip("ab", both, strict=True)}
    if not report(place, found, shown, {"differences": table, "runs": runs}, facts):
        raise SystemExit(1)
    exit_1_if_failed(runs)
