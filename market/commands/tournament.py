"""The command `market tournament`: which conduct survives among all."""

from __future__ import annotations

from typing import Annotated

import typer

from market.command_line import Cluster, Workers, kept_beside
from market.commands import command
from market.commands.options import Changes, Force, Out, Replications, ScenarioName, small_scenario_of
from market.commands.results import place_of, report


@command
def tournament(
    scenario: ScenarioName = "baseline",
    changes: Changes = None,
    pricing: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="A pricing rule; may be repeated. All by default.")
    ] = None,
    training: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="A training rule; may be repeated. All by default.")
    ] = None,
    finalists: Annotated[
        int, typer.Option(help="Kinds of conduct of which all pairs are played; of more the best qualify.")
    ] = 6,
    compared: Annotated[
        int, typer.Option(help="Months between two comparisons with Nash and joint-profit prices; 0 for none.")
    ] = 24,
    years: Annotated[
        float,
        typer.Option("--terminal", help="Years of its last year's contribution that a business is worth at the end."),
    ] = 8.0,
    replications: Replications = 4,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Play pricing and training rules against each other, and say which survive and who has what of it.

    One lab plays each conduct where all others play each; shares grow with what they earn. The market has 1,000
    customers and a panel of 100 unless --set says otherwise. Needs `pip install 'market-of-models[study]'`. With --out
    tables and figures are written.
    """
    from market.progress import progress_bar
    from market.studies.tournament import PLAYED, TABLES
    from market.studies.tournament import tournament as play
    from market.views import plots, terminal

    setting = small_scenario_of(scenario, changes)
    files = (*(f"{name}.csv" for name in TABLES), *plots.files("tournament"))
    place = place_of(out, "tournament", force, *files)
    with progress_bar(f"conduct in {scenario}", "runs of a stage") as progress:
        found = play(
            setting, pricing=pricing, training=training, finalists=finalists, compared=compared, terminal=years,
            seeds=range(replications), workers=workers, cluster=cluster, keep=out and kept_beside(out),
            progress=progress,
        )  # fmt: skip
    facts = {
        "scenario": setting.model_dump(mode="json"), **{family: getattr(found, family) for family in PLAYED},
        "finalists": finalists, "compared": compared, "terminal": years, "replications": replications,
        "settled": found.settled, "agreeing": found.agreeing,
    }  # fmt: skip
    if not report(place, found, terminal.tournament_table(found), found.tables, facts):
        raise SystemExit(1)
