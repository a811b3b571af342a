"""The command `market hindcast`: demand before the real supply, held against a router's weekly list of tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from market.commands import command
from market.commands.options import Changes, Force, ScenarioName, scenario_of
from market.commands.results import place_of, report


@command
def hindcast(
    scenario: ScenarioName = "history",
    changes: Changes = None,
    customers: Annotated[int, typer.Option(help="Customers of the simulation, all of the segment developer.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Random seed; the same seed gives the same result.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for tables and figures; none by default.")] = None,
    force: Force = False,
) -> None:
    """Forecast the second half of 2025 from what was known before, and say whether the simulation won.

    The real releases and list prices are given; what is forecast is each model's share of a router's tokens, 1, 4 and
    13 weeks ahead, by the simulation, by persistence, by a dynamic logit, and by the logit mixed with the simulation.
    All is fitted to the first half. Takes about half a minute. With --out tables and figures are written.
    """
    from market.progress import progress_bar
    from market.studies.hindcast.study import TABLES
    from market.studies.hindcast.study import hindcast as study
    from market.views import plots, terminal

    setting = scenario_of(scenario, changes)
    place = place_of(out, "hindcast", force, *(f"{name}.csv" for name in TABLES), *plots.files("hindcast"))
    with progress_bar(f"hindcast of {scenario}", "steps") as progress:
        found = study(setting, customers=customers, seed=seed, progress=progress)
    if not report(place, found, terminal.hindcast_table(found), found.tables, found.facts):
        raise SystemExit(1)
