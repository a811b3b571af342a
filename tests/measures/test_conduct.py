"""Outcomes of conduct on a run and on hand-made benchmarks."""

import numpy as np
import pandas as pd
import pytest

from market.measures import outcomes
from tests.measures import hand

RELEASES = pd.DataFrame({"released": [0, 12, 15], "open_weights": [False, True, False]})


def test_profit_gain_by_hand():
    table = pd.DataFrame(
        {"month": [0, 12], "profit": [2.0, 4.0], "profit_nash": [1.0, 3.0], "profit_joint": [3.0, 5.0]}
    )
    found = hand.run()
    found.tables.update({"benchmarks": table, "models": RELEASES.iloc[:0]})
    assert outcomes.find("profit_gain")(found) == pytest.approx(0.5)
    assert outcomes.find("profit_gain@2024")(found) == pytest.approx(0.5)
    none = hand.run()
    none.tables.update({"benchmarks": table.iloc[:0], "models": RELEASES})
    assert np.isnan(outcomes.find("profit_gain")(none))


def test_no_benchmark_is_read_in_a_launch_month():
    table = pd.DataFrame(
        {
            "month": [0, 12, 15],
            "profit": [9.0, 4.0, 9.0],
            "profit_nash": [1.0, 3.0, 9.0],
            "profit_joint": [3.0, 5.0, 9.0],
        }
    )
    found = hand.run()
    found.tables.update({"benchmarks": table, "models": RELEASES})
    assert outcomes.find("profit_gain")(found) == pytest.approx(
        0.5
    )  # open weights launch in month 12, a lab in 0 and 15
    assert np.isnan(outcomes.find("profit_gain@2023")(found))


def test_a_run_without_wars(small_run):
    found = outcomes.compute(small_run, ["price_wars", "price_war_depth", "price_wars_begun_at_the_frontier"])
    assert found["price_wars"] == 0
    assert np.isnan(found["price_war_depth"])
    assert np.isnan(found["price_wars_begun_at_the_frontier"])
