"""The command `market export`: every table of a saved result, for a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from market import command_line
from market.commands import command
from market.commands.options import Force
from market.wording import one_line

WORKBOOK = ".xlsx"


@command
def export(
    result: Annotated[Path, typer.Argument(help="Folder of a result, as `market run` writes it.", metavar="RESULT")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="What to write: a workbook that ends in .xlsx with a sheet for every table, or else a folder with a "
            "CSV file for each. By default RESULT.xlsx here."
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Write every table of a saved result to an Excel workbook or to CSV files.

    Tables that are derived when asked for are among them; `docs/DATA.md` says what the columns are.
    """
    from market.saving.place import Place
    from market.saving.single import SingleFile
    from market.saving.spreadsheet import workbook, write_csv
    from market.views.results import opened, tables_of

    target = out if out is not None else Path(f"{result.resolve().name}{WORKBOOK}")
    if target.suffix.lower() == WORKBOOK:
        place = SingleFile(target, force)
        place.check()
        place.write(workbook(tables_of(opened(result))))
        typer.echo(f"Workbook: {one_line(target)}")
        return
    sheets = Place(target, "export", force)
    sheets.check()
    with command_line.filled(sheets, "the tables are", {"of": result.resolve().name}) as folder:
        for name, table in tables_of(opened(result)).items():
            write_csv(table, folder / f"{name}.csv")
    typer.echo(f"Tables: {one_line(sheets.folder)}/")
