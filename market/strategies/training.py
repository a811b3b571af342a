"""When a firm trains its next base and what it spends on it."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import SerializeAsAny, WrapValidator

from market.economics.technology import LEAST_RUN, cost_path, spend_for
from market.families import Rule
from market.parameters import parameter
from market.strategies.expectations import Forecast
from market.strategies.view import FirmView


@dataclass(frozen=True)
class Training:
    """A training decision: the cost in dollars of a run that starts now, 0 for none, and memory for next time.

    `forecast` is what a rule that forecasts expects of the run; `pace` is months between two updates from now on, None
    to leave them as they are.
    """

    cost: float = 0.0
    memory: Mapping[str, Any] = field(default_factory=dict)
    forecast: Forecast | None = None
    pace: int | None = None


class TrainingRule(Rule):
    """A lab's way to decide on its next base."""

    family = "training"
    default_name = "cadence"
    size_parameter: ClassVar[str] = "first_cost"
    """Parameter that makes all its bases larger."""
    on_path: ClassVar[bool] = True
    """Whether the cost path says what bases cost, or bounds it; otherwise R&D follows from what the lab sells."""
    rule: str
    first_cost: float = parameter(
        1e8, unit="$", ge=LEAST_RUN, le=1e15, plausible=(4e7, 2e8), meaning="cost of a run that starts in month 0",
        source="calibration.csv train_cost_GPT4; range up to train_cost_GeminiUltra",
    )  # fmt: skip
    growth: float = parameter(
        2.5, unit="x per year", ge=0.01, le=1000, plausible=(2.0, 4.6),
        meaning="growth of the cost of a run, by the month of its start",
        source="calibration.csv train_run_cost_growth 2.4; range up to that of train_run_cost_growth_since_2020",
    )  # fmt: skip
    cadence: int = parameter(
        12, unit="months", ge=1, le=240, plausible=(6, 18),
        meaning="months between the starts of two bases, or what its books expect",
        source="evidence: a new base model about yearly",
    )  # fmt: skip
    parallel_runs: int = parameter(
        1, unit="runs", ge=1, le=100, plausible=(1, 3), meaning="largest number of runs under way at once"
    )

    def run_cost(self, start: int) -> float:
        """Cost in dollars of a run that starts in month `start` on this rule's cost path."""
        return cost_path(self.first_cost, self.growth, start)

    def planned(self, start: int, revenue: float, last: float) -> float:  # noqa: ARG002
        """Dollars to have ready for a next run in month `start`.

        `revenue` is last month's and `last` the cost of its last run, 0 if there was none.
        """
        return self.run_cost(start)

    def frontier_cost(self, start: int, last: float) -> float:  # noqa: ARG002
        """Dollars that others take its run in month `start` to cost, whatever it then decides; `last` as above."""
        return self.run_cost(start)

    def goes_on(self, month: int) -> bool:  # noqa: ARG002
        """Whether the updates of its newest base that fall due in a month are made."""
        return True

    @abstractmethod
    def decide(self, view: FirmView) -> Training:
        """Decide whether a base starts this month, and what it costs."""


class Cadence(TrainingRule):
    """A new base every `cadence` months, each on the cost path: the scheduled roadmap.

    A start that falls due while `parallel_runs` runs are under way waits until one is complete; the next one may start
    in the month in which the last goes on sale.
    """

    rule: Literal["cadence"] = "cadence"

    def decide(self, view: FirmView) -> Training:
        """Start a run if one is due and there is room for it."""
        due = is_due(view, self.cadence, self.parallel_runs)
        return Training(self.run_cost(view.month) if due else 0.0, view.memory)


class Stop(TrainingRule):
    """Trains on the cadence until a month, then never again and lives on what it has: harvesting (Harrigan 1980).

    With `until` at 0 it only opens; `change_rule` turns any lab into one that stops.
    """

    rule: Literal["stop"] = "stop"
    until: int = parameter(0, unit="month", ge=-240, le=1200, meaning="first month in which no run starts any more")

    def planned(self, start: int, revenue: float, last: float) -> float:  # noqa: ARG002
        """Nothing once it has stopped."""
        return self.run_cost(start) if start < self.until else 0.0

    def goes_on(self, month: int) -> bool:
        """Not once it has stopped."""
        return month < self.until

    def decide(self, view: FirmView) -> Training:
        """Start a run if one is due and it has not stopped."""
        due = view.month < self.until and is_due(view, self.cadence, self.parallel_runs)
        return Training(self.run_cost(view.month) if due else 0.0, view.memory)


