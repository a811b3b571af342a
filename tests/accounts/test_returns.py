"""Present value, internal rate and vintages, by hand and by two routes."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from market.accounts import pnl, returns
from market.accounts.returns import internal_rate, present_value
from tests.accounts.test_capitalised import books, tables


def test_by_hand():
    assert present_value(np.array([-100.0, 121.0]), [0, 24], 0.10) == pytest.approx(0.0)
    assert internal_rate(np.array([-100.0, 121.0]), [0, 24]) == pytest.approx(0.10)
    assert internal_rate(np.array([-100.0, 50.0]), [6, 18]) == pytest.approx(-0.5)
    assert internal_rate(np.array([-1e10, 0.0, 2e10]), [-12, -6, 0]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "cash", [[-1.0, 3.0, -1.0], [1.0, -2.0], [-1.0, -2.0], [1.0, 2.0], [0.0, 0.0], [-1.0, 0.0], []]
)
def test_no_internal_rate_where_cash_does_not_change_sign_once(cash):
    assert math.isnan(internal_rate(np.array(cash), range(len(cash))))


@given(st.lists(st.floats(1.0, 1e9), min_size=1, max_size=12), st.lists(st.floats(1.0, 1e9), min_size=1, max_size=40))
def test_at_the_internal_rate_present_value_is_zero(spent, earned):
    cash = np.array([*(-x for x in spent), *earned])
    rate = internal_rate(cash, range(len(cash)))
    assume(-0.99 < rate < 1e6)  # beyond, 1 + rate has lost its digits
    since = np.arange(len(cash)) / 12
    logs = np.log(np.abs(cash)) - since * math.log1p(rate)
    parts = np.sign(cash) * np.exp(logs - logs.max())
    assert parts.sum() == pytest.approx(0.0, abs=1e-7)


@given(st.floats(0.01, 50.0), st.integers(1, 60))
def test_a_planted_rate_is_recovered(rate, months):
    assert internal_rate(np.array([-1e8, 1e8 * (1 + rate) ** (months / 12)]), [0, months]) == pytest.approx(rate)


def test_models_side_by_side():
    models = pnl.models(books(), tables()[0])
    table = returns.returns(books(), models, 0.15).set_index("model")
    cash = np.array([-120.0, 6, 6, 6, 6])
    assert table.loc["A-1", "npv"] == pytest.approx(present_value(cash, range(-1, 4), 0.15))
    assert table.loc["A-1", "irr"] == pytest.approx(internal_rate(cash, range(-1, 4)))
    assert table.loc["A-1", "multiple"] == pytest.approx(24 / 120)
    assert table.loc["A-1", "npv_full_rd"] == table.loc["A-1", "npv"]  # no research here
    assert math.isnan(table.loc["B-1", "irr"])
    assert {"multiple_full_rd", "payback_months", "half_life_months"} <= set(table.columns)


def test_research_lowers_the_return(small_run):
    table = returns.returns(small_run.ledger, small_run.models, small_run.scenario.discount_rate)
    assert len(table) == len(small_run.models)
    known = table.dropna(subset=["irr", "irr_full_rd"])
    assert len(known) > 5
    assert (known["irr_full_rd"] < known["irr"]).all()
    assert (table["npv_full_rd"] <= table["npv"]).all()


def test_the_vintage_triangle():
    table = returns.vintages(books(), tables()[0])
    assert table.loc["A-1"].tolist() == [6.0] * 4
    assert table.loc["B-1"].tolist()[:2] == [0.0, 0.0]
    assert table.loc["B-1"].isna().tolist() == [False, False, True, True]
    assert "A-2" not in table.index
    assert returns.vintages(books(), tables()[0], "REVENUE").loc["A-1"].sum() == 40.0


def test_the_triangle_holds_what_the_models_earned(small_run):
    table = returns.vintages(small_run.ledger, small_run.models)
    earned = small_run.models.set_index("model")["contribution"].reindex(table.index)
    pd.testing.assert_series_equal(table.sum(axis=1), earned, check_names=False)
    assert table.loc["Alpha-1"].isna().tolist()[:6] == [True] * 6
