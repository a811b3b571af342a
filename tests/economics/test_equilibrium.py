"""Equilibrium prices: closed forms of plain logit, comparative statics, and what must not matter."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import brentq

from market.economics import demand, equilibrium
from market.evidence import load
from tests.economics.games import Logit, few, lambert_markup, mixed_logits, plain_logits, solve

PUBLISHED = load("published_numbers")["calvano_2020"]


@pytest.mark.parametrize("firms", [1, 2, 3, 8, 30])
def test_symmetric_logit(firms):
    game = Logit(np.full(firms, 3.0), 1.5, np.full(firms, 0.7), np.arange(firms))

    def gap(price):
        odds = np.exp(3.0 - 1.5 * price)
        return price - 0.7 - 1 / (1.5 * (1 - odds / (1 + firms * odds)))

    found = solve(*game.arrays)
    np.testing.assert_allclose(found.prices, brentq(gap, 0.7, 10, xtol=1e-14), rtol=1e-11)
    np.testing.assert_allclose(found.profits, found.shares * (found.prices - 0.7), rtol=1e-14)
    assert found.is_nash


@given(plain_logits())
@few
def test_monopoly_charges_the_lambert_markup_on_everything(game):
    found = solve(*game.arrays[:4], np.zeros(len(game.costs), int))
    expected = lambert_markup(np.logaddexp.reduce(game.worth), game.alpha)
    np.testing.assert_allclose(found.prices - game.costs, expected, rtol=1e-10)
    assert found.profits.sum() == pytest.approx(expected - 1 / game.alpha, rel=1e-9)
    assert found.is_nash


@given(plain_logits())
@few
def test_a_firm_has_one_markup_and_types_aggregate(game):
    """Nocke and Schutz (2018): a firm's type is Σ exp(v − αc); its markup μ solves μ (1 − T/H exp(−μ)) = 1."""
    owners = np.unique(game.firms)
    types = np.array([np.exp(game.worth[game.firms == firm]).sum() for firm in owners])

    def markup(kind, aggregate):
        return brentq(lambda mu: mu * (1 - kind / aggregate * np.exp(-mu)) - 1, 1.0, 2 + np.log1p(kind), xtol=1e-14)

    def gap(aggregate):
        fitted = [kind * np.exp(-markup(kind, aggregate)) for kind in types]
        return 1 + sum(fitted) - aggregate

    aggregate = brentq(gap, 1.0, 1 + types.sum(), xtol=1e-13, rtol=1e-14)
    expected = np.array([markup(kind, aggregate) for kind in types]) / game.alpha
    found = solve(*game.arrays)
    np.testing.assert_allclose(found.prices - game.costs, expected[np.searchsorted(owners, game.firms)], rtol=1e-9)
    assert found.outside_share == pytest.approx(1 / aggregate, rel=1e-9)
    assert found.is_nash


def test_calvano():
    p = PUBLISHED["parameters"]
    goods = p["n"]
    game = Logit(np.full(goods, (p["a"] - p["a0"]) / p["mu"]), 1 / p["mu"], np.full(goods, p["c"]), np.arange(goods))
    nash = solve(*game.arrays)
    np.testing.assert_allclose(nash.prices, PUBLISHED["nash_price"], atol=1e-10)
    np.testing.assert_allclose(nash.profits, PUBLISHED["nash_profit"], atol=1e-10)
    joint = equilibrium.joint_prices(*game.arrays)
    np.testing.assert_allclose(joint.prices, PUBLISHED["joint_price"], atol=1e-10)
    np.testing.assert_allclose(joint.profits, PUBLISHED["joint_profit"], atol=1e-10)
    assert nash.prices.round(3).tolist() == [1.473, 1.473]
    assert joint.prices.round(3).tolist() == [1.925, 1.925]


@given(plain_logits(), st.floats(0.05, 0.5))
@few
def test_a_price_rises_with_its_own_cost(game, more):
    own = game.firms == game.firms[0]
    first = np.arange(len(own)) == 0
    cheap = solve(*game.arrays)
    dear = solve(*Logit(game.quality, game.alpha, game.costs + more * first, game.firms).arrays)
    assert dear.prices[0] > cheap.prices[0]
    assert dear.shares[0] < cheap.shares[0]
    assert dear.profits[own].sum() < cheap.profits[own].sum()


@given(st.integers(1, 12), st.floats(-2, 6), st.floats(0.3, 4))
@few
def test_more_firms_charge_lower_markups(firms, quality, alpha):
    def price(number):
        game = Logit(np.full(number, quality), alpha, np.ones(number), np.arange(number))
        return solve(*game.arrays).prices[0]

    assert 1 + 1 / alpha < price(firms + 1) < price(firms)


