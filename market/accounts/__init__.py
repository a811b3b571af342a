"""What happened: the ledger, the events, and the two P&Ls read from it."""

from market.registry import import_all

import_all(__name__)
