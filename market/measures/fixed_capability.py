"""The cheapest price at a fixed capability, and how fast it falls (Epoch AI's estimator).

On the 119 points that Epoch AI published it gives their 21 fits. On models.csv it falls faster than the tenfold a year
that is often quoted: launches at frontier levels give a median of 217 (Arena) or 112 (AA index), the levels followed
for a year or more 54 and 28. The table starts in 2023 and lists few of the small,
cheap models, so the easy levels whose price has long been falling slowly are missing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from market.calendar import YEAR
from market.measures.structure import slope

LEAST_POINTS = 4
"""Fewest price points at a level for a trend to be fitted: the fewest among Epoch's 21 published fits."""


def launches(releases: pd.DataFrame) -> pd.DataFrame:
    """Launch prices as price points: month, capability, price of each release that has both."""
    table = releases.rename(columns={"released": "month"})[["month", "capability", "price"]]
    return table.dropna().reset_index(drop=True)


def cheapest_so_far(points: pd.DataFrame, level: float) -> pd.DataFrame:
    """Price points that were cheaper than anything before at or above a capability, one per date.

    Parameters
    ----------
    points : month, capability, price: launches (`launches`), or `list_prices` with their changes.
    level : the capability asked for.

    Returns
    -------
    DataFrame
        month, price, in the order of the months; models of equal price on one date are one point. A model given away
        has no log price and is no point.
    """
    enough = points[(points["capability"] >= level) & (points["price"] > 0)]
    best = enough.astype({"price": "float64"}).groupby("month")["price"].min().reset_index()
    return best[best["price"] < best["price"].cummin().shift(fill_value=np.inf)].reset_index(drop=True)


def price_decline(points: pd.DataFrame, level: float) -> float:
    """Yearly factor by which the cheapest price at a capability falls: 10^(−12·slope of log10 price on months).

    The estimator of Epoch AI (2025), "LLM inference prices have fallen rapidly but unequally across tasks": ordinary
    least squares over the points of `cheapest_so_far`. NaN with fewer than two points.
    """
    best = cheapest_so_far(points, level)
    if len(best) < 2:
        return float("nan")
    per_month = slope(best["month"].to_numpy(float), np.log10(best["price"].to_numpy(float)))
    return float(10.0 ** (-YEAR * per_month))


def price_declines(points: pd.DataFrame, levels: Iterable[float], least: int = LEAST_POINTS) -> pd.DataFrame:
    """`price_decline` at several capabilities.

    Parameters
    ----------
    points : as in `cheapest_so_far`.
    levels : capabilities, for instance `frontier_levels`.
    least : fewest points for a fit; levels with fewer are left out.

    Returns
    -------
    DataFrame
        level, points, months (from the first point to the last), factor (x per year). Levels that were followed for a
        few months give steep factors: a price falls fastest when its capability has just left the frontier.
    """
    rows = []
    for level in levels:
        best = cheapest_so_far(points, level)
        if len(best) >= max(least, 2):
            span = float(best["month"].iloc[-1] - best["month"].iloc[0])
            rows.append((float(level), len(best), span, price_decline(points, level)))
    return pd.DataFrame(rows, columns=["level", "points", "months", "factor"])


def frontier_levels(releases: pd.DataFrame) -> list[float]:
    """Capabilities of the models that were the best of all when they were released, lowest first."""
    known = releases.dropna(subset=["capability", "price"]).astype({"capability": "float64"})
    best = known.groupby("released")["capability"].max()
    return [float(level) for level in best[best > best.cummax().shift(fill_value=-np.inf)]]
