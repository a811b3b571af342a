"""What firms know when they decide: last month's market, their own books, and a market-research panel that answers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from market.economics import luck
from market.economics.capital import Standing, grant
from market.economics.panel import Panel, draw_panel
from market.economics.technology import AIModel
from market.month.firms import Firm, OpenProvider
from market.month.state import State
from market.strategies.funding import FundingRule
from market.strategies.view import Announced, FirmView, Inertia, Offer, OwnModel, Survey

Floats = npt.NDArray[np.float64]


def view(state: State, firm: Firm, family: str) -> FirmView:
    """Return what one firm knows this month; `family` is that of the rule that asks."""
    prices, earned = firm.prices, firm.earned
    own = tuple([OwnModel(m, state.unit_cost(m), prices.get(m.name), earned.get(m.name, 0.0)) for m in firm.lineup])
    rivals = _rivals(state, firm)
    paid_in_kind, path = in_kind(state, firm), state.cost_path
    paid = state.month if family == FundingRule.family else state.month - 1  # who funds looks when the month is paid
    return FirmView(
        month=state.month,
        firm=firm.name,
        own=own,
        rivals=rivals,
        announced=lambda: _announced(state, firm),
        in_training=len([run for run in firm.runs if run.update == 0 and run.release > state.month]),
        last_start=firm.last_start,
        last_cost=firm.last_cost,
        cost_path=path,
        next_cost=0.0 if firm.stopped is not None else state.expected.affordable(firm.next_cost(state.month, path)),
        cash=firm.cash,
        revenue=firm.revenue,
        contribution=firm.contribution,
        runway=firm.runway,
        burn=firm.burn,
        grantable=lambda: _grantable(state, firm, rivals),
        committed=firm.committed(paid) * (1 - paid_in_kind),
        entered=firm.entered is not None,
        fixed_overhead=firm.spec.fixed_overhead,
        life=firm.spec.life,
        reach=lambda own: firm.reach(own, state.register.best_closed(state.month)),
        host_price=firm.host_price if isinstance(firm, OpenProvider) else None,
        hosting=firm.hosting,
        lines=firm.lines,
        updates=firm.updates,
        research=firm.spec.research_of_a_run,
        unpaid=firm.spec.unpaid,
        in_kind=paid_in_kind,
        discount_rate=state.settings.discount_rate,
        technology=state.expected,
        demand=state.demand,
        present=state.present,
        memory=firm.memory.get(family, {}),
        luck=lambda what: luck.uniform(state.seed, what, state.month, firm.key),
        survey=lambda: survey(state, own, rivals),
        prospects=lambda mine, others: survey(state, mine, others),
    )


def _rivals(state: State, firm: Firm) -> tuple[Offer, ...]:
    """Last month's offers of others, without models that have gone off sale since."""
    known = state.rivals.get(firm.name)
    if known is None:
        gone = {m.name for m in state.withdrawn}
        others = [o for o in state.public if o.model.firm != firm.name and o.model.name not in gone]
        known = state.rivals[firm.name] = tuple(others)
    return known


def _announced(state: State, firm: Firm) -> tuple[Announced, ...]:
    """Rivals' bases under way, without those that start this month: all decide unseen."""
    others = [other for other in state.alive if other is not firm]
    return tuple(
        Announced(other.name, run.started, run.release, run.cost)
        for other in others
        for run in other.runs
        if run.update == 0 and run.started < state.month
    )


def standing(state: State, firm: Firm, frontier: float) -> Standing:
    """What the capital market knows of a firm this month, given the highest capability known to be on sale, if any."""
    best = highest(firm.lineup)
    behind = max(0.0, frontier - best) if frontier > -math.inf else 0.0
    lacks = max(0.0, -firm.cash)
    return Standing(state.month, firm.last_raise, firm.sales, behind, lacks, capital_shut(state, firm))


def highest(models: Iterable[AIModel]) -> float:
    """Highest capability of some models, points; −∞ if there are none."""
    return max([model.capability for model in models], default=-math.inf)


