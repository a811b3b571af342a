"""Training: decisions on new runs, and the month's spend on those under way."""

from __future__ import annotations

from market.accounts.events import EventKind
from market.accounts.launches import NO_FORECAST, PLANS
from market.accounts.ledger import Account
from market.calendar import YEAR
from market.economics.technology import LEAST_RUN, product_name
from market.month.cash import book, fund_start
from market.month.firms import Firm, TrainingRun
from market.month.publish import frontier_run
from market.month.release import put_on_sale
from market.month.sight import view
from market.month.state import State
from market.strategies.expectations import Forecast


def train(state: State) -> None:
    """Decide on new runs; then book this month's training on the models being trained, and research."""
    free = state.deciding
    deciding = [firm for firm in state.going_concerns if firm in free]
    decisions = [firm.decide_training(view(state, firm, "training")) for firm in deciding]
    for firm, decision in zip(deciding, decisions, strict=True):
        firm.memory["training"] = decision.memory
        if decision.pace is not None:
            firm.change_pace(decision.pace)
        if decision.cost >= LEAST_RUN:
            run = firm.start_run(state.month, state.run_length, state.expected.affordable(decision.cost))
            _plan(state, firm, run, firm.rule_name("training"), decision.forecast)
            said = f"{firm.name} starts training {run.name} for ${run.cost / 1e6:,.0f}M"
            state.journal.note(state.month, firm.name, EventKind.TRAINING_STARTED, run.cost, said, run.name)
    pay(state)


def pay(state: State) -> None:
    """Book this month's part of all runs under way, know-how that is built, and research in a steady flow."""
    for firm in state.going_concerns:
        if firm.know_how is not None:
            book(state, firm, Account.RESEARCH, -firm.know_how.due(state.month), state.month)
        if firm.spec.research_flow:
            _research(state, firm, state.month, firm.research_cost(state.month, state.cost_path, state.run_length))
    for firm in state.firms:
        for run in firm.runs:
            if run.started <= state.month < run.release:
                pay_run(state, firm, run, state.month)


def pay_before(state: State, firm: Firm, run: TrainingRun) -> None:
    """Book the parts of a run that fall before month 0, at their months; founders' money covers them."""
    for month in range(run.started, min(run.release, 0)):
        pay_run(state, firm, run, month)
        fund_start(state, firm, month)


def research_before(state: State, firm: Firm) -> None:
    """Book a steady flow of research that falls before month 0; founders' money covers it."""
    for month in range(firm.spec.first_start, 0) if firm.spec.research_flow else ():
        _research(state, firm, month, firm.next_cost(month, frontier_run(state, month)))
        fund_start(state, firm, month)


def _research(state: State, firm: Firm, month: int, cost: float) -> None:
    """Book a month of a steady flow of research: a twelfth of a year's, which goes with a run of some `cost` ($)."""
    book(state, firm, Account.RESEARCH, -firm.spec.research * state.expected.affordable(cost) / YEAR, month)


def open_decided(state: State) -> None:
    """Start what began before month 0 and put what was complete on sale; post earlier spend at its months."""
    early = [firm for firm in state.deciding if firm.spec.first_start < 0]
    for firm in sorted(early, key=lambda firm: (firm.spec.first_start, firm.open_weights)):  # later ones may learn
        start = firm.spec.first_start
        cost = firm.opening_cost(state.expected.affordable(frontier_run(state, start)))
        if cost < LEAST_RUN:
            continue
        run = firm.start_run(start, state.run_length, cost)
        _plan(state, firm, run, "opening")
        pay_before(state, firm, run)
        research_before(state, firm)
        if run.release < 0:
            put_on_sale(state, firm, run)
            _update_before(state, firm, run.release)


def _update_before(state: State, firm: Firm, released: int) -> None:
    """Begin the updates of a base that began before month 0, and put on sale what was complete by then."""
    for month in range(released, 0):
        for run in [run for run in firm.runs if run.release == month]:
            put_on_sale(state, firm, run)
        update = firm.due_update(month, state.seed)
        if update is not None:
            pay_before(state, firm, update)


def _plan(state: State, firm: Firm, run: TrainingRun, rule: str, forecast: Forecast | None = None) -> None:
    """Record a run that starts and what its firm expects of it."""
    expected = NO_FORECAST if forecast is None else forecast.figures
    state.recorder.add(PLANS, run.started, firm.name, run.name, rule, run.cost, *expected)


def pay_run(state: State, firm: Firm, run: TrainingRun, month: int) -> None:
    """Book one month of a base or an update on the models being trained, and the research that goes with it, if any.

    Parameters
    ----------
    state, firm : the market, and who trains.   run : the base or the update.   month : month index.
    """
    part = run.due(month)
    for line, tier in firm.lines.items():
        book(state, firm, Account.TRAINING, -part * tier.training_share, month, product_name(run.name, line))
    if not firm.spec.research_flow:
        book(state, firm, Account.RESEARCH, -part * firm.spec.research, month)
