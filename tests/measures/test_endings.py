"""Endings by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

import market
from market.measures.endings import lasting_profits, limit_reached, still_lost


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([-2.0, -3.0, 1.0, 9.0], (5.0, 2)),
        ([-2.0, 3.0, -4.0, 9.0], (3.0, 3)),
        ([1.0, -0.5, 2.0], (0.0, 0)),
        ([], (0.0, 0)),
    ],
)
def test_what_is_still_lost_is_the_depth_of_the_trough(results, found):
    months = pd.Series([-100.0, *results], index=range(9, 10 + len(results)))
    assert still_lost(months, 10) == found


def test_a_limit_is_reached_by_the_first_model_that_it_holds_back(small, small_run):
    assert limit_reached(small_run) is None
    labs = small_run.models[small_run.models["firm"].isin(small.labs)]
    level = labs["capability"].max() - 5.0
    run = market.simulate(small.vary({"technology.capability_ceiling": level}), 1)
    assert limit_reached(run) == labs.loc[labs["capability"] >= level, "released"].min()
    run = market.simulate(small.vary({"technology.largest_run": 2e8}), 1)
    assert limit_reached(run) == labs.loc[labs["training"] >= 2e8, "released"].min()


def test_a_lasting_profit_has_no_later_loss():
    years = [-5.0, 2.0, -1.0, 3.0, 4.0]
    rows = [("A", 2023 + n, 1.0, result, 7.0) for n, result in enumerate(years)] + [("A", 2022, 0.0, -1.0, 10.0)]
    rows += [("B", 2023 + n, 1.0, -result, 1.0) for n, result in enumerate(years)]
    run = SimpleNamespace(
        scenario=SimpleNamespace(start="2023-01", labs={"A": 1, "B": 2}),
        companies=pd.DataFrame(rows, columns=["firm", "year", "revenue", "result", "raised"]),
    )
    found = lasting_profits(run).set_index("firm")
    assert found.loc["A"].tolist() == [2026.0, 10.0 + 3 * 7.0]
    assert found.loc["B"].isna().all()
