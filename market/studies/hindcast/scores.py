"""How forecasts of shares are scored: proper scores of all on sale, where what is not on the list is censored.

The observed shares are of the list's tokens. A forecast is of all on sale, so what it gives to models that are not on
the list counts against it: to score within the list would be hindsight.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from market.studies.weighted import crps

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def kl(observed: Floats, forecast: Floats) -> float:
    """Kullback–Leibler divergence Σ p ln(p / q) of observed shares p from a forecast q, (J,) each, in nats.

    `observed` is NaN for what is not on the list; the forecast is of all on sale and adds up to 1. It is the mean
    surprise of a token of the list, above what the list itself has.
    """
    listed = observed > 0
    return float(np.sum(observed[listed] * np.log(observed[listed] / forecast[listed])))


def total_variation(observed: Floats, forecast: Floats) -> float:
    """Half the sum of |p − q|, where q is the forecast's own list: its n largest shares, as many as observed."""
    count, observed = int(np.sum(observed > 0)), np.nan_to_num(observed)
    kept = np.zeros_like(forecast)
    top = np.argsort(-forecast, kind="stable")[:count]
    kept[top] = forecast[top] / forecast[top].sum()
    return float(np.abs(observed - kept).sum() / 2)


def censored_crps(observed: float, sample: Floats, least: float) -> float:
    """CRPS of what can be seen: whatever lies below the end of the list, observed or forecast, counts as at its end.

    Parameters
    ----------
    observed : a share, NaN if it is not on the list.   sample : (K,) of the forecast.   least : end of the list.
    """
    return crps(np.maximum(sample, least), np.ones(len(sample)), max(float(np.nan_to_num(observed)), least))


def covered(observed: float, low: float, high: float, least: float) -> bool:
    """Whether an interval has the observed share; of what is not on the list, whether it reaches below its end."""
    return low <= least if np.isnan(observed) else low <= observed <= high


def auc(score: Floats, listed: Flags) -> float:
    """Chance that what got listed had a higher score than what did not, ties half; NaN if all or none did."""
    yes, no = score[listed], score[~listed]
    if not len(yes) or not len(no):
        return float("nan")
    above = (yes[:, None] > no).mean() + (yes[:, None] == no).mean() / 2
    return float(above)


def recalibrated(forecast: Floats, power: float, floor: float) -> Floats:
    """A forecast (J,) with its shares to a power, and with a part `floor` spread evenly over all; adds up to 1."""
    raised = np.where(forecast > 0, forecast, 0.0) ** power
    return np.asarray((1 - floor) * raised / raised.sum() + floor / len(forecast))
