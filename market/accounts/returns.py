"""What a model returned: present value, internal rate, multiples side by side; and the vintage triangle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq

from market.accounts.ledger import CENT, Account, Ledger

Floats = npt.NDArray[np.float64]

SIDE_BY_SIDE = (
    "model", "firm", "released", "complete", "training", "research", "contribution", "multiple", "multiple_full_rd",
    "payback_months", "half_life_months",
)  # fmt: skip


def present_value(cash: Floats, months: Sequence[int] | Floats, rate: float) -> float:
    """Net present value in the first of the months, dollars: Σ cash · (1 + rate)^(−(month − first)/12).

    `cash` (T,) dollars, `months` (T,) in ascending order, `rate` per year.
    """
    since = np.asarray(months, float) - float(months[0])
    return float(np.asarray(cash, float) @ (1 + rate) ** (-since / 12))


def internal_rate(cash: Floats, months: Sequence[int] | Floats) -> float:
    """Internal rate of return per year: the rate at which `present_value` is zero.

    NaN unless cash changes sign exactly once, from minus to plus: then, and only then in general, it is unique. Sought
    as a monthly discount factor, which such a stream makes a function with one root.
    """
    cash = np.asarray(cash, float)
    signs = np.sign(cash[cash != 0])
    if len(signs) < 2 or signs[0] > 0 or (np.diff(signs) != 0).sum() != 1:
        return math.nan
    since = np.asarray(months, float) - float(months[0])

    def worth(log_factor: float) -> float:
        """Present value over its own scale, so that long streams neither overflow nor vanish."""
        logs = np.where(cash != 0, np.log(np.abs(np.where(cash == 0, 1.0, cash))) + log_factor * since, -np.inf)
        return float(np.sign(cash) @ np.exp(logs - logs.max()))

    low, high = -1.0, 1.0
    while worth(low) > 0:
        low *= 2
    while worth(high) < 0:
        high *= 2
    log_factor = brentq(worth, low, high, xtol=1e-14, rtol=1e-13)
    return float(math.expm1(min(-12 * log_factor, 700.0)))


def returns(ledger: Ledger | pd.DataFrame, models: pd.DataFrame, discount_rate: float) -> pd.DataFrame:
    """Each model as an investment of its own.

    Parameters
    ----------
    ledger : a ledger or its frame.   models : the model P&L.   discount_rate : per year.

    Returns
    -------
    DataFrame
        model, firm, released, complete, training, research, contribution, multiple, multiple_full_rd, payback_months,
        half_life_months; npv ($, in the month of the first training payment) and irr (per year; NaN unless cash changes
        sign once), on training; npv_full_rd and irr_full_rd with the allocated research, spread over time as training.
    """
    rows = Ledger.rows(ledger)
    named = rows[rows["model"].notna()]
    flows = named.pivot_table(index="model", columns="month", values="amount", aggfunc="sum", fill_value=0.0)
    spent = named[named["account"] == Account.TRAINING.value]
    spent = spent.pivot_table(index="model", columns="month", values="amount", aggfunc="sum", fill_value=0.0)
    spent = spent.reindex(index=flows.index, columns=flows.columns, fill_value=0.0)
    months = flows.columns.to_numpy(float)
    found: list[tuple[float, ...]] = []
    m: Any
    for m in models.itertuples():
        if m.model not in flows.index:
            found.append((np.nan,) * 4)
            continue
        cash = flows.loc[m.model].to_numpy(float)
        training = spent.loc[m.model].to_numpy(float)
        full = cash + training * (m.research / m.training if m.training >= CENT else 0.0)
        begun = int(np.flatnonzero(cash)[0]) if cash.any() else 0
        asked = [(stream[begun:], months[begun:]) for stream in (cash, full)]
        npvs = [present_value(stream, when, discount_rate) for stream, when in asked]
        found.append((npvs[0], internal_rate(*asked[0]), npvs[1], internal_rate(*asked[1])))
    table = models[[column for column in SIDE_BY_SIDE if column in models.columns]].reset_index(drop=True)
    columns = ("npv", "irr", "npv_full_rd", "irr_full_rd")
    return table.join(pd.DataFrame(found, columns=columns, dtype=float))


def vintages(
    ledger: Ledger | pd.DataFrame,
    models: pd.DataFrame,
    account: str = "contribution",
    *,
    until: int | None = None,
) -> pd.DataFrame:
    """Vintage triangle: models down, months since release across, dollars (or NaN where the record does not reach).

    Parameters
    ----------
    ledger : a ledger or its frame.   models : model, released.
    account : "contribution", or an account of the ledger such as "REVENUE". Hosts count for the model they serve.
    until : month before which the record ends; the one after the ledger's last row if not given.

    Returns
    -------
    DataFrame
        Index model (in the order of `models`, released ones only), columns age 0, 1, 2 … ; months before the record's
        first sale and after its end are NaN, months off sale 0.
    """
    rows = Ledger.rows(ledger)
    wanted = [Account.REVENUE.value, Account.SERVING.value] if account == "contribution" else [Account(account).value]
    sold = rows[rows["account"].isin(wanted)].groupby(["model", "month"])["amount"].sum()
    last = int(rows["month"].to_numpy().max(initial=-1)) if until is None else until - 1
    released = models[models["released"].notna()]
    oldest = max((last - int(r) for r in released["released"]), default=-1)
    table = np.full((len(released), oldest + 1), np.nan)
    m: Any
    for place, m in enumerate(released.itertuples()):
        month = int(m.released)
        for age in range(max(0, -month), last - month + 1):
            table[place, age] = sold.get((m.model, month + age), 0.0)
    return pd.DataFrame(
        table, index=pd.Index(released["model"], name="model"), columns=pd.RangeIndex(oldest + 1, name="age")
    )
