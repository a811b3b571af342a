"""The command `market list`: what there is to choose from."""

from __future__ import annotations

from typing import Annotated

import typer

from market.commands import command

LISTINGS = ("scenarios", "rules", "parameters", "experiments", "outcomes", "figures")


@command
def list_(
    what: Annotated[str, typer.Argument(help="One of: " + ", ".join(LISTINGS) + ".")],
) -> None:
    """List scenarios, rules, parameters, experiments or outcomes."""
    from market.parameters import InputError, unknown
    from market.views import listing, terminal

    if what not in LISTINGS:
        raise InputError(unknown("listing", what, LISTINGS))
    title, rows, headings = getattr(listing, what)()
    terminal.console().print(terminal.plain_table(title, rows, headings))
