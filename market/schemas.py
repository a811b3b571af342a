"""What tables hold: every column with its unit and its meaning, declared once beside the code that makes the table.

A `Schema` makes a table of rows, and says what is wrong with one that was made elsewhere. Tables of a run are entered
in `SCHEMAS`; building, saving, opening, listings and the data dictionary read from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

KINDS = {"i": "a number", "u": "a number", "f": "a number", "b": "true or false"}
"""What the kinds of NumPy are called; every other is text."""


def kind(dtype: Any) -> str:
    """What values of a dtype are, in words; whole numbers with gaps come back as floats, so all numbers are one."""
    return KINDS.get(dtype.kind, "text")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, unit, meaning : as the data dictionary shows them; no unit for names, flags and words.
    dtype : of pandas.
    heading : over the column in tables that are printed; without one it is not shown there.
    later : whether runs saved by version 0.1 lack it.
    """

    name: str
    unit: str
    meaning: str
    dtype: str = "float64"
    heading: str = ""
    later: bool = False

    @property
    def kind(self) -> str:
        """What it holds, in words."""
        return kind(pd.api.types.pandas_dtype(self.dtype))


@dataclass(frozen=True)
class Schema:
    """A table: its name, what a row of it is, and its columns in their order.

    Attributes
    ----------
    saved : whether it is among the files of a saved run; otherwise it is derived when asked for.
    csv : whether it is saved also as CSV without being asked for.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    saved: bool = True
    csv: bool = False

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self.columns]

    @property
    def dtypes(self) -> dict[str, str]:
        """Kind of every column."""
        return {column.name: column.dtype for column in self.columns}

    def table(self, rows: Iterable[Sequence[object]] = ()) -> pd.DataFrame:
        """Make a table of rows, each in the order of the columns; an empty one of none."""
        values = list(zip(*rows, strict=True)) or [()] * len(self.columns)
        kinds = zip(self.columns, values, strict=True)
        return pd.DataFrame({column.name: pd.Series(cells, dtype=column.dtype) for column, cells in kinds})

    def stacked(self, blocks: Sequence[Sequence[npt.NDArray[Any]]]) -> pd.DataFrame:
        """Make a table of blocks of rows, each an array for every column in their order."""
        if not blocks:
            return self.table()
        columns = zip(self.names, zip(*blocks, strict=True), strict=True)
        return pd.DataFrame({name: np.concatenate(parts) for name, parts in columns}).astype(self.dtypes)

    def fault(self, table: pd.DataFrame) -> str:
        """Say what is wrong with a table: a column that it lacks or that is of another kind; nothing if nothing is."""
        for column in self.columns:
            if column.name not in table:
                if column.later:
                    continue
                return f"has no column '{column.name}'"
            holds = kind(table[column.name].dtype)
            if len(table) and holds != column.kind:
                return f"has a column '{column.name}' that is {holds}, not {column.kind}"
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


def recorded(name: str, meaning: str, columns: tuple[Column, ...]) -> Schema:
    """Declare a table of a run that is written down as it goes; arguments as in `Schema`, errors as in `registered`."""
    return registered(Schema(name, meaning, columns))
