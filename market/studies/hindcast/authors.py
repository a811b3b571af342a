"""Shares of authors: forecast distributions out of past errors, intervals, and how both did."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from market.studies.hindcast import scores
from market.studies.hindcast.logit import Pair
from market.studies.hindcast.weeks import Floats, Weeks

LEVELS = (0.5, 0.8, 0.95)
"""Levels of intervals."""


def observed(weeks: Weeks, week: int) -> Floats:
    """Shares of the list's tokens by author, (F,); NaN for those who have nothing on it."""
    seen, size = weeks.shares[week], len(weeks.firms)
    listed = ~np.isnan(seen)
    total = np.bincount(weeks.authors[listed], seen[listed], size)
    return np.where(np.bincount(weeks.authors[listed], minlength=size) > 0, total, np.nan)


def forecast(weeks: Weeks, pair: Pair, shares: Floats) -> Floats:
    """Forecast shares by author, (F,), from those of what is on sale."""
    return np.bincount(weeks.authors[weeks.on_sale(sum(pair))], shares, len(weeks.firms)).astype(float)


def errors(past: Weeks, forecasts: Mapping[Pair, Floats]) -> Floats:
    """Past errors ln(observed / forecast) of authors who were on the list or were forecast to be, (K,).

    What is below the end of the list, observed or forecast, counts as at its end.
    """
    found = []
    for pair, shares in forecasts.items():
        end, seen, thought = past.end_of_list[sum(pair)], observed(past, sum(pair)), forecast(past, pair, shares)
        there = concerned(seen, thought, end)
        found.append(np.log(np.maximum(np.nan_to_num(seen), end) / np.maximum(thought, end))[there])
    return np.concatenate(found)


def concerned(seen: Floats, thought: Floats, end: float) -> np.ndarray:
    """Which authors a forecast says something of: those on the list, and those it takes to be, (F,)."""
    return np.asarray(~np.isnan(seen) | (thought > end))


def interval(thought: float, past: Floats, level: float) -> tuple[float, float]:
    """Central interval of a forecast share under past errors (K,)."""
    low, high = np.quantile(past, [(1 - level) / 2, (1 + level) / 2])
    return float(thought * np.exp(low)), float(thought * np.exp(high))


def rows(weeks: Weeks, pair: Pair, shares: Floats, past: Floats) -> list[dict[str, object]]:
    """One row for each author concerned: observed, forecast, the 80% interval, CRPS and what the intervals cover."""
    week, found = sum(pair), []
    end, seen, thought = weeks.end_of_list[week], observed(weeks, week), forecast(weeks, pair, shares)
    for place in np.flatnonzero(concerned(seen, thought, end)):
        ends = {level: interval(thought[place], past, level) for level in LEVELS}
        inside = {f"in_{level:.0%}"[:-1]: scores.covered(seen[place], *ends[level], end) for level in LEVELS}
        found.append(
            {
                "author": weeks.firms[place], "day": weeks.days[week].strftime("%Y-%m-%d"), "observed": seen[place],
                "forecast": thought[place], "low": ends[0.8][0], "high": ends[0.8][1],
                "crps": scores.censored_crps(seen[place], thought[place] * np.exp(past), end), **inside,
            }
        )  # fmt: skip
    return found
