"""Tables as CSV or as a workbook, which a spreadsheet can open without running anything."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from market.parameters import InputError

MOST_ROWS = 1_048_576
"""Rows of a sheet of Excel, the headings included."""

EPOCH = datetime(1980, 1, 1)
"""When a workbook says that it was made: results hold no clock."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Beginnings by which a spreadsheet takes text for a formula."""


def csv(table: pd.DataFrame) -> str:
    """Lay out a table without its index as CSV; text that begins like a formula gets an apostrophe in front."""
    harmless = table.set_axis([_harmless(heading) for heading in table.columns], axis="columns")
    for column, kind in enumerate(table.dtypes):
        if kind.kind not in "biufcmM":
            harmless.isetitem(column, table.iloc[:, column].map(_harmless).array)
    return str(harmless.to_csv(index=False, lineterminator="\n"))


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table without its index as a CSV file, the same bytes on every system."""
    path.write_text(csv(table), encoding="utf-8", newline="\n")


def workbook(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Lay out tables as an Excel workbook, a sheet for each, headings frozen and filtered; the same bytes each time.

    Raises
    ------
    InputError
        If a table has more rows than a sheet.
    """
    long = next((name for name, table in tables.items() if len(table) >= MOST_ROWS), None)
    if long is not None:
        rows = f"{len(tables[long]):,} rows; allowed in a sheet: {MOST_ROWS - 1:,}"
        raise InputError(f"table {long}: has {rows}; give a folder as --out, for CSV")
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with pd.ExcelWriter(content, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        writer.book.set_properties({"created": EPOCH})
        for name, table in tables.items():
            table.to_excel(writer, sheet_name=name[:31], index=False, freeze_panes=(1, 0))
            sheet = writer.sheets[name[:31]]
            sheet.autofilter(0, 0, len(table), max(0, len(table.columns) - 1))
            sheet.autofit()
    return content.getvalue()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
