"""What must agree to the cent in every run, by routes that have as little in common as there is.

That what moves a model's revenue adds up to its change is asserted where it is split (`attribution.Parts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from market.accounts.ledger import Account, Postings, agrees
from market.accounts.sums import Floats
from market.schemas import Columns


def check_books(ledger: Postings, spending: Floats, cash: Mapping[str, float], models: Iterable[str]) -> None:
    """Assert to the cent that both readings, what customers spent and firms' cash agree.

    Parameters
    ----------
    ledger : all rows.
    spending : customers' spending in each month of the record, (T,), added up from customers and not from models.
    cash : what each firm holds at the end by its own count, dollars.
    models : those that are read by model.

    Raises
    ------
    AssertionError
        With the month or the firm for which an identity fails.
    """
    rows, until = ledger.before(len(spending))
    paid = rows.where(rows.on(Account.REVENUE) & (rows.month >= 0))
    booked = np.bincount(paid.month, paid.amount, until)
    for month, (spent, revenue) in enumerate(zip(spending.tolist(), booked.tolist(), strict=True)):
        if not agrees(spent, revenue):
            raise AssertionError(f"month {month}: customers spent {spent:.2f}, firms and hosts booked {revenue:.2f}")
    result, lives = ~rows.on(Account.FUNDING), rows.of_models(models)
    by_model = float(lives.amount[lives.on(Account.REVENUE, Account.SERVING, Account.TRAINING)].sum())
    by_model += float(rows.amount[result & (rows.model < 0)].sum())
    by_firm = float(rows.amount[result].sum())
    if not agrees(by_model, by_firm, float(np.abs(rows.amount).sum())):
        raise AssertionError(f"models and unallocated give {by_model:.2f}, companies {by_firm:.2f}")
    held, everything, gross = (
        np.bincount(of.firm, amounts, len(of.firms)).tolist()
        for of, amounts in ((rows, rows.amount), (ledger, ledger.amount), (ledger, np.abs(ledger.amount)))
    )
    for firm, *counts, whole, size in zip(ledger.firms, held, everything, gross, strict=True):
        for counted in (*counts, cash.get(firm, whole)):
            if not agrees(counted, whole, size):
                raise AssertionError(f"{firm}: cash {counted:.2f} is not the sum of its rows {whole:.2f}")


def check_assets(ledger: Postings, assets: Columns) -> None:
    """Assert that over every life expensed = amortised + impaired + carried, to the cent.

    Parameters
    ----------
    ledger : all rows.   assets : as `amortisation.capitalised` gives them.

    Raises
    ------
    AssertionError
        With the model for which it fails, or that is no asset.
    """
    trained = ledger.where(ledger.on(Account.TRAINING) & (ledger.model >= 0))
    expensed = 0.0 - np.bincount(trained.model, trained.amount, len(ledger.models))
    of, names = pd.factorize(assets["model"])
    amortised, impaired, carried = (np.asarray(assets[name]) for name in ("amortised", "impaired", "carried"))
    last = np.zeros(len(names), np.int64)
    last[of] = np.arange(len(of))
    parts = dict(zip(names, np.bincount(of, amortised + impaired, len(names)) + carried[last], strict=True))
    for model in np.unique(trained.model):
        name, amount = ledger.models[model], float(expensed[model])
        found = float(parts.get(name, np.nan))
        if not agrees(amount, found):
            raise AssertionError(f"{name}: expensed {amount:.2f}, amortised, impaired and carried {found:.2f}")
