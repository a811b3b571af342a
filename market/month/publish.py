"""The first verb: last month's market becomes what everybody knows, and who has failed is withdrawn from it."""

from __future__ import annotations

import math

from market.economics.added import add_up
from market.month import outside
from market.month.release import withdraw
from market.month.state import State
from market.scenario.interventions import in_force
from market.strategies.view import Offer


def publish(state: State) -> None:
    """Freeze last month's market as everybody saw it, and measure how much of it there is; in month 0 there was none.

    What firms sold that failed last month goes off sale, and changes from outside that are due this month take effect.
    """
    shown = () if state.month == 0 else tuple(Offer(m, f.prices[m.name]) for f, m in state.on_sale)
    state.public, state.withdrawn = shown, []
    state.rivals, state.costs, state.panels = {}, {}, {}
    state.in_force = in_force(state.settings.interventions, state.month)
    state.demand = add_up(segment.adopted(state.month) for segment in state.segments)
    state.present = add_up(segment.entered(state.month) for segment in state.segments)
    for firm in state.firms:
        if firm.failed is not None:
            withdraw(state, firm, firm.withdraw())
    outside.begin(state)
    state.frontier_run = frontier_run(state, state.month)


def frontier_run(state: State, month: int) -> float:
    """Cost of a frontier run that starts in `month`, dollars: the highest that is expected of a lab in business.

    That is on the lab's cost path, or what its last run cost if its rule knows no path. Where there is no lab in
    business, of those that were last; before there are any, of those that open or may.
    """
    opening = min(lab.spec.first_start for lab in state.labs)
    there = [lab for lab in state.labs if lab.entered is not None and lab.entered <= max(month, opening)]
    entered = there or [lab for lab in state.labs if lab.spec.first_start == opening]
    last = max(math.inf if lab.gone is None else lab.gone for lab in entered)
    leading = [lab for lab in entered if lab.gone is None or lab.gone == last]
    return max(lab.frontier_cost(month) for lab in leading)
