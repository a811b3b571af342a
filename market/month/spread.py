"""Spreading: more customers can use open weights next month, the more of them would choose them."""

from __future__ import annotations

import numpy as np

from market.month.choose import Chosen
from market.month.state import State


def spread(state: State, chosen: Chosen) -> None:
    """Let access to open weights spread in every segment, after what this month's customers would have chosen."""
    spreading = [segment for segment in state.segments if segment.access_spreads]
    if not spreading or not len(chosen.offers.model):
        return
    groups = np.unique(chosen.offers.luck, return_inverse=True)[1]
    for segment in spreading:
        segment.spread_access(chosen.offers, groups, state.month)
