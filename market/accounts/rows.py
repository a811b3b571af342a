"""Rows of a table as they come, until one is made of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.schemas import Schema


class Rows:
    """Rows of one table, which come one by one, each in the order of the columns, or as arrays.

    Parameters
    ----------
    schema : of the table.   rows : those there are already.
    """

    def __init__(self, schema: Schema, rows: Iterable[tuple[object, ...]] = ()) -> None:
        self.schema = schema
        self._rows = list(rows)
        self._blocks: list[tuple[npt.NDArray[Any], ...]] = []

    def add(self, *row: object) -> None:
        """Write one row."""
        self._rows.append(row)

    def extend(self, *columns: npt.NDArray[Any]) -> None:
        """Write many rows at once, as one array for every column."""
        self._gather()
        self._blocks.append(columns)

    @property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """All rows so far as an array for every column, by name; text and what has gaps as objects."""
        self._gather()
        if len(self._blocks) > 1:
            self._blocks = [tuple(np.concatenate(parts) for parts in zip(*self._blocks, strict=True))]
        return dict(zip(self.schema.names, self._blocks[0], strict=True))

    def frame(self) -> pd.DataFrame:
        """All rows so far as a table."""
        return self.schema.frame(self.columns)

    def _gather(self) -> None:
        """Turn what came row by row into arrays.

        Raises
        ------
        ValueError
            If a row has not as many cells as there are columns.
        """
        if self._rows or not self._blocks:
            columns = self.schema.columns
            if {len(row) for row in self._rows} - {len(columns)}:
                raise ValueError(f"a row of {self.schema.name!r} has not {len(columns)} cells")
            cells = zip(*self._rows, strict=True) if self._rows else [()] * len(columns)
            self._blocks.append(tuple(np.array(of, column.stored) for of, column in zip(cells, columns, strict=True)))
            self._rows = []
