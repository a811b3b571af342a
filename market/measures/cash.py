"""Cash that firms burn: what they spend beyond what they earn, but for what an investor pays in kind."""

from __future__ import annotations

from collections.abc import Iterable

from market.accounts.ledger import Account
from market.calendar import Period
from market.measures.outcomes import within
from market.tables import Run


def burn(run: Run, firms: Iterable[str], period: Period) -> float:
    """Cash burnt by some firms together per dollar of revenue; NaN without revenue.

    Of firms that raise money: what is booked as funding beyond the cash raised was paid in kind, and costs no cash.
    """
    chosen = list(firms)
    booked, events = (within(table[table["firm"].isin(chosen)], period) for table in (run.ledger, run.events))
    raised = float(events.loc[events["kind"] == "raised", "value"].sum())
    revenue = float(booked.loc[booked["account"] == Account.REVENUE.value, "amount"].sum())
    return (raised - float(booked["amount"].sum())) / revenue if revenue > 0 else float("nan")
