"""The command `market break-even`: where an outcome crosses a level."""

from __future__ import annotations

from typing import Annotated

import typer

from market.command_line import Cluster, InWorlds, Workers, kept_beside
from market.commands import command
from market.commands.options import (
    Changes,
    Force,
    Out,
    Replications,
    ScenarioName,
    SeedsOfEach,
    fixed_by,
    runs_of,
    scenario_of,
)
from market.commands.results import place_of, report


@command
def break_even(
    path: Annotated[str, typer.Argument(help="The parameter, such as 'labs.*.training.growth'.")],
    scenario: ScenarioName = "baseline",
    outcome: Annotated[str, typer.Option(help="The outcome; names: market list outcomes.")] = "multiple",
    level: Annotated[float, typer.Option(help="The level that it crosses, in its unit.")] = 1.0,
    between: Annotated[
        tuple[float, float], typer.Option(help="The range to search, in the parameter's unit.", metavar="LOW HIGH")
    ] = ...,  # type: ignore[assignment]
    changes: Changes = None,
    replications: Replications = 16,
    in_worlds: InWorlds = 0,
    seeds: SeedsOfEach = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Find the value of a parameter at which an outcome crosses a level, with its interval, or never, or always.

    Every value is tried under the same seeds; what was tried is shown, and with --out written with a figure. Over
    worlds with several seeds of each it says what part of the crossing's spread is parameters, and what luck leaves.
    """
    from market.progress import progress_bar
    from market.studies.break_even import break_even as find
    from market.views import plots, terminal
    from market.views.results import Crossed

    setting, fixed = scenario_of(scenario, changes), fixed_by(changes)
    count = runs_of(replications, in_worlds, seeds)
    place = place_of(out, "break-even", force, "evidence.csv", *plots.files("break-even"))
    with progress_bar(f"{outcome} = {level:g}", "runs at most") as progress:
        answer = find(
            setting, path, outcome, level, between, seeds=range(count), worlds=in_worlds,
            fixed=fixed, workers=workers, cluster=cluster, keep=out and kept_beside(out), progress=progress,
        )  # fmt: skip
    asked = {
        "scenario": setting.model_dump(mode="json"),
        "path": path,
        "outcome": outcome,
        "level": level,
        "worlds": in_worlds,
        "seeds": count,
        "fixed": fixed,
    }
    shown = terminal.evidence_table(answer.evidence, path, outcome, "worlds" if in_worlds else "seeds")
    found = Crossed(answer.evidence, answer.sentence, path, outcome, level, setting, in_worlds, fixed, count)
    if not report(place, found, shown, {"evidence": answer.evidence}, {"sentence": answer.sentence, **asked}):
        raise SystemExit(1)
