"""The command `market verdict`: in what share of worlds the answers hold, and what flips them."""

from __future__ import annotations

from typing import Annotated

import typer

from market.command_line import Cluster, Workers, kept_beside
from market.commands import command
from market.commands.options import Changes, Force, Out, ScenarioName, fixed_by, small_scenario_of
from market.commands.results import place_of, report


@command
def verdict(
    scenario: ScenarioName = "baseline",
    changes: Changes = None,
    worlds: Annotated[int, typer.Option(help="Worlds that agree with the evidence, drawn from the posterior.")] = 48,
    seeds: Annotated[int, typer.Option(help="Seeds of each world; two or more tell luck from parameters.")] = 2,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Say in what share of worlds models and labs pay, and what flips that.

    Runs a scenario in worlds drawn from the posterior that comes with the package; it keeps what it says otherwise than
    the baseline. The market has 1,000 customers and a panel of 100 unless --set says otherwise. With --out tables and
    figures are written. Needs `pip install 'market-of-models[study]'`.
    """
    from market.progress import progress_bar
    from market.studies.draws import provenance
    from market.studies.verdict import TABLES
    from market.studies.verdict import verdict as judge
    from market.views import plots, terminal

    setting = small_scenario_of(scenario, changes)
    place = place_of(out, "verdict", force, *(f"{name}.csv" for name in TABLES), *plots.files("verdict"))
    with progress_bar(f"worlds of {scenario}", "runs") as progress:
        found = judge(
            setting, worlds=worlds, seeds=seeds, fixed=fixed_by(changes), workers=workers, cluster=cluster,
            keep=out and kept_beside(out), progress=progress,
        )  # fmt: skip
    facts = {
        "scenario": setting.model_dump(mode="json"), "count": found.count, "seeds": found.seeds, "fixed": found.fixed,
        "posterior": provenance(),
    }  # fmt: skip
    if not report(place, found, terminal.verdict_table(found), found.tables, facts):
        raise SystemExit(1)
