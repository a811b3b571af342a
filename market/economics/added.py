"""Addition that is the same to the last digit in every version of Python.

From 3.12 on `sum` carries along what is rounded away of floats, so it gives other last digits than before: a last digit
of a price moves a customer, and in time a market (`exponential`).
"""

from __future__ import annotations

from collections.abc import Iterable


def add_up(numbers: Iterable[float]) -> float:
    """Add up some numbers, one after another."""
    total = 0.0
    for number in numbers:
        total += number
    return total
