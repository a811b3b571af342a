"""Tables as CSV that a spreadsheet can open without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

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


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
