"""Numbers as text: money, shares, figures, intervals, how many are behind a mean, durations, names of levels."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

FEW = 5
"""Replications below which an interval is rough, which is said beside it."""

NOTHING = "–"
"""What stands for something that is not a number."""

SUFFIXES = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"))


# -------------------------------------------------------------------------------------------------------------- numbers


def millions(dollars: float) -> str:
    """Dollars in millions, as "1,234"."""
    return NOTHING if pd.isna(dollars) else _minus(f"{dollars / 1e6:,.0f}")


def dollars(amount: float) -> str:
    """Dollars with a suffix for their size, as "$1.5bn"."""
    return f"{'−' if amount < 0 else ''}${suffixed(abs(amount))}"


def short_dollars(amount: float) -> str:
    """Dollars in three digits with a suffix, as "−$456bn", within a sentence or a narrow column."""
    if pd.isna(amount):
        return NOTHING
    size, suffix = next((pair for pair in SUFFIXES if abs(amount) >= 0.9995 * pair[0]), (1.0, ""))
    digits = float(f"{abs(amount) / size:.3g}")
    return f"{'−' if amount < 0 else ''}${digits:,g}{suffix}"


def times(multiple: float) -> str:
    """A multiple in two or three digits, as "11.2" or "0.40"."""
    if pd.isna(multiple):
        return NOTHING
    places = 2 if abs(multiple) < 9.995 else 1 if abs(multiple) < 99.95 else 0
    return _minus(f"{multiple:,.{places}f}")


def percent(share: float) -> str:
    """A share in percent."""
    return NOTHING if pd.isna(share) else unsigned_zero(_minus(f"{share:.0%}"))


def signed_percent(part: float) -> str:
    """A change as a part, with its sign: +1.2%, −0.5%."""
    return NOTHING if pd.isna(part) else _minus(f"{part:+.1%}").replace("−0.0%", "0.0%")


def percent_of(part: float, whole: float) -> str:
    """A part in percent of a whole; there is none of nothing."""
    return percent(part / whole) if whole else NOTHING


def decimals(places: int) -> Callable[[float], str]:
    """A number with some decimals."""
    return lambda value: NOTHING if pd.isna(value) else _minus(f"{value:,.{places}f}")


def four_digits(value: float) -> str:
    """A number with four significant digits, and a suffix for its size."""
    if pd.isna(value):
        return NOTHING
    return _minus(f"{value:,.0f}" if 1e4 <= abs(value) < SUFFIXES[-1][0] else suffixed(value, ".4g"))


def suffixed(value: float, form: str = "g") -> str:
    """A number with a suffix for its size, as on an axis."""
    size, suffix = next((pair for pair in SUFFIXES if abs(value) >= pair[0]), (1.0, ""))
    return f"{value / size:{form}}{suffix}"


def unsigned_zero(text: str) -> str:
    """A number as text, without a sign if it is zero."""
    return text.removeprefix("−") if text in ("−0", "−0%") else text


def _minus(text: str) -> str:
    return text.replace("-", "−")


# ---------------------------------------------------------------------------------------------------------- intervals


def span(low: float, high: float, form: Callable[[float], str] = four_digits) -> str:
    """An interval; nothing where there is none."""
    return "" if pd.isna(low) else f"[{form(low)}, {form(high)}]"


def with_interval(mean_low_high: tuple[float, float, float], form: str = ",.2f", seeds: int = FEW) -> str:
    """A mean with its interval, as "0.46 [0.39, 0.53]", if that has some width. Few `seeds` are said."""
    mean, low, high = mean_low_high
    if pd.isna(mean):
        return NOTHING
    limits = f" {span(low, high, f'{{:{form}}}'.format)}" if low < high else ""
    return _minus(f"{mean:{form}}{limits}") + behind(seeds)


def with_reach(mean_low_high: tuple[float, float, float], form: str = ",.2f") -> str:
    """A mean and half of its interval, as "0.46 ±0.07", if that has some width."""
    mean, low, high = mean_low_high
    reach = f" ±{(high - low) / 2:{form}}" if low < high else ""
    return NOTHING if pd.isna(mean) else _minus(f"{mean:{form}}{reach}")


def estimate(mean: float, low: float, high: float) -> str:
    """A mean with its interval in three digits, as "2.31 [2.1, 2.5]", within a sentence."""
    return f"{mean:.3g} {span(low, high, '{:.3g}'.format)}".rstrip()


# ------------------------------------------------------------------------------------------------------ behind a mean


def out_of(kept: float, left_out: float) -> str:
    """Seeds that count, as "16", or "15 of 16" if some gave no number."""
    return f"{kept:.0f} of {kept + left_out:.0f}" if left_out else f"{kept:.0f}"


def behind(kept: float, left_out: float = 0, few: int = FEW) -> str:
    """What must stand behind a mean: that its seeds are fewer than `few`, or that some gave no number; else nothing."""
    return f" (n={out_of(kept, left_out)})" if left_out or kept < few else ""


def rough(count: int, of: str = "seed") -> str:
    """What must stand below a table of means over few seeds, or other things; nothing if they are not few."""
    return f"Only {count} {of}{'s' if count > 1 else ''}: the intervals are rough." if count < FEW else ""


# ----------------------------------------------------------------------------------------------------------------- JSON


def as_json(thing: Any) -> str:
    """Tables and lists of numbers and text as JSON, in which what is no number is null."""
    return json.dumps(_finite(thing), ensure_ascii=False, indent=1)


def _finite(thing: Any) -> Any:
    if isinstance(thing, Mapping):
        return {str(name): _finite(one) for name, one in thing.items()}
    if isinstance(thing, list | tuple):
        return [_finite(one) for one in thing]
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing


# ---------------------------------------------------------------------------------------------------------------- names


def duration(seconds: float) -> str:
    """Seconds in the unit a person would use."""
    for size, unit in ((3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "1 s"


def level(value: object) -> str:
    """A value of a factor beside an axis, a long name cut."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)[:40]