def _grantable(state: State, firm: Firm, rivals: Sequence[Offer]) -> float:
    """Dollars that a firm would be paid in if it asked for all it can get; nobody knows of launches of this month.

    Parameters
    ----------
    state, firm : the market, and who asks.   rivals : what others offer, as far as the firm knows.
    """
    if firm.spec.funding.endless:
        return math.inf
    known = standing(state, firm, max(highest(offer.model for offer in rivals), highest(firm.lineup)))
    return grant(state.settings.capital, math.inf, known).amount


def capital_shut(state: State, firm: Firm) -> bool:
    """Whether the capital market is shut to a firm this month."""
    return any(one.shuts_capital(firm.name, state.month) for one in state.in_force)


def in_kind(state: State, firm: Firm) -> float:
    """Part of a firm's training and research that outsiders pay in kind; none under a parent or if shut out."""
    patient = firm.spec.funding.endless
    return 0.0 if patient or capital_shut(state, firm) else state.settings.capital.in_kind


def survey(state: State, own: Sequence[OwnModel], rivals: Sequence[Offer]) -> Survey:
    """Ask the panel about a firm's own line-up and rivals' offers, but for those that nobody could prefer."""
    rivals = rivals if state.settings.demand.luck_by_release else _undominated(rivals)
    models = [*(o.model for o in own), *(o.model for o in rivals)]
    panel, unattached, utility = ask(state, models)
    prices = [*(np.nan if o.price is None else o.price for o in own), *(o.price for o in rivals)]
    costs = [*(o.unit_cost for o in own), *(np.nan for _ in rivals)]
    return Survey(
        utility, panel.alpha, panel.weights, np.array(prices), np.array(costs), groups_of(state, models),
        lambda: _inertia(state, panel, models, unattached),
    )  # fmt: skip


def _inertia(state: State, panel: Panel, models: Sequence[AIModel], unattached: Floats) -> Inertia:
    """How the panel hangs on to what it uses, where `models` are on sale."""
    place = np.full(len(state.register.models) + 1, -1)
    known = state.register.numbers(models)
    place[known[known >= 0]] = np.flatnonzero(known >= 0)
    return Inertia(
        unattached=unattached,
        developer=np.array([state.register.columns[m.firm] for m in models]),
        home=panel.home.astype(np.int64),
        uses=place[panel.current],
        pull=panel.firm_switching_cost,
        reconsideration=panel.reconsideration,
        at_release=panel.reconsideration_at_release,
        turnover=panel.turnover,
    )


def _undominated(offers: Sequence[Offer]) -> list[Offer]:
    """Offers without those beside which their line has one that is no worse and no dearer.

    Luck, firm and line being the same, nobody takes them, so no answer changes.
    """
    best: dict[tuple[str, int, str], list[Offer]] = {}
    for offer in sorted(offers, key=lambda o: (o.price, -o.model.capability)):
        known = best.setdefault((offer.model.firm, offer.model.generation, offer.model.line), [])
        if not known or offer.model.capability > known[-1].model.capability:
            known.append(offer)
    kept = {id(offer) for line in best.values() for offer in line}
    return [offer for offer in offers if id(offer) in kept]


def groups_of(state: State, models: Sequence[AIModel]) -> npt.NDArray[np.int64] | None:
    """Numbers of the groups of models that share one luck, (J,): all of a firm in a tier; None if each has its own."""
    if state.settings.demand.luck_by_release:
        return None
    number: dict[tuple[str, str], int] = {}
    return np.array([number.setdefault((m.firm, m.line), len(number)) for m in models], np.int64)


def ask(state: State, models: Sequence[AIModel]) -> tuple[Panel, Floats, Floats]:
    """Return the panel for a frontier among `models`, and its utilities as `Panel.utilities` has them."""
    frontier = max(m.capability for m in models)
    register = state.register
    if frontier not in state.panels:
        segments = [segment.state(state.month) for segment in state.segments]
        size, reference = state.settings.panel.size, state.settings.technology.reference_cost
        state.panels[frontier] = draw_panel(
            segments, register.makers, register.lines, size, frontier, reference, state.month
        )
    panel = state.panels[frontier]
    utilities = panel.utilities(
        np.array([m.capability for m in models]),
        np.array([register.columns[m.firm] for m in models], np.int32),
        np.array([m.open_weights for m in models]),
        register.line_numbers(models),
    )
    return panel, *utilities
