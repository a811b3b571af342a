"""Participation: firms enter the market, stop, and leave it once they have nothing left to sell."""

from __future__ import annotations

import math

from market.accounts.events import EventKind
from market.formats import short_dollars
from market.month.firms import Firm
from market.month.sight import view
from market.month.state import State
from market.strategies.participation import Participation


def participate(state: State) -> None:
    """Let potential entrants decide whether to enter, and firms in business whether to go on; then all do at once."""
    deciding = [
        firm
        for firm in state.alive
        if state.month >= firm.spec.first_start
        and firm.stopped is None
        and (firm.entered is None or not firm.spec.participation.unconditional)
    ]
    decisions = [firm.spec.participation.decide(view(state, firm, "participation")) for firm in deciding]
    for firm, decision in zip(deciding, decisions, strict=True):
        firm.memory["participation"] = decision.memory
        if firm.entered is None and decision.active:
            _enter(state, firm, decision)
        elif firm.entered is not None and not decision.active:
            _stop(state, firm, decision)


def leave(state: State) -> None:
    """Let firms leave that have stopped and have nothing on sale or in training any more."""
    for firm in state.in_business:
        if firm.stopped is not None and not firm.lineup and not firm.runs:
            firm.left = state.month
            said = f"{firm.name} has sold what it had and leaves the market"
            state.journal.note(state.month, firm.name, EventKind.LEFT, firm.cash, said)


def _enter(state: State, firm: Firm, decision: Participation) -> None:
    firm.enter(state.month, state.run_length, decision.know_how)
    cost = f" after know-how for {short_dollars(decision.know_how)}" if decision.know_how else ""
    said = f"{firm.name} enters" + (
        "" if math.isnan(decision.value) else f", worth {short_dollars(decision.value)}{cost}"
    )
    state.journal.note(state.month, firm.name, EventKind.ENTERED, decision.value, said)


def _stop(state: State, firm: Firm, decision: Participation) -> None:
    """Begin nothing any more. Runs under way go on: part of their cost is sunk, and their sales are still to come."""
    firm.stopped = state.month
    worth = "" if math.isnan(decision.value) else f": to go on would be worth {short_dollars(decision.value)}"
    said = f"{firm.name} stops{worth}; it sells what it has"
    state.journal.note(state.month, firm.name, EventKind.STOPPED, decision.value, said)
