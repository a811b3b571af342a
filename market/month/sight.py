"""What firms know when they decide: last month's market, their own books, and a market-research panel that answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from market.economics import luck
from market.economics.panel import Panel, draw_panel
from market.economics.technology import AIModel
from market.month.firms import Firm
from market.month.state import State
from market.scenario.interventions import in_force
from market.strategies.view import FirmView, Offer, OwnModel, Survey

Floats = npt.NDArray[np.float64]


def view(state: State, firm: Firm, family: str) -> FirmView:
    """Return what one firm knows this month; `family` is that of the rule that asks."""
    own = tuple(
        OwnModel(m, state.unit_cost(m), firm.prices.get(m.name), firm.earned.get(m.name, 0.0)) for m in firm.lineup
    )
    rivals = _rivals(state, firm)
    length, paid_in_kind, path = state.run_length, in_kind(state, firm), state.cost_path
    return FirmView(
        month=state.month,
        firm=firm.name,
        own=own,
        rivals=rivals,
        in_training=sum(run.started + length > state.month for run in firm.runs),
        last_start=firm.last_start,
        cost_path=path,
        next_cost=state.expected.affordable(firm.next_cost(state.month, path)),
        cash=firm.cash,
        revenue=firm.revenue,
        contribution=firm.contribution,
        runway=firm.runway,
        burn=firm.burn,
        committed=firm.committed(state.month, length) * (1 - paid_in_kind),
        research=firm.spec.research,
        unpaid=firm.spec.unpaid,
        in_kind=paid_in_kind,
        discount_rate=state.settings.discount_rate,
        technology=state.expected,
        demand=state.demand,
        memory=firm.memory.get(family, {}),
        luck=lambda what: luck.uniform(state.seed, what, state.month, firm.key),
        survey=lambda: survey(state, own, rivals),
        prospects=lambda mine, others: survey(state, mine, others),
    )


def _rivals(state: State, firm: Firm) -> tuple[Offer, ...]:
    """Last month's offers of others, without models that have gone off sale since."""
    if firm.name not in state.rivals:
        gone = {m.name for m in state.withdrawn}
        there = tuple(o for o in state.public if o.model.firm != firm.name and o.model.name not in gone)
        state.rivals[firm.name] = there
    return state.rivals[firm.name]


def capital_shut(state: State, firm: Firm) -> bool:
    """Whether the capital market is shut to a firm this month."""
    known = in_force(state.settings.interventions, state.month)
    return any(one.shuts_capital(firm.name, state.month) for one in known)


def in_kind(state: State, firm: Firm) -> float:
    """Part of a firm's training and research that outsiders pay in kind; none under a parent or if shut out."""
    patient = firm.spec.funding.endless
    return 0.0 if patient or capital_shut(state, firm) else state.settings.capital.in_kind


def survey(state: State, own: Sequence[OwnModel], rivals: Sequence[Offer]) -> Survey:
    """Ask the panel about a firm's own line-up and rivals' offers."""
    panel, utility = ask(state, [*(o.model for o in own), *(o.model for o in rivals)])
    prices = [*(np.nan if o.price is None else o.price for o in own), *(o.price for o in rivals)]
    costs = [*(o.unit_cost for o in own), *(np.nan for _ in rivals)]
    return Survey(utility, panel.alpha, panel.weights, np.array(prices), np.array(costs))


def ask(state: State, models: Sequence[AIModel]) -> tuple[Panel, Floats]:
    """Return the panel for a frontier among `models`, and its utilities (R, J) without the price term."""
    frontier = max(m.capability for m in models)
    register = state.register
    if frontier not in state.panels:
        segments = [segment.state(state.month) for segment in state.segments]
        size, reference = state.settings.panel.size, state.settings.technology.reference_cost
        state.panels[frontier] = draw_panel(segments, register.makers, size, frontier, reference, state.month)
    panel = state.panels[frontier]
    utility = panel.utility(
        np.array([m.capability for m in models]),
        np.array([register.columns[m.firm] for m in models], np.int32),
        np.array([m.open_weights for m in models]),
        register.numbers(models),
    )
    return panel, utility
