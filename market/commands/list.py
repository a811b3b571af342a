"""The command `market list`: what there is to choose from."""

from __future__ import annotations

from typing import Annotated

import typer

from market.commands import command
from market.views.listing import LISTINGS


@command
def list_(
    what: Annotated[
        str, typer.Argument(help="One of: " + ", ".join(LISTINGS) + ".", autocompletion=lambda: [*LISTINGS])
    ],
    beginning: Annotated[
        str,
        typer.Argument(
            help="How what is listed begins, such as technology or 'labs.*.training' for parameters.",
            metavar="[BEGINNING]",
        ),
    ] = "",
) -> None:
    """List what there is to choose from, all of it or what begins in some way."""
    from market.declarations import without_rules
    from market.parameters import InputError, unknown
    from market.views import terminal

    if what not in LISTINGS:
        raise InputError(unknown("listing", what, LISTINGS))
    title, rows, headings = LISTINGS[what]()
    known = [row for row in rows if any(name.startswith(beginning) for name in (row[0], without_rules(row[0])))]
    if not known:
        names = {row[0] for row in rows}
        raise InputError(unknown(what.removesuffix("s"), beginning, names | {name.partition(".")[0] for name in names}))
    terminal.console().print(terminal.explained_table(title, known, headings))
