"""Intervals of means over seeds: of one sample, of shares, of two independent samples, of ratios."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from market.measures.outcomes import PART, SHARE

CONFIDENCE = 0.95
"""Level of an interval, of the mean over seeds. A band is the 10–90% range of the replications themselves."""

Interval = tuple[float, float, float]
"""Mean, low and high."""


def interval(values: npt.ArrayLike, unit: str | None = None) -> Interval:
    """Mean and 95% confidence interval of a mean; NaN limits for fewer than two values.

    Values that are not numbers are left out; `counted` says how many.

    Parameters
    ----------
    values : (n,) a value per replication.
    unit : of the values. Those in `SHARE` or `PART` lie between 0 and 1, and so does their interval, a score interval;
        otherwise it is Student's.
    """
    sample = _numbers(values)
    if len(sample) == 0:
        return float("nan"), float("nan"), float("nan")
    mean = float(sample.mean())
    if len(sample) == 1:
        return mean, float("nan"), float("nan")
    if unit in (SHARE, PART):
        return _of_share(sample, counted=unit == SHARE)
    reach = student(len(sample) - 1) * float(sample.std(ddof=1)) / len(sample) ** 0.5
    return mean, mean - reach, mean + reach


def counted(values: npt.ArrayLike) -> tuple[int, int]:
    """How many values a mean is over, and how many it leaves out since they are not numbers."""
    kept = len(_numbers(values))
    return kept, len(np.asarray(values)) - kept


def _of_share(sample: npt.NDArray[np.float64], counted: bool) -> Interval:
    """Score interval of Wilson (1927). Where not all are 0 or 1 they count as more draws, as their spread says.

    If all of some shares of counted things are 0, or all are 1, the next may be another; parts of amounts that are all
    the same have no spread.
    """
    count, mean = len(sample), float(sample.mean().clip(0, 1))
    if counted and np.isin(sample, (0.0, 1.0)).all():
        draws, reach = float(count), student(np.inf)
    elif sample.var() == 0:
        return mean, mean, mean
    else:
        draws, reach = mean * (1 - mean) / (float(sample.var(ddof=1)) / count), student(count - 1)
    return _score(mean, draws, reach)


def _score(share: float, draws: float, reach: float) -> Interval:
    """A share of so many draws, and its score interval of so many standard deviations (Wilson 1927)."""
    narrow = 1 + reach**2 / draws
    centre = (share + reach**2 / (2 * draws)) / narrow
    half = reach / narrow * (share * (1 - share) / draws + reach**2 / (4 * draws**2)) ** 0.5
    return share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))


def of_difference(low: npt.ArrayLike, high: npt.ArrayLike, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of the difference of two shares, the second less the first (Newcombe 1998, of Wilson's intervals).

    Parameters
    ----------
    low, high : whether, or in what part of its runs, each world of either sample is so.   confidence : of the interval.
    """
    reach = float(ndtri(0.5 + confidence / 2))
    samples = (np.asarray(one, float) for one in (low, high))
    (first, below, above), (second, under, over) = (_score(float(one.mean()), len(one), reach) for one in samples)
    down, up = np.hypot(second - under, above - first), np.hypot(over - second, first - below)
    return float(second - first - down), float(second - first + up)


def independent(a: npt.ArrayLike, b: npt.ArrayLike) -> Interval:
    """Mean of b minus mean of a, and its 95% interval if the samples had nothing in common (Welch 1947).

    Parameters
    ----------
    a, b : two samples of at least two finite values each.
    """
    first, second = np.asarray(a, float), np.asarray(b, float)
    parts = first.var(ddof=1) / len(first), second.var(ddof=1) / len(second)
    difference, total = float(second.mean() - first.mean()), float(sum(parts))
    if total == 0:
        return difference, difference, difference
    freedom = total**2 / (parts[0] ** 2 / (len(first) - 1) + parts[1] ** 2 / (len(second) - 1))
    reach = student(float(freedom)) * total**0.5
    return difference, difference - reach, difference + reach


def ratio(top: npt.ArrayLike, bottom: npt.ArrayLike) -> Interval:
    """Ratio of two means over the same seeds with its 95% interval, linearised: single seeds may divide by little.

    All are NaN where the second mean is 0.
    """
    above, below = np.asarray(top, float), np.asarray(bottom, float)
    if below.mean() == 0:
        return np.nan, np.nan, np.nan
    whole = float(above.mean() / below.mean())
    return interval(whole + (above - whole * below) / below.mean())


def _numbers(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The finite values."""
    sample = np.asarray(values, float)
    return np.asarray(sample[np.isfinite(sample)])


def student(freedom: float) -> float:
    """How many standard errors an interval reaches to either side: Student's t with so many degrees of freedom."""
    return float(stdtrit(freedom, 0.5 + CONFIDENCE / 2))
