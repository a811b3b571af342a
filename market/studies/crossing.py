"""Where a noisy curve crosses a level: a search over one variable in which every value is tried under the same luck.

With common luck the curve through the means of the seeds is a fixed one, only jagged, so a bracketing search is safe.
The interval inverts a test: it holds every x at which the 95% interval of the mean contains the level, and so covers
the true crossing as often as those intervals cover the true mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.studies.intervals import counted, interval
from market.studies.levels import Range

Evaluate = Callable[[float], npt.ArrayLike]
"""Gives the outcome under every seed at a value of the variable; NaN where a run gave no number."""

Tried = tuple[float, float, float, int, int]
"""Mean, low, high, n and left_out at a value."""

EVIDENCE = ("value", "mean", "low", "high", "n", "left_out")


@dataclass(frozen=True)
class Crossing:
    """Where the mean crosses the level.

    Attributes
    ----------
    verdict : "value"; "never" (surely below the level wherever it is a number) or "always" (surely above) within the
        range searched; "undecided" if the mean does not cross but its interval contains the level somewhere, or it
        changes sides across values that give no number.
    value : the crossing, the middle one of several; NaN unless the verdict is "value".
    low, high : 95% interval of the crossing; infinite where it goes beyond the range; NaN if never or always.
    crossings : how often the mean crosses.
    evidence : value, mean, low, high, n and left_out (seeds with a number and without) of everything tried, by value.
    """

    verdict: str
    value: float
    low: float
    high: float
    crossings: int
    evidence: pd.DataFrame


def passes(levels: npt.ArrayLike, values: npt.ArrayLike, level: float) -> float:
    """Where values on a grid pass a level for the last time, by linear interpolation; NaN if they do not.

    Parameters
    ----------
    levels : (N,) the grid, ascending.   values : (N,) what belongs to it; points that are NaN are left out.
    """
    x, over = np.asarray(levels, float), np.asarray(values, float) - level
    x, over = x[~np.isnan(over)], over[~np.isnan(over)]
    before = np.flatnonzero((over[1:] >= 0) != (over[:-1] >= 0))
    if not len(before):
        return float("nan")
    i = before[-1]
    return float(x[i] + (x[i + 1] - x[i]) * over[i] / (over[i] - over[i + 1]))


def passing(runs: pd.DataFrame, factor: str, figure: str, level: float, log: bool = False) -> pd.Series:
    """Where each seed's figure passes a level along a factor, for the last time; NaN where it does not.

    Parameters
    ----------
    runs : seed, the factor (numbers) and the figure of every run.
    factor, figure : columns of it.   level : of the figure.
    log : interpolate both in logarithms, in which a figure that is not positive is next to nothing.
    """
    wide = runs.astype({factor: "float64"}).pivot_table(index="seed", columns=factor, values=figure, dropna=False)
    grid, values = wide.columns.to_numpy(float), wide.to_numpy(float)
    if log:
        grid, values, level = np.log(grid), np.log(values.clip(1e-9)), np.log(level)
    places = np.array([passes(grid, of_seed, level) for of_seed in values], float)
    return pd.Series(np.exp(places) if log else places, index=wide.index)


def of_runs(values: Mapping[float, pd.Series], within: Range, level: float) -> pd.Series:
    """Where each run passes a level for the last time.

    Parameters
    ----------
    values : by run, under every value of the variable that was tried; NaN where a run gave no number.
    within : the range of the variable.   level : to be passed.

    Returns
    -------
    Series
        By run, a share of the range, 0 to 1; −1 for a run that is all along on the side of the level on which runs end,
        by their mean, and 2 for one that stays on the other. NaN where it gave fewer than two numbers.
    """
    known = pd.DataFrame({within.share(x): values[x] for x in sorted(values)}, dtype=float)
    mean = known.mean().dropna()
    rising = bool(len(mean)) and mean.iloc[-1] >= mean.iloc[0]
    found = []
    for run in known.to_numpy():
        place = passes(known.columns, run, level)
        if np.isnan(place) and np.isfinite(run).sum() > 1:
            place = -1.0 if (np.nanmean(run) >= level) == rising else 2.0
        found.append(place)
    return pd.Series(found, index=known.index, dtype=float)


def find(
    evaluate: Evaluate,
    within: Range,
    level: float,
    points: int = 5,
    tolerance: float = 0.01,
    budget: int = 20,
    unit: str | None = None,
) -> Crossing:
    """Search a range for the crossing.

    Parameters
    ----------
    evaluate : gives the outcome under every seed.   within : the range to search.   level : to be crossed.
    points : values tried first, evenly over the range; they also find more than one crossing.
    tolerance : width to which the crossings of the mean are narrowed, as a share of the range; of the interval's ends,
        three times that.
    budget : most values to try in all.
    unit : of the outcome, as in `market.studies.intervals.interval`.
    """
    tried: dict[float, Tried] = {}

    def attempt(x: float) -> None:
        sample = np.asarray(evaluate(x), float)
        tried[x] = (*interval(sample, unit), *counted(sample))

    for x in within.spaced(points):
        attempt(x)
    while len(tried) < budget and (better := _next(_evidence(tried), within, level, tolerance)) is not None:
        attempt(better)
    return conclude(_evidence(tried), within, level)


def conclude(evidence: pd.DataFrame, within: Range, level: float) -> Crossing:
    """Read the verdict from what was tried, where it gave numbers."""
    known = evidence[np.isfinite(evidence["mean"])]
    # One replication has no limits, and excludes nothing.
    holds = known[~(known["low"] > level) & ~(known["high"] < level)]
    roots = _roots(evidence, "mean", level, within)
    above, below = bool((known["mean"] > level).all()), bool((known["mean"] < level).all())
    if not roots and holds.empty and len(known) and (above or below):
        return Crossing("always" if above else "never", np.nan, np.nan, np.nan, 0, evidence)
    ends = [*roots, *holds["value"], *_jumps(evidence, level)]
    ends += [*_roots(evidence, "low", level, within), *_roots(evidence, "high", level, within)]
    low, high = (min(ends), max(ends)) if ends else (np.nan, np.nan)
    if not holds.empty and holds["value"].min() == within.low:
        low = -np.inf
    if not holds.empty and holds["value"].max() == within.high:
        high = np.inf
    value = sorted(roots)[len(roots) // 2] if roots else np.nan
    return Crossing("value" if roots else "undecided", value, low, high, len(roots), evidence)


def _evidence(tried: dict[float, Tried]) -> pd.DataFrame:
    rows = [(x, *tried[x]) for x in sorted(tried)]
    return pd.DataFrame(rows, columns=list(EVIDENCE))


def _brackets(evidence: pd.DataFrame, curve: str, level: float) -> list[tuple[float, float, float, float]]:
    """Neighbours between which a curve changes sides: x and height above the level, of both.

    Values that gave no number are nobody's neighbours: what lies between the ones beside them is not known.
    """
    x, above = evidence["value"].to_numpy(float), evidence[curve].to_numpy(float) - level
    return [
        (x[i], above[i], x[i + 1], above[i + 1])
        for i in range(len(x) - 1)
        if np.isfinite(above[i : i + 2]).all() and (above[i] >= 0) != (above[i + 1] >= 0)
    ]


def _jumps(evidence: pd.DataFrame, level: float) -> list[float]:
    """Values on both sides of a stretch without numbers across which the mean changes sides."""
    known = evidence[np.isfinite(evidence["mean"])]
    place, x, over = known.index.to_numpy(), known["value"].to_numpy(float), known["mean"].to_numpy(float) >= level
    jumps = [i for i in range(len(x) - 1) if place[i + 1] > place[i] + 1 and over[i] != over[i + 1]]
    return [end for i in jumps for end in (x[i], x[i + 1])]


def _roots(evidence: pd.DataFrame, curve: str, level: float, within: Range) -> list[float]:
    """Crossings of a curve, by straight lines between neighbours (in the logarithm, if the range is)."""
    scale = Range(within.low, within.high, within.log)
    roots = []
    for x0, y0, x1, y1 in _brackets(evidence, curve, level):
        start, end = scale.share(x0), scale.share(x1)
        roots.append(scale.at(start + (end - start) * y0 / (y0 - y1)))
    return roots


def _next(evidence: pd.DataFrame, within: Range, level: float, tolerance: float) -> float | None:
    """Choose what to try next: inside the widest bracket of the mean, then of the interval's outer ends."""
    for curves, wide in ((("mean",), tolerance), (("low", "high"), 3 * tolerance)):
        brackets = [b for curve in curves for b in _outer(_brackets(evidence, curve, level))]
        widest = max(brackets, key=lambda b: within.share(b[2]) - within.share(b[0]), default=None)
        if widest is not None and within.share(widest[2]) - within.share(widest[0]) > wide:
            x0, y0, x1, y1 = widest
            step = min(max(y0 / (y0 - y1), 0.25), 0.75)
            x = within.at(within.share(x0) + step * (within.share(x1) - within.share(x0)))
            if x not in set(evidence["value"]):
                return x
    return None


def _outer(brackets: list[tuple[float, float, float, float]]) -> list[tuple[float, float, float, float]]:
    """Keep the first and the last: those between do not change an interval."""
    return brackets[:1] + brackets[1:][-1:]
