"""The program `market`: its commands, gathered from their folder."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

from market import command_line
from market.commands import COMMANDS
from market.registry import import_all

HELP = """A competitive market of AI models: is each model a profitable company of its own, and does that survive
competition?"""

FIRST_STEPS = """\
A market of AI models: is each model a profitable company of its own, and does
that survive competition?

  market run                             simulate the baseline; read the answer
  market run --set 'labs.*.research=4'   change one thing, and compare
  market report results/baseline-0       make a page to read and to send
  market dashboard                       move sliders, and watch
  market list scenarios                  what there is: parameters, rules …
  market --help                          all commands; each has its own --help"""


def program() -> typer.Typer:
    """All commands as one program."""
    import_all("market.commands")
    app = typer.Typer(
        rich_markup_mode=None, help=HELP, context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip
    app.callback(invoke_without_command=True)(_first)
    for name, do in COMMANDS.items():
        app.command(name)(do)
    return app


def _first(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Say the version and end.", is_eager=True)] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"market {installed('market-of-models')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(FIRST_STEPS)


_first.__doc__ = HELP


def main() -> NoReturn:
    """Run the command; bad input ends with one line on standard error and exit status 2."""
    command_line.to_the_end(lambda: program()(standalone_mode=False), "market")
