"""What happened: the ledger, the events, and the two P&Ls read from it."""

from market.accounts import events, ledger, pnl, record, register, valuation

__all__ = ["events", "ledger", "pnl", "record", "register", "valuation"]
