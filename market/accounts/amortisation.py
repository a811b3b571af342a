"""Training as an asset: the capitalised view with impairment, and margins at the boundaries people argue about.

Training is an asset from the month it is paid. From its release it is written off in equal parts over an expected life
that its firm expects of it. In each month in which a rival's capability on sale is higher, first after one full month
on sale, what is carried is impaired to last month's contribution times the remaining life; what goes off sale, or never
goes on sale, is impaired to nothing. Over any life: expensed = amortised + impaired + carried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from market.accounts.ledger import HOSTS, Account, Postings
from market.accounts.sums import Flags, Floats, total
from market.economics.kernels import kernel
from market.schemas import Column, Columns, Schema, places

ASSETS = Schema(
    "assets",
    "Training as an asset: what is carried of each model's cost, by month from its first payment on.",
    (
        Column("month", "month", "counted from the start; what was paid early has negative months", "int64"),
        Column("date", "", "the same as a calendar month, such as 2023-01", "str"),
        Column("firm", "", "who developed the model", "str"),
        Column("model", "", "the model that was trained", "str"),
        Column("spent", "$", "training paid in the month"),
        Column("amortised", "$", "written off as planned: in equal parts over the expected life, from the release on"),
        Column("impaired", "$", "written off beyond that, as a rival was more capable or the model went off sale"),
        Column("carried", "$", "what is left of the asset at the end of the month"),
    ),
    saved=False,
)


@kernel
def write_off(
    spent: Floats,
    contribution: Floats,
    overtaken: Flags,
    first: int,
    released: Floats,
    ended: Floats,
    expected: Floats,
) -> tuple[Floats, Floats, Floats]:
    """Amortised, impaired and carried at the end of each month, (K, T) each, in dollars.

    Parameters
    ----------
    spent, contribution : (K, T), dollars of training paid, and what the developer earned, from the month `first` on.
    overtaken : (K, T), whether a rival's capability on sale is higher.
    released, ended : (K,) months, NaN if not yet, `ended` being the first in which a model is off sale for good.
    expected : (K,) the life that is expected, months.
    """
    amortised, impaired, carried = np.zeros_like(spent), np.zeros_like(spent), np.zeros_like(spent)
    for model in range(len(spent)):
        asset = earned = 0.0
        for t in range(spent.shape[1]):
            month = first + t
            left = released[model] + expected[model] - month
            asset += spent[model, t]
            charge = loss = 0.0
            if month >= ended[model]:
                loss = asset
            elif month >= released[model]:
                if left > 0 and month > max(released[model], 0) and overtaken[model, t]:
                    loss = max(0.0, asset - max(0.0, earned) * left)
                charge = (asset - loss) / max(left, 1.0)
            asset = asset - loss - charge
            earned = contribution[model, t]
            amortised[model, t], impaired[model, t], carried[model, t] = charge, loss, asset
    return amortised, impaired, carried


def capitalised(
    ledger: Postings,
    models: Columns,
    offers: Columns,
    expected: Mapping[str, int],
    until: int,
    abandoned: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Write every model's training off as an asset.

    Parameters
    ----------
    ledger : all rows.
    models : model, firm, generation, update, released, retired.
    offers : month, firm, model, capability of what is on sale.
    expected : life in months that a firm expects of its models, by firm.
    until : month before which the record ends.
    abandoned : month in which a flagship was given up before its release, with the tiers of it.

    Returns
    -------
    dict
        Columns of the table `ASSETS`: a row for each month from the first payment on, months before 0 included.
    """
    names, firms = np.array(models["model"], object), np.array(models["firm"], object)
    rows = ledger.before(until)[0].of_models(names)
    first = int(rows.month.min(initial=until - 1))
    released, retired = (np.asarray(models[name], float) for name in ("released", "retired"))
    releases = list(zip(firms, models["generation"], models["update"], strict=True))
    given_up = _given_up(names, releases, abandoned or {})
    sold = rows.on(Account.REVENUE, Account.SERVING) & ~rows.by([HOSTS])
    paid, earned = (
        total(of.amount, (len(names), until - first), of.model, of.month - first)
        for of in (rows.where(rows.on(Account.TRAINING)), rows.where(sold))
    )
    spent, ended = 0.0 - paid, np.where(np.isnan(released), given_up, retired)
    overtaken = _overtaken(offers, names, first, until)
    life = np.array([expected[firm] for firm in firms], float)
    parts = write_off(spent, earned, overtaken, first, released, ended, life)
    place, since = np.nonzero(np.logical_or.accumulate(spent > 0, axis=1))
    dates = np.array([rows.calendar.date(month) for month in range(first, until)], object)
    amounts = (amount[place, since] for amount in (spent, *parts))
    columns = (first + since, dates[since], firms[place], names[place], *amounts)
    return dict(zip(ASSETS.names, columns, strict=True))


