"""The first verb: last month's market becomes what everybody knows, and who has failed leaves it."""

from __future__ import annotations

from market.month import outside
from market.month.release import withdraw
from market.month.state import State
from market.strategies.view import Offer


def publish(state: State) -> None:
    """Freeze last month's market as everybody saw it, and measure how much of it there is; in month 0 there was none.

    What firms sold that failed last month goes off sale, and changes from outside that are due this month take effect.
    """
    shown = () if state.month == 0 else tuple(Offer(m, f.prices[m.name]) for f, m in state.on_sale)
    state.public, state.withdrawn, state.panels = shown, [], {}
    fixed = state.settings.demand.difficulty_reference
    state.demand = sum(segment.adopted(state.month, fixed) for segment in state.segments)
    for firm in state.firms:
        if firm.failed is not None:
            withdraw(state, firm, firm.withdraw())
    outside.begin(state)
