"""Who the customers are and when they enter: the Bass curve and the importance sampling of agents.

Agents are drawn where the money is and carry weights, so that the size of the market does not depend on their number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from market.economics import luck
from market.economics.exponential import exponentials
from market.parameters import Parameters, parameter

Floats = npt.NDArray[np.float64]

PRESENT_SHARE = 0.15
"""Share of agents that stand for everybody who has adopted by month 0. Weights undo it."""
ENTRY_MONTHS = 96
"""Months over which the other agents enter, evenly. Nobody enters later. Weights undo it."""
VOLUME_SD = 0.5
"""Standard deviation of log volume between customers of equal difficulty."""
VALUE_TILT, VALUE_SPREAD = 0.7, 1.1
"""Values are drawn from a normal tilted to the high side, where the revenue is: z = 0.7 + 1.1 ξ. Weights undo it."""


class Adoption(Parameters):
    """Diffusion of the technology among customers: the Bass (1969) model, by month."""

    innovation: float = parameter(
        0.0015, unit="per month", ge=0, le=1, plausible=(0.0003, 0.0025), meaning="p of the Bass curve",
        source="published_numbers.json bass_parameters, by month",
    )  # fmt: skip
    imitation: float = parameter(
        0.05, unit="per month", ge=0, le=1, plausible=(0.02, 0.15), meaning="q of the Bass curve",
        source="published_numbers.json bass_parameters, by month",
    )  # fmt: skip
    start: int = parameter(
        -24, unit="months", ge=-600, le=0, plausible=(-36, -12), meaning="month in which the Bass curve starts"
    )
    all_present: bool = parameter(
        False, unit="", meaning="everybody has adopted before month 0; the Bass curve is not used"
    )


class Workload(Parameters):
    """How much work the customers of a segment have, how hard it is and what it is worth."""

    agents: float = parameter(0.25, unit="share", gt=0, le=1, meaning="part of the customer agents in this segment")
    volume: float = parameter(
        unit="Mtok per month", ge=1e-6, le=1e15, plausible=(2e7, 5e8),
        meaning="M: volume per 10 points of difficulty at the reference difficulty, all adopted, in month 0",
    )  # fmt: skip
    compute_elasticity: float = parameter(
        unit="exponent per 10 points", ge=-2, le=5, plausible=(0.05, 0.35),
        meaning="g: a tenfold of frontier compute, 10 points, multiplies the demand by 10^g (claim 14)",
    )  # fmt: skip
    volume_trend: float = parameter(
        unit="x per year", ge=0.1, le=100, plausible=(1.0, 2.0), meaning="growth of every workload's volume"
    )
    value_median: float = parameter(
        unit="$ per Mtok", ge=1e-6, le=1e6, plausible=(0.75, 18.0),
        meaning="median of w, what a customer would pay for work done",
    )  # fmt: skip
    value_sd: float = parameter(
        0.8, unit="log points", ge=0, le=5, plausible=(0.5, 1.5), meaning="standard deviation of ln w"
    )


class Customers(NamedTuple):
    """The customers of one segment, one row each, in the order of their difficulty. N customers, F firms.

    A NamedTuple of arrays, so that compiled kernels take it whole.

    Attributes
    ----------
    difficulty : (N,) points.   value : (N,) w, $ per Mtok.   volume : (N,) Mtok per month in month 0, weights included.
    taste : (N, F) persistent taste for each firm, logit units, columns in the order of firm keys.
    access : (N,) whether it can use open weights; where access spreads, more can every month.
    entry : (N,) month of entry, −1 for those present at the start.
    """

    difficulty: npt.NDArray[np.float32]
    value: npt.NDArray[np.float32]
    volume: npt.NDArray[np.float64]
    taste: npt.NDArray[np.float32]
    access: npt.NDArray[np.bool_]
    entry: npt.NDArray[np.int32]


def bass(adoption: Adoption, months: Floats) -> Floats:
    """Share that has adopted `months` after the curve's start (Bass 1969): (1 − e^−(p+q)t) / (1 + (q/p) e^−(p+q)t)."""
    p, q = adoption.innovation, adoption.imitation
    elapsed = np.maximum(months, 0.0)
    if p == 0:
        return np.zeros_like(elapsed)
    decay = exponentials(-(p + q) * elapsed)
    return (1.0 - decay) / (1.0 + q / p * decay)


