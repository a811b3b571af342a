"""A scenario that runs in a fraction of a second, for studies of many runs."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import market


@pytest.fixture(scope="session")
def tiny():
    return market.load("duopoly").vary({"customers": 100, "months": 8, "panel.size": 50})


@pytest.fixture
def threads():
    """Two workers that need no starting."""
    with ThreadPoolExecutor(2) as pool:
        yield pool
