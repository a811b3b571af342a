"""What happened: the ledger, the events, and the two P&Ls read from it."""

from market.accounts import (
    amortisation,
    attribution,
    counterparties,
    events,
    launches,
    ledger,
    pnl,
    record,
    register,
    returns,
)

__all__ = [
    "amortisation",
    "attribution",
    "counterparties",
    "events",
    "launches",
    "ledger",
    "pnl",
    "record",
    "register",
    "returns",
]
