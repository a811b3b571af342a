"""The market: a Mesa model whose step is one month."""

from __future__ import annotations

import warnings
from concurrent.futures import Executor

with warnings.catch_warnings():  # Mesa loads a progress bar that a notebook without widgets complains of
    warnings.filterwarnings("ignore", "IProgress not found")
    import mesa

from market.agents import FirmAgent, SegmentAgent
from market.month.choose import choose
from market.month.clear import clear
from market.month.compare import compare
from market.month.publish import publish
from market.month.record import record
from market.month.settle import settle
from market.month.spread import spread
from market.month.state import State
from market.month.supply import open_market, supply
from market.scenario.schema import Scenario


class Market(mesa.Model):
    """Firms and segments of customers; one step is one month.

    Parameters
    ----------
    settings : the scenario.
    seed : the random seed of the run.
    pool : threads for the choices of a large market; the result does not depend on it.

    Attributes
    ----------
    state : the plain state that the verbs of a month work on. The agents hold parts of it.
    """

    def __init__(self, settings: Scenario, seed: int, pool: Executor | None = None) -> None:
        super().__init__(rng=seed)
        self.state = State.of(settings, seed, pool)
        for firm in self.state.firms:
            FirmAgent(self, firm)
        for segment in self.state.segments:
            SegmentAgent(self, segment)
        open_market(self.state)

    def step(self) -> None:
        """One month: what is known, what is offered, what is chosen, what is sold, what is booked and written down."""
        publish(self.state)
        supply(self.state)
        compare(self.state)
        chosen = choose(self.state)
        sales = clear(self.state, chosen)
        settle(self.state, sales)
        record(self.state, chosen, sales)
        spread(self.state, chosen)
        self.state.month += 1

    def close(self) -> None:
        """Let go of the agents and their arrays; the market cannot go on after this."""
        self.remove_all_agents()
        del self.state
        getattr(mesa.Agent, "_ids", {}).pop(self, None)  # Mesa 3.3 keeps every model alive in this table
