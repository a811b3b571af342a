"""The agents as Mesa sees them: each holds its part of the market's plain state, which the verbs of a month change."""

from __future__ import annotations

import mesa

from market.month import firms, segments


class Firm(mesa.Agent):
    """A firm of the market, closed or open: its state, under its name."""

    def __init__(self, market: mesa.Model, state: firms.Firm) -> None:
        super().__init__(market)
        self.name, self.state = state.name, state


class Lab(Firm):
    """A closed lab."""


class OpenProvider(Firm):
    """A provider of open weights."""


class Segment(mesa.Agent):
    """A group of customers, each of which is an agent of its own: a row of the arrays of its state."""

    def __init__(self, market: mesa.Model, state: segments.Segment) -> None:
        super().__init__(market)
        self.name, self.state = state.name, state
