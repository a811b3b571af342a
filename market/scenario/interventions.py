"""Changes from outside: kinds of intervention, the hooks through which they act, and the effects they can have.

A kind is a class. From its month on the market asks it, through the hooks of `Intervention`, whether it keeps a launch
off the market, sets a price or shuts the capital market, and which effects it has. Effects are data, which the market
carries out through its ledger and journal: a kind never touches the market itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, SerializeAsAny, ValidationInfo, WrapValidator, field_validator
from pydantic_core import PydanticCustomError

from market.economics.technology import FLAGSHIP, product_name, release_name
from market.families import Registered, Rule
from market.parameters import OPENING, InputError, finite, parameter, shown, unknown
from market.wording import shortened

LAST = 1200
"""Longest run in months."""

HIGHEST = 1e12
"""Highest price in $ per Mtok, as far above any as bounds of parameters are."""

Lines = Mapping[str, Collection[str]]
"""Tiers of the releases of each firm, by the firm's name."""

MONTH = re.compile(r"-?[0-9]{1,4}")
MODEL = re.compile(r"(.+?)-([1-9][0-9]{0,5})(?:\.([1-9][0-9]{0,2}))?(?:-(.*))?")
"""Firm, generation, update if any and tier if no flagship in the name of a model."""


@dataclass(frozen=True)
class Situation:
    """What an intervention may know: the month, and by firm in business the cash ($) and revenue of the month ($).

    At the beginning of a month that is the cash the last one left and the last one's revenue; as a month is settled,
    this month's revenue and the cash before it.
    """

    month: int
    cash: Mapping[str, float]
    revenue: Mapping[str, float]


@dataclass(frozen=True)
class PayIn:
    """Pays dollars to a firm, at once; booked as funding, so that it is in cash and in no result."""

    firm: str
    amount: float
    said: str = ""


@dataclass(frozen=True)
class Charge:
    """Takes dollars from a firm at the month's end; booked as overhead, so that it is in cash and in the result."""

    firm: str
    amount: float
    said: str = ""


@dataclass(frozen=True)
class NewRule:
    """Puts a rule of conduct in the place of a lab's rule of the same family, from now on."""

    lab: str
    rule: Rule


@dataclass(frozen=True)
class Notice:
    """Writes an event, with its number and its words, and does nothing else."""

    firm: str
    value: float
    said: str


Effect = PayIn | Charge | NewRule | Notice
"""All that an intervention can have done; firms that are not in business, or not yet, are passed over."""


class Intervention(Registered):
    """A change from outside, in force from its month on. A subclass with a `kind` and a docstring is a kind.

    A kind declares its parameters, checks in `problem` what depends on the scenario, and overrides the hooks it needs.
    """

    family = "interventions"
    word = "kind"
    month: int = parameter(unit="month", ge=0, le=LAST, meaning="month in which it takes effect")
    kind: str
    target: str = parameter("", unit="", meaning="the model, firm or rule it concerns", source="")

    def problem(self, firms: Lines, labs: Collection[str]) -> str | None:  # noqa: ARG002
        """Say in one line what is wrong with it in a scenario with these firms and closed labs, by name; or None.

        Parameters
        ----------
        firms : by name, the tiers that the releases of each have.
        labs : names of the closed ones.
        """
        return None

    def begin(self, now: Situation) -> Iterable[Effect]:  # noqa: ARG002
        """Effects it has once, at the beginning of its month."""
        return ()

    def settle(self, now: Situation) -> Iterable[Effect]:  # noqa: ARG002
        """Effects it has every month from its month on, after the month's sales and before cash is counted."""
        return ()

    def suppresses(self, model: str) -> bool:  # noqa: ARG002
        """Whether it keeps a release, complete this month, off the market for good."""
        return False

    def price(self, firm: str, model: str, month: int, decided: float | None) -> float | None:  # noqa: ARG002
        """Price at which a model is offered, $ per Mtok.

        Parameters
        ----------
        firm, model : names of the developer and the model.
        month : this month.
        decided : the developer's decision, $ per Mtok, or an earlier intervention's; None to leave the price as it is.
        """
        return decided

    def shuts_capital(self, firm: str, month: int) -> bool:  # noqa: ARG002
        """Whether the capital market grants a firm nothing in a month."""
        return False


