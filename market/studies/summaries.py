"""Sweeps in few numbers: means over seeds with intervals, by design point, by factor and over a grid."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from market.studies.intervals import interval

BREAK_EVEN = {
    "multiple": 1.0, "multiple_full_rd": 1.0, "pooled_multiple": 1.0, "pooled_multiple_full_rd": 1.0,
    "mean_log_multiple": 0.0, "labs_result": 0.0,
}  # fmt: skip
"""Level at which an outcome breaks even, for figures; other outcomes have none."""


def by_point(table: pd.DataFrame, factors: Iterable[str], outcomes: Iterable[str]) -> pd.DataFrame:
    """Summarise a sweep by design point.

    Parameters
    ----------
    table : as `market.sweep` gives it.

    Returns
    -------
    DataFrame
        Point, the factors, outcome, mean, low and high of its 95% interval over seeds, n (seeds with a number), failed;
        sorted by the factors.
    """
    factors, rows = list(factors), []
    for point, runs in table.groupby("point"):
        head = [point, *(runs[factor].iloc[0] for factor in factors)]
        failed = int((runs["status"] == "failed").sum())
        for name in outcomes:
            rows.append((*head, name, *interval(runs[name]), int(np.isfinite(runs[name]).sum()), failed))
    found = pd.DataFrame(rows, columns=["point", *factors, "outcome", "mean", "low", "high", "n", "failed"])
    return found.sort_values([*factors, "point"], kind="stable", ignore_index=True)


def by_factor(table: pd.DataFrame, outcome: str, factor: str, line: str | None = None) -> pd.DataFrame:
    """Average an outcome by the values of a factor, and of a second one; over other factors within each seed.

    Returns
    -------
    DataFrame
        Level (a value of the factor), line (a value of the second factor, if asked for), mean, low, high (95% interval
        over seeds), in the order of the values.
    """
    keys = [factor] if line is None else [line, factor]
    within = table.groupby([*keys, "seed"], sort=True)[outcome].mean()
    rows = [
        (*(key if isinstance(key, tuple) else (key,)), *interval(values))
        for key, values in within.groupby(level=list(range(len(keys))))
    ]
    names = ["level"] if line is None else ["line", "level"]
    return pd.DataFrame(rows, columns=[*names, "mean", "low", "high"])


def over_grid(table: pd.DataFrame, outcome: str, x: str, y: str) -> pd.DataFrame:
    """Mean of an outcome by two factors: y as index, x as columns; NaN where no run gave a number."""
    return table.pivot_table(index=y, columns=x, values=outcome, aggfunc="mean", dropna=False)
