"""When a firm that rests is passed, on a table small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import market
from market.measures.overtaken import for_good, kept, missed_release, monthly, prospects, resting, standing
from market.studies.changes import stopping


@pytest.fixture
def offers() -> pd.DataFrame:
    """A rests on 20 points from month 2; B passes it in month 5, C in month 7, the open O draws level only."""
    best = {"A": [10, 10, 20, 20, 20, 20, 20, 20], "B": [15, 15, 15, 15, 15, 25, 25, 25],
            "C": [5, 5, 5, 5, 5, 5, 5, 21], "O": [0, 0, 0, 0, 0, 0, 20, 20], "hosts": [99] * 8}  # fmt: skip
    rows = [
        (month, firm, firm in ("O", "hosts"), float(q)) for firm, path in best.items() for month, q in enumerate(path)
    ]
    return pd.DataFrame(rows, columns=["month", "firm", "open_weights", "capability"])


def months(where: pd.Series) -> list[int]:
    """The months in which something is so."""
    return list(where.index[where])


def test_who_is_ahead_of_whom_and_when(offers):
    found = standing(offers, "A")
    assert months(found["a lab"]) == [0, 1, 5, 6, 7]
    assert months(found["all labs"]) == [7]
    assert months(found["open weights"]) == []
    assert months(found["leads"]) == [2, 3, 4]
    assert list(found["rank"]) == [2, 2, 1, 1, 1, 2, 2, 3]
    assert list(found["behind"]) == [5, 5, 0, 0, 0, 5, 5, 5]


def test_a_tie_leads_and_open_weights_ahead_take_the_lead_but_no_rank(offers):
    tied = offers.assign(capability=offers["capability"].where(offers["firm"] != "B", 20.0))
    assert list(standing(tied, "A").loc[2:6, "leads"]) == [True] * 5
    freed = offers.assign(capability=offers["capability"].where(offers["firm"] != "O", 21.0))
    found = standing(freed, "A").loc[2:4]
    assert not found["leads"].any()
    assert found["open weights"].all()
    assert list(found["rank"]) == [1, 1, 1]
    assert list(found["behind"]) == [0, 0, 0]


def test_an_older_model_still_on_sale_does_not_count(offers):
    older = offers[offers["firm"] == "A"].assign(capability=1.0)
    pd.testing.assert_frame_equal(standing(pd.concat([offers, older]), "A"), standing(offers, "A"))


def test_all_labs_are_those_on_sale(offers):
    late = offers[(offers["firm"] != "C") | (offers["month"] > 6)]
    assert months(standing(late, "A")["all labs"]) == [0, 1, 5, 6, 7]


def test_a_firm_that_is_gone_is_behind(offers):
    found = standing(offers[(offers["firm"] != "A") | (offers["month"] < 4)], "A").loc[4:]
    assert found[["a lab", "all labs", "open weights"]].all(axis=None)
    assert not found["leads"].any()
    assert found["behind"].isna().all()
    assert list(found["rank"]) == [3, 3, 3, 3]


def test_nobody_else_on_sale(offers):
    found = standing(offers[offers["firm"] == "A"], "A")
    assert not found[["a lab", "all labs", "open weights"]].any(axis=None)
    assert found["leads"].all()
    assert (found["rank"] == 1).all()
    assert (found["behind"] == 0).all()


def test_ahead_for_good():
    ahead = pd.Series([True, False, True, True], index=[5, 6, 7, 8])
    assert for_good(ahead, least=2) == 2
    assert np.isnan(for_good(ahead, least=3))
    assert for_good(ahead[[5, 7, 8]], least=3) == 0
    assert np.isnan(for_good(ahead[:2], least=1))
    assert np.isnan(for_good(ahead[:0], least=1))


def test_what_is_kept():
    without, with_it = pd.Series([4.0, 3.0, 2.0, 1.0]), pd.Series([4.0, 4.0, 6.0, 0.0])
    assert kept(without, with_it, 1, (0, 2)) == 0.5
    assert kept(without, with_it, 0, (0, 1)) == 1.0
    assert np.isnan(kept(without, with_it, 3, (0, 1)))
    assert np.isnan(kept(without, with_it, 9, (0, 1)))


@pytest.fixture(scope="module")
def rested_and_factual():
    base = market.load("single_line").vary({"customers": 800, "panel.size": 100, "months": 60})
    return market.simulate(stopping(base, {"Alpha": 14}), 0), market.simulate(base, 0)


def test_where_a_lab_stands_that_rests_and_that_goes_on(rested_and_factual):
    rested, factual = rested_and_factual
    assert missed_release(rested, factual, "Alpha") == 30  # its last release is that of month 18
    for run in rested_and_factual:
        found, stands = prospects(run, "Alpha", 30, close=48), standing(run.offers, "Alpha")
        assert found["leads of 24"] == stands.loc[30:53, "leads"].sum()
        assert found["behind, year 1"] == pytest.approx(stands.loc[30:41, "behind"].mean())
        assert found["rank, year 2"] == pytest.approx(stands.loc[42:53, "rank"].mean())
    assert prospects(rested, "Alpha", 30, close=48)["leads of 24"] == 0 < found["leads of 24"]
    assert (
        prospects(rested, "Alpha", 24, close=48)["all labs for good"] == 3
    )  # Delta passes it in month 27, the last to do so
    assert np.isnan(found["all labs for good"])
    assert all(np.isnan(months) for months in prospects(rested, "Alpha", 60, close=48).values())


def test_what_a_lab_keeps_that_rests(rested_and_factual):
    rested, factual = rested_and_factual
    found = resting(rested, factual, "Alpha", close=48)
    assert 0 <= found["below half of due"] < 24
    year_on, due = (monthly(run, "Alpha")["revenue"].loc[42:44].sum() for run in rested_and_factual)
    assert found["revenue kept 12 on"] == pytest.approx(year_on / due)
    assert 0 < found["contribution kept to close"] < 1
    own = monthly(rested, "Alpha")["revenue"]
    assert found["times its own"] == pytest.approx(own.loc[54:56].sum() / own.loc[27:29].sum())


def test_who_misses_nothing_keeps_no_share(rested_and_factual):
    found = resting(rested_and_factual[1], rested_and_factual[1], "Alpha", close=48)
    assert np.isnan(found["below half of due"])
    assert np.isnan(found["revenue kept 12 on"])


def test_the_monthly_account_has_a_row_in_every_month(rested_and_factual):
    table = monthly(rested_and_factual[1], "Delta")
    assert list(table.index) == list(range(60))
    yearly = rested_and_factual[1].companies.query("firm == 'Delta'")
    assert table["revenue"].sum() == pytest.approx(yearly["revenue"].sum())
