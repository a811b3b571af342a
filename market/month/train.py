"""Training: decisions on new runs, and the month's spend on those under way."""

from __future__ import annotations

from market.accounts.events import EventKind
from market.accounts.launches import NO_FORECAST, PLANS
from market.accounts.ledger import Account
from market.calendar import YEAR
from market.economics.technology import LEAST_RUN, line_name
from market.month.cash import book, fund_start
from market.month.firms import Firm, TrainingRun
from market.month.publish import frontier_run
from market.month.release import put_on_sale
from market.month.sight import view
from market.month.state import State
from market.strategies.expectations import Forecast


def train(state: State) -> None:
    """Decide on new runs; then book this month's training on the models being trained, and research."""
    deciding = state.in_business
    decisions = [firm.decide_training(view(state, firm, "training")) for firm in deciding]
    for firm, decision in zip(deciding, decisions, strict=True):
        firm.memory["training"] = decision.memory
        if decision.cost >= LEAST_RUN:
            run = firm.start_run(state.month, state.expected.affordable(decision.cost))
            _plan(state, firm, run, firm.rule_name("training"), decision.forecast)
            said = f"{firm.name} starts training {run.name} for ${run.cost / 1e6:,.0f}M"
            state.journal.note(state.month, firm.name, EventKind.TRAINING_STARTED, run.cost, said, run.name)
    pay(state)


def pay(state: State) -> None:
    """Book this month's part of all runs under way, and the research of firms that do it in a steady flow."""
    for firm in state.in_business:
        if firm.spec.research_flow:
            _research(state, firm, state.month, state.cost_path)
    for firm in state.firms:
        for run in firm.runs:
            if run.started <= state.month < run.started + state.run_length:
                _pay(state, firm, run, state.month)


def pay_before(state: State, firm: Firm, run: TrainingRun) -> None:
    """Book the parts of a run that fall before month 0, at their months; founders' money covers them."""
    for month in range(run.started, min(run.started + state.run_length, 0)):
        _pay(state, firm, run, month)
        fund_start(state, firm, month)


def research_before(state: State, firm: Firm) -> None:
    """Book a steady flow of research that falls before month 0; founders' money covers it."""
    for month in range(firm.spec.first_start, 0) if firm.spec.research_flow else ():
        _research(state, firm, month, frontier_run(state, month))
        fund_start(state, firm, month)


def _research(state: State, firm: Firm, month: int, path: float) -> None:
    """Book a month of a steady flow of research: a twelfth of a year's, which goes with a run that started now."""
    cost = state.expected.affordable(firm.next_cost(month, path))
    book(state, firm, Account.RESEARCH, -firm.spec.research * cost / YEAR, month)


def open_decided(state: State) -> None:
    """Start what began before month 0 and put what was complete on sale; post earlier spend at its months."""
    early = [firm for firm in [*state.labs, *state.open_providers] if firm.spec.first_start < 0]
    for firm in sorted(early, key=lambda firm: firm.spec.first_start):  # one can learn from earlier ones
        start = firm.spec.first_start
        cost = firm.opening_cost(state.expected.affordable(frontier_run(state, start)))
        if cost < LEAST_RUN:
            continue
        run = firm.start_run(start, cost)
        _plan(state, firm, run, "opening")
        pay_before(state, firm, run)
        research_before(state, firm)
        if start + state.run_length < 0:
            put_on_sale(state, firm, run)


def _plan(state: State, firm: Firm, run: TrainingRun, rule: str, forecast: Forecast | None = None) -> None:
    """Record a run that starts and what its firm expects of it."""
    expected = NO_FORECAST if forecast is None else forecast.figures
    state.recorder.add(PLANS, run.started, firm.name, run.name, rule, run.cost, *expected)


def _pay(state: State, firm: Firm, run: TrainingRun, month: int) -> None:
    """Book one month of a run on the models being trained, and the research that goes with it, if it does."""
    part = run.cost / state.run_length
    for line, (_, _, share) in firm.lines().items():
        book(state, firm, Account.TRAINING, -part * share, month, line_name(run.name, line))
    if not firm.spec.research_flow:
        book(state, firm, Account.RESEARCH, -part * firm.spec.research, month)
