"""Prices of products in groups: brute force, the game without what nobody buys, and groups of one."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.economics import demand, equilibrium
from market.economics.benchmarks import benchmarks
from market.economics.best_response import FLAT, HIGHEST_MARKUP, LOWEST_MARKUP, best_response
from tests.economics.games import Logit, few, lambert_markup, mixed_logits

FIRST = np.array([0])


@st.composite
def line_ups(draw):
    """Arguments of a best response up to `own`, and groups: those of even number are the firm's."""
    types, goods, seed = draw(st.integers(1, 40)), draw(st.integers(2, 8)), draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, draw(st.integers(1, 4)), goods)
    own = groups % 2 == groups[0] % 2
    tastes = rng.normal(0, 1.5, (types, 4))[:, groups] + rng.normal(0, draw(st.sampled_from([0, 0.3, 1.5])), goods)
    utility = np.where(rng.random((types, goods)) < 0.05, -np.inf, rng.normal(2, 2, goods) + tastes)
    costs = rng.uniform(0.3, 2, goods)
    prices = costs * rng.uniform(1.1, 4, goods)
    return utility, rng.lognormal(0, 1, types), rng.random(types), costs, prices, own, groups


def profit(utility, alpha, weights, costs, prices, own, groups):
    """What a firm earns on all its products."""
    return demand.shares(utility, alpha, weights, prices, groups) @ np.where(own, prices - costs, 0.0)


def most_on_a_grid(utility, alpha, weights, costs, prices, own, groups, product, points):
    """Most that the firm earns on a fine grid of one price, all others held."""
    markups = np.geomspace(LOWEST_MARKUP, HIGHEST_MARKUP, points)
    tried = np.tile(prices, (points, 1))
    tried[:, product] = costs[product] * markups
    return max(profit(utility, alpha, weights, costs, each, own, groups) for each in tried)


@given(line_ups())
@few
def test_no_price_of_a_fine_grid_earns_more(line_up):
    utility, alpha, weights, costs, prices, own, groups = line_up
    found = best_response(utility, alpha, weights, costs, prices, own, FIRST, groups)
    market = utility, alpha, weights, costs, found.prices, own, groups
    if not len(found.unsold):
        assert most_on_a_grid(*market, 0, 4000) <= profit(*market) * (1 + 1e-6)
    others = np.arange(len(prices)) > 0
    np.testing.assert_array_equal(found.prices[others], prices[others])


@given(line_ups())
@few
def test_types_that_weigh_nothing_change_nothing(line_up):
    """A hundred of them, whose cutoffs are many within one interval of prices."""
    utility, alpha, weights, *market = line_up
    rng = np.random.default_rng(len(weights))
    absent = utility[0] + rng.normal(0, 0.05, (100, utility.shape[1])), rng.lognormal(0, 0.05, 100), np.zeros(100)
    crowd = [np.concatenate(pair) for pair in zip((utility, alpha, weights), absent, strict=True)]
    costs, prices, own, groups = market
    alone = best_response(utility, alpha, weights, costs, prices, own, FIRST, groups)
    beside = best_response(*crowd, costs, prices, own, FIRST, groups)
    np.testing.assert_allclose(beside.prices, alone.prices, rtol=1e-6)


@given(line_ups(), st.integers(2, 5))
@few
def test_of_several_free_prices_none_can_be_bettered(line_up, number):
    """By no more than what ends the search (`FLAT`), and by a millionth where a gain that small does not end it.

    Products set aside are left out: they are offered where nobody buys them, so that leaving them out costs nothing.
    """
    utility, alpha, weights, costs, prices, own, groups = line_up
    free = np.flatnonzero(own)[:number]
    for flat, within in ((FLAT, FLAT), (0.0, 1e-6)):
        with mock.patch("market.economics.best_response.FLAT", flat):
            found = best_response(utility, alpha, weights, costs, prices, own, free, groups)
        assert found.converged
        earned = profit(utility, alpha, weights, costs, found.prices, own, groups)
        sold = np.where(np.isin(np.arange(len(costs)), found.unsold), -np.inf, utility)
        market = sold, alpha, weights, costs, found.prices, own, groups
        assert earned == pytest.approx(profit(*market), rel=1e-8)
        for product in np.setdiff1d(free, found.unsold):
            assert most_on_a_grid(*market, product, 500) <= profit(*market) * (1 + within)


