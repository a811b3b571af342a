"""Training as an asset: straight-line amortisation from release, and margins at the boundaries people argue about."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.accounts.ledger import Account, Ledger


def amortisation(
    ledger: Ledger | pd.DataFrame, models: pd.DataFrame, lives: dict[str, int], until: int
) -> pd.DataFrame:
    """Spread each model's training in equal parts over its expected life, from the month of its release.

    Parameters
    ----------
    ledger : a ledger or its frame.
    models : model, firm, released.   lives : expected life in months by firm (cadence + retirement delay, design §5).
    until : month before which the record ends.

    Returns
    -------
    DataFrame
        month, date, firm, model, amount ($, positive); months before 0 included, so that what was opened with counts.
    """
    rows = Ledger.rows(ledger)
    spent = -rows[rows["account"] == Account.TRAINING.value].groupby("model")["amount"].sum()
    dates = rows.drop_duplicates("month").set_index("month")["date"]
    parts = []
    on_sale = models[models["released"].notna()]
    for name, firm, released in zip(on_sale["model"], on_sale["firm"], on_sale["released"].astype(int), strict=True):
        months = np.arange(released, min(released + lives[firm], until))
        amount = float(spent.get(name, 0.0)) / lives[firm]
        parts += [(m, dates.get(m), firm, name, amount) for m in months]
    return pd.DataFrame(parts, columns=["month", "date", "firm", "model", "amount"])


def margins(companies: pd.DataFrame, amortised: pd.DataFrame) -> pd.DataFrame:
    """Margins of some companies together at named cost boundaries, by year, as shares of revenue.

    Parameters
    ----------
    companies : rows of the company P&L by year.   amortised : `amortisation` of the same firms.

    Returns
    -------
    DataFrame
        year, revenue ($), after_serving, after_overhead, after_amortised_training, after_all_rd (everything expensed),
        excluding_training, excluding_training_and_research. Years without revenue are left out.
    """
    total = companies.groupby("year")[["revenue", "serving", "overhead", "training", "research", "result"]].sum()
    total = total[total["revenue"] > 0]
    year = amortised["date"].str[:4].astype("int64")
    written_off = amortised.groupby(year)["amount"].sum().reindex(total.index, fill_value=0.0)
    revenue = total["revenue"]
    after_overhead = revenue - total["serving"] - total["overhead"]
    table = pd.DataFrame({"revenue": revenue})
    table["after_serving"] = (revenue - total["serving"]) / revenue
    table["after_overhead"] = after_overhead / revenue
    table["after_amortised_training"] = (after_overhead - written_off) / revenue
    table["after_all_rd"] = total["result"] / revenue
    table["excluding_training"] = (total["result"] + total["training"]) / revenue
    table["excluding_training_and_research"] = (total["result"] + total["training"] + total["research"]) / revenue
    return table.rename_axis("year").reset_index()
