"""The command `market report`: a saved result as one page of HTML."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from market import command_line
from market.commands import command
from market.wording import one_line


@command
def report(
    result: Annotated[
        Path,
        typer.Argument(
            help="Folder of a result, as `market run`, `sweep`, `compare`, `break-even` or an experiment writes it.",
            metavar="RESULT",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The file; by default the folder's name with .html, beside the folder.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
) -> None:
    """Write a saved result as one page of HTML, complete in itself, to be read in any browser or printed.

    It says what came out, draws all figures, and has the tables, the lives of models, what happened, what was assumed,
    and where the result comes from. The page asks for nothing from anywhere. A sweep has sliders.
    """
    from market.saving.single import SingleFile
    from market.views.report.page import page
    from market.views.results import existing

    place = SingleFile(out if out is not None else _beside(existing(result)), force)
    place.check()
    text = page(result)
    place.write(text.encode("utf-8", "backslashreplace"))
    command_line.leave(f"the report is saved in {place.path}")
    typer.echo(f"Report: {one_line(place.path)}")


def _beside(folder: Path) -> Path:
    """The folder's name with .html, beside the folder, whose own files have checksums."""
    named = folder if folder.name not in ("", "..") else Path(os.path.abspath(folder))
    return named.with_name(f"{named.name}.html")
