"""The calendar of a record: months counted from its start, their dates, whole years, and periods such as 2025.

Month 0 is the start's month; earlier ones are negative. A period is a run of months, written as a year (``2025``), a
month (``2025-07``), or two of these with a colon between, both included (``2024:2025``, ``2025-07:2025-12``).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Self

from market.parameters import InputError

YEAR = 12
"""Months of a year."""

QUARTER = 3
"""Months of a quarter."""

RECORD = "record"
"""The period of everything on record: the whole run, and what was spent before its start."""

_DAY = r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?"
_PERIOD = re.compile(f"{_DAY}(?::{_DAY})?")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Period:
    """Months from `first` up to, but not including, `until`; `first` may be −∞: from the first entry on."""

    first: float
    until: int

    def covers(self, months: Any) -> Any:
        """Which of some months, an array or a series, lie in it."""
        return (months >= self.first) & (months < self.until)


@dataclass(frozen=True)
class Calendar:
    """The calendar of a record that begins in the month `start`, such as "2023-01", and is `months` long."""

    start: str
    months: int

    @classmethod
    def of(cls, date: str, month: int) -> Self:
        """The calendar in which a month has a date, such as "2023-07" for month 6; of no length."""
        first = cls(date, 0).date(-month)
        return cls(first, 0)

    @property
    def origin(self) -> int:
        """Months from the year 0 to month 0."""
        year, month = self.start.split("-")[:2]
        return int(year) * YEAR + int(month) - 1

    def date(self, month: int) -> str:
        """Date of a month, as "2023-01"."""
        year, rest = divmod(self.origin + month, YEAR)
        return f"{year:04d}-{rest + 1:02d}"

    def year(self, month: int) -> int:
        """Calendar year that a month belongs to."""
        return (self.origin + month) // YEAR

    def january(self, year: int) -> int:
        """Month in which a calendar year begins."""
        return year * YEAR - self.origin

    @property
    def record(self) -> Period:
        """Everything on record."""
        return Period(-math.inf, self.months)

    def whole_years(self, period: Period | None = None) -> list[int]:
        """Calendar years of which every month is simulated, and lies in the period if one is given."""
        first = max(0.0, period.first if period else 0.0)
        until = min(self.months, period.until if period else self.months)
        years = range(self.year(0), self.year(self.months) + 1)
        return [year for year in years if first <= self.january(year) and self.january(year + 1) <= until]

    def label(self, year: int, begin: int = 0, end: int | None = None) -> str:
        """A year as a table shows it: with its months if only a part of it counts, "2028 Jan–Mar".

        Parameters
        ----------
        begin, end : first month that counts, and the one after the last; the simulated months if not given.
        """
        last = self.months if end is None else end
        first, until = max(begin, self.january(year)), min(last, self.january(year + 1))
        if until - first == YEAR or until <= first:
            return str(year)
        names = [_NAMES[(self.origin + month) % YEAR] for month in (first, until - 1)]
        return f"{year} {'–'.join(dict.fromkeys(names))}"

    def period(self, text: str) -> Period:
        """The months that a period's text stands for, whether they are on record or not.

        Raises
        ------
        InputError
            If it is no period.
        """
        if text == RECORD:
            return self.record
        check_period(text)
        first, last = text.split(":") if ":" in text else (text, text)
        return Period(self._first(first), self._first(last) + (1 if "-" in last else YEAR))

    def _first(self, day: str) -> int:
        """First month of a year or a month, given as text."""
        year, _, month = day.partition("-")
        return self.january(int(year)) + (int(month) - 1 if month else 0)


def check_period(text: str) -> None:
    """Refuse a text that is no period.

    Raises
    ------
    InputError
        In one line.
    """
    match = _PERIOD.fullmatch(text)
    first, last = text.split(":") if match and ":" in text else (text, text)
    if text != RECORD and (not match or first > last + ("-12" if "-" not in last else "")):
        raise InputError(f"period '{text}': is no period such as 2025, 2024:2025 or 2025-07:2025-12")
