"""The ledger: every dollar once, with the model it was spent on or earned by. Both books are views of these rows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.accounts.rows import Rows
from market.accounts.sums import Floats, Integers
from market.calendar import Calendar
from market.schemas import Column, Columns, places, recorded

HOSTS = "hosts"
"""The firm name under which the independent hosts of open models are booked."""

CENT = 0.005
"""Half a cent: two routes to one amount must agree to within this, plus rounding in the last digits of a float."""


class Account(StrEnum):
    """Accounts of the ledger. Amounts are cash-signed: revenue positive, costs negative, funding either way."""

    REVENUE = "REVENUE"
    SERVING = "SERVING"
    TRAINING = "TRAINING"
    RESEARCH = "RESEARCH"
    OVERHEAD = "OVERHEAD"
    FUNDING = "FUNDING"


PLACE = {account.value: place for place, account in enumerate(Account)}
"""Code of every account."""

LEDGER = recorded(
    "ledger",
    "Every dollar once: an amount that a firm, or the hosts, booked in a month. All results are sums of these rows.",
    (
        Column("month", "month", "when it was booked, counted from the start; negative if before", "int64"),
        Column("date", "", "the same as a calendar month, such as 2023-01", "str"),
        Column("firm", "", "who booked it; `hosts` for the independent hosts of open models", "str"),
        Column("model", "", "what it was earned by or spent on; none for research, overhead, funding", "str"),
        Column("account", "", "REVENUE, SERVING, TRAINING, RESEARCH, OVERHEAD or FUNDING", "str"),
        Column("amount", "$", "cash-signed: revenue positive, costs negative, funding either way"),
    ),
)


LIMITS = {account.value: (-math.inf, 0.0) for account in Account} | {
    Account.REVENUE.value: (0.0, math.inf),
    Account.FUNDING.value: (-math.inf, math.inf),
}
"""The least and the most that can be booked on an account at a time, dollars."""


class Ledger:
    """Rows of month, firm, model (or none), account and amount in dollars.

    Parameters
    ----------
    start : calendar month of month 0, as "2023-01". Month −12 is then 2022-01.

    Raises
    ------
    ValueError
        If `start` is no calendar month.

    Examples
    --------
    >>> ledger = Ledger(start="2023-01")
    >>> ledger.post(0, "Alpha", Account.TRAINING, -1e8, model="Alpha-1")
    >>> ledger.frame()["date"].item()
    '2023-01'
    """

    def __init__(self, start: str = "2023-01") -> None:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", start):
            raise ValueError(f"start: '{start}' is no calendar month such as '2023-01'")
        self.date = cache(Calendar(start, 0).date)
        self.rows = Rows(LEDGER)

    def post(self, month: int, firm: str, account: str, amount: float, model: str | None = None) -> None:
        """Book one amount.

        Parameters
        ----------
        month : month index.   firm : who is paid or pays.
        account : an account of `Account`.   amount : dollars, cash-signed.
        model : the model it was spent on or earned by, if one.

        Raises
        ------
        ValueError
            If the account is unknown, the amount is not finite or its sign is not the account's.
        """
        account = str(account)
        if account not in LIMITS:
            raise ValueError(f"{account!r} is not a valid account")
        least, most = LIMITS[account]
        if not (math.isfinite(amount) and least <= amount <= most):
            raise ValueError(f"amounts are cash-signed: {account} of {firm} in month {month} cannot be {amount}")
        self.rows.add(int(month), self.date(month), firm, model, account, float(amount))

    def frame(self) -> pd.DataFrame:
        """All rows as the table `LEDGER`."""
        return self.rows.frame()

    @property
    def postings(self) -> Postings:
        """All rows as numbers."""
        return Postings.of(self.rows.columns)


@dataclass(frozen=True)
class Postings:
    """Rows of a ledger as numbers: what both readings and their checks add up.

    Attributes
    ----------
    calendar : of the months; without rows it is any.
    firms, models : names, which codes are places among.
    month, firm, model, account : (N,), the last three as codes; the model's is −1 where there is none, the account's
        its place in `Account`.
    amount : (N,), dollars, cash-signed.
    """

    calendar: Calendar
    firms: tuple[str, ...]
    models: tuple[str, ...]
    month: Integers
    firm: Integers
    model: Integers
    account: Integers
    amount: Floats

    @classmethod
    def of(cls, ledger: Columns) -> Postings:
        """Number the rows of a ledger."""
        (firm, firms), (model, models), (account, used) = (
            pd.factorize(ledger[name]) for name in ("firm", "model", "account")
        )
        month, dates = np.array(ledger["month"], np.int64), list(ledger["date"][:1])
        account = np.array([PLACE[name] for name in used], np.int64)[account]
        start = Calendar.of(dates[0], int(month[0])) if dates else Calendar("0000-01", 0)
        return cls(start, tuple(firms), tuple(models), month, firm, model, account, np.array(ledger["amount"], float))

    def where(self, rows: npt.NDArray[np.bool_]) -> Postings:
        """Some of the rows."""
        kept = {name: getattr(self, name)[rows] for name in ("month", "firm", "model", "account", "amount")}
        return replace(self, **kept)

    def before(self, until: int | None) -> tuple[Postings, int]:
        """Rows of the months before `until`, and that; if not given, it is the month after the last row."""
        if until is None:
            return self, int(self.month.max()) + 1 if len(self.month) else 0
        return self.where(self.month < until), until

    def on(self, *accounts: Account) -> npt.NDArray[np.bool_]:
        """Which rows are booked on some accounts, (N,)."""
        return np.array([account in accounts for account in Account])[self.account]

    def by(self, firms: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Which rows some firms booked, (N,)."""
        asked = set(firms)
        return np.array([firm in asked for firm in self.firms], bool)[self.firm]

    def of_models(self, names: Iterable[str]) -> Postings:
        """Rows of some models, which are numbered in their order."""
        models = tuple(names)
        model = np.append(places(np.array(self.models, object), models), -1)[self.model]
        return replace(self, models=models, model=model).where(model >= 0)


def agrees(one: float, other: float, gross: float = 0.0) -> bool:
    """Whether two routes to one amount agree to the cent, and to the last digits that a float has.

    `gross` is the sum of the sizes of what was added up: a small difference of large sums is no better than those.
    """
    return abs(one - other) <= CENT + 1e-14 * max(abs(one), abs(other), gross)
