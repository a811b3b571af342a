"""How a firm prices. A rule is a paragraph: what it does, its name in the literature, a few lines of code.

A launch is priced in its month; models on sale are repriced with a small monthly hazard, drawn once per firm and month.
What rules compute with is in `price_search`; a model's *peers* are rivals' closed models of about its capability or
better. To add a rule, add a class: listings, validation, contract tests and golden runs find it.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import SerializeAsAny, WrapValidator

from market.families import Rule
from market.parameters import parameter
from market.strategies.price_search import Prices as Prices  # part of what a rule is written with
from market.strategies.price_search import best_prices, cheapest_peer, lowest_price, peers
from market.strategies.view import FirmView, OwnModel


class PricingRule(Rule):
    """A firm's way to price its models."""

    family = "pricing"
    default_name = "best_response"
    rule: str
    reprice_hazard: float = parameter(
        0.009, unit="per month", ge=0, le=1, plausible=(0.005, 0.1),
        meaning="chance that a firm reconsiders the prices of its models on sale in a month",
        source="price_changes.csv: 0.13 cuts per model-year",
    )  # fmt: skip

    launch_scale: float = parameter(
        1.0, unit="ratio", ge=0.01, le=100, plausible=(0.7, 1.4), meaning="factor on the prices it finds for launches"
    )
    later_scale: float = parameter(
        1.0, unit="ratio", ge=0.01, le=100, plausible=(0.7, 1.4),
        meaning="factor on the prices it finds for models on sale",
    )  # fmt: skip

    def scaled(self, view: FirmView) -> Prices:
        """Decide, and multiply each new price by the factor of a launch, or of a model on sale."""
        decision = self.decide(view)
        if self.launch_scale == self.later_scale == 1.0:
            return decision
        factor = {own.model.name: self.launch_scale if own.is_launch else self.later_scale for own in view.own}
        known = {own.model.name: own.price for own in view.own}
        prices = {name: p if p == known[name] else factor[name] * p for name, p in decision.prices.items()}
        return replace(decision, prices=prices)

    def decide(self, view: FirmView) -> Prices:
        """Price what is free to move, if anything is."""
        free = self.free(view)
        return self.price(view, free) if free else Prices({}, view.memory)

    def free(self, view: FirmView) -> tuple[OwnModel, ...]:
        """Models that may move: the launches of the month and, with the hazard, everything on sale."""
        reprices = view.luck("reprice") < self.reprice_hazard
        return tuple(own for own in view.own if own.is_launch or reprices)

    @abstractmethod
    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Choose prices for the models that are free to move."""


class CostPlus(PricingRule):
    """Unit cost plus a fixed markup, whatever rivals do: full-cost pricing (Hall and Hitch 1939).

    It meets the known answer of a game only where the markup is set to it.
    """

    rule: Literal["cost_plus"] = "cost_plus"
    markup: float = parameter(
        0.8, unit="share of unit cost", ge=-0.99, le=100, plausible=(0.2, 2.0), meaning="price above unit cost"
    )

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Add the markup to this month's unit cost."""
        return Prices({own.model.name: own.unit_cost * (1 + self.markup) for own in free}, view.memory)


class BestResponse(PricingRule):
    """Most contribution this month from the whole line-up, given rivals' last prices: Bertrand best response.

    The firm prices against the panel as if every panelist were to reconsider, each attached to what it uses now. It
    counts what a price takes from the firm's own other models. In a game played again and again by everybody this leads
    to Bertrand–Nash prices where they are stable (Milgrom and Roberts 1990): symmetric logit, Hotelling, Salop. A model
    that no panelist buys keeps its price; if it is new it is offered at the lowest price considered, 1.01 × unit cost.
    """

    rule: Literal["best_response"] = "best_response"

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Search each free price globally, the others held, and sweep until none moves."""
        return best_prices(view, free)


class ListPrice(PricingRule):
    """A list price holds until the successor comes, then the whole line is priced anew: sticky prices (Blinder 1991).

    A launch and the models it supersedes, those of its line, are priced together by best response; in between nothing
    moves, or rarely if the hazard says so. Firms whose releases follow each other take turns in a best-response
    dynamic, so it meets the Nash prices of symmetric logit, Hotelling and Salop if costs and qualities stay as they
    are from one generation to the next.
    """

    rule: Literal["list_price"] = "list_price"
    reprice_hazard: float = parameter(
        0.0, unit="per month", ge=0, le=1, plausible=(0.0, 0.05),
        meaning="chance of a correction of the list prices between two releases",
    )  # fmt: skip

    def free(self, view: FirmView) -> tuple[OwnModel, ...]:
        """Launches, what they supersede and, with the hazard, everything on sale."""
        usual = super().free(view)
        renewed = {own.model.line for own in view.own if own.is_launch}
        return tuple(own for own in view.own if own.model.line in renewed or own in usual)

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Find the best response for the launch and what it supersedes together."""
        return best_prices(view, free)


