"""The command `market show`: what a scenario holds."""

from __future__ import annotations

from typing import Annotated

import typer

from market.commands import command
from market.commands.options import Changes, ScenarioName, scenario_of


@command
def show(
    scenario: ScenarioName,
    path: Annotated[
        str,
        typer.Argument(
            help="A parameter or a block of them, such as 'labs.*.training' or technology, with meanings and sources; "
            "by default what the scenario says itself.",
            metavar="[PATH]",
        ),
    ] = "",
    changes: Changes = None,
) -> None:
    """Show a scenario's parameters with their values, units, meanings and sources.

    A parameter that all labs, open providers or segments share stands once, with * for their names.
    """
    from market.views import settings, terminal

    setting = scenario_of(scenario, changes)
    rows, title = settings.below(setting, path) if path else [], f"{setting.name}: {path}"
    if not path:
        typer.echo(f"{setting.name}: {setting.description}")
        rows = [*settings.required(setting), *settings.differing(setting)]
        title = "What it says itself; what that means and all else: market show SCENARIO PATH, such as technology"
    terminal.console().print(terminal.settings_table(title, rows, explained=bool(path)))
