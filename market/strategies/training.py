"""When a firm trains its next generation and what it spends on it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import SerializeAsAny, WrapValidator

from market.economics.technology import cost_path
from market.parameters import Rule, parameter
from market.strategies.view import FirmView


@dataclass(frozen=True)
class Training:
    """A training decision: the cost in dollars of a run that starts now, 0 for none, and memory for next time."""

    cost: float = 0.0
    memory: Mapping[str, Any] = field(default_factory=dict)


class TrainingRule(Rule):
    """A lab's way to decide on its next generation."""

    default_rule = "cadence"
    rule: str
    first_cost: float = parameter(
        1e8, unit="$", gt=0, le=1e15, meaning="cost of a run that starts in month 0",
        source="calibration.csv train_cost_GPT4",
    )  # fmt: skip
    growth: float = parameter(
        2.5, unit="x per year", ge=0.01, le=1000, meaning="growth of the cost of a run by its start month",
        source="calibration.csv train_run_cost_growth 2.4",
    )  # fmt: skip

    def run_cost(self, start: int) -> float:
        """Cost in dollars of a run that starts in month `start` on this rule's cost path."""
        return cost_path(self.first_cost, self.growth, start)

    @abstractmethod
    def decide(self, view: FirmView) -> Training:
        """Decide whether a run starts this month, and what it costs."""


class Cadence(TrainingRule):
    """A new generation every `cadence` months, each on the cost path: the scheduled roadmap.

    A start that falls due while `parallel_runs` runs are under way waits until one is complete; the next one may start
    in the month in which the last goes on sale.
    """

    rule: Literal["cadence"] = "cadence"
    cadence: int = parameter(
        12, unit="months", ge=1, le=240, meaning="months between the starts of two generations",
        source="evidence: a new base model about yearly",
    )  # fmt: skip
    parallel_runs: int = parameter(1, unit="runs", ge=1, le=100, meaning="most runs under way at once")

    def decide(self, view: FirmView) -> Training:
        """Start a run if one is due and there is room for it."""
        due = is_due(view, self.cadence, self.parallel_runs)
        return Training(self.run_cost(view.month) if due else 0.0, view.memory)


def is_due(view: FirmView, cadence: int, parallel_runs: int) -> bool:
    """Whether `cadence` months have passed since the last start and fewer than `parallel_runs` runs are under way."""
    if view.in_training >= parallel_runs:
        return False
    return view.last_start is None or view.month - view.last_start >= cadence


def follow_recipe(view: FirmView, cadence: int, budget: float) -> Training:
    """How an open provider trains: every `cadence` months, at a `budget` share of what a lab's run costs that month."""
    return Training(budget * view.cost_path if is_due(view, cadence, 1) else 0.0)


AnyTraining = Annotated[SerializeAsAny[TrainingRule], WrapValidator(TrainingRule.parse)]
"""A field that takes any registered training rule, users' own included."""
