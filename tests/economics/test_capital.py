"""The capital market's terms, by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.economics.capital import CapitalMarket, Standing, exit_multiple, grant, run_rate, valuation, yearly_growth

MARKET = CapitalMarket()


def standing(revenues=(1e8,) * 24, last_raise=None, behind=0.0, month=30, **more):
    return Standing(month, last_raise, revenues, behind, **more)


def grown(rate, months=24):
    return tuple(1e8 * rate ** (month / 12) for month in range(months))


def test_run_rate_and_growth():
    assert run_rate((5.0, 1.0, 2.0, 3.0)) == 24.0
    assert yearly_growth(grown(3.0)) == pytest.approx(3.0)
    assert yearly_growth(grown(3.0, 8)) == pytest.approx(3.0)  # a year is not needed
    assert yearly_growth((1.0, 2.0, 3.0)) == 1.0
    assert yearly_growth((0.0,) * 10 + (1.0,) * 5) == math.inf
    assert run_rate(()) == 0.0


def test_the_exit_multiple_falls_linearly_with_growth():
    assert exit_multiple(MARKET, 5.0) == exit_multiple(MARKET, 3.5) == 27.0
    assert exit_multiple(MARKET, 2.25) == pytest.approx(16.0)
    assert exit_multiple(MARKET, 1.0) == exit_multiple(MARKET, 0.3) == 5.0


def test_a_valuation_is_the_exit_multiple_times_the_run_rate():
    assert valuation(MARKET, (1e8,) * 24) == pytest.approx(5 * 12e8)
    assert valuation(MARKET, grown(2.25)) == pytest.approx(16 * run_rate(grown(2.25)))
    assert valuation(MARKET, (*grown(3.0), 0.0, 0.0, 0.0)) == 0.0


def test_a_stake_of_the_valuation_is_the_most_that_is_granted():
    found = grant(MARKET, 1e12, standing(grown(3.5)))
    assert found.exit_multiple == pytest.approx(27.0)
    assert found.amount == pytest.approx(0.14 * 27 * run_rate(grown(3.5)))
    assert grant(MARKET, 1e6, standing()).amount == 1e6


def test_on_its_promise_a_lab_gets_what_it_asks_for():
    found = grant(MARKET, 3e9, standing((1e6,) * 5, behind=90.0))
    assert (found.amount, found.refusal) == (3e9, "")
    assert math.isnan(found.exit_multiple)


@pytest.mark.parametrize(
    ("asks", "why"),
    [
        (standing(shut=True), "shut"),
        (standing(last_raise=25), "less than 6 months old"),
        (standing(behind=5.1), "behind the frontier and does not grow"),
        (standing((0.0,) * 24), "no revenue"),
    ],
)
def test_refusals_say_why(asks, why):
    found = grant(MARKET, 1e9, asks)
    assert found.amount == 0
    assert why in found.refusal


def test_nobody_pays_in_less_than_what_saves_it():
    worth = 0.14 * 27 * run_rate(grown(3.5))
    assert grant(MARKET, 1e12, standing(grown(3.5), lacks=0.9 * worth)).amount == pytest.approx(worth)
    assert "would not save it" in grant(MARKET, 1e12, standing(grown(3.5), lacks=1.1 * worth)).refusal


def test_six_months_later_and_with_growth_it_is_granted():
    assert grant(MARKET, 8e8, standing(last_raise=24)).amount == 8e8
    assert grant(MARKET, 1e9, standing(grown(1.2), behind=40.0)).amount > 0
    assert grant(MARKET, 1e9, standing(behind=4.0)).amount > 0


@given(st.lists(st.floats(0, 1e10), min_size=0, max_size=40), st.floats(0, 1e12), st.floats(0, 100))
def test_never_more_than_asked_and_always_an_answer(revenues, asked, behind):
    found = grant(MARKET, asked, standing(tuple(revenues), behind=behind))
    assert 0 <= found.amount <= asked
    assert bool(found.refusal) == (found.amount == 0) or asked == 0
