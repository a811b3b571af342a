"""Supply from a table: releases, prices and withdrawals are read instead of decided."""

from __future__ import annotations

from market.economics.technology import AIModel
from market.month import outside
from market.month.firms import Firm, TrainingRun
from market.month.price import set_price
from market.month.release import offer, suppressed, withdraw
from market.month.state import State
from market.month.train import pay, pay_before, research_before
from market.scenario.supply import Product


def open_listed(state: State) -> None:
    """Start what the table has in training before month 0, and put on sale what is released before it."""
    for firm, product in _products(state):
        if product.released < state.run_length:
            run = firm.start_run(product.released - state.run_length, product.training, product.model)
            pay_before(state, firm, run)
            if product.released < 0:
                offer(state, firm, run, [_model(firm, run, product)])
    for firm in state.firms:
        research_before(state, firm)


def read_table(state: State) -> None:
    """Train, release, withdraw and price what the table says for this month; who has failed is passed over."""
    month, products = state.month, _products(state)
    alive = [(firm, product) for firm, product in products if firm.failed is None]
    for firm, product in alive:
        if product.released - state.run_length == month and product.released < state.settings.months:
            firm.start_run(month, product.training, product.model)
    pay(state)
    state.releasing = set()
    by_name = {product.model: product for _, product in products}
    for firm in state.firms:
        for run in [run for run in firm.runs if run.started + state.run_length == month]:
            if not suppressed(state, firm, run):
                offer(state, firm, run, [_model(firm, run, by_name[run.name])])
                state.releasing.add(firm.column)
        gone = [model for model in firm.lineup if by_name[model.name].retired == month]
        firm.lineup = [model for model in firm.lineup if model not in gone]
        withdraw(state, firm, gone)
    for firm, model in state.on_sale:
        wanted = outside.price(state, firm, model.name, by_name[model.name].price(month))
        if wanted is not None:
            set_price(state, firm, model.name, wanted)


def _products(state: State) -> list[tuple[Firm, Product]]:
    """The table with its firms, by release; a firm's products that are released together stay in their order."""
    firms = {firm.name: firm for firm in state.firms}
    return [(firms[p.firm], p) for p in sorted(state.settings.supply, key=lambda product: product.released)]


def _model(firm: Firm, run: TrainingRun, product: Product) -> AIModel:
    return AIModel(
        name=product.model,
        firm=firm.name,
        firm_key=firm.key,
        generation=run.generation,
        line="flagship",
        open_weights=firm.open_weights,
        started=run.started,
        released=product.released,
        capability=product.capability,
        release_cost=product.unit_cost,
    )
