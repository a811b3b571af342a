"""What firms know when they decide: last month's market, their own books, and a market-research panel that answers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from market.accounts.register import Register
from market.agents import Firm, Lab, Segment
from market.economics import luck
from market.economics.panel import Panel, draw_panel
from market.economics.technology import AIModel, Technology
from market.scenario.interventions import in_force
from market.scenario.schema import Scenario
from market.strategies.view import FirmView, Offer, OwnModel, Survey

Floats = npt.NDArray[np.float64]


class Briefing:
    """Makes the view of each firm.

    `public` is last month's market, `withdrawn` what has gone off sale this month, `struck` the limits of technology
    that have held a model back.

    Parameters
    ----------
    settings, seed : the scenario, and the random seed of the run.
    register : all models there have been.   labs, segments : whose state is read.
    """

    def __init__(
        self, settings: Scenario, seed: int, register: Register, labs: Sequence[Lab], segments: Sequence[Segment]
    ) -> None:
        self.settings, self.seed, self.register = settings, seed, register
        self.labs, self.segments = labs, segments
        self.month, self.demand = 0, 0.0
        self.public: tuple[Offer, ...] = ()
        self.withdrawn: list[AIModel] = []
        self.struck: set[str] = set()
        self.panels: dict[float, Panel] = {}

    def publish(self, month: int, public: tuple[Offer, ...]) -> None:
        """Freeze last month's market, and measure how much of it there is."""
        self.month, self.public, self.withdrawn, self.panels = month, public, [], {}
        fixed = self.settings.demand.difficulty_reference
        self.demand = sum(segment.adopted(month, fixed) for segment in self.segments)

    @property
    def technology(self) -> Technology:
        """Progress as all firms expect it."""
        return self.settings.technology.expected(self.struck)

    def cost_path(self, month: int) -> float:
        """Cost of a frontier run that starts in `month`, dollars: the highest on the paths of the labs in business.

        Where there are none, of the labs that were last; before there are any, of those that open.
        """
        opening = min(lab.spec.first_start for lab in self.labs)
        entered = [lab for lab in self.labs if lab.spec.first_start <= max(month, opening)]
        last = max(math.inf if lab.failed is None else lab.failed for lab in entered)
        leading = [lab for lab in entered if lab.failed is None or lab.failed == last]
        return self.technology.affordable(max(lab.spec.training.run_cost(month) for lab in leading))

    def unit_cost(self, model: AIModel) -> float:
        """Cost of serving a model this month, $ per Mtok."""
        return model.unit_cost(self.settings.technology, self.month)

    def capital_shut(self, firm: Firm) -> bool:
        """Whether the capital market is shut to a firm this month."""
        known = in_force(self.settings.interventions, self.month)
        return any(one.shuts_capital(firm.name, self.month) for one in known)

    def in_kind(self, firm: Firm) -> float:
        """Part of a firm's training and research that outsiders pay in kind; none under a parent or if shut out."""
        patient = firm.spec.funding.endless
        return 0.0 if patient or self.capital_shut(firm) else self.settings.capital.in_kind

    def view(self, firm: Firm, purpose: str) -> FirmView:
        """Return what one firm knows this month; `purpose` names the rule that asks."""
        own = tuple(
            OwnModel(m, self.unit_cost(m), firm.prices.get(m.name), firm.earned.get(m.name, 0.0)) for m in firm.lineup
        )
        gone = {m.name for m in self.withdrawn}
        rivals = tuple(o for o in self.public if o.model.firm != firm.name and o.model.name not in gone)
        length, in_kind = self.settings.technology.training_months, self.in_kind(firm)
        path = self.cost_path(self.month)
        return FirmView(
            month=self.month,
            firm=firm.name,
            own=own,
            rivals=rivals,
            in_training=sum(run.started + length > self.month for run in firm.runs),
            last_start=firm.last_start,
            cost_path=path,
            next_cost=self.technology.affordable(firm.next_cost(self.month, path)),
            cash=firm.cash,
            revenue=firm.revenue,
            contribution=firm.contribution,
            runway=firm.runway,
            burn=firm.burn,
            committed=firm.committed(self.month, length) * (1 - in_kind),
            research=firm.spec.research,
            in_kind=in_kind,
            discount_rate=self.settings.discount_rate,
            technology=self.technology,
            demand=self.demand,
            memory=firm.memory.get(purpose, {}),
            luck=lambda what: luck.uniform(self.seed, what, self.month, firm.key),
            survey=lambda: self.survey(own, rivals),
            prospects=self.survey,
        )

    def survey(self, own: Sequence[OwnModel], rivals: Sequence[Offer]) -> Survey:
        """Ask the panel about a firm's own line-up and rivals' offers."""
        panel, utility = self.ask([*(o.model for o in own), *(o.model for o in rivals)])
        prices = [*(np.nan if o.price is None else o.price for o in own), *(o.price for o in rivals)]
        costs = [*(o.unit_cost for o in own), *(np.nan for _ in rivals)]
        return Survey(utility, panel.alpha, panel.weights, np.array(prices), np.array(costs))

    def ask(self, models: Sequence[AIModel]) -> tuple[Panel, Floats]:
        """Return the panel for a frontier among `models`, and its utilities (R, J) without the price term."""
        frontier = max(m.capability for m in models)
        if frontier not in self.panels:
            states = [segment.state(self.month) for segment in self.segments]
            size, reference = self.settings.panel.size, self.settings.technology.reference_cost
            self.panels[frontier] = draw_panel(states, self.register.makers, size, frontier, reference, self.month)
        panel = self.panels[frontier]
        utility = panel.utility(
            np.array([m.capability for m in models]),
            np.array([self.register.columns[m.firm] for m in models], np.int32),
            np.array([m.open_weights for m in models]),
            self.register.numbers(models),
        )
        return panel, utility