class ShareOfRevenue(TrainingRule):
    """Spends a fixed share of revenue on training: the R&D rule of Nelson and Winter (1982), a percentage of sales.

    When a base is due it costs that share of the revenue of a cadence at last month's rate. The first run, before
    there is revenue, is on the cost path. No revenue later, no run.
    """

    on_path = False
    size_parameter = "share"
    rule: Literal["share_of_revenue"] = "share_of_revenue"
    share: float = parameter(
        0.13, unit="share of revenue", ge=0, le=100, plausible=(0.05, 0.4),
        meaning="training per dollar of revenue, research not counted",
        source="calibration.csv total_RD_over_final_run 7.5: with it all R&D is about what revenue is",
    )  # fmt: skip

    def planned(self, start: int, revenue: float, last: float) -> float:  # noqa: ARG002
        """The share of a cadence's revenue."""
        return self.share * revenue * self.cadence

    def decide(self, view: FirmView) -> Training:
        """Start a run of the share if one is due."""
        if not is_due(view, self.cadence, self.parallel_runs):
            return Training(memory=view.memory)
        cost = self.share * view.revenue * self.cadence if view.last_start is not None else self.run_cost(view.month)
        return Training(cost, view.memory)


class FastFollow(TrainingRule):
    """Waits until a closed rival is ahead, then trains to draw level: the fast second (Baldwin and Childs 1969).

    The later start buys the same capability for less, as compute and algorithms have got cheaper (a second-mover
    advantage, Lieberman and Montgomery 1988). It never spends more than a part of the cost path, and its first run is
    on that part.
    """

    size_parameter = "most"
    rule: Literal["fast_follow"] = "fast_follow"
    trigger: float = parameter(
        3.0, unit="points", ge=0, le=1000, plausible=(1.0, 8.0), meaning="lead of a rival that sets it going"
    )
    most: float = parameter(
        1.0, unit="share", ge=1e-6, le=100, plausible=(0.3, 2.0), meaning="most it spends, as a part of the cost path"
    )

    def decide(self, view: FirmView) -> Training:
        """Start a run that is expected to reach the best closed rival of last month, if that one leads by enough."""
        if view.in_training >= self.parallel_runs:
            return Training(memory=view.memory)
        most = self.most * self.run_cost(view.month)
        if view.last_start is None:
            return Training(most, view.memory)
        target = best_closed(view)
        if target == -math.inf or target < view.best + self.trigger:
            return Training(memory=view.memory)
        return Training(min(most, cost_to_reach(view, target)), view.memory)


class Race(TrainingRule):
    """Trains without a pause and spends what takes the lead: an R&D race (Harris and Vickers 1987).

    Whenever there is room it starts a run that is expected to come out `lead` points above the best model it sees on
    sale, its own included. It spends at least its cost path and at most `most` times it, so that who is behind spends
    most and nobody ever stops.
    """

    rule: Literal["race"] = "race"
    lead: float = parameter(
        3.0, unit="points", ge=0, le=1000, plausible=(1.0, 8.0), meaning="lead over what is on sale that it trains for"
    )
    most: float = parameter(
        3.0, unit="x cost path", ge=1, le=1000, plausible=(1.5, 10.0), meaning="most it spends on a run"
    )

    def decide(self, view: FirmView) -> Training:
        """Start the next run as soon as there is room."""
        if view.in_training >= self.parallel_runs:
            return Training(memory=view.memory)
        path, target = self.run_cost(view.month), max(view.ahead, view.best)
        needed = cost_to_reach(view, target + self.lead) if target > -math.inf else 0.0
        return Training(min(max(path, needed), self.most * path), view.memory)


def best_closed(view: FirmView) -> float:
    """Highest capability among rivals' closed models, points; −inf if there are none."""
    return max((o.model.capability for o in view.rivals if not o.model.open_weights), default=-math.inf)


def cost_to_reach(view: FirmView, points: float) -> float:
    """Dollars of a run started now that is expected to reach a capability."""
    return spend_for(view.technology, points, view.month + view.technology.training_months)


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
