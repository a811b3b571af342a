"""Changes from outside in a given month: a launch suppressed, prices frozen to a table, a rule or terms changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_core import PydanticCustomError

from market.parameters import Parameters, Rule, parameter, unknown
from market.strategies.funding import FundingRule
from market.strategies.pricing import PricingRule
from market.strategies.training import TrainingRule

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

    def problem(self, firms: Collection[str], labs: Collection[str]) -> str | None:
        """Say in one line what is wrong with the target or the value, or None."""
        check: dict[str, Callable[[], str | None]] = {
            "suppress_launch": lambda: self._suppression(firms),
            "change_rule": lambda: self._rule_change(labs),
            "freeze_prices": lambda: self._price_table(firms),
            "shut_capital": lambda: self._shutting(firms),
        }
        return check[self.kind]()

    def _suppression(self, firms: Collection[str]) -> str | None:
        firm, dash, generation = self.target.rpartition("-")
        if not dash or not re.fullmatch(r"[1-9]\d*", generation):
            return f"target '{self.target}' is no flagship such as 'Alpha-3'"
        return None if firm in firms else unknown("firm", firm, firms)

    def _rule_change(self, labs: Collection[str]) -> str | None:
        firm, _, family = self.target.partition(".")
        if firm not in labs:
            return unknown("lab", firm, labs)
        if family not in FAMILIES:
            return unknown("family", family, FAMILIES)
        try:
            self.new_rule()
        except (PydanticCustomError, ValidationError) as error:
            return f"value: {str(error).splitlines()[0]}"
        return None

    def _price_table(self, firms: Collection[str]) -> str | None:
        if self.target != "*" and self.target not in firms:
            return unknown("firm", self.target, [*firms, "*"])
        table = self.value if isinstance(self.value, dict) else {}
        paths = [path for path in table.values() if isinstance(path, dict)]
        numbers = [price for path in paths for price in path.values()]
        fine = len(paths) == len(table) > 0 and all(_is_price(price) for price in numbers)
        fine = fine and all(str(month).lstrip("-").isdigit() for path in paths for month in path)
        return None if fine else 'value: prices by model and month are needed, as {"Alpha-2" = {"12" = 6.5}}'

    def _shutting(self, firms: Collection[str]) -> str | None:
        if self.target != "*" and self.target not in firms:
            return unknown("firm", self.target, [*firms, "*"])
        months = self.value
        fine = months is None or (isinstance(months, int) and not isinstance(months, bool) and months >= 1)
        return None if fine else "value: a whole number of months is needed, or none for good"

    def new_rule(self) -> Rule:
        """The rule that `change_rule` puts in place."""
        return FAMILIES[self.target.partition(".")[2]].parse(self.value, None)


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
    return isinstance(price, int | float) and not isinstance(price, bool) and price > 0