class SuppressLaunch(Intervention):
    """Keeps a release off the market for good, though it was paid for; `target` is its flagship, as "Alpha-3".

    Without its base no update is made. A firm as the target, as "Alpha", stands for all its releases from then on.
    """

    kind: Literal["suppress_launch"] = "suppress_launch"
    value: None = Field(None, description="none: a launch is suppressed for good")

    def problem(self, firms: Lines, labs: Collection[str]) -> str | None:  # noqa: ARG002
        """The target must be a firm, or a flagship that one can have."""
        match = MODEL.fullmatch(self.target)
        if self.target in firms:
            return None
        if match is None or match[4] is not None:
            return f"target '{shortened(self.target, 60)}' is no flagship such as 'Alpha-3'"
        return unknown_model(self.target, firms)

    def suppresses(self, model: str) -> bool:
        """Its target, or any release of its firm."""
        match = MODEL.fullmatch(model)
        return model == self.target or (match is not None and match[1] == self.target)


class ChangeRule(Intervention):
    """Puts a rule in the place of a lab's; `target` is a lab and a family, as "Alpha.pricing", `value` the rule."""

    kind: Literal["change_rule"] = "change_rule"
    target: str = parameter(unit="", meaning='a lab and a family of rules, as "Alpha.pricing"', source="")
    value: SerializeAsAny[Rule] = Field(description='the new rule, as {rule = "cost_plus"}')

    @field_validator("target")
    @classmethod
    def _of_a_family(cls, target: str) -> str:
        family = target.partition(".")[2]
        if family not in Rule.families():
            raise PydanticCustomError("input", "{text}", {"text": unknown("family", family, Rule.families())})
        return target

    @field_validator("value", mode="wrap")
    @classmethod
    def _of_that_family(cls, value: Any, _handler: Any, info: ValidationInfo) -> Any:
        if "target" not in info.data:  # refused already
            return value
        family = Rule.families()[info.data["target"].partition(".")[2]]
        return family.named(value, opening=bool(info.context and info.context.get(OPENING)))

    def problem(self, firms: Lines, labs: Collection[str]) -> str | None:  # noqa: ARG002
        """The target must name a lab; open providers decide by recipe."""
        lab = self.target.partition(".")[0]
        return None if lab in labs else unknown("lab", lab, labs)

    def begin(self, now: Situation) -> Iterable[Effect]:  # noqa: ARG002
        """The new rule."""
        return [NewRule(self.target.partition(".")[0], self.value)]


class FreezePrices(Intervention):
    """Sets prices to a table by model and month, each until the next month given; `target` is a firm, or "*"."""

    kind: Literal["freeze_prices"] = "freeze_prices"
    value: Any = Field(None, description="prices by model and month, $ per Mtok: each holds until the next month given")

    @field_validator("value")
    @classmethod
    def _months_as_text(cls, value: Any) -> Any:
        """Name the months of a table of prices as TOML does, so that 3 and "3" are one."""
        if not isinstance(value, dict):
            return value
        return {
            name: {str(month) if type(month) is int else month: price for month, price in path.items()}
            if isinstance(path, dict) else path
            for name, path in value.items()
        }  # fmt: skip

    def problem(self, firms: Lines, labs: Collection[str]) -> str | None:  # noqa: ARG002
        """The target must be a firm, and the value a table of prices of models that firms can have."""
        if not (isinstance(self.value, dict) and self.value and all(isinstance(p, dict) for p in self.value.values())):
            return 'value: prices by model and month are needed, as {"Alpha-2" = {"12" = 6.5}}'
        wrong = (_price_problem(model, path, firms) for model, path in self.value.items())
        return unknown_firm(self.target, firms) or next(filter(None, wrong), None)

    def price(self, firm: str, model: str, month: int, decided: float | None) -> float | None:
        """The last price that its table gives up to a month."""
        path = {int(m): p for m, p in self.value.get(model, {}).items()} if self.target in ("*", firm) else {}
        known = [m for m in path if m <= month]
        return float(path[max(known)]) if known else decided


