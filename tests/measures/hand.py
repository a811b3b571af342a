"""Runs made by hand: a few ledger rows and models, read by the same tables as a simulated run."""

from types import SimpleNamespace

import pandas as pd

from market.accounts import pnl
from market.accounts.ledger import Account, Ledger
from market.tables import Run

EVENTS = pd.DataFrame({"month": [], "firm": [], "kind": []}).astype({"month": "int64", "firm": "str", "kind": "str"})
OFFERS = pd.DataFrame({"month": [], "model": [], "revenue": [], "serving": []}).astype({"model": "str"})


def run(rows=(), models=None, *, months=36, start="2023-01", labs=("A", "B"), failed=None, offers=OFFERS):
    """A run of `months` months.

    Parameters
    ----------
    rows : firm, month, account, amount.   failed : month of each failure by lab.
    models : the model P&L, of a market with neither updates nor tiers: flagships are families.
    """
    ledger = Ledger(start)
    for firm, month, account, amount in rows:
        ledger.post(month, firm, account, amount)
    firms = {
        name: SimpleNamespace(first_start=-12, expected_life=24, withdrawal=lambda _, heir: heir + 12) for name in labs
    }
    failed = failed or {}
    business = {name: (-12, failed.get(name, months - 1) + 1) for name in labs}
    ends = [(month, firm, "failed") for firm, month in failed.items()]
    scenario = SimpleNamespace(
        start=start, months=months, labs=firms, firms=firms, technology=SimpleNamespace(training_months=6)
    )
    models = None if models is None else named(models)
    tables = {
        "families": None if models is None else families(models),
        "ledger": ledger.frame(),
        "models": models,
        "offers": offers,
        "events": pd.DataFrame(ends, columns=["month", "firm", "kind"]) if ends else EVENTS,
    }
    if rows:
        tables["companies"] = pnl.company(ledger.postings, business=business, until=months)
    return Run(scenario, 0, tables)


def named(models):
    """Models with the names and families that those of a market without updates and tiers have, where they lack any."""
    names = [f"{firm}-{number}" for firm, number in zip(models["firm"], models["generation"], strict=True)]
    known = models if "model" in models else models.assign(model=names)
    return known.assign(family=known["model"], update=0)


def families(models):
    """The families of such models."""
    flagships = models[models["line"] == "flagship"]
    return flagships.drop(columns=["model", "line", "update"])


def results(firm, years, start=2023):
    """A firm's results in a row of calendar years, as rows of `run`: booked in each year's January."""
    accounts = {True: Account.REVENUE, False: Account.RESEARCH}
    return [(firm, 12 * (year - 2023), accounts[amount >= 0], amount) for year, amount in enumerate(years, start)]
