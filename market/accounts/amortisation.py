"""Training as an asset: the capitalised view with impairment, and margins at the boundaries people argue about.

Training is an asset from the month it is paid. From its release it is written off in equal parts over an expected life
of cadence + retirement delay. In each month in which a rival's capability on sale is higher, first after one full month
on sale, what is carried is impaired to last month's contribution times the remaining life; what goes off sale, or never
goes on sale, is impaired to nothing. Over any life: expensed = amortised + impaired + carried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from market.accounts.ledger import HOSTS, Account, agrees, calendar
from market.accounts.rows import Rows
from market.calendar import year_of
from market.schemas import Column, Schema

MONTHLY = (
    Column("month", "month", "counted from the start; what was paid early has negative months", "int64"),
    Column("date", "", "the same as a calendar month, such as 2023-01", "str"),
    Column("firm", "", "who developed the model", "str"),
    Column("model", "", "the model that was trained", "str"),
)
ASSETS = Schema(
    "assets",
    "Training as an asset: what is carried of each model's cost, by month from its first payment on.",
    (
        *MONTHLY,
        Column("spent", "$", "training paid in the month"),
        Column("amortised", "$", "written off as planned: in equal parts over the expected life, from the release on"),
        Column("impaired", "$", "written off beyond that, as a rival was more capable or the model went off sale"),
        Column("carried", "$", "what is left of the asset at the end of the month"),
    ),
    saved=False,
)
AMORTISED = Schema("amortised", "Training in equal parts.", (*MONTHLY, Column("amount", "$", "written off")))


@dataclass(frozen=True)
class Asset:
    """One model as an asset.

    `released` and `ended` are months (None: not yet), `ended` being the first in which it is off sale for good; `life`
    is what is expected, in months; `contribution` by month is the developer's, in dollars; `overtaken` holds the months
    in which a rival's capability on sale is higher.
    """

    released: int | None
    ended: int | None
    life: int
    contribution: Mapping[int, float]
    overtaken: frozenset[int]


def write_off(spent: Mapping[int, float], asset: Asset, months: range) -> list[tuple[int, float, float, float, float]]:
    """Month, spent, amortised, impaired and carried at the end, in dollars, for one asset and each of the `months`."""
    rows, carried = [], 0.0
    for month in months:
        paid = spent.get(month, 0.0)
        carried += paid
        amortised = impaired = 0.0
        if asset.ended is not None and month >= asset.ended:
            impaired = carried
        elif asset.released is not None and month >= asset.released:
            left = asset.released + asset.life - month
            if left > 0 and month > max(asset.released, 0) and month in asset.overtaken:
                worth = max(0.0, asset.contribution.get(month - 1, 0.0)) * left
                impaired = max(0.0, carried - worth)
            amortised = (carried - impaired) / left if left > 0 else carried - impaired
        carried = carried - impaired - amortised
        rows.append((month, paid, amortised, impaired, carried))
    return rows


def capitalised(
    ledger: pd.DataFrame,
    models: pd.DataFrame,
    offers: pd.DataFrame,
    lives: Mapping[str, int],
    until: int,
    abandoned: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Write every model's training off as an asset.

    Parameters
    ----------
    ledger : all rows.
    models : model, firm, generation, released, retired.   offers : month, firm, model, capability of what is on sale.
    lives : expected life in months by firm (cadence + retirement delay).
    until : month before which the record ends.
    abandoned : month in which a flagship was given up before its release, with the rest of its generation.

    Returns
    -------
    DataFrame
        The table `ASSETS`: a row for each month from the first payment on, months before 0 included.
    """
    spent = _by_model(ledger[ledger["account"] == Account.TRAINING.value], -1.0)
    sold = ledger["account"].isin([Account.REVENUE.value, Account.SERVING.value]) & (ledger["firm"] != HOSTS)
    earned = _by_model(ledger[sold], 1.0)
    given_up = _given_up(models, abandoned or {})
    overtaken = _overtaken(offers)
    date = calendar(ledger)
    table: list[tuple[object, ...]] = []
    m: Any
    for m in models.itertuples():
        if m.model not in spent:
            continue
        released = None if pd.isna(m.released) else int(m.released)
        retired = None if pd.isna(m.retired) else int(m.retired)
        ended = retired if released is not None else given_up.get((m.firm, m.generation))
        asset = Asset(released, ended, lives[m.firm], earned.get(m.model, {}), overtaken.get(m.model, frozenset()))
        months = range(min(spent[m.model]), until)
        table += [(t, date(t), m.firm, m.model, *amounts) for t, *amounts in write_off(spent[m.model], asset, months)]
    return Rows(ASSETS, table).frame()


