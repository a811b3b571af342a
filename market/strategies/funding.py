"""How a firm pays when its cash does not suffice."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Literal

from pydantic import SerializeAsAny, WrapValidator

from market.parameters import Rule
from market.strategies.view import FirmView


class FundingRule(Rule):
    """A firm's way to cover a shortfall of cash."""

    default_rule = "patient"
    rule: str

    @abstractmethod
    def decide(self, view: FirmView) -> float:
        """Dollars that come in at the end of the month; `view.cash` is cash after the month's business."""


class Patient(FundingRule):
    """A parent covers each month's shortfall exactly and never asks for it back: internal capital (Stein 1997)."""

    rule: Literal["patient"] = "patient"

    def decide(self, view: FirmView) -> float:
        """Cover what is missing, and nothing else."""
        return max(0.0, -view.cash)


AnyFunding = Annotated[SerializeAsAny[FundingRule], WrapValidator(FundingRule.parse)]
"""A field that takes any registered funding rule, users' own included."""
