"""Demand: closed forms of the logit, and invariances to 1e-12."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.economics import demand


@st.composite
def markets(draw):
    """A small mixed-logit market: utility (R, J), alpha, weights, prices."""
    types, goods, seed = draw(st.integers(1, 6)), draw(st.integers(1, 5)), draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    return (
        rng.normal(2, 3, (types, goods)),
        rng.uniform(0.1, 3, types),
        rng.uniform(0.1, 2, types),
        rng.uniform(0.1, 8, goods),
    )


def test_binary_logit_by_hand():
    chance = demand.probabilities(np.array([[2.0]]), np.array([0.5]), np.array([2.0]))
    assert chance[0, 0] == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-15)


def test_rasch_curve():
    assert demand.log_success(10.0, 10.0, 5.0) == pytest.approx(np.log(0.5))
    assert demand.log_success(1000.0, 0.0, 5.0) == pytest.approx(0.0, abs=1e-12)
    assert demand.log_success(-50.0, 50.0, 5.0) == pytest.approx(-20.0, abs=1e-8)


@given(markets())
def test_logit_elasticities_and_diversion_in_closed_form(m):
    utility, alpha, weights, prices = m
    utility, alpha, weights = utility[:1], alpha[:1], weights[:1]  # one type: plain logit
    share = demand.probabilities(utility, alpha, prices)[0]
    own = -alpha[0] * prices * (1 - share)
    cross = alpha[0] * prices * share
    expected = np.broadcast_to(cross, (len(prices),) * 2).copy()
    np.fill_diagonal(expected, own)
    np.testing.assert_allclose(demand.elasticities(utility, alpha, weights, prices), expected, rtol=1e-9, atol=1e-300)
    ratios = demand.diversion(utility, alpha, weights, prices)
    out = 1 - share.sum()
    for j in range(len(prices)):
        assert ratios[j, j] == pytest.approx(out / (1 - share[j]), rel=1e-6, abs=1e-9)
        for k in set(range(len(prices))) - {j}:
            assert ratios[j, k] == pytest.approx(share[k] / (1 - share[j]), rel=1e-6)


@given(markets())
def test_jacobian_is_the_derivative(m):
    utility, alpha, weights, prices = m
    exact = demand.jacobian(utility, alpha, weights, prices)
    step = 1e-6
    for k in range(len(prices)):
        moved = step * np.eye(len(prices))[k]
        up, down = (demand.shares(utility, alpha, weights, prices + s * moved) for s in (1, -1))
        np.testing.assert_allclose((up - down) / (2 * step), exact[:, k], atol=1e-7)


@given(markets())
def test_splitting_a_segment_in_two_halves_changes_nothing(m):
    utility, alpha, weights, prices = m
    whole = demand.shares(utility, alpha, weights, prices)
    halves = demand.shares(np.tile(utility, (2, 1)), np.tile(alpha, 2), np.tile(weights / 2, 2), prices)
    np.testing.assert_allclose(halves, whole, atol=1e-12, rtol=1e-12)


@given(markets(), st.floats(1e-6, 1e6))
def test_rescaling_money_changes_nothing(m, rate):
    utility, alpha, _, prices = m
    before = demand.probabilities(utility, alpha, prices)
    np.testing.assert_allclose(demand.probabilities(utility, alpha / rate, prices * rate), before, atol=1e-12)


@given(markets())
def test_surplus_falls_by_the_quantity_sold_when_a_price_rises(m):
    utility, alpha, weights, prices = m
    step = 1e-6
    for j in range(len(prices)):
        moved = step * np.eye(len(prices))[j]
        up, down = (demand.consumer_surplus(utility, alpha, weights, prices + s * moved) for s in (1, -1))
        quantity = demand.shares(utility, alpha, weights, prices)[j]
        assert (up - down) / (2 * step) == pytest.approx(-quantity, abs=1e-6)


@settings(max_examples=20)
@given(markets())
def test_huge_utilities_do_not_overflow(m):
    utility, alpha, _, prices = m
    chances = demand.probabilities(utility + 5000.0, alpha, prices)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0, atol=1e-12)
    blocked = utility.copy()
    blocked[:, 0] = -np.inf
    assert (demand.probabilities(blocked, alpha, prices)[:, 0] == 0).all()
