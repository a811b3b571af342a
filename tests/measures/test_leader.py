"""The leader's ratios, done by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from market.measures import leader

AMOUNTS = ["firm", "year", "revenue", "contribution", "overhead", "training", "research", "result"]


@pytest.fixture
def companies() -> pd.DataFrame:
    rows = [
        ("A", 2022, 0.0, 0.0, 0.0, 1.0, 2.0, -3.0),
        ("A", 2023, 10.0, 4.0, 1.0, 3.0, 5.0, -5.0),
        ("A", 2024, 30.0, 15.0, 3.0, 10.0, 20.0, -18.0),
        ("B", 2023, 20.0, 8.0, 1.0, 3.0, 5.0, -1.0),
        ("B", 2024, 25.0, 8.0, 1.0, 3.0, 5.0, -1.0),
        ("hosts", 2023, 99.0, 2.0, 0.0, 0.0, 0.0, 2.0),
    ]
    return pd.DataFrame(rows, columns=AMOUNTS)


def test_the_leader_is_the_largest_closed_lab(companies):
    table = leader.leader(companies, {"A", "B"}).set_index("year")
    assert table["firm"].to_dict() == {2023: "B", 2024: "A"}
    assert table.loc[2024, "gross_margin"] == 0.5
    assert table.loc[2024, "rd_per_revenue"] == 1.0
    assert table.loc[2024, "operating_result_per_revenue"] == -0.6


def test_a_small_run_has_a_leader_in_every_year(run):
    rows = leader.leader(run.companies, set(run.scenario.labs))
    assert rows["year"].tolist() == [2023, 2024, 2025, 2026]
    assert rows["gross_margin"].between(0.2, 0.8).all()
