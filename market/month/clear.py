"""Clearing: what customers chose becomes what each seller sells. Everything chosen is served."""

from __future__ import annotations

from typing import NamedTuple

from market.economics.technology import AIModel
from market.month.choose import Chosen
from market.month.firms import Firm
from market.month.state import State


class Sale(NamedTuple):
    """What one seller sells of a model in a month.

    Attributes
    ----------
    seller : the developer, or None for the independent hosts of open weights.
    model, place : what is sold, and its place among the options of the month.
    customers : who use it; all are counted with the developer.
    tokens : Mtok.   price, unit_cost : $ per Mtok.
    """

    seller: Firm | None
    model: AIModel
    place: int
    customers: int
    tokens: float
    price: float
    unit_cost: float

    @property
    def serving(self) -> float:
        """What serving costs the seller, $: what it sells, and what its customers use unpaid."""
        unpaid = 0.0 if self.seller is None else self.seller.spec.unpaid
        return self.tokens * self.unit_cost * (1 + unpaid)


def clear(state: State, chosen: Chosen) -> list[Sale]:
    """Split what was chosen of each model among its sellers: of open weights, hosts serve their part."""
    tokens, heads = chosen.tokens.tolist(), chosen.customers.tolist()
    sales = []
    for place, (firm, model) in enumerate(state.on_sale):
        hosted = firm.hosting if model.open_weights else 0.0
        price, cost = firm.prices[model.name], state.unit_cost(model)
        sales.append(Sale(firm, model, place, heads[place], tokens[place] * (1.0 - hosted), price, cost))
        if firm.open_weights and model.open_weights:
            sales.append(Sale(None, model, place, 0, tokens[place] * hosted, price, cost))
    return sales
