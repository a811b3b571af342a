"""Pricing: all labs decide, then all prices take effect at once; hosts price open weights."""

from __future__ import annotations

from market.accounts.events import EventKind
from market.month import outside
from market.month.firms import Firm, Lab
from market.month.sight import view
from market.month.state import State
from market.strategies.pricing import Prices


def price(state: State) -> None:
    """Take all pricing decisions, then put all prices into effect at once."""
    deciding = state.deciding
    labs = [lab for lab in state.labs if lab.gone is None and lab in deciding]
    decisions = [lab.spec.pricing.scaled(view(state, lab, "pricing")) for lab in labs]
    for lab, decision in zip(labs, decisions, strict=True):
        lab.memory["pricing"] = decision.memory
        for model in lab.lineup:
            wanted = outside.price(state, lab, model.name, decision.prices.get(model.name))
            if wanted is not None:
                set_price(state, lab, model.name, wanted)
        _remark(state, lab, decision)
    for provider in (each for each in state.open_providers if each in deciding):
        for model in provider.lineup:
            hosted = provider.host_price(state.unit_cost(model))
            wanted = outside.price(state, provider, model.name, hosted)
            provider.prices[model.name] = hosted if wanted is None else wanted
            state.register.launch_price.setdefault(model.name, provider.prices[model.name])


def set_price(state: State, firm: Firm, name: str, wanted: float) -> None:
    """Put a price into effect and say so.

    Parameters
    ----------
    state, firm : the market, and the developer.   name : of the model.   wanted : $ per Mtok.
    """
    old = firm.prices.get(name)
    firm.prices[name] = wanted
    if old is None:
        state.register.launch_price[name] = wanted
        said = f"{firm.name} launches {name} at ${wanted:,.2f} per Mtok"
        state.journal.note(state.month, firm.name, EventKind.PRICED_AT_LAUNCH, wanted, said, name)
    elif old != wanted:
        part = f" ({wanted / old - 1:+.0%})" if old > 0 else ""  # a table may have a model that is given away
        said = f"{firm.name} moves {name} from ${old:,.2f} to ${wanted:,.2f} per Mtok{part}"
        state.journal.note(state.month, firm.name, EventKind.REPRICED, wanted, said, name)


def _remark(state: State, lab: Lab, decision: Prices) -> None:
    """Say what a search for prices did not find."""
    for name in decision.unsold:
        said = f"nobody on the panel buys {name} at any price"
        state.journal.note(state.month, lab.name, EventKind.NO_DEMAND, lab.prices[name], said, name)
    if not decision.converged:
        said = f"{lab.name}'s search for prices did not settle; the last prices tried are used"
        state.journal.note(state.month, lab.name, EventKind.NOT_CONVERGED, len(decision.prices), said)
