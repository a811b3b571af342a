"""What is on sale this month, and at what price: firms decide it, or a table says so of them."""

from __future__ import annotations

from market.month.listed import open_listed, price_listed, release_listed, start_listed
from market.month.participate import participate
from market.month.price import price
from market.month.release import release
from market.month.state import State
from market.month.train import open_decided, train
from market.month.update import update


def open_market(state: State) -> None:
    """Put into place what was there before month 0."""
    open_listed(state)
    open_decided(state)


def supply(state: State) -> None:
    """Let firms enter or stop, train, release, update and price; of those that a table lists, do as it says."""
    state.releasing = set()
    participate(state)
    start_listed(state)
    train(state)
    release_listed(state)
    release(state)
    update(state)
    price(state)
    price_listed(state)
