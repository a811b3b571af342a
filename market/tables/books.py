"""The tables that are derived from what a run writes down: the P&Ls, launches, and training as an asset."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from market.accounts import amortisation, attribution, pnl
from market.accounts import families as by_family
from market.accounts.events import EventKind
from market.accounts.launches import LAUNCHES, PLANS
from market.accounts.launches import launches as held_against
from market.accounts.register import REGISTER
from market.schemas import Columns, Schema
from market.tables.run import Run, derived, once
from market.tables.unknown import untold_families, without_unknown

MODELS = Schema(
    "models",
    "P&L of every model over its life so far: the other reading of the ledger. Models in training have a row too.",
    (*REGISTER.columns, *pnl.RETURNS, *attribution.LIFE),
    csv=True,
)
FAMILIES = Schema(
    "families",
    "P&L of every family over its life so far: a base with its updates and all their tiers, the unit of the second "
    "reading of the ledger. Families whose base is in training have a row too.",
    by_family.FAMILY,
    csv=True,
)
RELEASES = Schema(
    "releases",
    "Every release, a base or an update with its tiers, with its base's cost borne by the releases of the family in "
    "three ways, which distribute the same dollars. What a release returned is a bound over them.",
    by_family.RELEASE,
)
GIVEN_UP = (EventKind.LAUNCH_SUPPRESSED.value, EventKind.ABANDONED.value)
"""Events that end a model's life before its release."""


@derived(MODELS, of=REGISTER)
def models(run: Run, register: pd.DataFrame) -> pd.DataFrame:
    """Read the ledger by model, and say what each life owes to whom."""
    table = MODELS.frame(dict(register) | returned(run) | attribution.over_lives(attributed(run)))
    return without_unknown(table, "model", run.scenario.untold)


@derived(FAMILIES)
def families(run: Run) -> pd.DataFrame:
    """Read the ledger by family."""
    return without_unknown(FAMILIES.frame(of_families(run)), "family", untold_families(run.scenario, facts(run)))


@derived(RELEASES)
def releases(run: Run) -> pd.DataFrame:
    """Say what each release returned, whoever bears its base."""
    return without_unknown(RELEASES.frame(of_releases(run)), "family", untold_families(run.scenario, facts(run)))


@derived(pnl.COMPANIES)
def companies(run: Run) -> pd.DataFrame:
    """Read the ledger by company and calendar year."""
    return run.company()


@derived(LAUNCHES, of=PLANS)
def launches(run: Run, plans: pd.DataFrame) -> pd.DataFrame:
    """Hold what was planned against what came of it."""
    research = {name: firm.research for name, firm in run.scenario.firms.items()}
    return held_against(plans, run.postings, run.models, research, run.scenario.discount_rate, run.scenario.months)


@derived(amortisation.ASSETS)
def assets(run: Run) -> pd.DataFrame:
    """Write training off over the lives that the scenario expects; what is given up is impaired in that month."""
    return amortisation.ASSETS.frame(written_off(run))


@once
def facts(run: Run) -> Columns:
    """What is known of a run's models besides money."""
    known = "register" in run.recorded or "register" in run.tables
    return run.columns("register" if known else "models")


@once
def research(run: Run) -> pnl.Research:
    """Firms' research by what it was for."""
    rows, end = run.postings.before(run.scenario.months)
    return pnl.research_by_calendar(rows, facts(run), end)


@once
def returned(run: Run) -> dict[str, Any]:
    """What each product cost and returned: the columns of `pnl.RETURNS`."""
    rows, end = run.postings.before(run.scenario.months)
    known, borne = facts(run), research(run).products
    released, complete = np.asarray(known["released"], float), np.asarray(known["complete"], bool)
    return pnl.returns(rows.of_models(known["model"]), borne, released, complete, end)


@once
def of_families(run: Run) -> dict[str, Any]:
    """Columns of the table `families`."""
    offers, until = run.columns("offers"), run.scenario.months
    return by_family.families(run.postings, facts(run), offers, research(run).products, until)


@once
def of_releases(run: Run) -> dict[str, Any]:
    """Columns of the table `releases`."""
    return by_family.releases(facts(run), run.columns("offers"), returned(run), run.scenario.months)


@once
def attributed(run: Run) -> attribution.Parts:
    """What moved the revenue of every model in every month; it is asserted to add up."""
    return attribution.parts(run.columns("flows"), run.columns("offers"), facts(run))


@once
def written_off(run: Run) -> dict[str, Any]:
    """Columns of the table `assets`."""
    expected = {name: firm.expected_life for name, firm in run.scenario.firms.items()}
    events = run.columns("events")
    told = zip(events["model"], events["month"], events["kind"], strict=True)
    abandoned = {model: month for model, month, kind in told if kind in GIVEN_UP}
    offers, until = run.columns("offers"), run.scenario.months
    return amortisation.capitalised(run.postings, facts(run), offers, expected, until, abandoned)
