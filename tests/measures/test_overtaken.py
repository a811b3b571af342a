"""When a firm that rests is passed, on a table small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import market
from market.measures.overtaken import kept, monthly, months_until_overtaken, resting
from market.studies.counterfactual import stopping


@pytest.fixture
def offers() -> pd.DataFrame:
    """A rests on 20 points from month 2; B passes it in month 5, C in month 7, the open O draws level only."""
    best = {"A": [10, 10, 20, 20, 20, 20, 20, 20], "B": [15, 15, 15, 15, 15, 25, 25, 25],
            "C": [5, 5, 5, 5, 5, 5, 5, 21], "O": [0, 0, 0, 0, 0, 0, 20, 20], "hosts": [99] * 8}  # fmt: skip
    rows = [
        (month, firm, firm in ("O", "hosts"), float(q)) for firm, path in best.items() for month, q in enumerate(path)
    ]
    return pd.DataFrame(rows, columns=["month", "firm", "open_weights", "capability"])


def test_who_passes_whom_and_when(offers):
    found = months_until_overtaken(offers, "A", since=2)
    assert found == pytest.approx({"a lab": 3, "all labs": 5, "open weights": np.nan}, nan_ok=True)


def test_an_older_model_still_on_sale_does_not_count(offers):
    older = offers[offers["firm"] == "A"].assign(capability=1.0)
    assert months_until_overtaken(pd.concat([offers, older]), "A", since=2)["a lab"] == 3


def test_who_is_behind_already_is_overtaken_at_once(offers):
    assert months_until_overtaken(offers, "C", since=3) == {"a lab": 0, "all labs": 0, "open weights": 3}


def test_a_firm_that_is_gone_is_behind(offers):
    gone = offers[(offers["firm"] != "A") | (offers["month"] < 4)]
    assert months_until_overtaken(gone, "A", since=2) == {"a lab": 2, "all labs": 2, "open weights": 2}


def test_nobody_else_on_sale(offers):
    alone = offers[offers["firm"] == "A"]
    assert all(np.isnan(months) for months in months_until_overtaken(alone, "A", since=0).values())


def test_what_is_kept():
    without, with_it = pd.Series([4.0, 3.0, 2.0, 1.0]), pd.Series([4.0, 4.0, 6.0, 0.0])
    assert kept(without, with_it, 1, (0, 2)) == 0.5
    assert kept(without, with_it, 0, (0, 1)) == 1.0
    assert np.isnan(kept(without, with_it, 3, (0, 1)))
    assert np.isnan(kept(without, with_it, 9, (0, 1)))


@pytest.fixture(scope="module")
def rested_and_factual():
    base = market.load("baseline").vary({"customers": 800, "panel.size": 100, "months": 60})
    return market.simulate(stopping(base, {"Alpha": 14}), 0), market.simulate(base, 0)


def test_a_lab_that_rests_in_a_run(rested_and_factual):
    rested, factual = rested_and_factual
    found = resting(rested, factual, "Alpha", close=48)
    assert 0 < found["a lab"] <= found["all labs"] < 24  # its last release is that of month 18, the next one due in 30
    assert 0 <= found["to half"] < 24
    year_on, due = (monthly(run, "Alpha")["revenue"].loc[42:44].sum() for run in rested_and_factual)
    assert found["revenue kept 12 on"] == pytest.approx(year_on / due)
    assert 0 < found["contribution kept to close"] < 1
    own = monthly(rested, "Alpha")["revenue"]
    assert found["times its own"] == pytest.approx(own.loc[54:56].sum() / own.loc[27:29].sum())


def test_who_misses_nothing_keeps_no_share(rested_and_factual):
    found = resting(rested_and_factual[1], rested_and_factual[1], "Alpha", close=48)
    assert np.isnan(found["to half"])
    assert np.isnan(found["revenue kept 12 on"])


def test_the_monthly_account_has_a_row_in_every_month(rested_and_factual):
    table = monthly(rested_and_factual[1], "Delta")
    assert list(table.index) == list(range(60))
    yearly = rested_and_factual[1].companies.query("firm == 'Delta'")
    assert table["revenue"].sum() == pytest.approx(yearly["revenue"].sum())