class ShutCapital(Intervention):
    """Lets the capital market grant a firm nothing; `target` is a firm, or "*", `value` the months, or for good."""

    kind: Literal["shut_capital"] = "shut_capital"
    value: int | None = parameter(None, unit="months", ge=1, le=LAST, meaning="for how long; none: for good")

    def problem(self, firms: Lines, labs: Collection[str]) -> str | None:  # noqa: ARG002
        """The target must be a firm."""
        return unknown_firm(self.target, firms)

    def shuts_capital(self, firm: str, month: int) -> bool:
        """Its target, for its months."""
        return self.target in ("*", firm) and (self.value is None or month < self.month + self.value)


AnyIntervention = Annotated[SerializeAsAny[Intervention], WrapValidator(Intervention.parse)]
"""A field that takes any registered kind of intervention, users' own included."""


def in_force(interventions: Iterable[Intervention], month: int) -> list[Intervention]:
    """Interventions whose month has come."""
    return [one for one in interventions if one.month <= month]


def checked(effect: Effect, one: Intervention) -> Effect:
    """Refuse an effect that is none.

    Raises
    ------
    InputError
        If it is no effect, or its number is not finite or, as an amount of dollars, negative.
    """
    if not isinstance(effect, Effect):
        raise InputError(
            f"interventions: {one.kind}: {shown(effect)} is no effect; allowed: PayIn, Charge, NewRule, Notice"
        )
    if isinstance(effect, PayIn | Charge) and finite(f"interventions: {one.kind}: amount", effect.amount) < 0:
        raise InputError(f"interventions: {one.kind}: amount: {effect.amount} is refused; allowed: at least 0 ($)")
    return effect


def unknown_firm(name: str, firms: Collection[str]) -> str | None:
    """Say that there is no firm of this name, with the nearest that there is; None if there is one, or for "*"."""
    return None if name in ("*", *firms) else unknown("firm", name, [*firms, "*"])


def unknown_model(name: str, firms: Lines) -> str | None:
    """Say that no firm can have a model of this name, with the nearest that one can; None if one can.

    How many bases and updates a firm makes is known only after the run, so any numbers are allowed.

    Parameters
    ----------
    name : of a model.   firms : as `Intervention.problem` has them.
    """
    match = MODEL.fullmatch(name)
    if match is None:
        return f"'{shortened(name, 60)}' is no model such as 'Alpha-3'; firms: {', '.join(firms)}"
    firm, generation, update, line = match.groups(default="")
    if firm in firms and (line or FLAGSHIP) in firms[firm]:
        return None
    among = [(release_name(f, int(generation), int(update or 0)), tier) for f in firms for tier in firms[f]]
    return unknown("model", name, [product_name(*one) for one in among])


def _price_problem(model: str, path: Mapping[Any, Any], firms: Lines) -> str | None:
    """Say what is wrong with the prices of a model by month."""
    wrong = unknown_model(model, firms)
    if wrong:
        return f"value: {wrong}"
    for month, price in path.items():
        if not (isinstance(month, str) and MONTH.fullmatch(month) and abs(int(month)) <= LAST):
            return f"value.{model}: month {shown(month)} is refused; allowed: a whole number, at most {LAST:,}"
        if not is_price(price):
            return (
                f"value.{model}.{month}: {shown(price)} is refused; "
                f"allowed: a number, 0 to {HIGHEST:g} (first excluded) ($ per Mtok)"
            )
    return None


def is_price(price: object) -> bool:
    """Whether something is a price that a model can have, $ per Mtok."""
    return isinstance(price, int | float) and not isinstance(price, bool) and 0 < price <= HIGHEST