@given(plain_logits(fewest=4))
@few
def test_a_merger_raises_all_prices_and_lowers_surplus(game):
    """A theorem of plain logit; with segments an outsider whose customers change may charge less."""
    utility, alpha, weights, costs, _ = game.arrays
    firms = np.arange(len(costs))
    apart = solve(utility, alpha, weights, costs, firms)
    merged = equilibrium.joint_prices(utility, alpha, weights, costs, firms, members=[1, 2], start=apart.prices)
    assert merged.is_nash
    assert merged.owners.tolist() == [0, 1, *range(3, len(costs))]
    rise = merged.prices - apart.prices
    assert (rise > -1e-11 * apart.prices).all()
    assert rise[[1, 2]].max() > 0
    assert merged.profits[[1, 2]].sum() > apart.profits[[1, 2]].sum() * (1 - 1e-12)
    surplus = [demand.consumer_surplus(utility, alpha, weights, market.prices) for market in (apart, merged)]
    assert surplus[1] < surplus[0] * (1 + 1e-12)


@given(mixed_logits(spread=0.15))
@few
def test_joint_profit_is_the_most_and_tempts_its_members(arrays):
    utility, alpha, weights, costs, _ = arrays
    firms = np.arange(len(costs))
    nash = solve(utility, alpha, weights, costs, firms)
    joint = equilibrium.joint_prices(utility, alpha, weights, costs, firms)
    assume(nash.is_nash and joint.is_nash)
    assert joint.profits.sum() > nash.profits.sum()
    assert (equilibrium.deviation_gains(utility, alpha, weights, costs, firms, joint.prices) > 0).all()


@given(mixed_logits(spread=0.8), st.randoms(use_true_random=False))
@few
def test_relabelling_products_and_firms_changes_nothing(arrays, luck):
    utility, alpha, weights, costs, firms = arrays
    order = luck.sample(range(len(costs)), len(costs))
    before = equilibrium.nash_prices(*arrays)
    after = equilibrium.nash_prices(utility[:, order], alpha, weights, costs[order], 7 - firms[order])
    np.testing.assert_allclose(after.prices, before.prices[order], rtol=1e-10)
    np.testing.assert_allclose(after.shares, before.shares[order], rtol=1e-10)
    np.testing.assert_allclose(after.gains[::-1], before.gains, rtol=1e-7, atol=1e-12)


@given(mixed_logits(spread=0.8), st.floats(1e-4, 1e4))
@few
def test_rescaling_money_rescales_prices_and_profits(arrays, rate):
    utility, alpha, weights, costs, firms = arrays
    before = equilibrium.nash_prices(*arrays)
    after = equilibrium.nash_prices(utility, alpha / rate, weights, costs * rate, firms)
    np.testing.assert_allclose(after.prices, before.prices * rate, rtol=1e-10)
    np.testing.assert_allclose(after.profits, before.profits * rate, rtol=1e-10)
    np.testing.assert_allclose(after.shares, before.shares, rtol=1e-10)
    np.testing.assert_allclose(after.gains, before.gains * rate, rtol=1e-7, atol=1e-12 * rate)


@given(mixed_logits(spread=0.8))
@few
def test_splitting_a_segment_in_two_halves_changes_nothing(arrays):
    utility, alpha, weights, costs, firms = arrays
    before = equilibrium.nash_prices(*arrays)
    halves = np.tile(utility, (2, 1)), np.tile(alpha, 2), np.tile(weights / 2, 2)
    after = equilibrium.nash_prices(*halves, costs, firms)
    np.testing.assert_allclose(after.prices, before.prices, rtol=1e-10)
    np.testing.assert_allclose(after.profits, before.profits, rtol=1e-10)


@given(mixed_logits(spread=0.8), st.floats(1e-6, 1e12))
@few
def test_the_size_of_the_market_scales_profits_only(arrays, size):
    utility, alpha, weights, costs, firms = arrays
    before = equilibrium.nash_prices(*arrays)
    after = equilibrium.nash_prices(utility, alpha, weights * size, costs, firms)
    np.testing.assert_allclose(after.prices, before.prices, rtol=1e-10)
    np.testing.assert_allclose(after.shares, before.shares, rtol=1e-10)
    np.testing.assert_allclose(after.profits, before.profits * size, rtol=1e-10)
    assert after.is_nash == before.is_nash
