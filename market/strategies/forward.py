"""Pricing that looks ahead: what a price is worth while customers stay, and what those who stay are worth after it."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from market.calendar import YEAR
from market.economics.best_response import LOWEST_MARKUP
from market.economics.forward import Customers, forward_prices
from market.economics.standing_price import Horizon
from market.parameters import parameter
from market.strategies.expectations import growth
from market.strategies.price_search import Prices
from market.strategies.pricing import PricingRule
from market.strategies.view import FirmView, OwnModel, Survey


class Forward(PricingRule):
    """Most discounted contribution over the months that a price wins, not over one: invest-then-harvest competition.

    Where customers are slow to look and dear to win back, a low price at launch buys months of use (Farrell and
    Klemperer 2007), and the two motives, to invest in customers and to harvest those one has, are weighed in each price
    (Dubé, Hitsch and Rossi 2009). The firm values each panelist as a two-state chain: it stays where it is until it
    looks, then takes the firm with the chance that its attachment gives, and keeps to that until its work is new.
    Prices stand for `life` months on average. Those still attached when they end are worth today's margin for as long
    as attachment lasts, of which later competition leaves the part `carry`. That is stated and not learned: a firm's
    books show what its customers bring, not what they bring for being attached. Customers that enter are counted as
    they have come in lately. Unit costs are those of the month: by the time they have fallen, a release has taken over.
    A price that rises wakes those who use the model. Equations: `market.economics.standing_price`.

    Without attachment, inertia and entry this is `best_response`, and leads to Bertrand–Nash prices.
    """

    rule: Literal["forward"] = "forward"
    life: float = parameter(
        12.0,
        unit="months",
        ge=1.1,
        le=1200,
        plausible=(3.0, 30.0),
        meaning="months that a price stands, in the mean",
    )
    carry: float = parameter(
        0.5, unit="share", ge=0, le=1, plausible=(0.0, 1.0),
        meaning="part of the worth of customers who stay that competition leaves when prices end",
        source="chosen: with it no lab gains by another rule at two, four and eight labs",
    )  # fmt: skip
    window: int = parameter(
        12, unit="months", ge=1, le=240, plausible=(6, 36), meaning="months of the past that expected entry rests on"
    )
    most_entry: float = parameter(
        0.15, unit="per month", ge=0, le=1, plausible=(0.05, 0.3), meaning="most entry of customers that it counts on"
    )

    def decide(self, view: FirmView) -> Prices:
        """Note how much has come in, and price what is free to move."""
        if view.present <= 0:
            return super().decide(view)
        seen = (*view.memory.get("present", ()), math.log(view.present))[-self.window - 1 :]
        return super().decide(view._replace(memory={**view.memory, "present": seen}))

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Search the prices that bring most for as long as they stand."""
        survey, names = view.survey(), {own.model.name for own in free}
        places = np.array([i for i, own in enumerate(view.own) if own.model.name in names])
        start = np.where(np.isnan(survey.prices), LOWEST_MARKUP * survey.costs, survey.prices)
        customers = _customers(view, survey)
        best = forward_prices(
            customers, self._horizon(view), int(customers.firms[0]), survey.costs, start, survey.prices,
            places,
        )  # fmt: skip
        found = {view.own[i].model.name: float(best.prices[i]) for i in places}
        return Prices(found, view.memory, tuple(view.own[i].model.name for i in best.unsold), best.converged)

    def _horizon(self, view: FirmView) -> Horizon:
        """What the future is worth, and how fast customers have come in."""
        entry = growth(view.memory.get("present", ()), "trend", speed=0.0)
        discount = (1 + view.discount_rate) ** (-1 / YEAR)
        return Horizon(discount, 1 / self.life, self.carry, float(np.clip(entry, 0.0, self.most_entry)))


def _customers(view: FirmView, survey: Survey) -> Customers:
    """The panel as its firm looks ahead: who hangs on to whom, and who reconsiders this month and later."""
    types, goods = survey.utility.shape
    groups = np.arange(goods) if survey.groups is None else survey.groups
    if survey.inertia is None:
        nobody, always = np.full(types, -1), np.ones(types)
        developer = np.maximum(np.arange(goods) - len(view.own) + 1, 0)
        market = survey.utility, survey.alpha, survey.weights, developer, groups
        return Customers(*market, nobody, nobody, np.zeros(types), *[always] * 4)
    habits = survey.inertia()
    mine = habits.home == habits.developer[0]
    woken = np.maximum(habits.at_release, habits.reconsideration)
    launches = any(own.is_launch for own in view.own)
    now = np.where(mine & launches, woken, habits.reconsideration)
    now[mine & (habits.uses < 0)] = 1.0  # what they used has gone off sale
    released = {own.model.released for own in view.own if own.model.released > view.month - YEAR}
    anew = habits.reconsideration + (woken - habits.reconsideration) * min(1.0, len(released) / YEAR)
    market = habits.unattached, survey.alpha, survey.weights, habits.developer, groups
    return Customers(*market, habits.home, habits.uses, habits.pull, now, habits.reconsideration, habits.turnover, anew)
