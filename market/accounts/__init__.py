"""What happened: the ledger, the events, and the two P&Ls read from it."""

from market.accounts import (
    attribution,
    events,
    flows,
    launches,
    ledger,
    partners,
    pnl,
    record,
    register,
    returns,
    valuation,
)

__all__ = [
    "attribution",
    "events",
    "flows",
    "launches",
    "ledger",
    "partners",
    "pnl",
    "record",
    "register",
    "returns",
    "valuation",
]
