"""How the results of many runs are saved, and what is said below them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from market import command_line
from market.wording import one_line

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

    from market.saving.place import Place


def place_of(out: Path | None, kind: str, force: bool, *names: str) -> Place | None:
    """Where a result goes if a folder is asked for; one that cannot be written is refused before any work.

    Parameters
    ----------
    out : the folder; None if none is asked for.   kind, force, names : as in `market.saving.place.Place`.
    """
    from market.saving.place import Place

    if out is None:
        return None
    place = Place(out, kind, force, names=names)
    place.check()
    return place


def report(
    place: Place | None, result: Any, shown: RenderableType, tables: dict[str, pd.DataFrame], facts: dict[str, Any],
    texts: Mapping[str, str] | None = None,
) -> bool:  # fmt: skip
    """Save what came out, if there is a place, then print it; whether all figures were drawn.

    Parameters
    ----------
    place : where tables, figures and a manifest go.   result : of a class of `market.views.results`.
    shown : is printed, with the sentences below it.   tables : by name.   facts : what the manifest says beside.
    texts : more files by name.
    """
    from market.saving.spreadsheet import write_csv
    from market.views import page, plots, sentences, terminal
    from market.views.results import kind_of

    kind, undrawn = kind_of(result), None
    try:
        if place is not None:
            images, undrawn = plots.images(kind, result)
            with command_line.filled(place, "the tables are", facts) as folder:
                for name, table in tables.items():
                    write_csv(table, folder / f"{name}.csv")
                for name, image in images.items():
                    (folder / name).write_bytes(image)
                for name, text in (texts or {}).items():
                    (folder / name).write_text(text, encoding="utf-8", newline="\n")
    finally:  # what was found is printed even if it has no place
        terminal.console().print(shown)
        for line in page.wrapped(sentences.said(kind, result)):
            typer.echo(line)
    if place is not None:
        typer.echo(f"Tables and figures: {one_line(place.folder)}/")
        if undrawn is not None:
            command_line.complain_undrawn(place.folder, undrawn)
    return undrawn is None


def exit_1_if_failed(runs: pd.DataFrame) -> None:
    """End with status 1 if a run failed."""
    if (runs["status"] == "failed").any():
        raise SystemExit(1)
