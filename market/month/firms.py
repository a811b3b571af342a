"""Firms as the month finds and leaves them: plain state, and what follows from a firm's kind."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from market.economics import luck, technology
from market.economics.capital import SMOOTHING
from market.families import Rule
from market.scenario.schema import FirmSpec, LabSpec, OpenProviderSpec
from market.strategies.training import Training, follow_recipe
from market.strategies.view import FirmView


@dataclass(frozen=True)
class TrainingRun:
    """A generation being trained: its number, its flagship's name, the month it started and its cost in dollars."""

    generation: int
    name: str
    started: int
    cost: float


class Firm(ABC):
    """A firm's state: cash, runs under way, models on sale and their prices, and what its rules remember.

    Parameters
    ----------
    name : its name in the scenario.   spec : its parameters.   column : its place in the order of firm keys.
    """

    open_weights = False
    spec: FirmSpec

    def __init__(self, name: str, spec: FirmSpec, column: int) -> None:
        self.name, self.spec, self.column = name, spec, column
        self.key = spec.key or name
        self.cash = self.month_cash = self.month_rd = self.last_flow = self.revenue = self.contribution = 0.0
        self.generation = 0
        self.last_start: int | None = None
        self.runs: list[TrainingRun] = []
        self.shelved: list[TrainingRun] = []
        self.lineup: list[technology.AIModel] = []
        self.prices: dict[str, float] = {}
        self.earned: dict[str, float] = {}
        self.retirements: dict[str, int] = {}
        self.memory: dict[str, Mapping[str, Any]] = {}
        self.sales: list[float] = []
        self.flows: list[float] = []
        self.burn = 0.0
        self.last_raise: int | None = None
        self.refusal = ""
        self.failed: int | None = None

    @property
    def runway(self) -> float:
        """Months that cash lasts at the rate it is spent; infinite if it grows or whatever is missing is covered."""
        if self.spec.funding.endless:
            return math.inf
        if self.cash < 0:
            return 0.0
        return self.cash / self.burn if self.burn > 0 else math.inf

    def committed(self, month: int, length: int) -> float:
        """Dollars still to be paid after `month` for runs of `length` months under way, with their research if any."""
        left = sum(run.cost * max(0, run.started + length - 1 - month) / length for run in self.runs)
        return left * (1 + (0.0 if self.spec.research_flow else self.spec.research))

    def close_cash(self) -> None:
        """Add what was booked in the month to cash."""
        self.cash, self.last_flow = self.cash + self.month_cash, self.month_cash
        self.month_cash = self.month_rd = 0.0

    def keep_record(self) -> None:
        """Remember the month's cash flow before a raise, and its revenue from its first release on.

        Its `burn` is by how many dollars a month cash shrinks: the mean of the last months or the last one, whichever
        is more.
        """
        self.flows.append(self.last_flow)
        recent = self.flows[-SMOOTHING:]
        self.burn = max(0.0, -sum(recent) / len(recent), -recent[-1])
        if self.sales or self.lineup:
            self.sales.append(self.revenue)

    def withdraw(self) -> list[technology.AIModel]:
        """Take everything off the market for good."""
        gone, self.lineup = self.lineup, []
        return gone

    def start_run(self, month: int, cost: float, name: str | None = None) -> TrainingRun:
        """Start the next generation, under a name of its own or that of its number."""
        self.generation += 1
        self.last_start = month
        name = technology.model_name(self.name, self.generation, "flagship") if name is None else name
        self.runs.append(TrainingRun(self.generation, name, month, cost))
        return self.runs[-1]

    def lines(self) -> dict[str, tuple[float, float, float]]:
        """Lines of a generation: capability below the flagship, unit cost ratio, part of the training cost."""
        small = self.spec.sibling
        if small is None:
            return {"flagship": (0.0, 1.0, 1.0)}
        return {
            "flagship": (0.0, 1.0, 1.0 - small.training_share),
            "small": (small.capability_gap, small.cost_ratio, small.training_share),
        }

    def shelve(self, run: TrainingRun) -> None:
        """Keep a complete run off the market for good."""
        self.runs.remove(run)
        self.shelved.append(run)

    def complete(
        self, run: TrainingRun, progress: technology.Technology, seed: int, best_closed: float | None
    ) -> list[technology.AIModel]:
        """Turn a run into models, and set the retirement of the generations before it.

        Parameters
        ----------
        run : the run that is complete.   progress : the technology of the scenario.
        seed : the random seed of the run.
        best_closed : closed capability that an open provider can learn from, points; None if there is none.
        """
        release = run.started + progress.training_months
        shock = progress.shock_sd * luck.normal(seed, "shock", self.key, run.generation)
        own = technology.capability(progress, run.cost, release, shock)
        top = progress.attainable(self.reach(own, best_closed))
        cost = technology.release_cost(progress, run.cost, release)
        models = [
            technology.AIModel(
                name=technology.line_name(run.name, line),
                firm=self.name,
                firm_key=self.key,
                generation=run.generation,
                line=line,
                open_weights=self.open_weights,
                started=run.started,
                released=release,
                capability=top - below,
                release_cost=cost * ratio,
            )
            for line, (below, ratio, _) in self.lines().items()
        ]
        for older in self.lineup:
            self.retirements.setdefault(older.name, int(self.spec.withdrawal(older.released, release)))
        return models

    def offer(self, run: TrainingRun, models: Sequence[technology.AIModel]) -> None:
        """Put on sale what came of a run."""
        self.runs.remove(run)
        self.lineup += models

    def retire(self, month: int) -> list[technology.AIModel]:
        """Take models whose retirement is due off the market."""
        due = [model for model in self.lineup if self.retirements.get(model.name, month + 1) <= month]
        self.lineup = [model for model in self.lineup if model not in due]
        return due

    @abstractmethod
    def reach(self, own: float, learned_from: float | None) -> float:
        """Capability that a run reaches from its own spend and from what it can learn, points."""

    @abstractmethod
    def next_cost(self, month: int, cost_path: float) -> float:
        """Dollars that its next run is planned to cost in `month`; `cost_path` is a frontier lab's."""

    def opening_cost(self, cost_path: float) -> float:
        """Cost in dollars of the run it opens with; `cost_path` is a frontier lab's in the month it started."""
        return self.next_cost(self.spec.first_start, cost_path)

    @abstractmethod
    def decide_training(self, view: FirmView) -> Training:
        """Decide whether a run starts this month."""

    def rule_name(self, family: str) -> str:
        """Name of the rule of a family; an open provider trains and prices by recipe."""
        return str(getattr(self.spec, family).rule) if hasattr(self.spec, family) else "recipe"


