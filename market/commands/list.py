"""The command `market list`: what there is to choose from."""

from __future__ import annotations

from typing import Annotated

import typer

from market.commands import command
from market.views.listing import LISTINGS


@command
def list_(
    what: Annotated[str, typer.Argument(help="One of: " + ", ".join(LISTINGS) + ".")],
) -> None:
    """List what there is to choose from."""
    from market.parameters import InputError, unknown
    from market.views import terminal

    if what not in LISTINGS:
        raise InputError(unknown("listing", what, LISTINGS))
    terminal.console().print(terminal.plain_table(*LISTINGS[what]()))
