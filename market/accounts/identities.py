"""What must agree to the cent in every run, by routes that have as little in common as there is.

That what moves a model's revenue adds up to its change is asserted where it is split (`attribution.Parts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from market.accounts.families import ALLOCATIONS
from market.accounts.ledger import Account, Postings, agrees
from market.accounts.pnl import Research
from market.accounts.sums import Floats, total
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


def check_families(
    ledger: Postings, products: Columns, families: Columns, releases: Columns, research: Research
) -> None:
    """Assert to the cent that families, releases and products hold the same dollars, and firms' research in full.

    By firm and column the products of `products` and the families have the same sum; with what is unallocated their
    research is what the firm booked; and each allocation of bases distributes the training and research of the family.

    Parameters
    ----------
    ledger : all rows on record.
    products : firm, and the columns of `pnl.RETURNS` that are sums, of each product.
    families, releases : as `market.accounts.families` gives them.   research : of products, and unallocated.

    Raises
    ------
    AssertionError
        With the firm or the family for which it fails.
    """
    for name in ("training", "research", "revenue", "serving"):
        one, other = (_sums(of["firm"], of[name]) for of in (products, families))
        _agree(one, other, f"products' {name}", f"families' {name}")
    spent = ledger.where(ledger.on(Account.RESEARCH))
    booked = _sums(np.array(ledger.firms, object)[spent.firm], 0.0 - spent.amount)
    allocated = _sums(families["firm"], families["research"])
    whole = {firm: allocated.get(firm, 0.0) + left for firm, left in research.unallocated.items()}
    _agree(booked, allocated | whole, "research booked", "research of families and unallocated")
    training = _sums(families["family"], families["training"])
    full = _sums(families["family"], np.asarray(families["training"]) + np.asarray(families["research"]))
    for how in ALLOCATIONS:
        for costs, column in ((training, f"training_{how}"), (full, f"full_rd_{how}")):
            _agree(costs, _sums(releases["family"], releases[column]), "the family's cost", f"{column} of its releases")


def _sums(groups: Any, amounts: Any) -> dict[str, float]:
    """Sums of some amounts by group."""
    of, names = pd.factorize(np.asarray(groups, object))
    return dict(zip(names, total(np.asarray(amounts, float), (len(names),), of).tolist(), strict=True))


def _agree(one: Mapping[str, float], other: Mapping[str, float], this: str, that: str) -> None:
    """Assert that two routes to amounts by name agree to the cent."""
    for name in one.keys() | other.keys():
        if not agrees(one.get(name, 0.0), other.get(name, 0.0)):
            raise AssertionError(f"{name}: {this} {one.get(name, 0.0):.2f}, {that} {other.get(name, 0.0):.2f}")
