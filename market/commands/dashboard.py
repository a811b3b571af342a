"""The command `market dashboard`: a page on which a market is set up, simulated and compared."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from market.commands import command
from market.commands.options import ScenarioName


@command
def dashboard(
    scenario: ScenarioName = "baseline",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for any that is free.")] = 0,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """Open an interactive page: set up a market, watch it, compare it with a second one under the same luck.

    The page answers on this machine alone (127.0.0.1) and needs no network. Control-C ends it.
    """
    from market.parameters import InputError
    from market.scenario.load import load

    if find_spec("panel") is None:
        raise InputError("dashboard: panel is not installed; pip install 'market-of-models[dashboard]'")
    load(scenario)
    from market.views.dashboard.server import free_port, serve

    try:
        serve(scenario, free_port(port), open_, lambda address: typer.echo(f"{address} (control-C ends it)"))
    except KeyboardInterrupt:
        return
