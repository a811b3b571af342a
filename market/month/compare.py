"""Holding the month's prices against competition and a cartel, where the scenario asks for it."""

from __future__ import annotations

import numpy as np

from market.accounts.events import EventKind
from market.accounts.record import BENCHMARKS
from market.economics.benchmarks import benchmarks
from market.month.sight import ask
from market.month.state import State


def compare(state: State) -> None:
    """Write the labs' profits on the panel against Nash and joint-profit prices; open weights keep their price.

    The panel is asked before customers choose, as pricing rules ask it.
    """
    every, on_sale = state.settings.record_benchmarks, state.on_sale
    if not every or state.month % every or all(model.open_weights for _, model in on_sale):
        return
    models = [model for _, model in on_sale]
    panel, utility = ask(state, models)
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
    )
    rows = zip(
        compared.owners, compared.profit, compared.profit_nash, compared.profit_joint, compared.gain, strict=True
    )
    for owner, *amounts in rows:
        state.recorder.add(BENCHMARKS, state.month, state.firms[int(owner)].name, *amounts)
    if not (compared.converged and compared.is_nash):
        what = "did not settle" if not compared.converged else "settled where a firm would gain by another price"
        said = f"the search for Nash or joint-profit prices {what}; the benchmarks are its last iterate"
        state.journal.note(state.month, "market", EventKind.NOT_CONVERGED, len(models), said)
