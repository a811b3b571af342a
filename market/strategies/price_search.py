"""What pricing rules compute with: the best response of a line-up to the market it sees, and the peers of a model.

A model's *peers* are rivals' closed models of about its capability or better. Open weights are no peers: most customers
cannot use them, and their price follows cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from market.economics import equilibrium
from market.strategies.view import FirmView, OwnModel


@dataclass(frozen=True)
class Prices:
    """A pricing decision: new prices by model name ($ per Mtok), memory for next time, and remarks for the events.

    Models that are not named keep their price. `unsold` names models that no panelist buys; `converged` is False if a
    search for several prices did not settle.
    """

    prices: Mapping[str, float]
    memory: Mapping[str, Any] = field(default_factory=dict)
    unsold: tuple[str, ...] = ()
    converged: bool = True


def best_prices(view: FirmView, free: Sequence[OwnModel], given: Mapping[str, float] | None = None) -> Prices:
    """Best response of the `free` models of a line-up; `given` prices of other own models take effect with them.

    The view's memory is passed on. The panel is not asked if nothing is free.
    """
    given = given or {}
    if not free:
        return Prices(given, view.memory)
    survey = view.survey()
    names = {own.model.name for own in free}
    own = np.arange(len(survey.prices)) < len(view.own)
    places = np.array([i for i, mine in enumerate(view.own) if mine.model.name in names])
    start = np.where(np.isnan(survey.prices), equilibrium.LOWEST_MARKUP * survey.costs, survey.prices)
    for i, mine in enumerate(view.own):
        start[i] = given.get(mine.model.name, start[i])
    found = equilibrium.best_response(survey.utility, survey.alpha, survey.weights, survey.costs, start, own, places)
    prices = {**given, **{view.own[i].model.name: float(found.prices[i]) for i in places}}
    return Prices(prices, view.memory, tuple(view.own[i].model.name for i in found.unsold), found.converged)


def cheapest_peer(view: FirmView, own: OwnModel, reach: float, among: set[str] | None = None) -> float:
    """Lowest price among a model's peers: rivals' closed models not more than `reach` points worse; infinite if none.

    `among` leaves only peers of these names.
    """
    offers = [o for o in view.rivals if not o.model.open_weights and (among is None or o.model.name in among)]
    return min((o.price for o in offers if o.model.capability >= own.model.capability - reach), default=np.inf)


def lowest_price(own: OwnModel) -> float:
    """Lowest price that the search for a best response considers, 1.01 × unit cost."""
    return equilibrium.LOWEST_MARKUP * own.unit_cost
