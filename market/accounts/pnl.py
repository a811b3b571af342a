"""The two readings of one ledger: each company's P&L by period, and each model's P&L over its life.

Cost columns are positive. `result` expenses everything as incurred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from market.accounts.ledger import CENT, HOSTS, Account, agrees, calendar
from market.calendar import QUARTER, YEAR, Calendar, quarter_of, year_of
from market.schemas import Column, Schema

PERIODS = ("year", "quarter", "month")
COSTS = ("serving", "training", "research", "overhead")
COMPANIES = Schema(
    "companies",
    "P&L of every firm, and of the hosts, by calendar year: one reading of the ledger. A firm has a row in every year "
    "from its first spend to the end; `run.company(by)` has quarters and months.",
    (
        Column("firm", "", "the firm; `hosts` for the independent hosts of open models", "str", "Company"),
        Column("year", "", "the calendar year", "int64", "Year"),
        Column("months", "months", "how many of the year it was in business within the run", "int64", later=True),
        Column("revenue", "$", "what customers paid", heading="Revenue"),
        Column("serving", "$", "cost of serving them", heading="Serving"),
        Column("contribution", "$", "revenue − serving"),
        Column("training", "$", "cost of the runs under way, expensed as paid", heading="Training"),
        Column("research", "$", "experiments, staff and failed runs", heading="Research"),
        Column("overhead", "$", "sales, marketing and administration", heading="Overhead"),
        Column("result", "$", "contribution − training − research − overhead", heading="Result"),
        Column("result_excluding_training", "$", "result + training", heading="Excl. training"),
        Column("result_capitalised", "$", "result with training counted when it is written off, not when it is paid"),
        Column("cost_per_revenue_dollar", "$ per $", "all costs over revenue, if any", heading="Cost per $"),
        Column("raised", "$", "funding taken in the year, in cash and in kind", heading="Raised"),
        Column("cash", "$", "what it holds at the end of the year"),
    ),
    csv=True,
)
RETURNS = (
    Column("training", "$", "cost of its training run", heading="Training"),
    Column("research", "$", "its part of its firm's research, allocated by training"),
    Column("revenue", "$", "what it sold, hosts included", heading="Revenue"),
    Column("serving", "$", "cost of serving that", heading="Serving"),
    Column("contribution", "$", "revenue − serving"),
    Column("result", "$", "contribution − training", heading="Result"),
    Column("multiple", "x", "contribution ÷ training; missing while it is in training", heading="Multiple"),
    Column("multiple_full_rd", "x", "contribution ÷ (training + research)", heading="on full R&D"),
    Column("payback_months", "months", "from release until its cash is back at zero, if ever", heading="Payback mo."),
    Column("half_life_months", "months", "from its highest revenue until half of that, if ever"),
)
"""What `models` adds to what is known of each model."""


def company(
    ledger: pd.DataFrame,
    by: str = "year",
    firms: Sequence[str] = (),
    assets: pd.DataFrame | None = None,
    *,
    until: int | None = None,
) -> pd.DataFrame:
    """P&L of every firm and of the hosts by period: the columns of `COMPANIES` without `months`.

    Parameters
    ----------
    ledger : all rows.
    by : "year", "quarter" (as "2023Q1") or "month" (the month index).
    firms : the order in which firms are listed; others follow in alphabetical order.
    assets : training as an asset, from `amortisation.capitalised`; without it result_capitalised is NaN.
    until : month before which the record ends; the one after the ledger's last row if not given.

    Raises
    ------
    ValueError
        If `by` is none of the three.
    """
    if by not in PERIODS:
        raise ValueError(f"by: '{by}' is not a period; allowed: {', '.join(PERIODS)}")
    rows, end = _until(ledger, until)
    period = _period(rows, by)
    keyed = rows.assign(**{by: period})
    wide = keyed.pivot_table(index=["firm", by], columns="account", values="amount", aggfunc="sum", fill_value=0.0)
    last = pd.DataFrame({"month": [end - 1], "date": [calendar(rows)(end - 1)]})
    wide = wide.reindex(columns=[a.value for a in Account], fill_value=0.0)
    if len(rows):
        wide = _every_period(wide, by, _period(last, by).iloc[0])
    order = {firm: place for place, firm in enumerate(firms)}
    wide = wide.sort_index(level=0, key=lambda f: f.map(lambda x: (order.get(x, len(order)), x)), sort_remaining=False)
    table = pd.DataFrame(index=wide.index)
    table["revenue"] = wide[Account.REVENUE.value]
    table["serving"] = 0.0 - wide[Account.SERVING.value]
    table["contribution"] = table["revenue"] - table["serving"]
    for cost in ("training", "research", "overhead"):
        table[cost] = 0.0 - wide[cost.upper()]
    table["result"] = table["contribution"] - table["training"] - table["research"] - table["overhead"]
    table["result_excluding_training"] = table["result"] + table["training"]
    table["result_capitalised"] = np.nan
    if assets is not None:
        charged = assets.assign(**{by: _period(assets, by)}).groupby(["firm", by])[["amortised", "impaired"]].sum()
        charge = charged.sum(axis=1).reindex(table.index, fill_value=0.0)
        table["result_capitalised"] = table["result"] + table["training"] - charge
    spent = table[list(COSTS)].sum(axis=1)
    table["cost_per_revenue_dollar"] = spent / table["revenue"].where(table["revenue"] > 0)
    table["raised"] = wide[Account.FUNDING.value]
    table["cash"] = wide.sum(axis=1).groupby(level="firm").cumsum()
    return table.reset_index()


def with_months(
    companies: pd.DataFrame, by: str, calendar: Calendar, business: Mapping[str, tuple[int, int]]
) -> pd.DataFrame:
    """Say beside each period of a year or a quarter how many months of it a firm was in business, on record.

    Parameters
    ----------
    by : "year" or "quarter".
    companies : `company` by "year" or "quarter".   calendar : of the record.
    business : first month of each firm, and the one after its last; a firm that is missing is there from month 0 on.

    Returns
    -------
    DataFrame
        The table with `months` after the period: 12 for a whole year, 0 after a failure.
    """
    size = YEAR if by == "year" else QUARTER
    months = []
    for firm, period in zip(companies["firm"], companies[by], strict=True):
        first = calendar.begin(str(period))
        begin, until = business.get(firm, (0, calendar.months))
        months.append(max(0, min(first + size, until) - max(first, begin)))
    table = companies.copy()
    table.insert(2, "months", pd.Series(months, index=table.index, dtype="int64"))
    return table


def models(ledger: pd.DataFrame, facts: pd.DataFrame | None = None, *, until: int | None = None) -> pd.DataFrame:
    """P&L of every model over its life, in dollars; also models that are still in training.

    Parameters
    ----------
    ledger : all rows. Rows of the hosts count for the model they name.
    facts : what is known of the models besides money, as the table `REGISTER`. Without it, the release is the month of
        a model's first revenue.
    until : month before which the record ends; the one after the ledger's last row if not given.

    Returns
    -------
    DataFrame
        The facts and the columns of `RETURNS`. Multiples are NaN in training or where not even half a cent was spent,
        and 0 for a model given up before its release: its life is over and its cost counts.
    """
    rows, end = _until(ledger, until)
    if facts is None:
        facts = _facts_from(rows)
    named = rows[rows["model"].notna()]
    by_account = named.pivot_table(index="model", columns="account", values="amount", aggfunc="sum", fill_value=0.0)
    by_account = by_account.reindex(columns=[a.value for a in Account], fill_value=0.0)
    by_account = by_account.reindex(facts["model"], fill_value=0.0)
    table = facts.copy()
    table["training"] = 0.0 - by_account[Account.TRAINING.value].to_numpy()
    table["research"] = _allocated_research(rows, table)
    table["revenue"] = by_account[Account.REVENUE.value].to_numpy()
    table["serving"] = 0.0 - by_account[Account.SERVING.value].to_numpy()
    table["contribution"] = table["revenue"] - table["serving"]
    table["result"] = table["contribution"] - table["training"]
    counts = table["released"].notna() | table.get("complete", False)
    table["multiple"] = table["contribution"] / table["training"].where(counts & (table["training"] >= CENT))
    full = table["training"] + table["research"]
    table["multiple_full_rd"] = table["contribution"] / full.where(counts & (full >= CENT))
    lives, sales = _by_month(named, end), _by_month(named[named["account"] == Account.REVENUE.value], end)
    table["payback_months"] = [
        _payback(lives, model, released) for model, released in zip(table["model"], table["released"], strict=True)
    ]
    table["half_life_months"] = [_half_life(sales, model) for model in table["model"]]
    return table.reset_index(drop=True)


def check(
    ledger: pd.DataFrame,
    spending: pd.Series,
    cash: Mapping[str, float],
    by_month: pd.DataFrame,
    by_model: pd.DataFrame,
) -> None:
    """Assert to the cent that both books and the cash agree.

    Parameters
    ----------
    ledger : all rows.
    spending : customers' spending by month, added up from customers and not from models.
    cash : what each firm holds at the end by its own count, dollars.
    by_month : `company` by month.   by_model : `models`.

    Raises
    ------
    AssertionError
        With the month or the firm for which an identity fails.
    """
    revenue = ledger[ledger["account"] == Account.REVENUE.value].groupby("month")["amount"].sum()
    for month, spent in spending.items():
        booked = float(revenue.get(month, 0.0))
        if not agrees(float(spent), booked):
            raise AssertionError(f"month {month}: customers spent {spent:.2f}, firms and hosts booked {booked:.2f}")
    gross = ledger["amount"].abs().groupby(ledger["firm"]).sum()
    unallocated = ledger[ledger["model"].isna() & (ledger["account"] != Account.FUNDING.value)]["amount"].sum()
    models_and_rest = float(by_model["result"].sum() + unallocated)
    companies = float(by_month["result"].sum())
    if not agrees(models_and_rest, companies, float(gross.sum())):
        raise AssertionError(f"models and unallocated give {models_and_rest:.2f}, companies {companies:.2f}")
    rows = ledger.groupby("firm")["amount"].sum()
    reported = by_month.groupby("firm")["cash"].last()
    for firm in rows.index:
        for held in (float(reported[firm]), cash.get(firm, float(rows[firm]))):
            if not agrees(held, float(rows[firm]), float(gross[firm])):
                raise AssertionError(f"{firm}: cash {held:.2f} is not the sum of its rows {rows[firm]:.2f}")


def _until(rows: pd.DataFrame, until: int | None) -> tuple[pd.DataFrame, int]:
    """Rows of the months before `until`, and the month in which the record ends."""
    if until is None:
        return rows, int(rows["month"].max()) + 1 if len(rows) else 0
    return rows[rows["month"] < until], until


def _by_month(rows: pd.DataFrame, end: int) -> pd.DataFrame:
    """Dollars by model in every month from the first row to the end of the record, those without a row included."""
    table = rows.pivot_table(index="model", columns="month", values="amount", aggfunc="sum", fill_value=0.0)
    return table.reindex(columns=range(int(min(table.columns, default=end)), end), fill_value=0.0)


def _period(rows: pd.DataFrame, by: str) -> pd.Series:
    if by == "month":
        return rows["month"]
    if by == "year":
        return rows["date"].map(year_of).astype("int64").rename("year")
    return rows["date"].map(quarter_of).astype("str").rename("quarter")


def _every_period(wide: pd.DataFrame, by: str, last: Any) -> pd.DataFrame:
    """Give each firm a row in every period from its first to the `last`, so that cash and shares have no gaps."""
    periods = wide.index.get_level_values(by)
    if by == "quarter":
        span: list[Any] = [str(q) for q in pd.period_range(min(periods), last, freq="Q")]
    else:
        span = list(range(int(min(periods)), int(last) + 1))
    first = wide.reset_index().groupby("firm")[by].min()
    pairs = [(firm, p) for firm in first.index for p in span if p >= first[firm]]
    return wide.reindex(pd.MultiIndex.from_tuples(pairs, names=["firm", by]), fill_value=0.0)


def _allocated_research(rows: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """Each firm's research, allocated to its models by training spend; a firm that trained nothing keeps it."""
    research = rows[rows["account"] == Account.RESEARCH.value].groupby("firm")["amount"].sum()
    trained = table.groupby("firm")["training"].transform("sum")
    spent = 0.0 - table["firm"].map(research).fillna(0.0).to_numpy()
    share = np.where(trained > 0, table["training"] / trained.where(trained > 0, 1.0), 0.0)
    return np.asarray(spent * share)


