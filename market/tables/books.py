"""The tables that are derived from what a run writes down: the two P&Ls, launches, and training as an asset."""

from __future__ import annotations

from typing import Any

import pandas as pd

from market.accounts import amortisation, attribution, pnl
from market.accounts.events import EventKind
from market.accounts.launches import LAUNCHES, PLANS
from market.accounts.launches import launches as held_against
from market.accounts.register import REGISTER
from market.schemas import Columns, Schema
from market.tables.run import Run, derived, once

MODELS = Schema(
    "models",
    "P&L of every model over its life so far: the other reading of the ledger. Models in training have a row too.",
    (*REGISTER.columns, *pnl.RETURNS, *attribution.LIFE),
    csv=True,
)
GIVEN_UP = (EventKind.LAUNCH_SUPPRESSED.value, EventKind.ABANDONED.value)
"""Events that end a model's life before its release."""


@derived(MODELS, of=REGISTER)
def models(run: Run, register: pd.DataFrame) -> pd.DataFrame:
    """Read the ledger by model, and say what each life owes to whom."""
    returns = pnl.models(run.postings, register, run.scenario.months)
    return MODELS.frame(dict(register) | returns | attribution.over_lives(attributed(run)))


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
    return run.columns("register" if "register" in run.recorded else "models")


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