def _given_up(names: Iterable[str], releases: Sequence[object], abandoned: Mapping[str, int]) -> Floats:
    """Month in which each model was given up, (K,), with the flagship of its release; NaN if it was not."""
    months = {of: abandoned[name] for of, name in zip(releases, names, strict=True) if name in abandoned}
    return np.array([months.get(of, np.nan) for of in releases], float)


def _overtaken(offers: Columns, models: Any, first: int, until: int) -> Flags:
    """Whether a rival's capability on sale is higher, (K, T); hosts are no rivals of whom they serve."""
    firm, firms = pd.factorize(offers["firm"])
    model, month = places(offers["model"], models), np.asarray(offers["month"]) - first
    shown = np.asarray(firms != HOSTS)[firm] & (model >= 0) & (month >= 0)
    firm, model, month, capability = (np.asarray(of)[shown] for of in (firm, model, month, offers["capability"]))
    best = np.full((len(firms), until - first), -np.inf)
    np.fmax.at(best, (firm, month), capability)
    rivals = np.array([np.delete(best, one, axis=0).max(axis=0, initial=-np.inf) for one in range(len(firms))])
    overtaken = np.zeros((len(models), until - first), bool)
    overtaken[model, month] = capability < rivals[firm, month] if len(firms) else False
    return overtaken


def straight_line(ledger: Postings, models: Columns, expected: Mapping[str, int], until: int) -> pd.Series:
    """Spread each model's training in equal parts over its expected life, from the month of its release.

    Parameters
    ----------
    ledger : all rows.
    models : model, firm, released.   expected : life in months that a firm expects of its models, by firm.
    until : month before which the record ends.

    Returns
    -------
    Series
        Dollars by calendar year, years before the start included, so that what was opened with counts.
    """
    rows = ledger.of_models(models["model"])
    rows = rows.where(rows.on(Account.TRAINING))
    spent, released = 0.0 - total(rows.amount, (len(rows.models),), rows.model), np.asarray(models["released"], float)
    years: list[int] = []
    amounts: list[float] = []
    for firm, begin, cost in zip(models["firm"], released, spent, strict=True):
        if not np.isnan(begin):
            life = range(int(begin), min(int(begin) + expected[firm], until))
            years += map(ledger.calendar.year, life)
            amounts += [cost / expected[firm]] * len(life)
    return pd.Series(amounts, dtype="float64").groupby(np.array(years, np.int64)).sum()


def margins(companies: pd.DataFrame, amortised: pd.Series) -> pd.DataFrame:
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
    books = companies.groupby("year")[["revenue", "serving", "overhead", "training", "research", "result"]].sum()
    books = books[books["revenue"] > 0]
    written_off = amortised.reindex(books.index, fill_value=0.0)
    revenue = books["revenue"]
    after_overhead = revenue - books["serving"] - books["overhead"]
    table = pd.DataFrame({"revenue": revenue})
    table["after_serving"] = (revenue - books["serving"]) / revenue
    table["after_overhead"] = after_overhead / revenue
    table["after_amortised_training"] = (after_overhead - written_off) / revenue
    table["after_all_rd"] = books["result"] / revenue
    table["excluding_training"] = (books["result"] + books["training"]) / revenue
    table["excluding_training_and_research"] = (books["result"] + books["training"] + books["research"]) / revenue
    return table.rename_axis("year").reset_index()
