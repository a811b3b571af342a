"""The command `market policies`: where best replies in policies lead."""

from __future__ import annotations

from typing import Annotated

import typer

from market.command_line import Cluster, Workers, kept_beside
from market.commands import command
from market.commands.options import Changes, Force, Out, Replications, ScenarioName, small_scenario_of
from market.commands.results import place_of, report


@command
def policies(
    scenario: ScenarioName = "baseline",
    given: Annotated[
        list[str],
        typer.Option(
            "--policy",
            metavar="PATH=V1,V2",
            help="Values of a parameter below a lab, or LOW:HIGH:COUNT. May be repeated: a policy is a value of each. "
            "Example: --policy pricing.launch_scale=0.7,0.85,1.",
        ),
    ] = ...,  # type: ignore[assignment]
    changes: Changes = None,
    by_firm: Annotated[
        bool,
        typer.Option("--by-firm/--alike", help="Each lab has its own policy and replies in turn, or all have one."),
    ] = False,
    firm: Annotated[
        str | None,
        typer.Option(help="The lab that looks for a better policy if all are alike; all in turn by default."),
    ] = None,
    replications: Replications = 16,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Follow labs' best replies within a class of policies, to an equilibrium or a cycle.

    Replies are chosen on the first half of the seeds; what a lab still gains at the end is said on the other half. The
    market has 1,000 customers and a panel of 100 unless --set says otherwise. With --out tables and a figure are
    written.
    """
    from market.parameters import InputError
    from market.progress import progress_bar
    from market.studies.factors import factor
    from market.studies.policies import policies as search
    from market.views import plots, terminal

    setting = small_scenario_of(scenario, changes)
    pairs = [factor(text, "--policy", "pricing.markup=0.2,0.3,0.5") for text in given]
    grid = dict(pairs)
    if len(grid) < len(pairs):
        raise InputError("--policy: a path is given twice; put all its values in one")
    place = place_of(out, "policies", force, "replies.csv", "ends.csv", *plots.files("policies"))
    with progress_bar(f"policies in {scenario}", "runs of a reply") as progress:
        found = search(
            setting, grid, alike=not by_firm, firm=firm, seeds=range(replications), workers=workers, cluster=cluster,
            keep=out and kept_beside(out), progress=progress,
        )  # fmt: skip
    facts = {
        "scenario": setting.model_dump(mode="json"), "grid": found.grid, "alike": found.alike, "firm": firm,
        "verdict": found.verdict, "replications": replications,
    }  # fmt: skip
    tables = {"replies": found.replies, "ends": found.ends}
    if not report(place, found, terminal.replies_table(found.replies), tables, facts):
        raise SystemExit(1)