def test_a_product_set_aside_is_out_of_the_way_of_those_too_who_can_use_no_other_of_its_group():
    """Whoever buys the first product leaves the third, on which the firm earns more than any price of the first."""
    utility = np.array([[5.0, -np.inf, 14.0], [-np.inf, 5.0, -np.inf]])
    market = utility, np.ones(2), np.ones(2), np.array([0.3, 0.3, 1.0])
    own, groups = np.ones(3, bool), np.array([0, 0, 2])
    found = best_response(*market, np.array([1.0, 2.0, 11.0]), own, np.array([0, 1]), groups)
    assert list(found.unsold) == [0]
    assert demand.shares(utility, np.ones(2), np.ones(2), found.prices, groups)[0] < 1e-8
    without = np.where(np.arange(3) == 0, -np.inf, utility)
    assert profit(*market, found.prices, own, groups) == pytest.approx(
        profit(without, *market[1:], found.prices, own, groups), rel=1e-8
    )


def test_two_free_prices_of_a_group_come_close_to_the_best_pair():
    """Two kinds of customers, and a product for each: brute force over both prices at once.

    The better product is just cheap enough for those who could also buy the other. A search that moves one price at a
    time does not see that a higher price of the one would make room for the other's: it stays within a thousandth.
    """
    utility = np.array([[9.0, 5.0], [3.0, 2.8], [3.0, 3.2]])
    alpha, weights, costs, own = np.array([0.5, 2.0, 2.5]), np.array([1.0, 6.0, 6.0]), np.array([1.0, 0.2]), [True] * 2
    groups = np.zeros(2, int)
    market = utility, alpha, weights, costs
    found = best_response(*market, 2 * costs, np.array(own), np.arange(2), groups)
    grids = [cost * np.geomspace(LOWEST_MARKUP, HIGHEST_MARKUP, 200) for cost in costs]
    most = max(profit(*market, np.array([one, two]), own, groups) for one in grids[0] for two in grids[1])
    earned = profit(*market, found.prices, own, groups)
    assert earned >= most * (1 - 2e-3)
    assert (demand.shares(utility, alpha, weights, found.prices, groups) > 0.1).all()


@given(mixed_logits(), st.integers(1, 4))
@few
def test_a_group_for_each_product_is_no_group(arrays, number):
    utility, alpha, weights, costs, firms = arrays
    own, alone = firms == firms[0], np.arange(len(costs))[::-1]
    free = np.flatnonzero(own)[:number]
    without = best_response(utility, alpha, weights, costs, 2 * costs, own, free)
    with_groups = best_response(utility, alpha, weights, costs, 2 * costs, own, free, alone)
    np.testing.assert_array_equal(with_groups.prices, without.prices)
    np.testing.assert_array_equal(with_groups.unsold, without.unsold)
    nash = [equilibrium.nash_prices(*arrays, groups=groups) for groups in (None, alone)]
    np.testing.assert_array_equal(nash[0].prices, nash[1].prices)
    np.testing.assert_array_equal(nash[0].gains, nash[1].gains)
    assert nash[0].residual == nash[1].residual
    joint = [equilibrium.joint_prices(*arrays, groups=groups).prices for groups in (None, alone)]
    np.testing.assert_array_equal(joint[0], joint[1])
    compared = [benchmarks(*arrays, 2 * costs, groups=groups) for groups in (None, alone)]
    np.testing.assert_array_equal(compared[0].gain, compared[1].gain)


def test_a_better_release_prices_as_if_the_old_one_were_gone():
    """The old release is dearer to serve and worse: it is in the way, and keeps a price that is high."""
    game = Logit(np.array([2.0, 4.0]), 1.0, np.array([1.2, 1.0]), np.zeros(2, int))
    expected = 1 + lambert_markup(3.0, 1.0)
    for old, moves in ((5.0, False), (1.3, True)):
        found = best_response(*game.arrays[:4], np.array([old, 1.01]), np.ones(2, bool), np.arange(2), np.zeros(2, int))
        assert found.prices[1] == pytest.approx(expected, rel=1e-9)
        assert found.unsold.tolist() == [0]
        assert (found.prices[0] > old) == moves
        assert demand.shares(*game.arrays[:3], found.prices, np.zeros(2, int))[0] == 0


