"""Many runs in few numbers: means over seeds with intervals, by group, by factor and over a grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from market.formats import level as level_of
from market.measures.outcomes import unit_of
from market.studies.apart import by_parameters, by_world, worlds_of
from market.studies.intervals import counted, interval

KEYS = ("point", "seed")
"""Columns of a table of runs that are no figures."""


def means(runs: pd.DataFrame, by: str | Sequence[str] = (), name: str = "figure") -> pd.DataFrame:
    """Average every figure over the seeds.

    Parameters
    ----------
    runs : a row per run, with a column per figure, as an engine's `table` gives it.
    by : columns that say which runs belong together; all do if there is none.
    name : heading of the column that names the figures.

    Returns
    -------
    DataFrame
        The columns `by` in the order in which their values occur, figure, mean, low and high of its 95% interval, n
        (seeds with a number) and left_out (seeds without).
    """
    rows = [
        (*key, figure, *interval(part[figure], unit_of(figure)), *counted(part[figure]))
        for key, part in _groups(runs, by)
        for figure in part
    ]
    names = [by] if isinstance(by, str) else by
    return pd.DataFrame(rows, columns=[*names, name, "mean", "low", "high", "n", "left_out"])


def wide(means: pd.DataFrame, by: str | Sequence[str]) -> pd.DataFrame:
    """Lay out means with a row per group, sorted by `by`: every figure's mean, then its low, high, n and left out."""
    parts = {"mean": "", "low": " low", "high": " high", "n": " n", "left_out": " left out"}
    by = [by] if isinstance(by, str) else list(by)
    rows = []
    for key, group in means.groupby(by):
        figures = group.to_dict("records")
        beside = {f"{row['figure']}{end}": row[part] for row in figures for part, end in parts.items()}
        rows.append(dict(zip(by, key, strict=True)) | beside)
    return pd.DataFrame(rows)


def summary(runs: pd.DataFrame, by: str | Sequence[str] = ()) -> pd.DataFrame:
    """Summarise outcomes of runs.

    Parameters
    ----------
    runs, by : as in `means`; its figures are the outcomes.

    Returns
    -------
    DataFrame
        The columns `by`, outcome, mean, low and high of its 95% interval, band_low and band_high (10–90% of the seeds),
        n (seeds with a number), left_out (seeds without).
    """
    table = means(runs, by, name="outcome")
    parts = [part.astype("float64").replace([np.inf, -np.inf], np.nan) for _, part in _groups(runs, by)]
    for band, share in {"band_low": 0.1, "band_high": 0.9}.items():
        table.insert(list(table).index("n"), band, [value for part in parts for value in part.quantile(share)])
    return table


def _groups(runs: pd.DataFrame, by: str | Sequence[str]) -> Iterator[tuple[Any, pd.DataFrame]]:
    """Figures of the runs that belong together, in the order in which they occur."""
    names = [by] if isinstance(by, str) else list(by)
    figures = runs.columns.drop([*names, *(key for key in KEYS if key in runs)])
    for key, part in runs.groupby(names, sort=False, dropna=False) if names else [((), runs)]:
        yield key, part[figures]


def by_point(table: pd.DataFrame, factors: Iterable[str], outcomes: Iterable[str], worlds: int = 0) -> pd.DataFrame:
    """Summarise a sweep by design point.

    Parameters
    ----------
    table : as `market.sweep` gives it.   factors, outcomes : its columns of the factors, and of outcomes.
    worlds : over how many worlds it is, of which every one counts once; 0, and every seed does.

    Returns
    -------
    DataFrame
        Point, the factors, outcome, mean, low and high of its 95% interval over seeds or worlds, n (seeds, or worlds,
        with a number), left_out (those without: failed, or the outcome is not defined), parameters (part of the spread
        between runs that is worlds, not luck; NaN unless worlds have several seeds); sorted by the factors.
    """
    by, outcomes = ["point", *factors], list(outcomes)
    rows = []
    for key, part in table.groupby(by, sort=False, dropna=False):
        world = worlds_of(pd.Index(part["seed"]), worlds) if worlds else np.arange(len(part))
        for outcome in outcomes:
            each = by_world(part.set_index("seed")[outcome], worlds)
            parameters = by_parameters(part[outcome].to_numpy(float), world)
            rows.append((*key, outcome, *interval(each, unit_of(outcome)), *counted(each), parameters))
    found = pd.DataFrame(rows, columns=[*by, "outcome", "mean", "low", "high", "n", "left_out", "parameters"])
    return found.sort_values([*by[1:], "point"], kind="stable", ignore_index=True)


