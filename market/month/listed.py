"""Firms of which a table says what they sell: releases, prices and withdrawals are read instead of decided."""

from __future__ import annotations

from market.economics.technology import AIModel
from market.month import outside
from market.month.firms import Firm, TrainingRun
from market.month.price import set_price
from market.month.release import offer, suppressed, withdraw
from market.month.state import State
from market.month.train import pay_before, research_before
from market.scenario.supply import Product


def open_listed(state: State) -> None:
    """Start what the table has in training before month 0, and put on sale what is released before it."""
    for firm, product in _products(state):
        if product.released < state.run_length:
            run = _start(state, firm, product)
            pay_before(state, firm, run)
            if product.released < 0:
                offer(state, firm, run, [_model(firm, run, product)])
    for firm in _firms(state):
        research_before(state, firm)


def start_listed(state: State) -> None:
    """Start the runs of what the table releases a run's length from now; who has failed is passed over."""
    for firm, product in _products(state):
        due = product.released - state.run_length == state.month and product.released < state.settings.months
        if due and firm.failed is None:
            _start(state, firm, product)


def release_listed(state: State) -> None:
    """Release and withdraw what the table says for this month."""
    for firm in _firms(state):
        for run in [run for run in firm.runs if run.release == state.month]:
            if not suppressed(state, firm, run):
                offer(state, firm, run, [_model(firm, run, state.listed[run.name])])
                state.releasing.add(firm.column)
        gone = [model for model in firm.lineup if state.listed[model.name].retired == state.month]
        firm.lineup = [model for model in firm.lineup if model not in gone]
        withdraw(state, firm, gone)


def price_listed(state: State) -> None:
    """Put the table's prices of this month into effect."""
    for firm in _firms(state):
        for model in firm.lineup:
            wanted = outside.price(state, firm, model.name, state.listed[model.name].price(state.month))
            if wanted is not None:
                set_price(state, firm, model.name, wanted)


def _firms(state: State) -> list[Firm]:
    """Firms that the table lists."""
    return [firm for firm in state.firms if firm.name in state.settings.listed]


def _products(state: State) -> list[tuple[Firm, Product]]:
    """The table with its firms, by release."""
    firms = {firm.name: firm for firm in state.firms}
    return [(firms[product.firm], product) for product in state.listed.values()]


def _start(state: State, firm: Firm, product: Product) -> TrainingRun:
    """Start the run that a product comes of; an update or a tier is of the family of its base."""
    month, length = product.released - state.run_length, state.run_length
    if product.generation > firm.generation:
        return firm.start_run(month, length, product.training, product.model)
    run = TrainingRun(month, length, product.training, product.generation, product.update, product.model)
    firm.runs.append(run)
    return run


def _model(firm: Firm, run: TrainingRun, product: Product) -> AIModel:
    return AIModel(
        name=product.model,
        firm=firm.name,
        firm_key=firm.key,
        generation=product.generation,
        update=product.update,
        line=product.tier,
        open_weights=product.open_weights,
        base_started=run.started,
        started=run.started,
        released=product.released,
        capability=product.capability,
        release_cost=product.unit_cost,
    )
