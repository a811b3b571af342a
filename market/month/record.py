"""Recording: the rows of the month's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from market.accounts.flows import FLOWS, Places, moved
from market.accounts.ledger import HOSTS
from market.accounts.record import OFFERS, RUNWAYS, SEGMENTS
from market.month.choose import Chosen, volume_factors
from market.month.clear import Sale
from market.month.state import State


def record(state: State, chosen: Chosen, sales: Sequence[Sale]) -> None:
    """Write the rows of the tables."""
    state.register.count_month([model for _, model in state.on_sale])
    _record_offers(state, chosen, sales)
    for firm in state.in_business:
        state.recorder.add(RUNWAYS, state.month, firm.name, firm.cash, firm.burn, firm.runway)
    _record_segments(state, chosen)


def _record_offers(state: State, chosen: Chosen, sales: Sequence[Sale]) -> None:
    if not sales:
        return
    place = [sale.place for sale in sales]
    rows = [
        (
            HOSTS if sale.seller is None else sale.seller.name, sale.model.name, sale.model.open_weights,
            sale.model.capability, sale.price, sale.unit_cost, sale.customers, sale.tokens, sale.tokens * sale.price,
            sale.serving,
        )
        for sale in sales
    ]  # fmt: skip
    names, *others = zip(*rows, strict=True)
    columns = [np.array(names, object), np.array(others[0], object), *map(np.array, others[1:])]
    month, responses = np.full(len(rows), state.month), [elasticity[place] for elasticity in chosen.elasticities]
    state.recorder.extend(OFFERS, month, *columns, *responses)


def _record_segments(state: State, chosen: Chosen) -> None:
    offers, month = chosen.offers, state.month
    paid = dict(zip((model.name for _, model in state.on_sale), offers.price.tolist(), strict=True))
    places = _places(state, paid)
    price_of = np.zeros(len(state.register.models) + 2)  # then of using nothing, and of not being there
    price_of[offers.model] = places.after[: len(paid)]
    state.paid = paid
    names, factors = np.array([segment.name for segment in state.segments], object), chosen.factors
    earlier = volume_factors(state, month - 1)
    state.recorder.extend(FLOWS, *moved(month, names, places, chosen.choices, earlier, factors))
    heads, volume = chosen.choices
    present, active = heads.sum(axis=(1, 2)), heads[:, :, : offers.slots].sum(axis=(1, 2))
    state.recorder.extend(
        SEGMENTS,
        np.full(len(names), month),
        names,
        present,
        active,
        1.0 - np.divide(active, present, out=np.full(len(names), np.nan), where=present > 0),
        volume[:, :, : offers.slots].sum(axis=(1, 2)) * factors,
        np.array([segment.spending(price_of, month) for segment in state.segments]),
        chosen.surplus,
        heads[:, places.switches].sum(axis=1),
        np.array([segment.access for segment in state.segments]),
    )


def _places(state: State, paid: Mapping[str, float]) -> Places:
    """Where customers can be this month, with what they paid last month and pay this month, $ per Mtok by model."""
    models = [*(model for _, model in state.on_sale), *state.withdrawn]
    before = [*(state.paid.get(m.name, 0.0) for m in models), 0.0, 0.0]
    after = [*(paid.get(m.name, 0.0) for m in models), 0.0, 0.0]
    owner = [*(state.register.columns[m.firm] for m in models), -1, -1]
    names = (*(m.name for m in models), "outside", "entry")
    return Places(names, np.array(owner), np.array(before), np.array(after))
