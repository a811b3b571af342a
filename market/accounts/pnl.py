"""The two readings of one ledger: each company's P&L by period, and each model's P&L over its life.

Cost columns are positive. `result` expenses everything as incurred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.accounts.ledger import CENT, HOSTS, Account, Postings
from market.accounts.sums import Flags, Floats, Integers, so_far, total
from market.calendar import QUARTER, YEAR
from market.schemas import Column, Columns, Schema, places, text

PERIODS = {"year": YEAR, "quarter": QUARTER, "month": 1}
"""Months of each period of which there is a P&L."""

COMPANIES = Schema(
    "companies",
    "P&L of every firm, and of the hosts, by calendar year: one reading of the ledger. A firm has a row in every year "
    "from its first spend to the end; `run.company(by)` has quarters and months.",
    (
        Column("firm", "", "the firm; `hosts` for the independent hosts of open models", "str", "Company"),
        Column("year", "", "the calendar year", "int64", "Year"),
        Column("months", "months", "how many of the year it was in business within the run", "int64", later=True),
        Column("revenue", "$", "what customers paid", heading="Revenue"),
        Column("serving", "$", "cost of serving them", heading="Serving", rank=4),
        Column("contribution", "$", "revenue − serving"),
        Column("training", "$", "cost of the runs under way, expensed as paid", heading="Training", rank=1),
        Column("research", "$", "experiments, staff and failed runs", heading="Research", rank=2),
        Column("overhead", "$", "sales, marketing and administration", heading="Overhead", rank=5),
        Column("result", "$", "contribution − training − research − overhead", heading="Result"),
        Column("result_excluding_training", "$", "result + training", heading="Excl. training", rank=7),
        Column("result_capitalised", "$", "result with training counted when it is written off, not when it is paid"),
        Column("cost_per_revenue_dollar", "$ per $", "all costs over revenue, if any", heading="Cost per $", rank=8),
        Column("raised", "$", "funding taken in the year, in cash and in kind", heading="Raised", rank=6),
        Column("cash", "$", "what it holds at the end of the year"),
    ),
    csv=True,
)
RETURNS = (
    Column("training", "$", "what training it cost", heading="Training", rank=1),
    Column("research", "$", "its part of its firm's research, of each month by what was being trained then"),
    Column("revenue", "$", "what it sold, hosts included", heading="Revenue", rank=3),
    Column("hosts_revenue", "$", "part of revenue that independent hosts of open weights had", later=True),
    Column("serving", "$", "cost of serving that", heading="Serving", rank=5),
    Column("contribution", "$", "revenue − serving"),
    Column("hosts_contribution", "$", "part of contribution that hosts kept; the rest is its developer's", later=True),
    Column("result", "$", "contribution − training", heading="Result", rank=4),
    Column("multiple", "x", "contribution ÷ training; missing while it is in training", heading="Multiple"),
    Column("multiple_full_rd", "x", "contribution ÷ (training + research)", heading="on full R&D"),
    Column(
        "payback_months",
        "months",
        "from release until its cash is back at zero, if ever",
        heading="Payback mo.",
        rank=2,
    ),
    Column("half_life_months", "months", "from its highest revenue until half of that, if ever"),
)
"""What a product's life, or a family's, cost and returned: what `models` adds to what is known of each model."""


def company(
    ledger: Postings,
    by: str = "year",
    firms: Sequence[str] = (),
    assets: Columns | None = None,
    business: Mapping[str, tuple[int, int]] | None = None,
    *,
    until: int | None = None,
) -> pd.DataFrame:
    """P&L of every firm and of the hosts by period: the columns of `COMPANIES`.

    Parameters
    ----------
    ledger : all rows.
    by : "year", "quarter" (as "2023Q1") or "month" (the month index).
    firms : the order in which firms are listed; others follow in alphabetical order.
    assets : training as an asset, from `amortisation.capitalised`; without it result_capitalised is NaN.
    business : first month of each firm, and the one after its last; a firm that is missing is there from month 0 on.
        With it the table says in `months` how many of each period a firm was in business, on record.
    until : month before which the record ends; the one after the ledger's last row if not given.

    Raises
    ------
    ValueError
        If `by` is none of the three.
    """
    if by not in PERIODS:
        raise ValueError(f"by: '{by}' is not a period; allowed: {', '.join(PERIODS)}")
    rows, end = ledger.before(until)
    origin, size = rows.calendar.origin, PERIODS[by]
    period, last = (origin + rows.month) // size, (origin + end - 1) // size
    first = int(period.min(initial=last))
    shape = len(rows.firms), last + 1 - first
    booked = total(rows.amount, (*shape, len(Account)), rows.firm, period - first, rows.account)
    firm, since = _every_period(rows, period - first, shape, firms)
    table: dict[str, Any] = {"firm": text(firm, rows.firms), by: _period_names(first + since, by, origin)}
    if business is not None:
        begun, gone = np.array([business.get(name, (0, end)) for name in rows.firms], np.int64).reshape(-1, 2)[firm].T
        begin = (first + since) * size - origin
        table["months"] = np.maximum(0, np.minimum(begin + size, gone) - np.maximum(begin, begun))
    written_off: Any = np.nan
    if assets is not None:
        at = places(assets["firm"], rows.firms), (origin + np.asarray(assets["month"])) // size - first
        amortised, impaired = (total(np.array(assets[name]), shape, *at) for name in ("amortised", "impaired"))
        written_off = (amortised + impaired)[firm, since]
    return pd.DataFrame(table | _lines(booked[firm, since], firm, written_off))


def _lines(booked: Floats, firm: Integers, written_off: Floats) -> dict[str, Floats]:
    """Lines of a P&L, (N,) each, of what a firm booked on each account in periods that follow each other, (N, 6)."""
    revenue, serving, training, research, overhead, funding = booked.T
    serving, training, research, overhead = 0.0 - serving, 0.0 - training, 0.0 - research, 0.0 - overhead
    contribution = revenue - serving
    result = contribution - training - research - overhead
    return {
        "revenue": revenue,
        "serving": serving,
        "contribution": contribution,
        "training": training,
        "research": research,
        "overhead": overhead,
        "result": result,
        "result_excluding_training": result + training,
        "result_capitalised": result + training - written_off,
        "cost_per_revenue_dollar": (serving + training + research + overhead) / np.where(revenue > 0, revenue, np.nan),
        "raised": funding,
        "cash": so_far(booked.sum(axis=1), firm),
    }


class Research(NamedTuple):
    """Firms' research by what it was for.

    Attributes
    ----------
    products : (K,) the part of each product, dollars.
    unallocated : what is no product's, dollars, by firm that booked research.
    """

    products: Floats
    unallocated: dict[str, float]


def research_by_calendar(rows: Postings, facts: Columns, end: int) -> Research:
    """Allocate each firm's research, month by month, to what it was training in the month, by training spend.

    A month in which a firm paid for no training goes to the products of its families whose months include it, by their
    whole training so far. A family's months run from the start of its base to the start of the next, or to its last
    training payment if that is later. Before a firm's first base research stays unallocated.

    Parameters
    ----------
    rows : all rows before the month `end`.
    facts : model and firm; family and started if they are known. Otherwise each model is a family of its own, and was
        started with its first payment.
    """
    first = int(rows.month.min(initial=end - 1))
    months = np.arange(first, end)
    paid = rows.of_models(facts["model"])
    paid, booked = paid.where(paid.on(Account.TRAINING)), rows.where(rows.on(Account.RESEARCH))
    spent = 0.0 - total(paid.amount, (len(paid.models), len(months)), paid.model, paid.month - first)
    research = 0.0 - total(booked.amount, (len(rows.firms), len(months)), booked.firm, booked.month - first)
    firm = places(np.array(facts["firm"], object), rows.firms)
    research = np.vstack([research, np.zeros_like(months, float)])  # the last row is of firms that booked nothing
    by_firm = _by_group(spent, firm, len(research))
    weight = np.where(by_firm[firm] > 0, spent, spent.sum(axis=1)[:, None] * _family_months(spent, months, facts))
    whole = _by_group(weight, firm, len(research))
    part = weight / np.where(whole > 0, whole, np.inf)[firm]
    left = np.where(whole > 0, 0.0, research).sum(axis=1).tolist()
    names = [rows.firms[place] for place in np.unique(booked.firm)]
    return Research((research[firm] * part).sum(axis=1), {name: left[rows.firms.index(name)] for name in names})


def models(ledger: Postings, facts: Columns, until: int | None = None) -> dict[str, Floats]:
    """P&L of every model over its life so far, in dollars; also models that are still in training.

    Parameters
    ----------
    ledger : all rows. Rows of the hosts count for the model they name.
    facts : model, firm, released and, if they are known, complete, family and started, such as the table `REGISTER`.
    until : month before which the record ends; the one after the ledger's last row if not given.

    Returns
    -------
    dict
        The columns of `RETURNS`, (K,) each, as in `returns`.
    """
    rows, end = ledger.before(until)
    complete = np.broadcast_to(np.asarray(facts.get("complete", False), bool), (len(facts["model"]),))
    research = research_by_calendar(rows, facts, end).products
    return returns(rows.of_models(facts["model"]), research, np.asarray(facts["released"], float), complete, end)


def returns(rows: Postings, research: Floats, released: Floats, complete: Flags, end: int) -> dict[str, Floats]:
    """What products, or families of them, cost and returned so far, in dollars.

    Parameters
    ----------
    rows : of them, numbered by product or by family.   end : month before which the record ends.
    research : (K,) the part of each in research.   released : (K,) months, NaN if not yet.
    complete : (K,) whether the life is over.

    Returns
    -------
    dict
        The columns of `RETURNS`, (K,) each. Multiples are NaN in training or where not even half a cent was spent, and
        0 for what was given up before its release: its life is over and its cost counts.
    """
    hosted = rows.where(rows.by([HOSTS]))
    booked, hosts = (total(of.amount, (len(rows.models), len(Account)), of.model, of.account) for of in (rows, hosted))
    revenue, serving, training = booked[:, 0], 0.0 - booked[:, 1], 0.0 - booked[:, 2]
    contribution, full = revenue - serving, training + research
    counts = ~np.isnan(released) | complete
    columns = (
        training, research, revenue, hosts[:, 0], serving, contribution, hosts[:, 0] + hosts[:, 1],
        contribution - training, multiples(contribution, training, counts), multiples(contribution, full, counts),
        _paybacks(rows, released, end), _half_lives(rows.where(rows.on(Account.REVENUE)), end),
    )  # fmt: skip
    return {column.name: amounts for column, amounts in zip(RETURNS, columns, strict=True)}


def multiples(contribution: Floats, cost: Floats, counts: Flags) -> Floats:
    """Contribution over cost, (K,); NaN for what does not count, or cost less than half a cent."""
    return np.asarray(contribution / np.where(counts & (cost >= CENT), cost, np.nan))


def trained(rows: Postings) -> Floats:
    """Training of each of the models that rows are numbered by, (K,), dollars."""
    paid = rows.where(rows.on(Account.TRAINING))
    return 0.0 - total(paid.amount, (len(rows.models),), paid.model)


def regrouped(rows: Postings, groups: Integers, names: Sequence[str]) -> Postings:
    """Rows of products, numbered by the groups that these are in instead, such as families.

    Parameters
    ----------
    rows : of K products, numbered by them.   groups : (K,) the group of each.   names : of the groups.
    """
    return replace(rows, models=tuple(names), model=groups[rows.model])


# -------------------------------------------------------------------------------------------------------------- parts


def _every_period(
    rows: Postings, period: Integers, shape: tuple[int, int], firms: Sequence[str]
) -> tuple[Integers, Integers]:
    """Each firm, in order, and each period from its first to the last, so that cash and shares have no gaps.

    Parameters
    ----------
    period : of each row.   shape : how many firms and periods there are.   firms : which come first.
    """
    begun = np.zeros(shape, bool)
    begun[rows.firm, period] = True
    first = {name: place for place, name in enumerate(firms)}
    order = sorted(range(shape[0]), key=lambda firm: (first.get(rows.firms[firm], len(first)), rows.firms[firm]))
    listed = np.array(order, np.int64)
    place, since = np.nonzero(np.logical_or.accumulate(begun[listed], axis=1))
    return listed[place], since


def _period_names(periods: Integers, by: str, origin: int) -> Any:
    """What periods, counted from the year 0, are called in tables."""
    if by == "quarter":
        year, quarter = np.divmod(periods, YEAR // QUARTER)
        return pd.array([f"{y}Q{q + 1}" for y, q in zip(year, quarter, strict=True)], dtype="str")
    return periods - origin if by == "month" else periods


def _by_month(rows: Postings, end: int) -> tuple[int, Floats]:
    """The first month of some rows, the last on record if there are none, and dollars by model and month from it on."""
    first = int(rows.month.min(initial=end - 1))
    return first, total(rows.amount, (len(rows.models), end - first), rows.model, rows.month - first)


def _first(found: npt.NDArray[np.bool_], rows: Postings) -> Floats:
    """The first month in which something is so, (K,) of (K, T); NaN if it never is, or a model has no rows."""
    found[np.bincount(rows.model, minlength=len(found)) == 0] = False
    return np.where(found.any(axis=1), found.argmax(axis=1), np.nan)


def _paybacks(rows: Postings, released: Floats, end: int) -> Floats:
    """Months from release until cumulative cash, training included, is back at zero, (K,); NaN if it never is."""
    first, flows = _by_month(rows, end)
    back = (flows.cumsum(axis=1) >= -CENT) & (np.arange(first, end) >= released[:, None])
    return np.asarray(first + _first(back, rows) - released)


def _half_lives(sales: Postings, end: int) -> Floats:
    """Months from the month of highest revenue until revenue is half of it or less, (K,); NaN if it never is."""
    revenue = _by_month(sales, end)[1]
    peak = revenue.argmax(axis=1)[:, None]
    halved = revenue <= np.take_along_axis(revenue, peak, axis=1) / 2
    return np.asarray(_first(halved & (np.arange(revenue.shape[1]) > peak), sales) - peak[:, 0])


def _by_group(amounts: Floats, groups: Integers, size: int) -> Floats:
    """Sums of rows of amounts, (K, T), by group, (size, T); a group of −1 is the last."""
    sums = np.zeros((size, amounts.shape[1]))
    np.add.at(sums, groups, amounts)
    return sums


def _family_months(spent: Floats, months: Integers, facts: Columns) -> Flags:
    """Whether a month is one of a product's family, (K, T): until the firm's next base starts, or its last payment.

    Parameters
    ----------
    spent : (K, T) training.   months : (T,).   facts : as in `research_by_calendar`.
    """
    family, names = pd.factorize(np.array(facts.get("family", facts["model"]), object))
    paid = spent > 0
    ever = paid.any(axis=1)
    started = np.asarray(facts.get("started", months[paid.argmax(axis=1)]), float)
    begin, last = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    np.minimum.at(begin, family, started)
    np.maximum.at(last, family, np.where(ever, months[-1 - paid[:, ::-1].argmax(axis=1)], -np.inf))
    owner = np.empty(len(names), object)
    owner[family] = np.array(facts["firm"], object)
    for own in (np.flatnonzero(owner == firm) for firm in set(owner)):
        own = own[np.argsort(begin[own], kind="stable")]
        last[own] = np.maximum(last[own], np.append(begin[own][1:] - 1, np.inf))
    return np.asarray((months >= begin[family][:, None]) & (months <= last[family][:, None]))
