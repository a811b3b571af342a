"""The command `market explain`: the life of one model of a saved run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from market.commands import command

if TYPE_CHECKING:
    from market.tables import Run


@command
def explain(
    run: Annotated[Path, typer.Argument(help="Folder of a run, as `market run` writes it.", metavar="RUN")],
    model: Annotated[str, typer.Argument(help="A model of it, such as Alpha-3.", metavar="MODEL")],
    rows: Annotated[
        bool, typer.Option("--rows", help="Print also the ledger and flow rows that add up to each number, as CSV.")
    ] = False,
) -> None:
    """Tell the life of a model of a saved run: what it cost and returned, when it led, who took its revenue.

    Losses are net and by cause: dollars below peak revenue after the peak month, which add up to the cent.
    """
    from market.measures.life import life as life_of
    from market.views import explain as page
    from market.views import terminal

    opened = _open(run)
    life, dates = life_of(opened, model), opened.calendar.date
    typer.echo(page.headline(life))
    for sentence in page.story(life, dates):
        terminal.say(sentence)
    if life.sold:
        out = terminal.console()
        out.print(page.causes_table(life, dates))
        out.print(page.takers_table(life))
        terminal.say(page.closing(life))
    if rows:
        typer.echo(page.rows_text(life))


def _open(folder: Path) -> Run:
    """Open a run's folder; if there is none of that name, the line gives the nearest."""
    from market.parameters import InputError, unknown
    from market.tables import open_run

    if os.path.lexists(folder):
        return open_run(folder)
    beside = folder.parent if os.path.isdir(folder.parent) else Path("results")
    runs = [str(path.parent) for path in sorted(beside.glob("*/manifest.json")) if _is_run(path.parent)]
    raise InputError(unknown("run folder", folder, runs))


def _is_run(folder: Path) -> bool:
    """Whether a folder's manifest says that it holds a run."""
    from market.saving.manifest import DamageError, read_manifest
    from market.tables.run import KIND

    try:
        return bool(read_manifest(folder)["kind"] == KIND)
    except DamageError:
        return False
