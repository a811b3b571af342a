"""Facts about the real market, each with its source: tables and figures for starting values, calibration, validation.

The README in this folder says what every file is and where it comes from.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

import pandas as pd

from market.evidence.supply import read_supply
from market.parameters import InputError, unknown

DATES = ("released", "arena_date", "aa_date", "date_first_seen", "documented_effective_date", "period_end", "date")
"""Columns that hold days, in whichever table they occur."""

__all__ = ["load", "names", "read_supply"]


def names() -> list[str]:
    """Names that `load` knows, in alphabetical order."""
    return sorted(_files())


def load(name: str) -> Any:
    """Load one table or one collection of figures.

    Parameters
    ----------
    name : such as "models" or "targets"; see `names`.

    Returns
    -------
    DataFrame, or dict for a JSON file
        A copy; days are timestamps.

    Raises
    ------
    InputError
        If there is no such table; the line gives the nearest name.
    """
    files = _files()
    if name not in files:
        raise InputError(unknown("table of evidence", name, files))
    if files[name].endswith(".json"):
        return json.loads((resources.files(__name__) / files[name]).read_text(encoding="utf-8"))
    return _table(files[name]).copy()


def _files() -> dict[str, str]:
    """File name by table name."""
    entries = (path.name for path in resources.files(__name__).iterdir())
    return {file.rsplit(".", 1)[0]: file for file in entries if file.endswith((".csv", ".json"))}


@functools.cache
def _table(file: str) -> pd.DataFrame:
    """Read a table once; `load` hands out copies."""
    with (resources.files(__name__) / file).open("r", encoding="utf-8") as text:
        table = pd.read_csv(text)
    for column in table.columns.intersection(list(DATES)):
        table[column] = pd.to_datetime(table[column])
    return table
