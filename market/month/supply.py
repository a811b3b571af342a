"""What is on sale this month, and at what price: firms decide it."""

from __future__ import annotations

from market.month.price import price
from market.month.release import release
from market.month.state import State
from market.month.train import train


def supply(state: State) -> None:
    """Let firms train, release and price."""
    train(state)
    release(state)
    price(state)
