"""Ratios of the largest lab, by hand."""

import numpy as np
import pytest

from market.measures.outcomes import compute
from tests.measures import hand

ROWS = [
    ("A", 0, "REVENUE", 10.0), ("A", 1, "SERVING", -6.0), ("A", 12, "REVENUE", 30.0), ("A", 12, "SERVING", -15.0),
    ("A", 13, "TRAINING", -10.0), ("A", 14, "RESEARCH", -20.0), ("A", 15, "OVERHEAD", -3.0),
    ("B", 0, "REVENUE", 20.0), ("B", 1, "SERVING", -12.0), ("B", 12, "REVENUE", 25.0), ("B", 13, "SERVING", -17.0),
    ("hosts", 0, "REVENUE", 99.0), ("hosts", 12, "REVENUE", 99.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("leader_gross_margin@2023", 8 / 20),
        ("leader_gross_margin@2024", 15 / 30),
        ("leader_gross_margin@2023:2024", 0.45),
        ("leader_rd_per_revenue@2024", 30 / 30),
        ("leader_operating_result_per_revenue@2024", -18 / 30),
        ("leader_revenue_growth@2023:2024", 30 / 10),
        ("leader_gross_margin@2025", np.nan),
        ("leader_revenue_growth@2024", np.nan),
    ],
)
def test_the_leader_is_the_lab_of_highest_revenue(name, value):
    assert compute(hand.run(ROWS), [name])[name] == pytest.approx(value, nan_ok=True)
