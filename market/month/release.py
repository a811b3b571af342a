"""Releases and retirements: complete runs go on sale, models whose time is over go off it."""

from __future__ import annotations

from collections.abc import Sequence

from market.accounts.events import EventKind
from market.economics.technology import AIModel
from market.month import outside
from market.month.firms import Firm, OpenProvider, TrainingRun
from market.month.state import State


def release(state: State) -> None:
    """Put complete runs on sale, closed ones first, and withdraw models whose retirement is due."""
    for firm in sorted(state.deciding, key=lambda firm: firm.open_weights):
        for run in [run for run in firm.runs if run.release == state.month]:
            if not (superseded(state, firm, run) or suppressed(state, firm, run)):
                put_on_sale(state, firm, run)
                state.releasing.add(firm.column)
    for firm in state.deciding:
        withdraw(state, firm, firm.retire(state.month))


def put_on_sale(state: State, firm: Firm, run: TrainingRun) -> None:
    """Turn a complete run into models on sale."""
    delay = firm.spec.spillover_delay if isinstance(firm, OpenProvider) else 0
    best = state.register.best_closed(run.release - delay)
    models = firm.complete(run, state.settings.technology, state.seed, best)
    offer(state, firm, run, models)
    for model in models:
        _strike(state, model, run.cost)


def offer(state: State, firm: Firm, run: TrainingRun, models: Sequence[AIModel]) -> None:
    """Put what came of a run on sale, and write it down.

    Parameters
    ----------
    state, firm : the market, and the developer.   run, models : a complete run, and what came of it.
    """
    firm.offer(run, models)
    for model in models:
        state.register.add(model)
        said = f"{firm.name} releases {model.name} at {model.capability:.1f} points"
        state.journal.note(model.released, firm.name, EventKind.RELEASED, model.capability, said, model.name)


def superseded(state: State, firm: Firm, run: TrainingRun) -> bool:
    """Give up an update whose family has a successor on sale by now, as where bases take less time; whether it is."""
    if run.update == 0 or (firm.family is not None and firm.family.run.generation == run.generation):
        return False
    firm.shelve(run)
    said = f"{run.name} is given up: its base has a successor"
    state.journal.note(state.month, firm.name, EventKind.ABANDONED, run.cost, said, run.name)
    return True


def suppressed(state: State, firm: Firm, run: TrainingRun) -> bool:
    """Keep a complete run off the market if that is decided from outside; whether it is."""
    if not outside.suppresses(state, run.name):
        return False
    firm.shelve(run)
    said = f"{run.name} is kept off the market, from outside"
    state.journal.note(state.month, firm.name, EventKind.LAUNCH_SUPPRESSED, run.cost, said, run.name)
    return True


def withdraw(state: State, firm: Firm, models: list[AIModel]) -> None:
    """Write down that models have gone off sale; their customers reconsider this month."""
    if models:
        state.rivals = {}
    for model in models:
        state.withdrawn.append(model)
        state.register.retired[model.name] = state.month
        said = f"{firm.name} withdraws {model.name}"
        state.journal.note(state.month, firm.name, EventKind.RETIRED, model.capability, said, model.name)


def _strike(state: State, model: AIModel, cost: float) -> None:
    """Tell everybody of the limits of technology that hold a model back, each the first time."""
    for limit, words in state.settings.technology.strikes(cost, model.capability).items():
        if limit not in state.struck:
            state.struck.add(limit)
            state.expected = state.settings.technology.expected(state.struck)
            said = f"{model.name} is held back: {words}"
            state.journal.note(model.released, model.firm, EventKind.LIMIT_STRUCK, model.capability, said, model.name)
