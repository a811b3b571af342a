"""The program `market`: its commands, gathered from their folder."""

from __future__ import annotations

from typing import NoReturn

import typer

from market import command_line
from market.commands import COMMANDS
from market.registry import import_all


def program() -> typer.Typer:
    """All commands as one program."""
    import_all("market.commands")
    app = typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        no_args_is_help=True,
        help="A competitive market of AI models: is each model a profitable company of its own, and does that survive "
        "competition? Start with: market run",
    )
    for name, do in COMMANDS.items():
        app.command(name)(do)
    return app


def main() -> NoReturn:
    """Run the command; bad input ends with one line on standard error and exit status 2."""
    command_line.to_the_end(lambda: program()(standalone_mode=False), "market")
