"""Successors: how soon one outsells its predecessor, and how much of what it gains is its predecessor's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from market.measures.forms import WEEKS_PER_MONTH

WEEKS_AFTER = 4.0
"""Weeks after launch at which self-cannibalisation is read."""
WITHIN_WEEKS = 2.0
"""How far from that the nearest record may be; half a month of monthly data is 2.2 weeks after launch, and counts."""


def overtaking(releases: pd.DataFrame, sales: pd.DataFrame) -> pd.DataFrame:
    """Weeks from a model's launch until its tokens exceed its predecessor's.

    Parameters
    ----------
    releases, sales : the forms. Only pairs whose predecessor was on record when last recorded before the launch.

    Returns
    -------
    DataFrame
        model, predecessor, open_weights, released, year, weeks; NaN if it has not overtaken by the end of the record. A
        predecessor that is off the record is below what is on it.
    """
    tokens = sales.pivot_table(index="time", columns="model", values="tokens", aggfunc="sum")
    rows = []
    for pair in _pairs(releases, tokens):
        own = tokens.loc[tokens.index >= pair.released, pair.model]
        old = tokens.loc[tokens.index >= pair.released, pair.predecessor]
        ahead = own.index[own > old.fillna(0.0)]
        weeks = (ahead[0] - pair.released) * WEEKS_PER_MONTH if len(ahead) else float("nan")
        rows.append((pair.model, pair.predecessor, pair.open_weights, pair.released, pair.year, weeks))
    columns = ["model", "predecessor", "open_weights", "released", "year", "weeks"]
    return pd.DataFrame(rows, columns=columns).astype({"weeks": "float64"})


def self_cannibalisation(releases: pd.DataFrame, sales: pd.DataFrame, weeks: float = WEEKS_AFTER) -> pd.DataFrame:
    """Share points that the predecessor lost, over those that its successor gained, some weeks after launch.

    Before is the last record up to the launch, after the one nearest to `weeks` after it, at most `WITHIN_WEEKS` away.
    Shares are of all tokens recorded at a time, so that growth of the market is no gain.

    Parameters
    ----------
    releases, sales : the forms. Pairs on record both times only: a share that is not on record is not known to be zero.

    Returns
    -------
    DataFrame
        model, predecessor, open_weights, released, year, lost, gained, share (lost ÷ gained; NaN if
        nothing was gained).
    """
    shares = sales.pivot_table(index="time", columns="model", values="share", aggfunc="sum")
    rows = []
    for pair in _pairs(releases, shares):
        away = np.abs((shares.index.to_numpy(float) - pair.released) * WEEKS_PER_MONTH - weeks)
        after = shares.index[int(away.argmin())]
        if away.min() > WITHIN_WEEKS:
            continue
        before = shares.index[shares.index <= pair.released][-1]
        old, own = shares[pair.predecessor], shares[pair.model]
        lost, gained = old.loc[before] - old.loc[after], own.loc[after]
        share = lost / gained if gained > 0 else float("nan")
        rows.append((pair.model, pair.predecessor, pair.open_weights, pair.released, pair.year, lost, gained, share))
    columns = ["model", "predecessor", "open_weights", "released", "year", "lost", "gained", "share"]
    table = pd.DataFrame(rows, columns=columns).astype({"lost": "float64", "gained": "float64", "share": "float64"})
    return table.dropna(subset=["lost", "gained"]).reset_index(drop=True)


def _pairs(releases: pd.DataFrame, recorded: pd.DataFrame) -> list[Any]:
    """Successors and predecessors of which both are on record, the predecessor when last recorded before the launch."""
    rows = releases[releases["model"].isin(recorded.columns) & releases["predecessor"].isin(recorded.columns)]
    pairs = []
    for pair in rows.itertuples(index=False):
        before = recorded.index[recorded.index <= pair.released]
        if len(before) and pd.notna(recorded[pair.predecessor].loc[before[-1]]):
            pairs.append(pair)
    return pairs
