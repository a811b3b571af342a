"""How a firm prices. A rule is a paragraph: what it does, its name in the literature, a few lines of code.

A launch is priced in its month; models on sale are repriced with a small monthly hazard, drawn once per firm and month.
To add a rule, add a class: listings, validation, contract tests and golden runs find it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import SerializeAsAny, WrapValidator

from market.economics import equilibrium
from market.parameters import Rule, parameter
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


class PricingRule(Rule):
    """A firm's way to price its models."""

    default_rule = "best_response"
    rule: str
    reprice_hazard: float = parameter(
        0.03, unit="per month", ge=0, le=1,
        meaning="chance that a firm reconsiders the prices of its models on sale in a month",
        source="price_changes.csv: 0.13 cuts per model-year",
    )  # fmt: skip

    def decide(self, view: FirmView) -> Prices:
        """Price the launches of the month and, with the hazard, everything on sale."""
        reprices = view.luck("reprice") < self.reprice_hazard
        free = tuple(own for own in view.own if own.is_launch or reprices)
        return self.price(view, free) if free else Prices({}, view.memory)

    @abstractmethod
    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Choose prices for the models that are free to move."""


class CostPlus(PricingRule):
    """Unit cost plus a fixed markup, whatever rivals do: full-cost pricing (Hall and Hitch 1939)."""

    rule: Literal["cost_plus"] = "cost_plus"
    markup: float = parameter(0.8, unit="share of unit cost", ge=-0.99, le=100, meaning="price above unit cost")

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Add the markup to this month's unit cost."""
        return Prices({own.model.name: own.unit_cost * (1 + self.markup) for own in free}, view.memory)


class BestResponse(PricingRule):
    """Most contribution this month from the whole line-up, given rivals' last prices: Bertrand best response.

    The firm prices against the panel as if every panelist were to reconsider, each attached to what it uses now. It
    counts what a price takes from the firm's own other models. In a game played again and again by everybody this leads
    to Bertrand–Nash prices where they are stable (Milgrom and Roberts 1990). A model that no panelist buys keeps its
    price; if it is new it is offered at the lowest price considered, 1.01 × unit cost.
    """

    rule: Literal["best_response"] = "best_response"

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Search each free price globally, the others held, and sweep until none moves."""
        survey = view.survey()
        names = [own.model.name for own in free]
        own = np.arange(len(survey.prices)) < len(view.own)
        places = np.array([i for i, mine in enumerate(view.own) if mine.model.name in names])
        lowest = equilibrium.LOWEST_MARKUP * survey.costs
        start = np.where(np.isnan(survey.prices), lowest, survey.prices)
        found = equilibrium.best_response(
            survey.utility, survey.alpha, survey.weights, survey.costs, start, own, places
        )
        prices = {view.own[i].model.name: float(found.prices[i]) for i in places}
        return Prices(prices, view.memory, tuple(view.own[i].model.name for i in found.unsold), found.converged)


AnyPricing = Annotated[SerializeAsAny[PricingRule], WrapValidator(PricingRule.parse)]
"""A field that takes any registered pricing rule, users' own included."""
