"""Replications: one row per seed, the same for any workers, with intervals that cover."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import market
from market.measures import outcomes
from market.parameters import InputError
from market.studies.intervals import interval
from market.studies.summary import summary

TINY = {"customers": 300, "months": 38, "panel.size": 30}


@pytest.fixture(scope="module")
def tiny():
    return market.load("duopoly").vary(TINY)


def test_one_row_per_seed_in_order_whatever_the_workers(tiny):
    seen = []
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(2) as two:
        table = market.replicate(tiny, [3, 1, 2], executor=one, progress=lambda d, t: seen.append((d, t)))
        again = market.replicate(tiny, [3, 1, 2], executor=two)
    assert table["seed"].tolist() == [3, 1, 2]
    assert list(table.columns[1:]) == outcomes.usual()
    pd.testing.assert_frame_equal(table, again)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert np.isfinite(table[["multiple", "labs_revenue", "labs_gross_margin"]]).all().all()


def test_processes_give_what_one_thread_gives(tiny):
    few = market.replicate(tiny, [0, 1], ["multiple"])
    assert few["multiple"].tolist() == [
        outcomes.compute(market.simulate(tiny, s), ["multiple"])["multiple"] for s in (0, 1)
    ]


def test_bad_input(tiny):
    with pytest.raises(InputError, match="did you mean 'multiple'"):
        market.replicate(tiny, [0], ["multipel"])
    with pytest.raises(InputError, match="seeds: there is none"):
        market.replicate(tiny, [])


def test_interval_by_hand_and_by_coverage():
    mean, low, high = interval([1.0, 2.0, 3.0])
    assert (mean, high - mean) == (2.0, pytest.approx(4.302653 / 3**0.5, rel=1e-6))
    assert low == pytest.approx(2 * mean - high)
    assert np.isnan(interval([5.0])[1])
    assert np.isnan(interval([])[0])
    rng = np.random.default_rng(0)
    covered = [low < 0 < high for _, low, high in (interval(rng.normal(size=8)) for _ in range(4000))]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.012)


def test_summary_leaves_out_what_is_not_a_number():
    table = pd.DataFrame({"seed": [0, 1, 2], "a": [1.0, np.nan, 3.0]})
    row = summary(table).iloc[0]
    assert (row["outcome"], row["mean"], row["n"]) == ("a", 2.0, 2)
    assert row["band_low"] == pytest.approx(1.2)


def test_summary_by_group():
    table = pd.DataFrame({"world": ["y", "x", "y", "x"], "seed": [0, 0, 1, 1], "a": [1.0, 4.0, 3.0, np.inf]})
    rows = summary(table, by="world").set_index("world")
    assert rows["mean"].to_dict() == {"y": 2.0, "x": 4.0}
    assert rows["band_high"].tolist() == pytest.approx([2.8, 4.0])
    assert list(rows) == ["outcome", "mean", "low", "high", "band_low", "band_high", "n", "left_out"]


def test_what_a_mean_leaves_out_is_counted():
    row = summary(pd.DataFrame({"seed": [0, 1, 2], "lives_profitable": [1.0, np.nan, 1.0]})).iloc[0]
    assert (row["n"], row["left_out"], row["high"]) == (2, 1, 1.0)


def test_every_outcome_says_what_it_is_and_in_which_unit():
    assert all(len(found.meaning.split()) > 1 and found.unit for found in outcomes.OUTCOMES.values())


def test_what_takes_a_while_is_computed_on_request_only(tiny):
    assert not {"price_wars", "open_lag_months"} & set(outcomes.usual())
    assert {"multiple", "labs_revenue"} <= set(outcomes.usual())
    with ThreadPoolExecutor(1) as one:
        asked = market.replicate(tiny, [0], ["labs_revenue@2023-01:2023-06"], executor=one)
    assert asked["labs_revenue@2023-01:2023-06"].notna().all()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("labs_revenu@2023", "did you mean 'labs_revenue'"),
        ("labs_revenue@23", "outcome 'labs_revenue@23': period '23': is no period such as 2025"),
        ("labs_revenue@2024:2023", "is no period"),
        ("labs_revenue@", "is no period"),
    ],
)
def test_a_wrong_outcome_or_period_is_one_line(name, said):
    with pytest.raises(InputError, match=said) as refused:
        outcomes.find(name)
    assert len(str(refused.value).splitlines()) == 1
