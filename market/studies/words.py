"""Values over seeds in words: their mean, its interval, and what must be said beside it."""

from __future__ import annotations

import pandas as pd

from market import formats
from market.measures.outcomes import PART, SHARE, unit_of
from market.studies.intervals import counted, interval


def in_words(values: pd.Series, form: str = ",.2f", unit: str | None = None) -> str:
    """Mean over seeds with its interval, as "0.46 [0.39, 0.53]"; few seeds and seeds left out are said beside it.

    `unit` is that of the values, as in `market.studies.intervals.interval`; by default that of the outcome they are.
    """
    return formats.with_interval(interval(values, unit or unit_of(values.name)), form) + remark(values)


def in_short(values: pd.Series, form: str = ",.2f", unit: str | None = None) -> str:
    """Mean over seeds and half of its interval, as "0.46 ±0.07", for wide tables; of shares both limits."""
    unit = unit or unit_of(values.name)
    if unit in (SHARE, PART):
        return in_words(values, form, unit)
    estimate = interval(values, unit)
    return formats.NOTHING if pd.isna(estimate[0]) else formats.with_reach(estimate, form) + remark(values)


def remark(values: pd.Series) -> str:
    """What must stand beside a mean over seeds: that they are few, or that some gave no number; else nothing."""
    return formats.behind(*counted(values))
