"""What the verbs of a month share: firms, customers, books, and what everybody knows, as plain state."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from market.accounts.events import Journal
from market.accounts.ledger import Ledger
from market.accounts.record import Recorder
from market.accounts.register import Register
from market.economics.memory import Seen
from market.economics.panel import Panel
from market.economics.technology import AIModel, Technology
from market.month.firms import Firm, Lab, OpenProvider
from market.month.segments import Segment
from market.scenario.interventions import Intervention
from market.scenario.schema import LabSpec, OpenProviderSpec, Scenario
from market.scenario.supply import Product
from market.strategies.participation import Always
from market.strategies.view import Offer


@dataclass(eq=False)
class State:
    """A market between two verbs.

    Everything that is listed is listed in the order of firm keys (then generation, then line), and every draw belongs
    to a key, so the order of firms in a scenario changes nothing.

    Attributes
    ----------
    settings, seed : the scenario, and the random seed of the run.
    pool : threads for the choices of a large market; the result does not depend on it.
    labs, open_providers, segments : in the order of their keys, segments of their names.
    ledger, journal, recorder, register : the books.
    month : this month.
    public, demand, present : last month's market, how much of it there was, and how much at the volumes of month 0;
        `publish` writes them.
    frontier_run : what a frontier run costs that starts this month, on the labs' paths, dollars; `publish` writes it.
    withdrawn : models that have gone off sale this month.
    in_force : interventions whose month has come; `publish` writes it, and until then it is last month's.
    releasing : columns of the firms that release something this month; `release` writes it.
    struck : limits of technology that have held a model back.
    expected : progress as all firms expect it, given those.
    listed : by model, what a table says that is sold, if there is one; its firms decide nothing.
    paid : what customers paid last month, by model, $ per Mtok; `record` writes it.
    rivals, costs : rivals' offers as each firm sees them, and unit costs by model; as far as somebody asked.
    comparison_due : whether prices are to be held against benchmarks as soon as no lab releases; `compare` writes it.
    panels : panels drawn this month, by the frontier of the models that were asked about.
    """

    settings: Scenario
    seed: int
    pool: Executor | None
    labs: list[Lab]
    open_providers: list[OpenProvider]
    segments: list[Segment]
    ledger: Ledger
    journal: Journal
    recorder: Recorder
    register: Register
    expected: Technology
    listed: dict[str, Product] = field(default_factory=dict)
    month: int = 0
    public: tuple[Offer, ...] = ()
    demand: float = 0.0
    present: float = 0.0
    frontier_run: float = 0.0
    withdrawn: list[AIModel] = field(default_factory=list)
    in_force: list[Intervention] = field(default_factory=list)
    releasing: set[int] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)
    paid: dict[str, float] = field(default_factory=dict)
    rivals: dict[str, tuple[Offer, ...]] = field(default_factory=dict)
    costs: dict[str, float] = field(default_factory=dict)
    comparison_due: bool = False
    panels: dict[float, Panel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.firms: list[Firm] = sorted([*self.labs, *self.open_providers], key=lambda firm: firm.column)

    @classmethod
    def of(cls, settings: Scenario, seed: int, pool: Executor | None = None) -> State:
        """Everything as a scenario has it before anybody has done anything."""
        labs, open_providers, seen = [], [], Seen()
        # a table lists all products of its firms, and so says that they are in the market
        single: dict[str, Any] = {"tiers": {}, "updates": None, "participation": Always()}
        for column, (name, given) in enumerate(settings.firms.items()):
            spec = given.model_copy(update=single) if name in settings.listed else given
            if isinstance(spec, LabSpec):
                labs.append(Lab(name, spec, column))
            elif isinstance(spec, OpenProviderSpec):
                open_providers.append(OpenProvider(name, spec, column))
        return cls(
            settings,
            seed,
            pool,
            labs,
            open_providers,
            [Segment(name, settings.segments[name], settings, seed, seen) for name in sorted(settings.segments)],
            Ledger(settings.start),
            Journal(),
            Recorder(),
            Register({name: column for column, name in enumerate(settings.firms)}),
            settings.technology.expected(),
            {one.model: one for one in settings.supply.products(settings.start)} if settings.supply else {},
        )

    @property
    def alive(self) -> list[Firm]:
        """Firms that have neither failed nor left, potential entrants included."""
        return [firm for firm in self.firms if firm.gone is None]

    @property
    def in_business(self) -> list[Firm]:
        """Firms that have entered and are not gone."""
        return [firm for firm in self.firms if firm.in_business(self.month)]

    @property
    def going_concerns(self) -> list[Firm]:
        """Firms in business that have not stopped: those that train."""
        return [firm for firm in self.in_business if firm.stopped is None]

    @property
    def deciding(self) -> list[Firm]:
        """Firms that decide what they sell: all of which no table says it."""
        return [firm for firm in self.firms if firm.name not in self.settings.listed]

    @property
    def on_sale(self) -> list[tuple[Firm, AIModel]]:
        """Models on sale with their developers, by firm key, generation and line."""
        return [(firm, model) for firm in self.firms for model in firm.lineup]

    @property
    def run_length(self) -> int:
        """Months from a run's start to its release."""
        return self.settings.technology.training_months

    def unit_cost(self, model: AIModel) -> float:
        """Cost of serving a model this month, $ per Mtok."""
        cost = self.costs.get(model.name)
        if cost is None:
            cost = self.costs[model.name] = model.unit_cost(self.settings.technology, self.month)
        return cost

    @property
    def cost_path(self) -> float:
        """Cost of a frontier run that starts this month, dollars, under the limits that are known."""
        return self.expected.affordable(self.frontier_run)
