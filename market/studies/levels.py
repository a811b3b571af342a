"""Values of a factor: a list, or a range between two ends; and how they are named."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from market.parameters import InputError, plain, shown, whole
from market.scenario.schema import Scenario
from market.wording import escaped, told

DIGITS = 6
"""Significant digits of values taken from a range, of the value or of the range's width, whichever is finer."""

MOST_VALUES = 100_000
"""Most values of one range."""


@dataclass(frozen=True)
class Range:
    """Values between two ends, evenly in the value or in its logarithm.

    Attributes
    ----------
    whole : give whole numbers only.
    count : how many values are meant, both ends included; None where a design or a search says.

    Raises
    ------
    InputError
        If the ends are no finite numbers in ascending order, `log` and the low one is not above 0, `whole` and there
        are fewer than two whole numbers, or the count is refused.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False
    count: int | None = None

    def __post_init__(self) -> None:
        low, high = plain(self.low), plain(self.high)
        for end in (low, high):
            if isinstance(end, bool) or not isinstance(end, int | float) or not abs(end) < sys.float_info.max / 2:
                raise InputError(f"range {shown(low)} to {shown(high)}: both ends must be numbers")
        if low >= high:
            raise InputError(f"range {label(low)} to {label(high)}: the second must be above the first")
        if self.log and low <= 0:
            raise InputError(f"range {label(low)} to {label(high)}: on a log scale both ends must be above 0")
        if self.whole:
            low, high = math.ceil(low), math.floor(high)
            if low >= high:
                raise InputError(f"range {self.low:g} to {self.high:g}: holds fewer than two whole numbers")
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        if self.count is not None:
            object.__setattr__(self, "count", self._counted(self.count))

    def at(self, share: float) -> float:
        """Value at a share of the way from low (0) to high (1)."""
        value = self._between(self.low, self.high, share)
        if self.whole:
            return min(max(round(value), round(self.low)), round(self.high))
        return min(max(round(value, self._decimals(value)), self.low), self.high)

    def drawn(self, share: float) -> float:
        """Value for a draw that is even over [0, 1): as `at`, but the whole numbers at the ends get their full part."""
        if not self.whole:
            return self.at(share)
        value = self._between(self.low - 0.5, self.high + 0.5, share)
        return min(max(math.floor(value + 0.5), round(self.low)), round(self.high))

    def share(self, value: float) -> float:
        """Where a value lies between low (0) and high (1); the inverse of `at`."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def spaced(self, count: int) -> list[float]:
        """Give `count` different values from low to high, both included; fewer if whole numbers coincide.

        Raises
        ------
        InputError
            If the count is refused, or there are not so many numbers in the range.
        """
        count = self._counted(count)
        values = list(dict.fromkeys(self.at(index / (count - 1)) for index in range(count)))
        if len(values) < count and not self.whole:
            raise InputError(f"range {self.low!r} to {self.high!r}: holds no {count} different values")
        return values

    def _counted(self, count: Any) -> int:
        return whole(f"range {label(self.low)} to {label(self.high)}: the number of values", count, 2, MOST_VALUES)

    def _between(self, low: float, high: float, share: float) -> float:
        if self.log:
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return low + share * (high - low)

    def _decimals(self, value: float) -> int:
        """Decimal places that show `DIGITS` digits of the value, and of the step between neighbours."""
        width = self.high - self.low
        if self.log:
            width = min(width, value * math.log(self.high / self.low))
        finest = min(abs(value), width) or width
        return DIGITS - 1 - math.floor(math.log10(finest))


Levels = Sequence[Any] | Range


def last_word(path: str) -> str:
    """Name a factor in a heading: by the last word of its path."""
    return path.rpartition(".")[2]


def label(level: Any) -> str:
    """Name a value in a table: a scenario by its name, a bare rule by its name, a table as compact JSON.

    Different numbers have different names: six digits, or as many as it takes.
    """
    if isinstance(level, Scenario):
        return level.name
    if isinstance(level, Mapping):
        if set(level) == {"rule"}:
            return escaped(told(level["rule"], str))
        return told(level, lambda table: json.dumps(table, sort_keys=True, ensure_ascii=False, default=str))
    if isinstance(level, bool):
        return str(level).lower()
    if isinstance(level, float):
        short = f"{level:g}"
        return short if float(short) == level else repr(float(level))
    return escaped(told(level, str))
