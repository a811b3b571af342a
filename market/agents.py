"""The agents as Mesa sees them: each holds its part of the market's plain state, which the verbs of a month change."""

from __future__ import annotations

import mesa

from market.month.firms import Firm
from market.month.segments import Segment


class FirmAgent(mesa.Agent):
    """A closed lab or a provider of open weights: its state, under its name."""

    def __init__(self, market: mesa.Model, state: Firm) -> None:
        super().__init__(market)
        self.name, self.state = state.name, state


class SegmentAgent(mesa.Agent):
    """A group of customers, each of which is an agent of its own: a row of the arrays of its state."""

    def __init__(self, market: mesa.Model, state: Segment) -> None:
        super().__init__(market)
        self.name, self.state = state.name, state
