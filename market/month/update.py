"""Updates: the next post-training release of each firm's newest base begins when its time comes."""

from __future__ import annotations

from market.accounts.events import EventKind
from market.month.firms import Firm, TrainingRun
from market.month.state import State
from market.month.train import pay_run


def update(state: State) -> None:
    """Begin the updates that are due, and book their first month; later ones are paid for with all runs under way."""
    for firm in state.going_concerns:
        run = firm.due_update(state.month, state.seed)
        if run is not None:
            _say(state, firm, run)
            pay_run(state, firm, run, state.month)


def _say(state: State, firm: Firm, run: TrainingRun) -> None:
    said = f"{firm.name} begins the update {run.name} for ${run.cost / 1e6:,.1f}M"
    state.journal.note(state.month, firm.name, EventKind.UPDATE_STARTED, run.cost, said, run.name)
