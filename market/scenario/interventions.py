"""Changes from outside in a given month: a launch suppressed, prices frozen to a table, a rule or terms changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from market.economics.technology import model_name
from market.parameters import Parameters, Rule, parameter, refusal, shown, unknown
from market.strategies.funding import FundingRule
from market.strategies.pricing import PricingRule
from market.strategies.training import TrainingRule
from market.wording import shortened

LAST = 1200
"""Longest run in months."""

HIGHEST = 1e12
"""Highest price in $ per Mtok, as far above any as bounds of parameters are."""

SIBLING = "small"
"""Line of the models that are smaller siblings."""

MONTH = re.compile(r"-?[0-9]{1,4}")
MODEL = re.compile(r"(.+?)-([1-9][0-9]{0,5})(?:-(.*))?")

FAMILIES: dict[str, type[Rule]] = {"pricing": PricingRule, "training": TrainingRule, "funding": FundingRule}


class Intervention(Parameters):
    """A change from outside.

    | kind | target | value |
    |---|---|---|
    | suppress_launch | a model, as "Alpha-3": its generation never goes on sale, though it was paid for | none |
    | change_rule | a firm and a family, as "Alpha.pricing" | the new rule, as {rule = "cost_plus"} |
    | freeze_prices | a firm, or "*" | by model and month: its price until the next month given |
    | shut_capital | a firm, or "*": the capital market grants it nothing | for how many months; none: for good |
    """

    month: int = parameter(unit="month", ge=0, le=1200, meaning="month in which it takes effect")
    kind: Literal["suppress_launch", "freeze_prices", "shut_capital", "change_rule"] = Field(
        description="suppress_launch, freeze_prices, shut_capital or change_rule"
    )
    target: str = Field("", description="the model, firm or rule it concerns")
    value: Any = Field(
        None, description="what the kind needs: a rule, prices by model and month, or a number of months"
    )

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

    def problem(self, firms: Collection[str], labs: Collection[str], opening: bool = False) -> str | None:
        """Say in one line what is wrong with the target or the value, or None.

        Parameters
        ----------
        firms, labs : names of all firms, and of the closed labs.
        opening : a rule that is not known is no problem; see `Rule.named`.
        """
        check: dict[str, Callable[[], str | None]] = {
            "suppress_launch": lambda: self._suppression(firms),
            "change_rule": lambda: self._rule_change(labs, opening),
            "freeze_prices": lambda: self._unknown_firm(firms) or self._price_table(firms),
            "shut_capital": lambda: self._unknown_firm(firms) or self._shutting(),
        }
        return check[self.kind]()

    def _suppression(self, firms: Collection[str]) -> str | None:
        if self.value is not None:
            return f"value: {shown(self.value)} is refused; allowed: none, a launch is suppressed for good"
        match = MODEL.fullmatch(self.target)
        if match is None or match[3] is not None:
            return f"target '{shortened(self.target, 60)}' is no flagship such as 'Alpha-3'"
        return _unknown_model(self.target, firms)

    def _rule_change(self, labs: Collection[str], opening: bool) -> str | None:
        firm, _, family = self.target.partition(".")
        if firm not in labs:
            return unknown("lab", firm, labs)
        if family not in FAMILIES:
            return unknown("family", family, FAMILIES)
        try:
            self.new_rule(opening)
        except PydanticCustomError as error:
            return f"value: {error}"
        except ValidationError as error:
            rules = FAMILIES[family]
            rule = rules.registry[self.value.get("rule", rules.default_rule)]
            return str(refusal(error, rule, self.value, above="value"))
        return None

    def _unknown_firm(self, firms: Collection[str]) -> str | None:
        known = self.target == "*" or self.target in firms
        return None if known else unknown("firm", self.target, [*firms, "*"])

    def _price_table(self, firms: Collection[str]) -> str | None:
        """Say what is wrong with prices by model and month."""
        if not (isinstance(self.value, dict) and self.value and all(isinstance(p, dict) for p in self.value.values())):
            return 'value: prices by model and month are needed, as {"Alpha-2" = {"12" = 6.5}}'
        for model, path in self.value.items():
            wrong = _unknown_model(model, firms)
            if wrong:
                return f"value: {wrong}"
            for month, price in path.items():
                if not (isinstance(month, str) and MONTH.fullmatch(month) and abs(int(month)) <= LAST):
                    return f"value.{model}: month {shown(month)} is refused; allowed: a whole number, at most {LAST:,}"
                if not _is_price(price):
                    return (
                        f"value.{model}.{month}: {shown(price)} is refused; "
                        f"allowed: a number, 0 to {HIGHEST:g} (first excluded) ($ per Mtok)"
                    )
        return None

    def _shutting(self) -> str | None:
        months = self.value
        if months is None or (type(months) is int and 1 <= months <= LAST):
            return None
        return f"value: {shown(months)} is refused; allowed: a whole number of months, 1 to {LAST:,}, or none for good"

    def new_rule(self, opening: bool = False) -> Rule:
        """The rule that `change_rule` puts in place."""
        return FAMILIES[self.target.partition(".")[2]].named(self.value, opening)


def suppressed(interventions: Iterable[Intervention], model: str, month: int) -> bool:
    """Whether the launch of a flagship (and its siblings) in `month` is suppressed."""
    return any(i.kind == "suppress_launch" and i.target == model and i.month <= month for i in interventions)


def frozen_price(interventions: Iterable[Intervention], firm: str, model: str, month: int) -> float | None:
    """Price at which a model is frozen in `month`, or None if its firm decides."""
    price = None
    for i in interventions:
        if i.kind == "freeze_prices" and i.target in ("*", firm) and i.month <= month:
            path = {int(m): p for m, p in i.value.get(model, {}).items()}
            known = [m for m in path if m <= month]
            price = float(path[max(known)]) if known else price
    return price


def capital_shut(interventions: Iterable[Intervention], firm: str, month: int) -> bool:
    """Whether the capital market is shut to a firm in `month`."""
    return any(
        i.kind == "shut_capital" and i.target in ("*", firm) and i.month <= month
        and (i.value is None or month < i.month + i.value)
        for i in interventions
    )  # fmt: skip


def rule_changes(interventions: Iterable[Intervention], month: int) -> list[tuple[str, str, Rule]]:
    """Lab, family and rule of every change of rule that takes effect in `month`."""
    due = [i for i in interventions if i.kind == "change_rule" and i.month == month]
    return [(*i.target.split(".", 1), i.new_rule()) for i in due]  # type: ignore[misc]


def _is_price(price: object) -> bool:
    return isinstance(price, int | float) and not isinstance(price, bool) and 0 < price <= HIGHEST


def _unknown_model(name: str, firms: Collection[str]) -> str | None:
    """Say that no firm can have a model of this name, with the nearest that one can; None if one can.

    How many generations a firm makes is known only after the run, so any number is allowed.
    """
    match = MODEL.fullmatch(name)
    if match is None:
        return f"'{shortened(name, 60)}' is no model such as 'Alpha-3'; firms: {', '.join(firms)}"
    firm, generation, line = match.groups()
    lines = ("flagship", SIBLING)
    if firm in firms and line in (None, SIBLING):
        return None
    return unknown("model", name, [model_name(f, int(generation), known) for f in firms for known in lines])
