"""Products that share one luck: a customer takes the best of each group, and the logit is among groups."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.economics import demand
from tests.economics.games import few


@st.composite
def markets(draw, most=7):
    """Utility (R, J), alpha, weights, prices, and groups of up to four products each."""
    types, goods, seed = draw(st.integers(1, 6)), draw(st.integers(1, most)), draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    utility = np.where(rng.random((types, goods)) < 0.1, -np.inf, rng.normal(2, 3, (types, goods)))
    arrays = utility, rng.uniform(0.1, 3, types), rng.uniform(0.1, 2, types), rng.uniform(0.1, 8, goods)
    return *arrays, rng.integers(0, 3, goods)


def shares_by_hand(utility, alpha, weights, prices, groups):
    """Shares of products in groups, customer by customer."""
    sold = np.zeros(len(prices))
    for r in range(len(alpha)):
        best: dict[int, int] = {}
        values = [utility[r, j] - alpha[r] * prices[j] for j in range(len(prices))]
        for j, group in enumerate(groups):
            if group not in best or values[j] > values[best[group]]:
                best[group] = j
        odds = {j: np.exp(values[j]) for j in best.values()}
        for j in odds:
            sold[j] += weights[r] * odds[j] / (1 + sum(odds.values()))
    return sold


@given(markets())
@few
def test_shares_are_those_of_a_loop_over_customers(m):
    np.testing.assert_allclose(demand.shares(*m), shares_by_hand(*m), rtol=1e-12, atol=1e-300)


def test_shares_are_those_of_a_race_in_which_a_group_has_one_luck():
    """Value plus Gumbel luck, drawn once for each group: the highest is chosen."""
    rng = np.random.default_rng(5)
    value, groups, draws = rng.normal(0, 1, 6), np.array([0, 1, 0, 2, 1, 0]), 400_000
    luck = rng.gumbel(size=(draws, 3))[:, groups]
    with_outside = np.column_stack([rng.gumbel(size=draws), value + luck])
    chosen = np.bincount(with_outside.argmax(axis=1), minlength=7)[1:] / draws
    expected = demand.shares(value[None], np.ones(1), np.ones(1), np.zeros(6), groups)
    np.testing.assert_allclose(chosen, expected, atol=4 * 0.5 / np.sqrt(draws))


@given(markets())
@few
def test_a_group_for_each_product_is_no_group(m):
    *market, groups = m
    alone = np.random.default_rng(1).permutation(len(groups))
    np.testing.assert_array_equal(demand.shares(*market, alone), demand.shares(*market))
    assert demand.consumer_surplus(*market, alone) == demand.consumer_surplus(*market)


@given(markets())
@few
def test_a_copy_takes_from_nobody_in_its_group_and_from_all_outside_it(m):
    """The red bus and the blue bus: in its group the first of two equals sells, as a group of its own both do."""
    utility, alpha, weights, prices, groups = m
    utility = np.where(utility > -np.inf, utility, 0.0)
    copied = np.column_stack([utility, utility[:, 0]]), alpha, weights, np.append(prices, prices[0])
    before = demand.shares(utility, alpha, weights, prices, groups)
    same = demand.shares(*copied, np.append(groups, groups[0]))
    np.testing.assert_allclose(same, np.append(before, 0.0), rtol=1e-14)
    other = demand.shares(*copied, np.append(groups, 9))
    bought = before > 0
    assert (other[:-1][bought] <= before[bought]).all()
    everybody = demand.probabilities(utility, alpha, prices, groups).min(axis=0) > 1e-6
    assert (other[:-1][everybody] < before[everybody]).all()


@given(markets())
@few
def test_surplus_falls_by_the_quantity_sold_when_a_price_rises(m):
    utility, alpha, weights, prices, groups = m
    sold = demand.shares(utility, alpha, weights, prices, groups)
    for j in range(len(prices)):
        moved = 1e-7 * np.eye(len(prices))[j]
        up, down = (demand.consumer_surplus(utility, alpha, weights, prices + s * moved, groups) for s in (1, -1))
        assert (up - down) / 2e-7 == pytest.approx(-sold[j], abs=1e-5)


def test_of_equals_the_first_is_the_best():
    value = np.array([[1.0, 2.0, 2.0, 0.5], [-np.inf, -np.inf, -np.inf, 1.0]])
    best = demand.best_of_groups(value, np.array([4, 4, 4, 7]))
    np.testing.assert_array_equal(best[0], [-np.inf, 2.0, -np.inf, 0.5])
    np.testing.assert_array_equal(best[1], [-np.inf, -np.inf, -np.inf, 1.0])
