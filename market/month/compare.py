"""Holding the month's prices against competition and a cartel, where the scenario asks for it."""

from __future__ import annotations

import numpy as np

from market.accounts.events import EventKind
from market.accounts.record import BENCHMARKS, WELFARE
from market.economics.benchmarks import benchmarks
from market.month.sight import ask, groups_of
from market.month.state import State


def compare(state: State) -> None:
    """Write the labs' profits on the panel against Nash and joint-profit prices; open weights keep their price.

    The panel is asked before customers choose, as pricing rules ask it. A comparison waits for a month in which no lab
    prices a launch: rivals have not seen it when they price, so that its month shows surprise and not conduct. In month
    0 whatever is on sale is priced for the first time.
    """
    every, on_sale = state.settings.record_benchmarks, state.on_sale
    if not every:
        return
    state.comparison_due |= state.month % every == 0
    closed = [model for _, model in on_sale if not model.open_weights]
    if not (state.comparison_due and closed) or any(max(model.released, 0) == state.month for model in closed):
        return
    state.comparison_due = False
    models = [model for _, model in on_sale]
    panel, _, utility = ask(state, models)
    if panel.weights.sum() <= 0:
        said = "nobody is there to be asked: no comparison with Nash and joint-profit prices"
        state.journal.note(state.month, "market", EventKind.NO_DEMAND, len(models), said)
        return
    compared = benchmarks(
        utility,
        panel.alpha,
        panel.weights,
        costs=np.array([state.unit_cost(m) for m in models]),
        firms=state.register.makers[state.register.numbers(models)],
        prices=np.array([firm.prices[m.name] for firm, m in on_sale]),
        fixed=np.array([m.open_weights for m in models]),
        groups=groups_of(state, models),
    )
    rows = zip(
        compared.owners, compared.profit, compared.profit_nash, compared.profit_joint, compared.gain, strict=True
    )
    for owner, *amounts in rows:
        state.recorder.add(BENCHMARKS, state.month, state.firms[int(owner)].name, *amounts)
    for prices, surplus, profits in (
        ("at work", compared.surplus, compared.profit),
        ("Nash", compared.surplus_nash, compared.profit_nash),
        ("joint profit", compared.surplus_joint, compared.profit_joint),
    ):
        state.recorder.add(WELFARE, state.month, prices, surplus, float(profits.sum()))
    if not (compared.converged and compared.is_nash):
        what = "did not settle" if not compared.converged else "settled where a firm would gain by another price"
        said = f"the search for Nash or joint-profit prices {what}; the benchmarks are its last iterate"
        state.journal.note(state.month, "market", EventKind.NOT_CONVERGED, len(models), said)