def draw_entry(adoption: Adoption, uniform: Floats) -> tuple[npt.NDArray[np.int32], Floats]:
    """Draw entry months and their importance weights from uniform numbers. Shapes (N,) and (N,)."""
    if adoption.all_present:
        return np.full(uniform.shape, -1, np.int32), np.ones_like(uniform)
    spread = (uniform - PRESENT_SHARE) / (1.0 - PRESENT_SHARE)
    entry = np.where(spread < 0, -1, np.floor(spread * ENTRY_MONTHS)).astype(np.int32)
    adopted = bass(adoption, np.arange(ENTRY_MONTHS + 1.0) - adoption.start)
    weight = np.where(
        entry < 0,
        adopted[0] / PRESENT_SHARE,
        np.diff(adopted)[np.maximum(entry, 0)] * ENTRY_MONTHS / (1.0 - PRESENT_SHARE),
    )
    return entry, weight


def draw_value(median: float, sd: float, uniform: Floats) -> tuple[Floats, Floats]:
    """Draw willingness to pay, tilted to the high side, with weights n(z) / (n(ξ)/1.1). Shapes (N,) and (N,)."""
    xi = ndtri(uniform)
    z = VALUE_TILT + VALUE_SPREAD * xi
    return median * exponentials(sd * z), VALUE_SPREAD * exponentials(0.5 * (xi**2 - z**2))


def draw_access(count: int, seed: int, segment: str) -> Floats:
    """Part of a segment's customers, between 0 and 1, that must have access to open weights for each to have it, (N,).

    Parameters
    ----------
    count : number of agents N.   seed, segment : the random seed, and the name under which luck is drawn.
    """
    return luck.lattice(count, luck.generators(4)[3], seed, "access", segment)


def draw_customers(
    workload: Workload,
    adoption: Adoption,
    count: int,
    scale: tuple[float, float, float],
    open_access: float,
    taste: tuple[float, Sequence[float]],
    firm_keys: Sequence[str],
    seed: int,
    segment: str,
) -> Customers:
    """Draw the customers of one segment.

    Parameters
    ----------
    workload, adoption : how much work they have, and when they enter.
    open_access : part of them who can use open weights.
    taste : spread of tastes for firms, and the mean for each of them, logit units.
    seed, segment : the random seed, and the name under which luck is drawn.
    count : number of agents N.
    scale : lowest, highest and reference difficulty, points.
    firm_keys : keys of all firms in the scenario; tastes are drawn by key, whoever else exists.

    Notes
    -----
    Volume of customer i: M/10 · 10^(g (d − d_ref)/10) · (d_hi − d_lo)/N · lognormal · ω_entry · ω_value.
    """
    low, high, reference = scale
    steps = luck.generators(4)
    by_volume, by_value, by_entry = (
        luck.lattice(count, step, seed, purpose, segment)
        for step, purpose in zip(steps, ("volume", "value", "entry"), strict=False)
    )
    difficulty = low + (high - low) * (np.arange(count) + luck.uniform(seed, "difficulty", segment)) / count
    value, value_weight = draw_value(workload.value_median, workload.value_sd, by_value)
    entry, entry_weight = draw_entry(adoption, by_entry)
    volume = (
        workload.volume / 10
        * exponentials(math.log(10) * workload.compute_elasticity * (difficulty - reference) / 10)
        * (high - low) / count
        * exponentials(VOLUME_SD * ndtri(by_volume) - VOLUME_SD**2 / 2)
        * entry_weight
        * value_weight
    )  # fmt: skip
    tastes, (sd, means) = np.empty((count, len(firm_keys)), np.float32), taste
    for column, (firm, mean) in enumerate(zip(firm_keys, means, strict=True)):
        step = luck.badly_approximable(seed, "taste", firm)
        tastes[:, column] = mean + sd * ndtri(luck.lattice(count, step, seed, "taste", segment, firm))
    return Customers(
        difficulty.astype(np.float32),
        value.astype(np.float32),
        volume,
        tastes,
        draw_access(count, seed, segment) < open_access,
        entry,
    )
