"""What a lab expects of a launch: how the market moves on until then, and what the launch is worth to the portfolio.

Expectations are formed from what was seen: month by month a rule notes the frontier, the prices of rivals' newest
models and the size of the market in its memory, and turns these series into growth per month.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from market.economics import demand
from market.economics.added import add_up
from market.economics.technology import AIModel, Technology, capability, product_name, release_cost
from market.strategies.price_search import best_prices
from market.strategies.view import FirmView, Offer, OwnModel

Kind = Literal["static", "adaptive", "trend"]
"""How expectations are formed; see `growth`."""

NEW = "new"
"""Name of a model that is only thought of."""

MOST_GROWTH = 50.0
"""Log points by which the market is expected to grow at most, however steep it was: nobody plans with more."""


@dataclass(frozen=True)
class Outlook:
    """What is expected to go on, a month: points at the frontier, log growth of rivals' newest prices and of volume."""

    frontier: float = 0.0
    price: float = 0.0
    volume: float = 0.0


@dataclass(frozen=True)
class Forecast:
    """What a lab expects of a run that it starts; dollars are present values in the month of the start.

    Attributes
    ----------
    capability : points of the flagship, without the luck of training.
    horizon : months of sales counted.
    gross : contribution of the new base in all its tiers.
    destroyed : contribution that the firm's other models then earn less than today's business would go on to earn.
    lead : what rivals' advance would take from today's business if the firm stood still.
    spend : training and research.
    monthly : contribution a month of the new base in the middle of the horizon, in dollars of that month.
    exit : what a buyer would pay more for the firm at the horizon, where the rule counts that.
    """

    capability: float
    horizon: int
    gross: float
    destroyed: float
    lead: float
    spend: float
    monthly: float
    exit: float = 0.0

    @property
    def incremental(self) -> float:
        """Incremental portfolio value before the spend: gross − destroyed + lead + exit, dollars."""
        return self.gross - self.destroyed + self.lead + self.exit

    @property
    def value(self) -> float:
        """Net present value of the launch, dollars."""
        return self.incremental - self.spend

    @property
    def figures(self) -> tuple[float, ...]:
        """What is recorded: horizon, capability, gross, destroyed, lead, exit, spend, value."""
        parts = (self.gross, self.destroyed, self.lead, self.exit, self.spend)
        return self.horizon, self.capability, *parts, self.value


def note(view: FirmView, memory: Mapping[str, Any], longest: int) -> dict[str, Any]:
    """Note what is seen this month in a copy of the memory; the last `longest` + 1 months of each series are kept.

    `frontier` in points; `price`, mean over rivals of the log price of their newest closed model; `volume` in logs.
    """
    newest: dict[str, Offer] = {}
    for offer in view.rivals:
        known = newest.get(offer.model.firm)
        if not offer.model.open_weights and (known is None or offer.model.released >= known.model.released):
            newest[offer.model.firm] = offer
    seen = {"frontier": max(view.ahead, view.best)}
    if newest:
        seen["price"] = add_up(math.log(offer.price) for offer in newest.values()) / len(newest)
    if view.demand > 0:
        seen["volume"] = math.log(view.demand)
    noted = {name: value for name, value in seen.items() if math.isfinite(value)}
    return {**memory, **{name: (*memory.get(name, ()), v)[-longest - 1 :] for name, v in noted.items()}}


def growth(series: Sequence[float], kind: Kind, speed: float) -> float:
    """Growth per month that is expected of a series, in its own unit.

    static    nothing changes: 0 (Cournot's conjecture).
    adaptive  each change seen moves the expectation by the part `speed` of its error, from 0 on (Nerlove 1958).
    trend     the mean change over the series goes on (extrapolative expectations, Metzler 1941).
    """
    changes = np.diff(np.asarray(series, float))
    if kind == "static" or len(changes) == 0:
        return 0.0
    if kind == "trend":
        return float(changes.mean())
    expected = 0.0
    for change in changes:
        expected += speed * (float(change) - expected)
    return expected


def outlook(memory: Mapping[str, Any], kind: Kind, speed: float) -> Outlook:
    """Turn what was noted into what is expected."""
    return Outlook(*(growth(memory.get(name, ()), kind, speed) for name in ("frontier", "price", "volume")))


def rivals_later(
    view: FirmView, gain: float, drift: float, announced: Mapping[str, float] | None = None
) -> tuple[Offer, ...]:
    """Rivals' offers, and for each rival a successor of its best model.

    The successor is better, at the best model's price times e^`drift`, which is never expected to rise: a rival that
    moves its list prices up leaves the cheaper model on sale.

    Parameters
    ----------
    view : what the firm knows.   gain : points by which a successor is better.   drift : log change of its price.
    announced : points of the successors that are known of, by firm, instead of the gain; none is worse than the best.
    """
    best: dict[str, Offer] = {}
    for offer in view.rivals:
        known = best.get(offer.model.firm)
        if known is None or offer.model.capability > known.model.capability:
            best[offer.model.firm] = offer
    announced = announced or {}
    if gain <= 0 and drift >= 0 and not announced:
        return view.rivals
    gain, cheaper = max(0.0, gain), math.exp(min(0.0, drift))
    later = []
    for firm, offer in best.items():
        now = offer.model.capability
        then = max(now, announced[firm]) if firm in announced else now + gain
        later.append(
            Offer(replace(offer.model, name=f"{offer.model.name}, later", capability=then), offer.price * cheaper)
        )
    return (*view.rivals, *later)