class Lab(Firm):
    """A closed lab: its rules decide."""

    spec: LabSpec

    def change_rule(self, rule: Rule) -> None:
        """Decide by another rule from now on; what a rule of another kind remembered is forgotten."""
        if type(rule) is not type(getattr(self.spec, rule.family)):
            self.memory.pop(rule.family, None)
        self.spec = self.spec.model_copy(update={rule.family: rule})

    def opening_cost(self, cost_path: float) -> float:  # noqa: ARG002
        """Its own cost path, whatever the others'."""
        return self.spec.training.run_cost(self.spec.first_start)

    def next_cost(self, month: int, cost_path: float) -> float:  # noqa: ARG002
        """What its training rule plans for."""
        return self.spec.training.planned(month, self.revenue)

    def reach(self, own: float, learned_from: float | None) -> float:  # noqa: ARG002
        """Its own scaling law; labs do not learn from others."""
        return own

    def decide_training(self, view: FirmView) -> Training:
        """Ask the training rule."""
        return self.spec.training.decide(view)


class OpenProvider(Firm):
    """A provider of open weights: trains on a small budget, learns from closed labs, and is priced by its hosts."""

    open_weights = True
    spec: OpenProviderSpec

    def next_cost(self, month: int, cost_path: float) -> float:  # noqa: ARG002
        """A part of what a frontier lab's run costs."""
        return self.spec.budget * cost_path

    def decide_training(self, view: FirmView) -> Training:
        """Follow the labs' cost path at a part of it."""
        return follow_recipe(view, self.spec.cadence, self.spec.budget)

    def reach(self, own: float, learned_from: float | None) -> float:
        """Close part of the gap to what closed labs had on sale some months ago."""
        return technology.learned_capability(own, learned_from, self.spec.spillover)

    def host_price(self, unit_cost: float) -> float:
        """Price at which anyone serves its models: unit cost plus a small margin, $ per Mtok."""
        return unit_cost * (1 + self.spec.host_margin)
