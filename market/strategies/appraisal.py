"""What a base that could start now adds to the value of its firm: a forecast period, then what a buyer would pay.

    part · [H · ΔC(middle) + exit multiple · 12 · ΔR(end)] − spend,   all discounted to the month of the start

ΔC and ΔR are what the base adds to the contribution and revenue a month of the whole portfolio, H is the months of
sales forecast, and `part` is what came true of earlier forecasts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from market.economics.added import add_up
from market.economics.technology import Technology, Updates, capability
from market.strategies.expectations import (
    MOST_GROWTH,
    Forecast,
    Outlook,
    Sales,
    from_announced,
    prospects,
    rivals_later,
    sales,
)
from market.strategies.experience import sobered
from market.strategies.view import FirmView, Offer, OwnModel


@dataclass(frozen=True)
class Look:
    """The market as it is expected to be in a `month`, which may be half of one.

    `rivals` are their offers then, `volume` is a factor over today's, `discount` the present value of a dollar.
    """

    month: float
    rivals: tuple[Offer, ...]
    volume: float
    discount: float


@dataclass(frozen=True)
class Appraisal:
    """What a base that starts now adds to the firm's value, for any cost and any updates.

    Attributes
    ----------
    view : what the firm knows.   expected : how rivals, prices and volumes will change, per month.
    part : part of its earlier forecasts that came true.   horizon : months of sales forecast, H.
    exit_multiple : dollars that a buyer pays at the end of them for a dollar of yearly revenue.
    """

    view: FirmView
    expected: Outlook
    part: float
    horizon: int
    exit_multiple: float

    def forecast(self, cost: float, updates: Updates | None) -> Forecast:
        """Forecast a base of some `cost` ($) that has `updates`, by the measure of what came true of earlier ones.

        It is priced best for the middle of the horizon, and keeps that price as list prices do.
        """
        still, without, valued = self._standing
        in_middle = self._new(cost, updates, self._middle.month)
        middle = self._sold(self._middle, in_middle)
        launched = [middle.pop(one.model.name) for one in in_middle]
        at_end = self._new(cost, updates, self._end.month)
        priced = (one._replace(price=sold.price) for one, sold in zip(at_end, launched, strict=True))
        end = self._sold(self._end, priced)
        months = self.horizon * self._middle.volume * self._middle.discount
        payout = self.exit_multiple * 12 * self._end.volume * self._end.discount
        found = Forecast(
            capability=capability(self.view.technology, cost, self._release),
            horizon=self.horizon,
            gross=months * contribution(launched),
            destroyed=months * (still - contribution(middle.values())),
            lead=months * (still - without),
            spend=self._spend(cost, updates),
            monthly=self._middle.volume * contribution(launched),
            exit=payout * (revenue(end.values()) - valued),
        )
        return sobered(found, self.part)

    @property
    def _release(self) -> int:
        return self.view.month + self.view.technology.training_months

    @cached_property
    def _middle(self) -> Look:
        return self._look(self._release + self.horizon / 2)

    @cached_property
    def _end(self) -> Look:
        return self._look(self._release + self.horizon)

    @cached_property
    def _standing(self) -> tuple[float, float, float]:
        """The firm without the base, in dollars a month at today's volume.

        Contribution in the middle against rivals as they are and as they will be, and revenue at the end.
        """
        still, middle, end = (
            sales(self.view, self._kept(look.month, look.month), rivals)
            for look, rivals in (
                (self._middle, self.view.rivals),
                (self._middle, self._middle.rivals),
                (self._end, self._end.rivals),
            )
        )
        return contribution(still.values()), contribution(middle.values()), revenue(end.values())

    def _look(self, month: float) -> Look:
        wait, expected = month - self.view.month, self.expected
        announced = from_announced(self.view, month, expected.frontier)
        rivals = rivals_later(self.view, expected.frontier * wait, expected.price * wait, announced)
        return Look(month, rivals, math.exp(min(expected.volume * wait, MOST_GROWTH)), self._worth(wait))

    def _worth(self, wait: float) -> float:
        """Present value of a dollar paid after `wait` months."""
        return float((1 + self.view.discount_rate) ** (-wait / 12))

    def _spend(self, cost: float, updates: Updates | None) -> float:
        """Present value of what the base, its research and its updates over the horizon cost, dollars."""
        length = self.view.technology.training_months
        made = updates.spend * self.horizon / updates.interval if updates else 0.0
        begun = (1 + self.view.research) * self._worth(length / 2)
        return cost * (begun + made * self._worth(length + self.horizon / 2))

    def _sold(self, look: Look, new: Iterable[OwnModel]) -> dict[str, Sales]:
        """What the portfolio sells with the base, whose release ends the updates of the family before it."""
        return sales(self.view, (*self._kept(look.month, self._release), *new), look.rivals)

    def _kept(self, month: float, until: float) -> tuple[OwnModel, ...]:
        """The line-up on sale as it will be in a `month`, its newest release updated up to a month `until`."""
        technology, updates = self.view.technology, self.view.updates
        cheaper = technology.serving_gain_on_sale ** (-(month - self.view.month) / 12)
        newest = max(((one.model.generation, one.model.update) for one in self.view.own), default=None)
        kept = []
        for one in self.view.own:
            model = one.model
            if (model.generation, model.update) == newest:
                base = model.base_started + technology.training_months
                points = gained(technology, updates, until, base, model.released, model.update)
                model = replace(model, capability=technology.attainable(model.capability + points))
            kept.append(one._replace(model=model, unit_cost=one.unit_cost * cheaper))
        return tuple(kept)

    def _new(self, cost: float, updates: Updates | None, month: float) -> list[OwnModel]:
        """Products of the base as they will be in a `month`, without a price."""
        technology = self.view.technology
        points = gained(technology, updates, month, self._release)
        return [
            OwnModel(
                replace(model, capability=technology.attainable(model.capability + points)),
                model.unit_cost(technology, round(month)),
                None,
            )
            for model in prospects(self.view, technology, cost)
        ]


def gained(
    technology: Technology, updates: Updates | None, month: float, base: int, last: int | None = None, made: int = 0
) -> float:
    """Points by which the updates that are still to come are expected to raise a family by a month.

    Parameters
    ----------
    technology : progress.   updates : the firm's, at their pace; None if it makes none.
    month : by which.   base : month in which the family's base is released.
    last, made : month of the family's last release so far, the base if not given, and how many updates it had by then.
    """
    since = base if last is None else last
    if updates is None or month < since:
        return 0.0
    more = int((month - since) / updates.interval)
    then = updates.gain(technology, made + more, since + more * updates.interval, base)
    return then - updates.gain(technology, made, since, base)


def contribution(sold: Iterable[Sales]) -> float:
    """Contribution of several models together, dollars a month."""
    return add_up(one.contribution for one in sold)


def revenue(sold: Iterable[Sales]) -> float:
    """Revenue of several models together, dollars a month."""
    return add_up(one.revenue for one in sold)