def from_announced(view: FirmView, month: float, trend: float) -> dict[str, float]:
    """Points that rivals are expected to have by a `month` from the runs they have announced, by firm.

    A run is expected to give what the scaling law says, and its updates `trend` points a month from its release on.
    Runs that are not released by then say nothing of that month.
    """
    points: dict[str, float] = {}
    for run in view.announced():
        if run.release <= month:
            found = capability(view.technology, run.cost, run.release) + max(0.0, trend) * (month - run.release)
            points[run.firm] = max(found, points.get(run.firm, -math.inf))
    return points


def prospects(view: FirmView, technology: Technology, cost: float) -> list[AIModel]:
    """The products that a run of `cost` dollars started this month is expected to give, the flagship first."""
    now, release = view.month, view.month + technology.training_months
    points, unit_cost = view.reach(capability(technology, cost, release)), release_cost(technology, cost, release)
    return [
        AIModel(
            product_name(NEW, line), view.firm, view.firm, 0, 0, line, view.host_price is not None, now, now, release,
            points - tier.capability_gap, unit_cost * tier.cost_ratio,
        )
        for line, tier in view.lines.items()
    ]  # fmt: skip


@dataclass(frozen=True)
class Sales:
    """What a model is expected to sell in a month: price and cost in $ per Mtok sold, volume in Mtok."""

    price: float
    cost: float
    volume: float

    @property
    def revenue(self) -> float:
        """Dollars a month."""
        return self.price * self.volume

    @property
    def contribution(self) -> float:
        """Dollars a month after serving."""
        return (self.price - self.cost) * self.volume


def business(view: FirmView, own: tuple[OwnModel, ...], rivals: tuple[Offer, ...]) -> dict[str, float]:
    """Contribution a month by own model, in dollars, were every panelist to reconsider; new models are priced best."""
    return {name: sold.contribution for name, sold in sales(view, own, rivals).items()}


def sales(view: FirmView, own: tuple[OwnModel, ...], rivals: tuple[Offer, ...]) -> dict[str, Sales]:
    """What own models sell a month, by name, were every panelist to reconsider; new models are priced best."""
    if not own:
        return {}
    survey = view.prospects(own, rivals)
    asked = view._replace(own=own, rivals=rivals, survey=lambda: survey)
    free = [o for o in own if o.price is None]
    chosen = best_prices(asked, free).prices
    mine = np.array([chosen.get(o.model.name, o.price) for o in own], float)
    prices = np.concatenate([mine, survey.prices[len(own) :]])
    sold = demand.shares(survey.utility, survey.alpha, survey.weights, prices, survey.groups)
    served = 1 + view.unpaid
    kept = 1 - view.hosting
    return {
        o.model.name: Sales(float(p), served * o.unit_cost, float(kept * q))
        for o, p, q in zip(own, mine, sold, strict=False)
    }


def forecasts(view: FirmView, costs: Sequence[float], horizon: int, expected: Outlook) -> list[Forecast]:
    """Forecast runs of several `costs` that could start this month.

    The market is looked at once, in the middle of the `horizon` months of sales: rivals have advanced and got cheaper
    by then, own models are cheaper to serve, and all volumes have grown. Monthly contribution there counts for the
    whole horizon.

        destroyed = N − own models with the launch,  lead = N − A,  gross − destroyed + lead = portfolio with − A

    where N is today's business against rivals as they are and A the same business against rivals as they will be. The
    first two are the replacement effect (Arrow 1962) and the efficiency effect (Gilbert and Newbery 1982).

    Parameters
    ----------
    view : what the firm knows.   costs : dollars of each run.
    horizon : months of sales counted.   expected : how rivals, prices and volumes will change, per month.
    """
    technology = view.technology
    wait = technology.training_months + horizon / 2
    cheaper = technology.serving_gain_on_sale ** (-wait / 12)
    mine = tuple(own._replace(unit_cost=own.unit_cost * cheaper) for own in view.own)
    later = rivals_later(view, expected.frontier * wait, expected.price * wait)
    grown = math.exp(min(expected.volume * wait, MOST_GROWTH))
    worth = horizon * grown * (1 + view.discount_rate) ** (-wait / 12)
    today = add_up(business(view, mine, view.rivals).values())
    standing = add_up(business(view, mine, later).values()) if later != view.rivals else today
    expectations = []
    for cost in costs:
        models, then = prospects(view, technology, cost), round(view.month + wait)
        unit_costs = [model.unit_cost(technology, then) for model in models]
        prices = [None if view.host_price is None else view.host_price(unit_cost) for unit_cost in unit_costs]
        new = tuple(map(OwnModel, models, unit_costs, prices))
        with_it = business(view, (*mine, *new), later)
        paid = cost * (1 + view.research) * (1 + view.discount_rate) ** (-technology.training_months / 24)
        gross = add_up(with_it.pop(model.name) for model in models)
        destroyed = today - add_up(with_it.values())
        lead = today - standing
        values = (worth * gross, worth * destroyed, worth * lead, paid)
        expectations.append(Forecast(models[0].capability, horizon, *values, gross * grown))
    return expectations
