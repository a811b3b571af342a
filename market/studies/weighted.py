"""Weighted samples: quantiles, and how good a forecast they were."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def quantiles(values: Floats, weights: Floats, at: Sequence[float]) -> list[float]:
    """Quantiles of a weighted sample, those that are no numbers left out; NaN of nothing."""
    known = np.isfinite(values)
    values, weights = values[known], weights[known]
    if not len(values):
        return [float("nan")] * len(at)
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2
    return [float(one) for one in np.interp(np.asarray(at) * weights.sum(), reached, values[order])]


def middle(values: Floats) -> tuple[float, float, float]:
    """The 10%, 50% and 90% quantiles of values that count alike, those that are no numbers left out."""
    low, median, high = quantiles(values, np.ones(len(values)), (0.1, 0.5, 0.9))
    return low, median, high


def crps(values: Floats, weights: Floats, actual: float) -> float:
    """Continuous ranked probability score of a weighted sample: E|X − y| − ½ E|X − X'|; NaN of nothing."""
    if not len(values):
        return float("nan")
    shares, order = weights / weights.sum(), np.argsort(values, kind="stable")
    ordered, part = values[order], shares[order]
    # Σ_i Σ_j p_i p_j |x_i − x_j| = 2 Σ_i p_i x_i (2 P_i − p_i − 1) with P_i the cumulated shares
    spread = 2 * float((part * ordered * (2 * np.cumsum(part) - part - 1)).sum())
    return float((shares * np.abs(values - actual)).sum()) - spread / 2
