"""What a simulation has to beat: persistence of shares, by model and by line. All forecasts are of what is on sale.

A forecast of week t from week o knows the list up to o, and the supply of t: what is released by then, and at what list
price. So do all contestants.
"""

from __future__ import annotations

import numpy as np

from market.studies.hindcast.weeks import Floats, Weeks

FALLEN = 0.5
"""Part of its last share, or of the end of the list if that is less, that a model off the list is taken to have."""


def carried(weeks: Weeks, origin: int) -> Floats:
    """Shares as the list knows them in a week, (J,): of what has fallen off it, a part of what it can still have."""
    known, end = weeks.shares[: origin + 1], weeks.end_of_list[origin]
    now = known[-1].copy()
    for place in np.flatnonzero(np.isnan(now) & (known > 0).any(axis=0)):
        seen = known[:, place]
        now[place] = FALLEN * min(seen[~np.isnan(seen)][-1], end)
    shares = np.nan_to_num(now)
    return np.asarray(shares / shares.sum())


def persistence(weeks: Weeks, origin: int, horizon: int) -> Floats:
    """Shares stay as they are; what is new has none."""
    return carried(weeks, origin)[weeks.on_sale(origin + horizon)]


def line_persistence(weeks: Weeks, origin: int, horizon: int) -> Floats:
    """Shares of lines stay as they are: a successor takes all that its predecessor had."""
    shares, there = carried(weeks, origin), weeks.on_sale(origin + horizon)
    for place in there:  # by release, so that chains are followed
        before = weeks.predecessor[place]
        if before >= 0 and weeks.released[place] > origin:
            shares[place] += shares[before]
            shares[before] = 0.0
    return shares[there]