def check(ledger: pd.DataFrame, assets: pd.DataFrame) -> None:
    """Assert that over every life expensed = amortised + impaired + carried, to the cent.

    Raises
    ------
    AssertionError
        With the model for which it fails, or that is no asset.
    """
    training = ledger[ledger["account"] == Account.TRAINING.value]
    expensed = 0.0 - training.groupby("model")["amount"].sum()
    parts = assets.groupby("model").agg({"amortised": "sum", "impaired": "sum", "carried": "last"}).sum(axis=1)
    for model, amount in expensed.items():
        written_off = float(parts.get(model, np.nan))
        if not agrees(float(amount), written_off):
            raise AssertionError(f"{model}: expensed {amount:.2f}, amortised, impaired and carried {written_off:.2f}")


def _given_up(models: pd.DataFrame, abandoned: Mapping[str, int]) -> dict[tuple[str, int], int]:
    """Month in which each abandoned generation was given up, by firm and generation."""
    lost = models[models["model"].isin(abandoned)]
    keys = zip(lost["firm"], lost["generation"], strict=True)
    return dict(zip(keys, lost["model"].map(abandoned), strict=True))


def _by_model(rows: pd.DataFrame, sign: float) -> dict[str, dict[int, float]]:
    """Amounts by model and month."""
    amounts: dict[str, dict[int, float]] = {}
    sums = rows.groupby(["model", "month"], as_index=False)["amount"].sum()
    for model, month, amount in zip(sums["model"], sums["month"], sums["amount"], strict=True):
        amounts.setdefault(model, {})[int(month)] = sign * float(amount)
    return amounts


def _overtaken(offers: pd.DataFrame) -> dict[str, frozenset[int]]:
    """Months in which a rival's capability on sale is higher, by model; hosts are no rivals of whom they serve."""
    shown = offers[offers["firm"] != HOSTS]
    best = shown.pivot_table(index="month", columns="firm", values="capability", aggfunc="max")
    months: dict[str, frozenset[int]] = {}
    for firm, mine in shown.groupby("firm"):
        rivals = best.drop(columns=firm).max(axis=1)
        behind = mine[mine["capability"] < mine["month"].map(rivals)]
        months.update({str(model): frozenset(rows["month"]) for model, rows in behind.groupby("model")})
    return months


def straight_line(ledger: pd.DataFrame, models: pd.DataFrame, lives: dict[str, int], until: int) -> pd.DataFrame:
    """Spread each model's training in equal parts over its expected life, from the month of its release.

    Parameters
    ----------
    ledger : all rows.
    models : model, firm, released.   lives : expected life in months by firm (cadence + retirement delay).
    until : month before which the record ends.

    Returns
    -------
    DataFrame
        month, date, firm, model, amount ($, positive) of models that were paid for; months before 0 included, so that
        what was opened with counts.
    """
    spent = -ledger[ledger["account"] == Account.TRAINING.value].groupby("model")["amount"].sum()
    date, parts = calendar(ledger), []
    model: Any
    for model in models[models["released"].notna() & models["model"].isin(spent.index)].itertuples():
        life, released = lives[model.firm], int(model.released)
        months = range(released, min(released + life, until))
        amount = float(spent[model.model]) / life
        parts += [(m, date(m), model.firm, model.model, amount) for m in months]
    return Rows(AMORTISED, parts).frame()


def margins(companies: pd.DataFrame, amortised: pd.DataFrame) -> pd.DataFrame:
    """Margins of some companies together at named cost boundaries, by year, as shares of revenue.

    Parameters
    ----------
    companies : rows of the company P&L by year.   amortised : `straight_line` of the same firms.

    Returns
    -------
    DataFrame
        year, revenue ($), after_serving, after_overhead, after_amortised_training, after_all_rd (everything expensed),
        excluding_training, excluding_training_and_research. Years without revenue are left out.
    """
    total = companies.groupby("year")[["revenue", "serving", "overhead", "training", "research", "result"]].sum()
    total = total[total["revenue"] > 0]
    year = amortised["date"].map(year_of).astype("int64")
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
