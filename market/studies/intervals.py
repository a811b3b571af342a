"""Intervals of means over seeds: of one sample, of paired differences, of two independent samples, of ratios."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

CONFIDENCE = 0.95
"""Level of an interval, of the mean over seeds. A band is the 10–90% range of the replications themselves."""

Interval = tuple[float, float, float]
"""Mean, low and high."""


def interval(values: npt.ArrayLike) -> Interval:
    """Mean and 95% confidence interval of a mean by Student's t; NaN limits for fewer than two values.

    Values that are not numbers are left out.
    """
    sample = np.asarray(values, float)
    sample = sample[np.isfinite(sample)]
    if len(sample) == 0:
        return float("nan"), float("nan"), float("nan")
    mean = float(sample.mean())
    if len(sample) == 1:
        return mean, float("nan"), float("nan")
    reach = _quantile(len(sample) - 1) * float(sample.std(ddof=1)) / len(sample) ** 0.5
    return mean, mean - reach, mean + reach


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
    reach = _quantile(float(freedom)) * total**0.5
    return difference, difference - reach, difference + reach


def geometric(values: npt.ArrayLike) -> Interval:
    """Geometric mean and its 95% interval, of the values that are positive."""
    sample = np.asarray(values, float)
    mean, low, high = np.exp(interval(np.log(sample[sample > 0])))
    return float(mean), float(low), float(high)


def ratio(top: npt.ArrayLike, bottom: npt.ArrayLike) -> Interval:
    """Ratio of two means over the same seeds with its 95% interval, linearised: single seeds may divide by little."""
    above, below = np.asarray(top, float), np.asarray(bottom, float)
    whole = float(above.mean() / below.mean())
    return interval(whole + (above - whole * below) / below.mean())


def _quantile(freedom: float) -> float:
    """Student's t at the upper end of the interval."""
    return float(stdtrit(freedom, 0.5 + CONFIDENCE / 2))