def by_factor(table: pd.DataFrame, outcome: str, factor: str, line: str | None = None, worlds: int = 0) -> pd.DataFrame:
    """Average an outcome by the values of a factor, and of a second one; over other factors within each seed.

    Every seed is averaged over the same design points: a point without any number, and a seed without one of the
    others, are left out and counted.

    Parameters
    ----------
    table : as `market.sweep` gives it.   outcome, factor, line : its columns of the outcome and of the factors.
    worlds : as in `by_point`.

    Returns
    -------
    DataFrame
        Level (a value of the factor), line (a value of the second factor, if asked for), mean, low, high (95% interval
        over seeds or worlds), n and left_out (runs with a number and without), in the order of the values.
    """
    keys, rows = [factor] if line is None else [line, factor], []
    for key, runs in table.groupby(keys, sort=True, dropna=False):
        wide = runs.pivot_table(index="seed", columns="point", values=outcome, aggfunc="first", dropna=False)
        known = wide.dropna(axis=1, how="all").dropna()  # every seed over the same points
        each = by_world(known.mean(axis=1), worlds)
        rows.append((*key, *interval(each, unit_of(outcome)), known.size, wide.size - known.size))
    names = ["level"] if line is None else ["line", "level"]
    return pd.DataFrame(rows, columns=[*names, "mean", "low", "high", "n", "left_out"])


def tornado(table: pd.DataFrame, factors: Iterable[str], outcome: str, worlds: int = 0) -> pd.DataFrame:
    """How far each factor alone moves an outcome, of a one-at-a-time design; the widest first.

    Parameters
    ----------
    table, factors, worlds : as in `by_point`.   outcome : its column of the outcome.

    Returns
    -------
    DataFrame
        Factor, level (its value, as text), mean, low, high (the scenario as it is plus the paired change, with the 95%
        interval of that), base (the scenario as it is), n and left_out (pairs of seeds, or worlds, with numbers and
        without).
    """
    wide = table.pivot_table(index="seed", columns="point", values=outcome, aggfunc="first", dropna=False)
    first, origin = table.drop_duplicates("point").set_index("point"), table["point"].min()
    base, rows = float(wide[origin].mean()), []
    for factor in factors:
        levels = first[factor]
        same = (levels == levels[origin]) | (levels.isna() & pd.isna(levels[origin]))
        for point in levels.index[~same]:
            change = by_world(wide[point] - wide[origin], worlds)
            moved = [base + part for part in interval(change)]
            rows.append((factor, level_of(levels[point]), *moved, base, *counted(change)))
    bars = pd.DataFrame(rows, columns=["factor", "level", "mean", "low", "high", "base", "n", "left_out"])
    reach = (bars["mean"] - base).abs().groupby(bars["factor"]).transform("max")
    widest_first = bars.assign(reach=-reach).sort_values(["reach", "factor"], kind="stable", ignore_index=True)
    return widest_first.drop(columns="reach")


def over_grid(table: pd.DataFrame, outcome: str, x: str, y: str) -> pd.DataFrame:
    """Mean of an outcome by two factors: y as index, x as columns; NaN where no run gave a number.

    Parameters
    ----------
    table : as `market.sweep` gives it.   outcome, x, y : its columns of the outcome and of the factors.
    """
    return table.pivot_table(index=y, columns=x, values=outcome, aggfunc="mean", dropna=False)
