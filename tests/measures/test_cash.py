"""Cash burnt, by hand."""

import numpy as np
import pandas as pd
import pytest

from market.calendar import Calendar
from market.measures.cash import burn
from tests.measures import hand

YEAR = Calendar("2023-01", 36).period("2024")
ROWS = [
    ("A", 11, "TRAINING", -90.0), ("A", 12, "FUNDING", 30.0), ("A", 12, "FUNDING", 8.0), ("A", 13, "REVENUE", 10.0),
    ("A", 14, "TRAINING", -25.0), ("B", 12, "REVENUE", 10.0), ("B", 23, "SERVING", -4.0), ("B", 24, "SERVING", -9.0),
]  # fmt: skip


@pytest.fixture
def run():
    """A is paid 30 in cash and 8 in kind in 2024; B raises nothing."""
    made = hand.run(ROWS)
    raises = [(12, "A", "raised", 30.0), (13, "A", "refused", 50.0), (24, "A", "raised", 70.0)]
    made.tables["events"] = pd.DataFrame(raises, columns=["month", "firm", "kind", "value"])
    return made


def test_what_is_paid_in_kind_costs_no_cash(run):
    assert burn(run, ["A"], YEAR) == pytest.approx((25 - 10 - 8) / 10)
    assert burn(run, ["B"], YEAR) == pytest.approx(-0.6)
    assert burn(run, ["A", "B"], YEAR) == pytest.approx((7 - 6) / 20)


def test_without_revenue_there_is_none(run):
    assert np.isnan(burn(run, [], YEAR))
    assert np.isnan(burn(run, ["A"], Calendar("2023-01", 36).period("2023")))
