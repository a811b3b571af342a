"""The command `market sensitivity`: what a market's answers turn on."""

from __future__ import annotations

from typing import Annotated

import typer

from market.command_line import Cluster, Workers, kept_beside
from market.commands import command
from market.commands.options import Asked, Changes, Force, Out, Replications, ScenarioName, small_scenario_of
from market.commands.results import place_of, report


@command
def sensitivity(
    scenario: ScenarioName = "baseline",
    changes: Changes = None,
    factors: Annotated[
        list[str] | None,
        typer.Option(
            "--factor", metavar="NAME", help="A factor; may be repeated. All by default. Names: market list priors."
        ),
    ] = None,
    outcomes: Asked = None,
    trajectories: Annotated[int, typer.Option(help="Trajectories of elementary effects (Morris).")] = 6,
    samples: Annotated[int, typer.Option(help="Samples of Sobol' indices of groups, a power of 2.")] = 64,
    each: Annotated[int, typer.Option(help="Samples of Sobol' indices of factors, a power of 2; 0 for none.")] = 0,
    raw: Annotated[bool, typer.Option("--raw", help="Indices of outcomes themselves instead of their ranks.")] = False,
    replications: Replications = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Vary what is uncertain, and say which of it each outcome turns on.

    Elementary effects and Sobol' indices of factors, and of accounting, technology, demand and competition as groups,
    in worlds of the same luck. The market has 1,000 customers and a panel of 100 unless --set says otherwise. Needs
    `pip install 'market-of-models[study]'`. With --out tables and figures are written.
    """
    from market.progress import progress_bar
    from market.studies.sensitivity import TABLES
    from market.studies.sensitivity import sensitivity as analyse
    from market.studies.worlds import first_seeds
    from market.views import plots, terminal

    setting = small_scenario_of(scenario, changes)
    files = (*(f"{name}.csv" for name in TABLES), *plots.files("sensitivity"))
    place = place_of(out, "sensitivity", force, *files)
    with progress_bar(f"worlds around {scenario}", "runs") as progress:
        found = analyse(
            setting, factors=factors, outcomes=outcomes, trajectories=trajectories, samples=samples,
            each=each, ranked=not raw, seeds=first_seeds(replications), workers=workers, cluster=cluster,
            keep=out and kept_beside(out), progress=progress,
        )  # fmt: skip
    facts = {
        "scenario": setting.model_dump(mode="json"), "factors": found.factors, "outcomes": found.outcomes,
        "trajectories": trajectories, "samples": samples, "each": each, "ranked": not raw,
        "replications": replications,
    }  # fmt: skip
    if not report(place, found, terminal.sensitivity_table(found), found.tables, facts):
        raise SystemExit(1)
