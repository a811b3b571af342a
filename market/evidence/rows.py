"""Rows of a CSV file that a user wrote, and the line that refuses one: file, row, value, and what is allowed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Collection
from dataclasses import dataclass

from market.parameters import InputError, unknown
from market.wording import shortened

CURRENCY = "$€£¥"


@dataclass(frozen=True)
class Row:
    """One row: the file it is in, its number (the headings are row 1), and its cells by column, without blanks."""

    file: str
    number: int
    cells: dict[str, str]

    def error(self, said: str) -> InputError:
        """The line that refuses it."""
        return InputError(f"{self.file}: row {self.number}: {said}")

    def word(self, column: str) -> str | None:
        """A cell as text; None if it is blank."""
        return self.cells.get(column)

    def text(self, column: str) -> str:
        """A cell as text, which must be there."""
        if column not in self.cells:
            raise self.error(f"{column} is blank; a value is needed")
        return self.cells[column]

    def flag(self, column: str) -> bool:
        """A cell that is true or false."""
        given = self.text(column).lower()
        if given not in ("true", "false"):
            raise self.error(f"{column} '{shortened(given, 40)}' is refused; allowed: true or false")
        return given == "true"

    def day(self, column: str) -> str:
        """A cell that is a day, as 2023-03-14."""
        given = self.text(column)
        try:
            if not re.fullmatch(r"(19|20|21)\d\d-\d\d-\d\d", given, re.ASCII):
                raise ValueError
            return dt.date.fromisoformat(given).isoformat()
        except ValueError:
            raise self.error(f"{column} '{shortened(given, 40)}' is no day; allowed: as in 2023-03-14") from None

    def number_of(self, column: str, at_least: float | None = None) -> float | None:
        """A cell that is a finite number; None if it is blank."""
        if column not in self.cells:
            return None
        given, allowed = self.cells[column], "a number" if at_least is None else f"a number, at least {at_least:g}"
        said = f"{column} '{shortened(given, 40)}' is refused"
        if any(sign in given for sign in CURRENCY):
            raise self.error(f"{said}: it has a currency sign; allowed: {allowed}, in dollars")
        if "," in given:
            raise self.error(f"{said}: it has a comma; allowed: {allowed}, with a decimal point")
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or (at_least is not None and value < at_least):
            raise self.error(f"{said}; allowed: {allowed}")
        return value


def read_rows(path: str, columns: Collection[str], needed: Collection[str]) -> tuple[list[Row], bytes]:
    """Read a CSV file with headings, and what its bytes are.

    Parameters
    ----------
    path : the file; lines that begin with # and empty ones are passed over.
    columns, needed : headings that are allowed, and those that must be there.

    Raises
    ------
    InputError
        If it cannot be read, has no row, a heading is missing, unknown or there twice, or a row is too long.
    """
    try:
        with open(path, "rb") as file:
            content = file.read()
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        said = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"{path}: cannot be read as a supply table: {said}") from None
    filled = [(at, line) for at, line in enumerate(lines, 1) if any(line) and not line[0].startswith("#")]
    if not filled:
        raise InputError(f"{path}: is empty; needed: {', '.join(needed)}")
    headings = [name.strip() for name in filled[0][1]]
    for name in headings:
        if name not in columns:
            raise InputError(f"{path}: row {filled[0][0]}: {unknown('column', name, columns)}")
        if headings.count(name) > 1:
            raise InputError(f"{path}: row {filled[0][0]}: the column '{name}' is there twice")
    for name in needed:
        if name not in headings:
            raise InputError(f"{path}: the column '{name}' is missing; needed: {', '.join(needed)}")
    rows = []
    for at, line in filled[1:]:
        cells = {name: cell.strip() for name, cell in zip(headings, line, strict=False) if cell.strip()}
        rows.append(Row(path, at, cells))
        if len(line) > len(headings):
            raise rows[-1].error(
                f"has {len(line)} cells, but there are {len(headings)} columns; a decimal comma? "
                "allowed: a decimal point"
            )
    if not rows:
        raise InputError(f"{path}: has no row below its headings")
    return rows, content
