"""What pricing rules compute with: the best response of a line-up to the market it sees, and the peers of a model.

A model's *peers* are rivals' closed models of about its capability or better. Open weights are no peers: most customers
cannot use them, and their price follows cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from market.economics.best_response import LOWEST_MARKUP, best_response
from market.strategies.view import FirmView, Offer, OwnModel


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
    start = np.where(np.isnan(survey.prices), LOWEST_MARKUP * survey.costs, survey.prices)
    for i, mine in enumerate(view.own):
        start[i] = given.get(mine.model.name, start[i])
    market = survey.utility, survey.alpha, survey.weights, survey.costs
    best = best_response(*market, start, own, places, survey.groups)
    prices = {**given, **{view.own[i].model.name: float(best.prices[i]) for i in places}}
    return Prices(prices, view.memory, tuple(view.own[i].model.name for i in best.unsold), best.converged)


def peers(view: FirmView, own: OwnModel, reach: float) -> list[Offer]:
    """Rivals' closed models that are not more than `reach` points worse than a model."""
    least = own.model.capability - reach
    return [offer for offer in view.rivals if not offer.model.open_weights and offer.model.capability >= least]


def cheapest_peer(view: FirmView, own: OwnModel, reach: float) -> float:
    """Lowest price among a model's peers, $ per Mtok; infinite if it has none."""
    return min((offer.price for offer in peers(view, own, reach)), default=np.inf)


def lowest_price(own: OwnModel) -> float:
    """Lowest price that the search for a best response considers, 1.01 × unit cost."""
    return LOWEST_MARKUP * own.unit_cost
