"""What a calibration is held to: moments of the real market, each with its period and band, fitted or held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from market import evidence
from market.parameters import InputError

Floats = npt.NDArray[np.float64]

YEARS = (2024, 2025)
"""Last years of the evidence that a calibration may use."""
UNDEFINED = 10.0
"""Distance, in the evidence's standard deviations, of a moment that a world does not have (assumed)."""
BAND = 0.9
"""Part of its distribution that a target's band holds."""


@dataclass(frozen=True)
class Target:
    """A moment of the real market.

    Attributes
    ----------
    moment : an outcome, by name, with its period.   target, low, high : the figure and the band in which it may lie.
    fitted : whether it may be fitted; it is held out otherwise.
    """

    moment: str
    target: float
    low: float
    high: float
    fitted: bool

    def distance(self, values: Floats) -> Floats:
        """How far values are from it, in standard deviations of the evidence on their side; `UNDEFINED` for NaN."""
        reach = np.where(values < self.target, self.target - self.low, self.high - self.target)
        found = (values - self.target) / (np.maximum(reach, 1e-12) / ndtri(0.5 + BAND / 2))
        return np.where(np.isfinite(found), found, UNDEFINED)

    def quantiles(self, shares: Floats) -> Floats:
        """Values below which shares of its distribution lie: a normal with another spread on either side."""
        steps = ndtri(shares)
        reach = np.where(steps < 0, self.target - self.low, self.high - self.target)
        found: Floats = self.target + steps * reach / ndtri(0.5 + BAND / 2)
        return found


@dataclass(frozen=True)
class Forecast:
    """A moment of the year after: what it was, for a forecast by the past, and what it became.

    Attributes
    ----------
    moment : an outcome, with the period that is forecast.   before : the moment as it was known.
    actual, low, high : what it became, with its band.
    """

    moment: str
    before: Target
    actual: float
    low: float
    high: float


def targets(until: int = 2025) -> list[Target]:
    """The targets of the evidence to the end of a year, fitted and held out.

    Raises
    ------
    InputError
        If there are none for the year.
    """
    if until not in YEARS:
        raise InputError(f"until: {until!r} is refused; allowed: {' or '.join(map(str, YEARS))}")
    table = evidence.load("targets" if until == YEARS[-1] else f"targets_to_{until}")
    columns = (table[name] for name in ("moment", "period", "target", "low", "high", "fitted"))
    return [_target(*row) for row in zip(*columns, strict=True)]


def forecasts() -> list[Forecast]:
    """What became, in 2025, of the moments known to the end of 2024, as far as 2025 alone says it."""
    table = evidence.load("targets_to_2024")
    columns = (table[name] for name in ("moment", "next_period", "next", "next_low", "next_high"))
    rows = zip(targets(2024), zip(*columns, strict=True), strict=True)
    return [_forecast(before, *row) for before, row in rows if pd.notna(row[1])]


def distances(held: Sequence[Target], moments: pd.DataFrame) -> pd.DataFrame:
    """How far worlds are from targets: a column per target, a row per row of moments, in standard deviations."""
    return pd.DataFrame({one.moment: one.distance(moments[one.moment].to_numpy(float)) for one in held})


def _target(moment: str, period: str, target: float, low: float, high: float, fitted: bool) -> Target:
    return Target(_at(moment, period), float(target), float(low), float(high), bool(fitted))


def _forecast(before: Target, moment: str, period: str, actual: float, low: float, high: float) -> Forecast:
    return Forecast(_at(moment, period), before, float(actual), float(low), float(high))


def _at(moment: str, period: str) -> str:
    """An outcome over a period of the evidence, whose "FY2024-FY2025" is our "2024:2025"."""
    return f"{moment}@{period.replace('FY', '').replace('-', ':')}"
