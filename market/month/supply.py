"""What is on sale this month, and at what price: firms decide it, or a table says so."""

from __future__ import annotations

from market.month.listed import open_listed, read_table
from market.month.price import price
from market.month.release import release
from market.month.state import State
from market.month.train import open_decided, train


def open_market(state: State) -> None:
    """Put into place what was there before month 0."""
    if state.settings.supply:
        open_listed(state)
    else:
        open_decided(state)


def supply(state: State) -> None:
    """Let firms train, release and price; or do as the scenario's table says."""
    if state.settings.supply:
        read_table(state)
    else:
        train(state)
        release(state)
        price(state)
