"""How a firm pays when its cash does not suffice."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import SerializeAsAny, WrapValidator

from market.families import Rule
from market.parameters import parameter
from market.strategies.view import FirmView


class FundingRule(Rule):
    """A firm's way to cover a shortfall of cash."""

    family = "funding"
    default_name = "patient"
    endless: ClassVar[bool] = False
    """Whether whatever is asked for comes in, by-passing the capital market; runway is infinite then."""
    rule: str

    @abstractmethod
    def decide(self, view: FirmView) -> float:
        """Dollars asked for at the end of the month; `view.cash` is cash after the month's business."""


class Patient(FundingRule):
    """A parent covers each month's shortfall exactly and never asks for it back: internal capital (Stein 1997)."""

    endless = True
    rule: Literal["patient"] = "patient"

    def decide(self, view: FirmView) -> float:
        """Cover what is missing, and nothing else."""
        return max(0.0, -view.cash)


class Raise(FundingRule):
    """Sells stakes when the runway gets short, before cash is gone: staged financing (Gompers 1995).

    It asks the capital market for enough to bring cash to `target` months at the rate at which cash is spent, or to
    what its runs under way and the next one cost, if that is more: between two runs little is spent. What it gets, and
    whether, is the market's decision; who is left without cash is gone.
    """

    rule: Literal["raise"] = "raise"
    trigger: float = parameter(
        9.0, unit="months", ge=0, le=240, plausible=(6.0, 12.0), meaning="runway below which it raises"
    )
    target: float = parameter(
        18.0, unit="months", ge=0, le=240, plausible=(12.0, 24.0), meaning="months of cash after a raise"
    )

    def decide(self, view: FirmView) -> float:
        """Ask if the runway is shorter than the trigger."""
        if view.runway >= self.trigger:
            return 0.0
        next_run = view.next_cost * (1 + view.research) * (1 - view.in_kind)
        return max(0.0, max(self.target * view.burn, view.committed + next_run) - view.cash)


AnyFunding = Annotated[SerializeAsAny[FundingRule], WrapValidator(FundingRule.parse)]
"""A field that takes any registered funding rule, users' own included."""