def _facts_from(rows: pd.DataFrame) -> pd.DataFrame:
    """Facts that the ledger alone knows: the developer is who trained the model, or who first booked it."""
    named = rows[rows["model"].notna() & (rows["firm"] != HOSTS)]
    first = named.sort_values("month", kind="stable").groupby("model", sort=False).first()
    released = named[named["account"] == Account.REVENUE.value].groupby("model")["month"].min()
    return pd.DataFrame(
        {
            "model": first.index,
            "firm": first["firm"].to_numpy(),
            "released": released.reindex(first.index).astype("Int64").to_numpy(),
        }
    )


def _payback(lives: pd.DataFrame, model: str, released: float | None) -> float:
    """Months from release until cumulative cash, training included, is back at zero; NaN if it never is."""
    if released is None or pd.isna(released) or model not in lives.index:
        return float("nan")
    months = lives.columns.to_numpy()
    cumulative = lives.loc[model].to_numpy().cumsum()
    back = months[(cumulative >= -CENT) & (months >= released)]
    return float(back[0] - released) if len(back) else float("nan")


def _half_life(sales: pd.DataFrame, model: str) -> float:
    """Months from the month of highest revenue until revenue is half of it or less; NaN if it never is."""
    if model not in sales.index:
        return float("nan")
    revenue, months = sales.loc[model].to_numpy(), sales.columns.to_numpy()
    peak = int(revenue.argmax())
    halved = months[(revenue <= revenue[peak] / 2) & (months > months[peak])]
    return float(halved[0] - months[peak]) if len(halved) else float("nan")