def test_a_launch_stays_below_the_price_at_which_customers_keep_the_old_release():
    """The old release is on sale at 1.5, two units of utility behind: above 3.5 nobody would buy the new one."""
    game = Logit(np.array([2.0, 4.0]), 1.0, np.array([1.0, 1.0]), np.zeros(2, int))
    found = best_response(
        np.array([[3.0, 5.0]]), *game.arrays[1:4], np.array([1.5, 1.01]), np.ones(2, bool), np.array([1]), game.firms
    )
    assert 1 + lambert_markup(4.0, 1.0) > 4
    assert 3.5 * (1 - 1e-8) < found.prices[1] < 3.5
    assert found.prices[0] == 1.5


def test_types_that_cannot_use_a_group_do_not_hinder_moving_its_product_out_of_the_way():
    """The second type could only use the other group: its value and its floor are both −inf."""
    utility = np.array([[2.0, 4.0, 1.0], [-np.inf, -np.inf, 1.0]])
    alpha, weights, costs, groups = np.ones(2), np.ones(2), np.array([1.2, 1.0, 1.0]), np.array([0, 0, 1])
    with np.errstate(invalid="raise"):
        found = best_response(
            utility, alpha, weights, costs, np.array([1.3, 1.01, 2.0]), np.array([True, True, False]), FIRST, groups
        )
        both = best_response(
            utility, alpha, weights, costs, np.array([1.3, 1.01, 2.0]), groups == 0, np.arange(2), groups
        )
    assert found.unsold.tolist() == both.unsold.tolist() == [0]
    assert both.prices[0] > 1.3


@given(mixed_logits(fewest=2, most=2, spread=0.15))
@few
def test_a_dominated_product_in_each_group_leaves_the_nash_prices_of_a_duopoly(arrays):
    """Nobody would buy it at cost while another of its group is sold at a Nash price: it is as if it were not there."""
    utility, alpha, weights, costs, _ = arrays
    firms = np.arange(2)
    alone = equilibrium.nash_prices(utility, alpha, weights, costs, firms)
    doubled = np.column_stack([utility, utility - 12.0]), alpha, weights, np.tile(costs, 2), np.tile(firms, 2)
    found = equilibrium.nash_prices(*doubled, groups=np.tile(firms, 2))
    assert found.converged
    assert found.is_nash
    np.testing.assert_allclose(found.prices[:2], alone.prices, rtol=2e-5)
    assert found.shares[2:].max() == 0
    np.testing.assert_allclose(found.profits[:2], alone.profits, rtol=2e-5)


def test_a_product_in_the_way_is_set_aside_in_equilibrium_and_in_a_cartel():
    """Half a unit of utility behind, it would be preferred at cost to the other of its group at the Nash price."""
    one = Logit(np.array([4.0, 3.5]), 1.0, np.array([1.0, 0.8]), np.arange(2))
    two = Logit(np.tile(one.quality, 2) - [0, 0, 0.5, 0.5], 1.0, np.tile(one.costs, 2), np.tile(one.firms, 2))
    for solve in (equilibrium.nash_prices, equilibrium.joint_prices):
        found = solve(*two.arrays, groups=two.firms)
        assert found.is_nash
        np.testing.assert_allclose(found.prices[:2], solve(*one.arrays).prices, rtol=1e-5)
        assert found.shares[2:].max() == 0
    compared = benchmarks(*two.arrays, 2 * two.costs, groups=two.firms)
    assert compared.is_nash
    assert compared.profit_nash == pytest.approx(equilibrium.nash_prices(*one.arrays).profits, rel=1e-4)


@given(line_ups())
@few
def test_no_deviation_on_a_grid_gains_more_than_is_found(line_up):
    utility, alpha, weights, costs, prices, _, groups = line_up
    firms = groups % 2
    gains = equilibrium.deviation_gains(utility, alpha, weights, costs, firms, prices, groups=groups)
    for firm, gain in zip(np.unique(firms), gains, strict=True):
        market = utility, alpha, weights, costs, prices, firms == firm, groups
        now = profit(*market)
        for product in np.flatnonzero(firms == firm):
            most = most_on_a_grid(*market, product, 200)
            assert most - now <= gain + 1e-6 * abs(most)


def test_groups_of_the_wrong_number_are_refused():
    game = Logit(np.array([4.0, 3.5]), 1.0, np.ones(2), np.arange(2))
    with pytest.raises(ValueError, match="groups"):
        equilibrium.nash_prices(*game.arrays, groups=[0, 1, 2])
