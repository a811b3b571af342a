"""Tables that several tests of the measures use."""

from __future__ import annotations

import pandas as pd
import pytest

import market


def make_releases(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Releases from rows of model, predecessor, open_weights, released, capability, price."""
    table = pd.DataFrame(rows, columns=["model", "predecessor", "open_weights", "released", "capability", "price"])
    table["open_weights"] = table["open_weights"].astype(bool)
    table["released"] = table["released"].astype(float)
    table["firm"], table["line"], table["withdrawn"] = "firm", "flagship", float("nan")
    table["year"] = (2023 + table["released"] // 12).astype(int)
    return table


@pytest.fixture(scope="session")
def run() -> market.Run:
    """A small run of the baseline."""
    return market.simulate(market.load("baseline").vary({"customers": 2000, "months": 48}), seed=0)


@pytest.fixture(scope="session")
def single_line() -> market.Run:
    """A small run in which every family is one flagship."""
    return market.simulate(market.load("single_line").vary({"customers": 1000, "panel.size": 100, "months": 48}), 0)