class Undercutting(PricingRule):
    """Just below the cheapest peer, down to a floor above cost: Bertrand's (1883) price cutting.

    It also follows peers upwards, staying below them. Where undercutting would pass the floor the firm prices at the
    floor, or relents with a chance and returns to its best response, after which undercutting begins anew: an Edgeworth
    cycle (Maskin and Tirole 1988). Without a peer it prices by best response. Between equal models this leads to the
    floor, which with a floor of 0 is the answer of Bertrand's game with homogeneous goods. With differentiated
    products, symmetric logit, Hotelling or Salop, it comes to the same floor, below the Nash price: it does not look at
    what its customers would have paid.
    """

    rule: Literal["undercutting"] = "undercutting"
    step: float = parameter(
        0.1, unit="share of price", gt=0, lt=1, plausible=(0.02, 0.2), meaning="distance below the cheapest peer"
    )
    floor: float = parameter(
        0.05, unit="share of unit cost", ge=-0.99, le=100, plausible=(0.0, 0.3),
        meaning="markup below which it does not follow",
    )  # fmt: skip
    relent: float = parameter(
        0.0, unit="share", ge=0, le=1, plausible=(0.0, 0.3),
        meaning="chance to return to the best response when repricing at the floor",
    )  # fmt: skip
    reach: float = parameter(
        3.0, unit="points", ge=0, le=1000, plausible=(1.0, 8.0), meaning="capability by which a peer may be worse"
    )

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Undercut model by model; price the others by best response, given those."""
        relents = view.luck("relent") < self.relent
        cut, rest = {}, []
        for own in free:
            target = (1 - self.step) * cheapest_peer(view, own, self.reach)
            lowest = (1 + self.floor) * own.unit_cost
            if target == np.inf or (relents and target < lowest):
                rest.append(own)
            else:
                cut[own.model.name] = max(target, lowest)
        return best_prices(view, rest, cut)


class HillClimbing(PricingRule):
    """Moves all prices the way that paid last time, and turns round when it did not: derivative following.

    The rule of Greenwald and Kephart (1999), win-continue lose-reverse of Huck, Normann and Oechssler (2003): it knows
    no demand, only whether its contribution per unit of the panel's volume (which grows as the market does) rose
    since its last move; earning nothing, it turns round, and where the panel has no volume its prices stay. Steps
    halve at each turn down to the smallest; when the line-up changes they start anew, up or down by luck. A launch
    takes over the markup last chosen; the first is priced by best response. Alone it finds the monopoly price. Firms
    that climb in step reward each other for rising together and reach the joint-profit price of symmetric logit, not
    its Nash price; firms that move in turns or at random mistake rivals' moves for their own effect and have no price
    to which they must come.
    """

    rule: Literal["hill_climbing"] = "hill_climbing"
    step: float = parameter(
        0.05, unit="share of price", gt=0, lt=1, plausible=(0.01, 0.15), meaning="size of the first moves"
    )
    smallest_step: float = parameter(
        0.005, unit="share of price", gt=0, lt=1, plausible=(0.001, 0.02), meaning="size below which no move falls"
    )

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Price launches at the markup last chosen; otherwise judge the last move and make the next."""
        launches = [own for own in free if own.is_launch]
        if launches and "markup" in view.memory:
            decision = Prices({o.model.name: view.memory["markup"] * o.unit_cost for o in launches}, view.memory)
        else:
            decision = best_prices(view, launches) if launches else self._climb(view, free)
        newest = max(launches or free, key=lambda own: (own.model.generation, own.model.update, own.model.capability))
        markup = decision.prices[newest.model.name] / newest.unit_cost
        return replace(decision, memory={**decision.memory, "markup": markup})

    def _climb(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        volume = float(view.survey().weights.sum())
        if volume <= 0:
            prices = {own.model.name: own.price or 0.0 for own in free}
            return Prices(prices, view.memory, tuple(prices))
        worth, lineup, last = view.contribution / volume, [own.model.name for own in view.own], view.memory
        way, step = 1 if view.luck("way") < 0.5 else -1, self.step
        if last.get("lineup") == lineup:
            way, step = last["way"], last["step"]
            if worth < last["worth"] or worth <= 0:
                way, step = -way, max(step / 2, self.smallest_step)
        moved = {own.model.name: max((own.price or 0.0) * (1 + step) ** way, lowest_price(own)) for own in free}
        return Prices(moved, {"lineup": lineup, "worth": worth, "way": way, "step": step})


class Penetration(PricingRule):
    """Cheap while the money lasts, then what the customers won will bear: penetration pricing (Dean 1950).

    Invest, then harvest (Klemperer 1987): a fixed markup, which may be negative, while the runway is long enough, best
    response when it is not; the change of phase reprices everything at once. Under funding that never ends it never
    harvests. Harvesting it meets the Nash prices of symmetric logit, Hotelling and Salop, investing it does not.
    """

    rule: Literal["penetration"] = "penetration"
    markup: float = parameter(
        0.0, unit="share of unit cost", ge=-0.99, le=100, plausible=(-0.3, 0.3),
        meaning="price above unit cost while investing",
    )  # fmt: skip
    runway: float = parameter(
        6.0, unit="months", ge=0, le=1200, plausible=(3.0, 12.0), meaning="months of cash below which it harvests"
    )

    def free(self, view: FirmView) -> tuple[OwnModel, ...]:
        """As usual, and everything when the phase changes."""
        invests = view.runway >= self.runway
        return super().free(view) if view.memory.get("invests", invests) == invests else view.own

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Add the markup to unit cost, or find the best response."""
        invests = view.runway >= self.runway
        given = {own.model.name: (1 + self.markup) * own.unit_cost for own in free} if invests else {}
        return replace(best_prices(view, () if invests else free, given), memory={"invests": invests})


class Matching(PricingRule):
    """Meets the cheapest peer's price and punishes fresh cuts for a while: price matching (Salop 1986) with a trigger.

    Not waiting for the hazard, it answers a peer that since last month went below its own and all peers' prices by
    going still lower for some months, then returns to the price it had, and holds it for as long again (Friedman 1971;
    Green and Porter 1984). It never goes below 1.01 × unit cost. It has no price of its own: firms that match stay at
    any common price at which they begin, the joint-profit price of symmetric logit as well as the Nash price, so no
    game tells where it comes to. Without a peer it prices by best response.
    """

    rule: Literal["matching"] = "matching"
    tolerance: float = parameter(
        0.02, unit="share of price", ge=0, lt=1, plausible=(0.0, 0.1), meaning="cut that is let pass"
    )
    depth: float = parameter(
        0.1, unit="share of price", ge=0, lt=1, plausible=(0.02, 0.3), meaning="distance below the cut while punishing"
    )
    punishment: int = parameter(
        6, unit="months", ge=1, le=240, plausible=(2, 12), meaning="months for which a cut is punished"
    )
    reach: float = parameter(
        3.0, unit="points", ge=0, le=1000, plausible=(1.0, 8.0), meaning="capability by which a peer may be worse"
    )

    def decide(self, view: FirmView) -> Prices:
        """Go on with a punishment, end it, begin one that is due, or price as usual."""
        memory = {**view.memory, "seen": {offer.model.name: offer.price for offer in view.rivals}}
        launches = tuple(own for own in view.own if own.is_launch)
        if view.month < memory.get("until", view.month):
            return replace(self.price(view, launches), memory=memory)
        if "usual" in memory:
            back = {own.model.name for own in view.own} & memory["usual"].keys()
            launched = self.price(view, launches)
            prices = {**launched.prices, **{name: memory["usual"][name] for name in sorted(back)}}
            calm = {"seen": memory["seen"], "until": view.month + self.punishment}
            return replace(launched, prices=prices, memory=calm)
        cut = {own: self._fresh_cut(view, own) for own in view.own if own.price is not None}
        offended = [own for own, price in cut.items() if price < np.inf]
        if offended:
            memory["until"] = view.month + self.punishment
            memory["usual"] = {own.model.name: own.price for own in offended}
        answer = {o.model.name: max((1 - self.depth) * cut[o], lowest_price(o)) for o in offended}
        other = self.price(view, tuple(own for own in self.free(view) if own not in offended))
        return replace(other, prices={**other.prices, **answer}, memory=memory)

    def price(self, view: FirmView, free: tuple[OwnModel, ...]) -> Prices:
        """Meet the cheapest peer, or find the best response where there is none."""
        low = {own.model.name: cheapest_peer(view, own, self.reach) for own in free}
        met = {
            own.model.name: max(low[own.model.name], lowest_price(own)) for own in free if low[own.model.name] < np.inf
        }
        return best_prices(view, [own for own in free if own.model.name not in met], met)

    def _fresh_cut(self, view: FirmView, own: OwnModel) -> float:
        """Lowest price of peers that since last month went below this model's and all peers' prices; else infinite."""
        seen = view.memory.get("seen", {})
        known = [offer for offer in peers(view, own, self.reach) if offer.model.name in seen]
        standing = min([own.price or np.inf, *(seen[offer.model.name] for offer in known)])
        return min((o.price for o in known if o.price < (1 - self.tolerance) * standing), default=np.inf)


AnyPricing = Annotated[SerializeAsAny[PricingRule], WrapValidator(PricingRule.parse)]
"""A field that takes any registered pricing rule, users' own included."""
