"""How the results of many runs are saved, and what is said below them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from market import command_line
from market.wording import one_line

if TYPE_CHECKING:
    import pandas as pd

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


@contextmanager
def saved(place: Place | None, tables: dict[str, pd.DataFrame], facts: dict[str, Any]) -> Iterator[None]:
    """Save tables and a manifest, if there is a place, before anything is printed; say at the end where they are."""
    from market.saving.spreadsheet import write_csv

    if place is None:
        yield
        return
    try:
        with command_line.filled(place, "the tables are", facts) as folder:
            for name, table in tables.items():
                write_csv(table, folder / f"{name}.csv")
    finally:  # what was found is printed even if it has no place
        yield
    typer.echo(f"Tables: {one_line(place.folder)}/")


def say_caveats(runs: pd.DataFrame, seeds: int) -> None:
    """Say that intervals are rough where the seeds are few, how many runs failed, and why the first did."""
    from market.formats import rough
    from market.views.answers import failed_runs

    for text in filter(None, (rough(seeds), failed_runs(runs))):
        typer.echo(text)


def exit_1_if_failed(runs: pd.DataFrame) -> None:
    """End with status 1 if a run failed."""
    if (runs["status"] == "failed").any():
        raise SystemExit(1)
