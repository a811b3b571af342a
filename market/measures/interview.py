"""The interview's arithmetic (claims 1 and 2): its figures in both books, and the same figures of any run."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from market.accounts import pnl
from market.accounts.ledger import Account, Ledger
from market.calendar import YEAR
from market.evidence import load
from market.tables import Run

MILLION = 1e6


@dataclass(frozen=True)
class Books:
    """The company P&L by year and the P&L of families, as a run has them."""

    companies: pd.DataFrame
    families: pd.DataFrame


def books() -> Books:
    """The cash quoted in both books: each year's training, and the revenue of the model trained the year before.

    The last model has no revenue yet, and no complete life.
    """
    quoted = load("published_numbers")["amodei_two_ways"]
    ledger, names = Ledger(f"{quoted['years'][0]}-01"), [f"Lab-{n + 1}" for n in range(len(quoted["years"]))]
    for year, (training, revenue) in enumerate(zip(quoted["training_spend"], quoted["revenue"], strict=True)):
        ledger.post(YEAR * year, "Lab", Account.TRAINING, -training * MILLION, model=names[year])
        if revenue:
            ledger.post(YEAR * year, "Lab", Account.REVENUE, revenue * MILLION, model=names[year - 1])
    released = [YEAR * (year + 1) if year + 1 < len(names) else None for year in range(len(names))]
    facts = {"model": names, "firm": ["Lab"] * len(names), "released": released}
    models = pd.DataFrame(facts | pnl.models(ledger.postings, facts)).rename(columns={"model": "family"})
    return Books(pnl.company(ledger.postings), models.assign(complete=models["revenue"] > 0))


def two_readings(books: Books | Run) -> dict[str, float]:
    """What each firm's first two models earned and returned, and companies' results by year; means over firms.

    Parameters
    ----------
    books : a run, or `books`; a model is a family.
    """
    number = books.families.groupby("firm").cumcount() + 1
    lives = books.families.groupby(number)[["contribution", "multiple"]].mean()
    results = books.companies.groupby("year")["result"].mean() / MILLION
    return {
        **{f"contribution of model {n}, $M": float(lives["contribution"].loc[n]) / MILLION for n in (1, 2)},
        **{f"multiple of model {n}": float(lives["multiple"].loc[n]) for n in (1, 2)},
        **{f"company result {year}, $M": float(results[year]) for year in (2023, 2024, 2025)},
    }
