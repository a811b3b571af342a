"""Does a calibration find what was planted? Worlds of the first wave taken as reality, one after the other.

Simulation-based calibration (Cook, Gelman and Rubin 2006; Talts and others 2018): the moments of a world that was drawn
from the priors, with an error of the evidence's size, are taken for the evidence, and the posterior of its factors is
found from all other worlds. If the method is right, a part p of the planted values lies inside intervals of p. Each
posterior is the prior's sample weighted by the emulated likelihood; nothing is run again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from market.economics import luck
from market.studies.emulator import Emulator
from market.studies.priors import shares
from market.studies.weighted import quantiles

Floats = npt.NDArray[np.float64]

PARTS = (0.5, 0.8)
"""Parts that intervals hold."""
SAMPLE = 8192
"""Points of the priors that stand for each posterior."""
PLANTED = 64
"""Worlds that are planted, the last ones of the wave; the emulators know the others."""


def recovered(
    points: Floats, distance: Floats, variance: Floats, names: Sequence[str], planted: int = PLANTED, seed: int = 1
) -> pd.DataFrame:
    """Plant worlds and find them again.

    Parameters
    ----------
    points : (n, d) worlds in shares of the priors.   distance : (n, k) of their moments from the targets.
    variance : (k,) of a distance, by the evidence and luck.   names : (d,) of the factors.
    planted : how many worlds, less than n.   seed : of the evidence's errors, and of the priors' sample.

    Returns
    -------
    DataFrame
        factor; inside_50 and inside_80, the part of planted values in intervals of these; narrowed, how much narrower
        than the prior an interval of 80% is, in the mean; "all" in the last row.
    """
    known = len(points) - planted
    emulator = Emulator(points[:known], np.arcsinh(distance[:known]))
    sample = shares(points.shape[1], SAMPLE, seed + 1)
    mean, unsure = emulator.at(sample)
    expected, spread = np.sinh(mean), variance + unsure * np.cosh(mean) ** 2
    errors = ndtri(luck.uniforms(planted * distance.shape[1], seed, "errors of the evidence")).reshape(planted, -1)
    rows = np.empty((planted, points.shape[1], len(PARTS) + 1))
    for place, (truth, seen) in enumerate(zip(points[known:], distance[known:] + errors, strict=True)):
        log = -0.5 * ((seen - expected) ** 2 / spread + np.log(spread)).sum(axis=1)
        weights = np.exp(log - log.max())
        for factor, value in enumerate(truth):
            for which, part in enumerate(PARTS):
                low, high = quantiles(sample[:, factor], weights, (0.5 - part / 2, 0.5 + part / 2))
                rows[place, factor, which] = low <= value <= high
            rows[place, factor, -1] = 1 - (high - low) / PARTS[-1]
    means = rows.mean(axis=0)
    table = pd.DataFrame(means, columns=[*(f"inside_{part:.0%}".rstrip("%") for part in PARTS), "narrowed"])
    table.insert(0, "factor", list(names))
    return pd.concat(
        [table, pd.DataFrame([{"factor": "all", **table.drop(columns="factor").mean()}])], ignore_index=True
    )
