"""Tables as blocks of a report: of a schema, with its headings and meanings, or of any columns."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from market.formats import NOTHING, decimals, four_digits
from market.schemas import Schema
from market.views.report.blocks import Cell, Heading, Sheet
from market.views.terminal import FORMS

_FIGURE = re.compile(r"[−–]|[−]?[0-9][0-9,.]*%?")
"""A number as `market.formats` writes it."""

MOST_ROWS = 500
"""Rows of a table that a page shows; a longer one says how many it has."""


def of_schema(
    schema: Schema, rows: pd.DataFrame, caption: str, texts: Mapping[str, Iterable[str]] | None = None
) -> Sheet:
    """Lay out the columns of a schema that have a heading.

    Parameters
    ----------
    schema, rows : the table.   caption : what stands above it.
    texts : what is shown of some columns, row by row, in place of the numbers by which they sort.
    """
    shown = [column for column in schema.columns if column.heading]
    headings = [Heading(one.heading, _meaning(one.meaning, one.unit), one.kind != "text") for one in shown]
    given = {name: list(lines) for name, lines in (texts or {}).items()}
    columns = []
    for one in shown:
        form = FORMS.get(one.unit, decimals(2))
        values = list(rows[one.name])
        columns.append([cell(v, form, given[one.name][n] if one.name in given else "") for n, v in enumerate(values)])
    return Sheet(caption, headings, list(zip(*columns, strict=True)))


def of_frame(caption: str, frame: pd.DataFrame, most: int = MOST_ROWS) -> Sheet:
    """Lay out any table as it is, up to `most` rows."""
    if len(frame) > most:
        caption = f"{caption}: the first {most} of {len(frame)} rows"
    part = frame.head(most)
    headings = [Heading(str(name).replace("_", " "), "", _numeric(frame[name])) for name in frame]
    columns = [[cell(value, number) for value in part[name]] for name in frame]
    return Sheet(caption, headings, list(zip(*columns, strict=True)))


def of_texts(caption: str, rows: Iterable[Sequence[str]], headings: Sequence[str]) -> Sheet:
    """Lay out rows of text that stay in their order."""
    cells = [[Cell(text) for text in row] for row in rows]
    numeric = [all(_FIGURE.fullmatch(row[place].text) for row in cells) for place in range(len(headings))]
    heads = [Heading(text, numeric=bool(cells) and one) for text, one in zip(headings, numeric, strict=True)]
    return Sheet(caption, heads, cells, sorts=False)


def cell(value: Any, form: Callable[[Any], str], text: str = "") -> Cell:
    """A cell of a value: a number sorts as one, and what is missing as neither number nor text.

    Parameters
    ----------
    form : how a number is shown.   text : what is shown in its place.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return Cell(text or NOTHING)
    if isinstance(value, int | float):
        return Cell(text or form(value), float(value))
    return Cell(text or str(value))


def number(value: float) -> str:
    """A number of any size: whole ones in full, others with four digits."""
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−") if abs(value) >= 10_000 else str(value).replace("-", "−")
    return four_digits(value)


def _numeric(column: pd.Series) -> bool:
    return column.dtype.kind in "iuf"


def _meaning(meaning: str, unit: str) -> str:
    return f"{meaning} [{unit}]" if unit else meaning
