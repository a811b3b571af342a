"""The command `market calibrate`: which worlds agree with the evidence."""

from __future__ import annotations

from typing import Annotated

import typer

from market.command_line import Cluster, Workers, kept_beside
from market.commands import command
from market.commands.options import Changes, Force, Out, ScenarioName, small_scenario_of
from market.commands.results import place_of, report


@command
def calibrate(
    scenario: ScenarioName = "baseline",
    changes: Changes = None,
    until: Annotated[int, typer.Option(help="Last year of the evidence that is used: 2024, or 2025.")] = 2025,
    factors: Annotated[
        list[str] | None,
        typer.Option("--factor", metavar="NAME", help="A factor; may be repeated. Names: market list priors."),
    ] = None,
    first: Annotated[int, typer.Option(help="Worlds of the first wave, drawn from the priors.")] = 384,
    each: Annotated[int, typer.Option(help="Worlds of each of three waves between.")] = 128,
    last: Annotated[int, typer.Option(help="Worlds of the last wave, which are the posterior.")] = 240,
    replications: Annotated[int, typer.Option(help="Seeds under which every world runs, at least 2.")] = 2,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Find the worlds that agree with the evidence, and hold them against what was held out.

    Waves of worlds drawn from the priors, then from what Gaussian processes hold likely, ever more strictly; the last
    is the posterior, weighted. Some 45 minutes on two cores in full. With --until 2024 the year after is forecast and
    scored. The market has 3,000 customers, a panel of 200 and 36 months unless --set says otherwise. Needs
    `pip install 'market-of-models[study]'`. With --out tables and figures are written.
    """
    from market.progress import progress_bar
    from market.studies.calibrate import SIZE
    from market.studies.calibrate import calibrate as found_by
    from market.studies.calibration import TABLES
    from market.studies.worlds import first_seeds
    from market.views import plots, terminal

    setting = small_scenario_of(scenario, changes, SIZE)
    place = place_of(out, "calibration", force, *(f"{name}.csv" for name in TABLES), *plots.files("calibration"))
    with progress_bar(f"worlds around {scenario}", "runs") as progress:
        found = found_by(
            setting, until=until, factors=factors, first=first, each=each, last=last, seeds=first_seeds(replications),
            workers=workers, cluster=cluster, keep=out and kept_beside(out), progress=progress,
        )  # fmt: skip
    facts = {
        "scenario": found.scenario.model_dump(mode="json"), "until": until,
        "factors": [one.name for one in found.priors], "first": first, "each": each, "last": last,
        "replications": replications, "tempering": found.tempering, "effective": found.effective,
    }  # fmt: skip
    if not report(place, found, terminal.moments_table(found), found.tables, facts):
        raise SystemExit(1)
