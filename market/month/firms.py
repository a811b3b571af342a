"""Firms as the month finds and leaves them: plain state, and what follows from a firm's kind."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from market.calendar import YEAR
from market.economics import luck, technology
from market.economics.added import add_up
from market.economics.capital import SMOOTHING
from market.families import Rule
from market.scenario.schema import FirmSpec, LabSpec, OpenProviderSpec
from market.strategies.training import Training, follow_recipe
from market.strategies.view import FirmView


@dataclass(frozen=True)
class Project:
    """What is paid for in `months` equal parts from the month it `started`, `cost` dollars in all."""

    started: int
    months: int
    cost: float

    @property
    def complete(self) -> int:
        """First month after the last part."""
        return self.started + self.months

    def due(self, month: int) -> float:
        """Dollars of a month."""
        return self.cost / self.months if self.started <= month < self.complete else 0.0

    def left(self, month: int) -> float:
        """Dollars still to be paid after a month."""
        return self.cost * max(0, self.complete - 1 - month) / self.months


@dataclass(frozen=True)
class TrainingRun(Project):
    """A release in the making, which is its family's base, or an update of it.

    `update` is its number in the family, 0 for the base; `name` its flagship's.
    """

    generation: int
    update: int
    name: str

    @property
    def release(self) -> int:
        """Month in which it goes on sale."""
        return self.complete


@dataclass(frozen=True)
class Family:
    """A firm's newest base on sale, on which its updates build.

    Attributes
    ----------
    run : that of the base.   capability : points of its flagship.   release_cost : unit cost at release, $ per Mtok.
    updates : how many were begun.   due : month in which the next is to be released.
    """

    run: TrainingRun
    capability: float
    release_cost: float
    updates: int = 0
    due: int = 0


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
        self.key, self.lines, self.updates = spec.key or name, spec.lines, spec.updates
        self.cash = self.month_cash = self.month_rd = self.last_flow = self.revenue = self.contribution = 0.0
        self.generation = 0
        self.last_start: int | None = None
        self.last_cost = 0.0
        self.runs: list[TrainingRun] = []
        self.shelved: list[TrainingRun] = []
        self.lineup: list[technology.AIModel] = []
        self.family: Family | None = None
        self.prices: dict[str, float] = {}
        self.earned: dict[str, float] = {}
        self.retirements: dict[str, int] = {}
        self.memory: dict[str, Mapping[str, Any]] = {}
        self.sales: list[float] = []
        self.flows: list[float] = []
        self.burn = 0.0
        self.last_raise: int | None = None
        self.refusal = ""
        self.entered = spec.first_start if spec.opens else None
        self.know_how: Project | None = None
        self.stopped: int | None = None
        self.left: int | None = None
        self.failed: int | None = None

    @property
    def hosting(self) -> float:
        """Part of its models' sales that independent hosts make."""
        return 0.0

    @property
    def gone(self) -> int | None:
        """Last month in which it was in business, if it has failed or left."""
        return self.left if self.failed is None else self.failed

    def in_business(self, month: int) -> bool:
        """Whether it has entered by a month and is not gone."""
        return self.gone is None and self.entered is not None and self.entered <= month

    def enter(self, month: int, months: int, know_how: float) -> None:
        """Be in business from a month on, and build know-how for some dollars in the `months` of its first run."""
        self.entered, self.know_how = month, Project(month, months, know_how)

    @property
    def runway(self) -> float:
        """Months that cash lasts at the rate it is spent; infinite if it grows or whatever is missing is covered."""
        if self.spec.funding.endless:
            return math.inf
        if self.cash < 0:
            return 0.0
        return self.cash / self.burn if self.burn > 0 else math.inf

    def committed(self, month: int) -> float:
        """Dollars still to be paid after `month` for runs under way, with their research if any."""
        left = add_up([run.left(month) for run in self.runs])
        learning = 0.0 if self.know_how is None or self.stopped is not None else self.know_how.left(month)
        return left * (1 + (0.0 if self.spec.research_flow else self.spec.research)) + learning

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
        self.burn = max(0.0, -add_up(recent) / len(recent), -recent[-1])
        if self.sales or self.lineup:
            self.sales.append(self.revenue)

    def withdraw(self) -> list[technology.AIModel]:
        """Take everything off the market for good."""
        gone, self.lineup = self.lineup, []
        return gone

    def start_run(self, month: int, months: int, cost: float, name: str | None = None) -> TrainingRun:
        """Start the next base.

        Parameters
        ----------
        month, months : in which it starts, and how many it takes.   cost : dollars.
        name : its flagship's, if not that of its number.
        """
        self.generation += 1
        self.last_start, self.last_cost = month, cost
        name = technology.release_name(self.name, self.generation) if name is None else name
        self.runs.append(TrainingRun(month, months, cost, self.generation, 0, name))
        return self.runs[-1]

    def due_update(self, month: int, seed: int) -> TrainingRun | None:
        """Start the next update of its newest family if it is time for it and no base will be out before it.

        `seed` is the random seed of the run.
        """
        how, family = self.updates, self.family
        if how is None or family is None or family.due != month + how.months:
            return None
        if not self.goes_on(month) or any(run.release <= family.due for run in self.runs):
            self._set_next(family.due, seed)  # the next base may be kept off the market, or the rule change
            return None
        base, number = family.run, family.updates + 1
        name = technology.release_name(self.name, base.generation, number)
        self.family = replace(family, updates=number)
        self._set_next(family.due, seed)
        self.runs.append(TrainingRun(month, how.months, how.spend * base.cost, base.generation, number, name))
        return self.runs[-1]

    def change_pace(self, interval: int) -> None:
        """Make updates every `interval` months in the mean, once the one that is due next is out."""
        if self.updates is not None:
            self.updates = self.updates.paced(interval)

    def shelve(self, run: TrainingRun) -> None:
        """Keep a complete run off the market for good."""
        self.runs.remove(run)
        self.shelved.append(run)

    def complete(
        self, run: TrainingRun, progress: technology.Technology, seed: int, best_closed: float | None
    ) -> list[technology.AIModel]:
        """Turn a run into models, set the date of a base's first update, and the retirement of what is on sale.

        Parameters
        ----------
        run : the run that is complete.   progress : the technology of the scenario.
        seed : the random seed of the run.
        best_closed : closed capability that an open provider can learn from, points; None if there is none.
        """
        release, family = run.release, run.generation
        if run.update == 0:
            shock = progress.shock_sd * luck.normal(seed, "shock", self.key, family)
            own = technology.capability(progress, run.cost, release, shock)
            top = progress.attainable(self.reach(own, best_closed))
            cost = technology.release_cost(progress, run.cost, release)
            self.family = Family(run, top, cost)
            self._set_next(release, seed)
        else:
            top, cost = self._updated(run, progress, seed)
        base = run if self.family is None else self.family.run
        shocks = {
            line: tier.shock_sd * luck.normal(seed, "tier", self.key, family, line) for line, tier in self.lines.items()
        }
        models = [
            technology.AIModel(
                name=technology.product_name(run.name, line),
                firm=self.name,
                firm_key=self.key,
                generation=family,
                update=run.update,
                line=line,
                open_weights=self.open_weights,
                base_started=base.started,
                started=run.started,
                released=release,
                capability=progress.attainable(top - tier.capability_gap + shocks[line]),
                release_cost=cost * tier.cost_ratio,
            )
            for line, tier in self.lines.items()
        ]
        for older in self.lineup:
            self.retirements.setdefault(older.name, int(self.spec.withdrawal(older.released, release)))
        return models

    def _updated(self, run: TrainingRun, progress: technology.Technology, seed: int) -> tuple[float, float]:
        """Capability of an update's flagship, points, and its unit cost at release: that of its base by then."""
        how, family = self.updates, self.family
        if how is None or family is None or family.run.generation != run.generation:
            raise ValueError(f"{run.name} is an update without a base on sale")
        gain = how.gain(progress, run.update, run.release, family.run.release)
        shock = how.shock_sd * luck.normal(seed, "update", self.key, run.generation, run.update)
        aged = progress.serving_gain_on_sale ** (-(run.release - family.run.release) / 12)
        return progress.attainable(family.capability + gain + shock), family.release_cost * aged

    def _set_next(self, month: int, seed: int) -> None:
        """Draw when the next update is to be released, after the release of the last in `month`."""
        how, family = self.updates, self.family
        if how is not None and family is not None:
            drawn = luck.uniform(seed, "update", self.key, family.run.generation, family.updates, "wait")
            self.family = replace(family, due=month + how.wait(drawn))

    def offer(self, run: TrainingRun, models: Sequence[technology.AIModel]) -> None:
        """Put on sale what came of a run."""
        self.runs.remove(run)
        self.lineup += models

    def retire(self, month: int) -> list[technology.AIModel]:
        """Take models whose retirement is due off the market; of a firm that has stopped the newest ones too."""
        due = [model for model in self.lineup if self._retirement(model, month + 1) <= month]
        self.lineup = [model for model in self.lineup if model not in due]
        return due

    def _retirement(self, model: technology.AIModel, unknown: int) -> float:
        """Month in which a model is withdrawn; to have stopped is as good as a successor, none else will come."""
        stopped = unknown if self.stopped is None else self.spec.withdrawal(model.released, self.stopped)
        return self.retirements.get(model.name, stopped)

    def goes_on(self, month: int) -> bool:  # noqa: ARG002
        """Whether it still makes updates in a month."""
        return True

    @abstractmethod
    def reach(self, own: float, learned_from: float | None) -> float:
        """Capability that a run reaches from its own spend and from what it can learn, points."""

    @abstractmethod
    def next_cost(self, month: int, cost_path: float) -> float:
        """Dollars that its next run is planned to cost in `month`; `cost_path` is a frontier lab's."""

    def research_cost(self, month: int, cost_path: float, length: int) -> float:
        """Dollars of a run that a steady flow of research goes with in `month`.

        None once the firm has let the time that it plans between two bases pass, or that of a run if that is longer,
        without beginning one: who does not train does no research for training. `cost_path` and `length` are those of
        a frontier lab's run.
        """
        idle = self.last_start is None or month - self.last_start >= max(self.spec.between, length)
        return 0.0 if idle else self.next_cost(month, cost_path)

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
        return self.spec.training.planned(month, self.revenue, self.last_cost)

    def frontier_cost(self, month: int) -> float:
        """Dollars that others take its run to cost, were it to start in `month`."""
        return self.spec.training.frontier_cost(month, self.last_cost)

    def research_cost(self, month: int, cost_path: float, length: int) -> float:
        """At most what its last base cost, and that grown since: research goes with the size of bases that it makes."""
        since = 0 if self.last_start is None else month - self.last_start
        grown = self.last_cost * float(self.spec.training.growth ** (since / YEAR))
        return min(super().research_cost(month, cost_path, length), grown)

    def goes_on(self, month: int) -> bool:
        """What its training rule says."""
        return self.spec.training.goes_on(month)

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

    @property
    def hosting(self) -> float:
        """What it leaves to others."""
        return self.spec.hosting

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
