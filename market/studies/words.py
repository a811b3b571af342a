"""Values over seeds in words: their mean, its interval, and what must be said beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from market import formats
from market.measures.outcomes import PART, SHARE, unit_of
from market.studies.crossing import passing
from market.studies.intervals import counted, interval, ratio


def in_words(values: pd.Series, form: str = ",.2f", unit: str | None = None) -> str:
    """Mean over seeds with its interval, as "0.46 [0.39, 0.53]"; few seeds and seeds left out are said beside it.

    `unit` is that of the values, as in `market.studies.intervals.interval`; by default that of the outcome they are.
    """
    return formats.with_interval(interval(values, unit or unit_of(values.name)), form) + remark(values)


def in_seeds(values: pd.Series, form: str = ",.1f", unit: str | None = None) -> str:
    """`in_words` of what need not happen in a run, and so has a number only where it does; "in no seed" if nowhere."""
    return in_words(values, form, unit) if values.count() else "in no seed"


def in_short(values: pd.Series, form: str = ",.2f", unit: str | None = None) -> str:
    """Mean over seeds and half of its interval, as "0.46 ±0.07", for wide tables; of shares both limits."""
    unit = unit or unit_of(values.name)
    if unit in (SHARE, PART):
        return in_words(values, form, unit)
    estimate = interval(values, unit)
    return formats.NOTHING if pd.isna(estimate[0]) else formats.with_reach(estimate, form) + remark(values)


def in_figures(values: pd.Series) -> str:
    """Mean over seeds with its interval in four significant digits, as "144.2bn [90bn, 198.4bn]", for large amounts."""
    mean, low, high = interval(values, unit_of(values.name))
    span = formats.span(low, high) if low < high else ""
    return f"{formats.four_digits(mean)} {span}".rstrip() + remark(values)


def ratio_in_words(top: pd.Series, bottom: pd.Series) -> str:
    """Ratio of two means over the same seeds with its interval; see `market.studies.intervals.ratio`."""
    return formats.with_interval(ratio(top, bottom), seeds=len(top))


def passing_in_words(runs: pd.DataFrame, factor: str, figure: str, level: float, log: bool = False) -> str:
    """Where a figure passes a level along a factor, in words.

    Parameters
    ----------
    runs, factor, figure, level, log : as in `market.studies.crossing.passing`; the mean over seeds is geometric if log.
    """
    places = passing(runs, factor, figure, level, log)
    mean, low, high = np.exp(interval(np.log(places))) if log else interval(places)
    return formats.with_interval((mean, low, high)) + remark(places)


def range_in_words(runs: pd.DataFrame, by: str | list[str], figure: str) -> str:
    """Least and greatest mean over seeds among groups of runs, as "3.50 to 12.50", or "3.50 to 12.50 (in 28 of 36)".

    A group counts only if it has a number under every seed: means over different seeds are not compared.
    """
    means, form = runs.groupby(by)[figure].mean(skipna=False), formats.decimals(2)
    where = f" (in {means.count()} of {len(means)})" if means.isna().any() else ""
    return f"{form(means.min())} to {form(means.max())}{where}"


def remark(values: pd.Series) -> str:
    """What must stand beside a mean over seeds: that they are few, or that some gave no number; else nothing."""
    return formats.behind(*counted(values))


def table_in_words(
    runs: pd.DataFrame,
    by: str | Sequence[str],
    forms: Mapping[str, str] | str = ",.2f",
    units: Mapping[str, str] | None = None,
    say: Callable[[pd.Series, str, str | None], str] = in_words,
) -> pd.DataFrame:
    """Means over seeds in words, a row per group and a column per figure.

    Parameters
    ----------
    runs : a row per run, with a column per figure.
    by : columns that say which runs belong together.
    forms : format of every figure, or of each that is shown by name.
    units : of figures that are no outcomes, as in `market.studies.intervals.interval`.
    say : `in_words`, `in_seeds` or `in_short`.
    """
    by, rows = [by] if isinstance(by, str) else list(by), []
    figures = list(forms) if isinstance(forms, Mapping) else list(runs.columns.drop([*by, "seed"]))
    for key, part in runs.groupby(by, sort=False):
        said = (
            say(part[name].astype("float64"), forms if isinstance(forms, str) else forms[name], (units or {}).get(name))
            for name in figures
        )
        rows.append((*key, *said))
    return pd.DataFrame(rows, columns=[*by, *figures])


def grid_in_words(runs: pd.DataFrame, down: str, across: str, figure: str, form: str = ",.2f") -> pd.DataFrame:
    """Means of a figure over seeds in words, over two factors: a row per value of `down`, a column per one of `across`.

    Parameters
    ----------
    runs : a row per run.   down, across, figure : its columns.   form : format of all numbers.
    """
    said = partial(in_words, form=form)
    wide = runs.pivot_table(index=down, columns=across, values=figure, aggfunc=said, sort=False)
    return wide.rename(columns=str).reset_index()
