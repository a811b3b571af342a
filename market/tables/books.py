"""The tables that are derived from what a run writes down: the two P&Ls, launches, and training as an asset."""

from __future__ import annotations

import pandas as pd

from market.accounts import amortisation, attribution, pnl
from market.accounts.events import EventKind
from market.accounts.launches import LAUNCHES, PLANS
from market.accounts.launches import launches as held_against
from market.accounts.register import REGISTER
from market.schemas import Schema
from market.tables.run import Run, derived

MODELS = Schema(
    "models",
    "P&L of every model over its life so far: the other reading of the ledger. Models in training have a row too.",
    (*REGISTER.columns, *pnl.RETURNS, *attribution.LIFE),
    csv=True,
)


@derived(MODELS, of=REGISTER)
def models(run: Run, register: pd.DataFrame) -> pd.DataFrame:
    """Read the ledger by model, and say what each life owes to whom."""
    books = pnl.models(run.ledger, register, until=run.scenario.months)
    return attribution.over_lives(books, run.flows, run.offers)


@derived(pnl.COMPANIES)
def companies(run: Run) -> pd.DataFrame:
    """Read the ledger by company and calendar year."""
    return run.company()


@derived(LAUNCHES, of=PLANS)
def launches(run: Run, plans: pd.DataFrame) -> pd.DataFrame:
    """Hold what was planned against what came of it."""
    research = {name: firm.research for name, firm in run.scenario.firms.items()}
    return held_against(plans, run.ledger, run.models, research, run.scenario.discount_rate, run.scenario.months)


@derived(amortisation.ASSETS)
def assets(run: Run) -> pd.DataFrame:
    """Write training off over the lives that the scenario expects; what is given up is impaired in that month."""
    lives = {name: firm.expected_life for name, firm in run.scenario.firms.items()}
    lost = run.events[run.events["kind"].isin([EventKind.LAUNCH_SUPPRESSED.value, EventKind.ABANDONED.value])]
    abandoned = dict(zip(lost["model"], lost["month"], strict=True))
    return amortisation.capitalised(run.ledger, run.models, run.offers, lives, run.scenario.months, abandoned)
