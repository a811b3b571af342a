"""What tables hold: every column with its unit and its meaning, declared once beside the code that makes the table.

A `Schema` makes a table of arrays, and says what is wrong with one that was made elsewhere. Tables of a run are entered
in `SCHEMAS`; building, saving, opening, listings and the data dictionary read from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.formats import NOTHING

Columns = pd.DataFrame | Mapping[str, Any]
"""A table, or its columns by name as arrays of which no table has been made: text and what has gaps as objects."""

KINDS = {"i": "a number", "u": "a number", "f": "a number", "b": "true or false"}
"""What the kinds of NumPy are called; every other is text."""


@cache
def kind(dtype: Any) -> str:
    """What values of a dtype are, in words; whole numbers with gaps come back as floats, so all numbers are one."""
    return KINDS.get(pd.api.types.pandas_dtype(dtype).kind, "text")


def text(codes: Any, names: Any) -> Any:
    """Text as a table holds it: some names by their places among all, (N,); missing where that is −1."""
    return pd.array(names, dtype="str").take(codes, allow_fill=True)


def places(column: Any, among: Iterable[Any]) -> npt.NDArray[np.int64]:
    """Place of each value of a column among some, (N,); −1 if it is none. By the few that differ, which is fast."""
    codes, different = pd.factorize(column)
    known = {value: place for place, value in enumerate(among)}
    return np.array([*(known.get(value, -1) for value in different), -1], np.int64)[codes]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, unit, meaning : as the data dictionary shows them; no unit for names, flags and words.
    dtype : of pandas.
    heading : over the column in tables that are printed; without one it is not shown there.
    rank : the higher, the sooner it is left out of a printed table that does not fit; 0 always stays.
    later : whether runs saved by version 0.1 lack it.
    """

    name: str
    unit: str
    meaning: str
    dtype: str = "float64"
    heading: str = ""
    rank: int = 0
    later: bool = False

    @property
    def kind(self) -> str:
        """What it holds, in words."""
        return kind(self.dtype)

    @property
    def stored(self) -> str:
        """The dtype of NumPy in which its values are kept until a table is made."""
        return self.dtype if self.dtype in ("int64", "float64", "bool") else "object"

    def filled(self, values: Any) -> Any:
        """Its values as a table holds them; text by the few that differ, since converting text is slow."""
        if isinstance(values, pd.Series):  # of a table
            return values
        if self.dtype == "str":
            return text(*pd.factorize(values))
        return pd.array(values, dtype=self.dtype) if self.stored == "object" else np.asarray(values, self.dtype)


@dataclass(frozen=True)
class Schema:
    """A table: its name, what a row of it is, and its columns in their order.

    Attributes
    ----------
    saved : whether it is among the files of a saved run; otherwise it is derived when asked for.
    csv : whether it is saved also as CSV without being asked for.
    beside : whether it holds what other runs gave, and is there, and saved, only where those were made beside this one.
    later : whether runs saved by earlier versions lack it; opened, they have it without rows.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    saved: bool = True
    csv: bool = False
    beside: bool = False
    later: bool = False

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self.columns]

    @property
    def empty(self) -> pd.DataFrame:
        """The table without rows."""
        return self.frame(dict.fromkeys(self.names, np.empty(0, object)))

    def frame(self, columns: Mapping[str, Any]) -> pd.DataFrame:
        """Make a table of its columns by name, as arrays."""
        return pd.DataFrame({column.name: column.filled(columns[column.name]) for column in self.columns})

    def dated(self, rows: pd.DataFrame, dates: Callable[[int], str]) -> dict[str, list[str]]:
        """Calendar months in place of month numbers, for the columns that have a heading, by name.

        Parameters
        ----------
        rows : of the table.   dates : the calendar month of a month index.
        """
        return {
            column.name: [NOTHING if pd.isna(month) else dates(int(month)) for month in rows[column.name]]
            for column in self.columns
            if column.heading and column.unit == "month"
        }

    def fault(self, table: pd.DataFrame) -> str:
        """Say what is wrong with a table: a column that it lacks or that is of another kind; nothing if nothing is."""
        holds = dict(zip(table.columns, map(kind, table.dtypes), strict=True))
        for column in self.columns:
            if column.name not in holds:
                if column.later:
                    continue
                return f"has no column '{column.name}'"
            if len(table) and holds[column.name] != column.kind:
                return f"has a column '{column.name}' that is {holds[column.name]}, not {column.kind}"
        return ""


SCHEMAS: dict[str, Schema] = {}
"""Tables of a run by name."""


def registered(schema: Schema) -> Schema:
    """Enter a table that every run has.

    Raises
    ------
    TypeError
        If the name is in use.
    """
    if schema.name in SCHEMAS:
        raise TypeError(f"table {schema.name!r} exists already")
    SCHEMAS[schema.name] = schema
    return schema


def recorded(name: str, meaning: str, columns: tuple[Column, ...], later: bool = False) -> Schema:
    """Declare a table of a run that is written down as it goes; errors as in `registered`.

    Parameters
    ----------
    name, meaning, columns, later : see `Schema`.
    """
    return registered(Schema(name, meaning, columns, later=later))
