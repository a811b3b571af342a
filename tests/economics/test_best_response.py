"""The pricing rule's best response: closed forms, first-order conditions, brute force, and what must not matter."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.special import expit, logsumexp

from market.economics import demand, equilibrium
from market.economics.best_response import HIGHEST_MARKUP, LOWEST_MARKUP, MARKUPS, best_response
from tests.economics.games import Logit, few, lambert_markup, mixed_logits, plain_logits

FIRST = np.array([0])


def profit(utility, alpha, weights, costs, prices, own):
    """What a firm earns on all its products."""
    return demand.shares(utility, alpha, weights, prices) @ np.where(own, prices - costs, 0.0)


def inside(price, cost):
    """Whether a price is one that profit has a slope at, not an end of what is searched."""
    return 1.02 * cost < price < 0.98 * HIGHEST_MARKUP * cost


@given(plain_logits(fewest=1), st.floats(1.0, 4.0))
@few
def test_best_response_of_one_product_is_the_lambert_markup(game, markup):
    """The monopolist's if there is one product: (p − c)α = 1 + W(e^(v − αc − 1))."""
    prices = game.costs * markup
    others = np.logaddexp.reduce([0.0, *(game.quality - game.alpha * prices)[1:]])
    expected = game.costs[0] + lambert_markup(game.worth[0] - others, game.alpha)
    assume(inside(expected, game.costs[0]))
    own = np.arange(len(prices)) == 0
    found = best_response(*game.arrays[:4], prices, own, FIRST)
    assert found.converged
    assert found.prices[0] == pytest.approx(expected, rel=1e-12)
    earned = profit(*game.arrays[:4], found.prices, own)
    assert earned == pytest.approx((expected - game.costs[0]) - 1 / game.alpha, rel=1e-9)


def test_best_response_of_a_line_up_is_one_lambert_markup():
    game = Logit(np.array([4.0, 3.0, 3.5]), 1.2, np.array([1.0, 0.6, 0.8]), np.array([0, 0, 1]))
    prices = np.array([2.0, 2.0, 1.7])
    rivals = np.logaddexp(0.0, 3.5 - 1.2 * 1.7)
    expected = lambert_markup(np.logaddexp.reduce(game.worth[:2]) - rivals, 1.2)
    found = best_response(*game.arrays[:4], prices, game.firms == 0, np.array([0, 1]))
    assert found.converged
    np.testing.assert_allclose((found.prices - game.costs)[:2], expected, rtol=1e-5)
    sought = equilibrium.global_best_response(*game.arrays, 0, prices)
    earned = profit(*game.arrays[:4], found.prices, game.firms == 0)
    assert earned == pytest.approx(sought.profits[:2].sum(), rel=1e-9)


@given(mixed_logits(spread=0.8))
@few
def test_the_first_order_condition_holds_to_rounding(arrays):
    """D_j + Σ_k own (p_k − c_k) ∂D_k/∂p_j = 0, each side summed on its own."""
    utility, alpha, weights, costs, firms = arrays
    own = firms == firms[0]
    prices = best_response(utility, alpha, weights, costs, 2 * costs, own, FIRST).prices
    assume(inside(prices[0], costs[0]))
    slopes = demand.jacobian(utility, alpha, weights, prices)[:, 0]
    lost = slopes @ np.where(own, prices - costs, 0.0)
    assert lost == pytest.approx(-demand.shares(utility, alpha, weights, prices)[0], rel=1e-11)


@given(mixed_logits(spread=0.8), st.booleans())
@few
def test_no_price_of_a_fine_grid_earns_more(arrays, alone):
    utility, alpha, weights, costs, firms = arrays
    own = np.arange(len(costs)) == 0 if alone else firms == firms[0]
    best = best_response(utility, alpha, weights, costs, 2 * costs, own, FIRST).prices
    most, prices = profit(utility, alpha, weights, costs, best, own), best.copy()
    for prices[0] in costs[0] * np.geomspace(LOWEST_MARKUP, HIGHEST_MARKUP, 500):
        assert profit(utility, alpha, weights, costs, prices, own) <= most + 1e-12 * abs(most)


@given(st.integers(0, 2**31))
@few
def test_the_cell_is_that_of_the_best_grid_point(seed):
    """However steep the types are, and so however many peaks there are: no point of the grid earns more."""
    rng = np.random.default_rng(seed)
    types = rng.integers(1, 40)
    alpha, worth = rng.lognormal(2, 2, types), rng.lognormal(1, 1, types)
    weights, own = rng.random(types), np.array([True, True])
    utility = np.column_stack([alpha * worth, rng.normal(0, 3, types)])
    costs, prices = np.array([1.0, 0.5]), np.array([2.0, 0.9])
    found = best_response(utility, alpha, weights, costs, prices, own, FIRST)
    assume(not len(found.unsold))
    rest = logsumexp([np.zeros(types), utility[:, 1] - alpha * 0.9], axis=0)
    otherwise = 0.4 * expit(utility[:, 1] - alpha * 0.9)

    def earned(price):
        bought = expit(utility[:, 0] - alpha * price - rest)
        return weights @ (bought * (price - 1.0 - otherwise))

    best, grid = earned(found.prices[0]), np.array([earned(price) for price in MARKUPS])
    assert best >= grid.max() - 1e-12 * abs(grid.max())
    near = MARKUPS[max(grid.argmax() - 1, 0)], MARKUPS[min(grid.argmax() + 1, len(MARKUPS) - 1)]
    assert near[0] <= found.prices[0] <= near[1]


def test_of_two_peaks_next_to_a_grid_point_the_higher_one_is_found():
    """Two types leave just above the best grid point, one of them first: steps of any size would pass its peak."""
    at = MARKUPS[20]
    leaves = at * np.array([1.02, 1.04])
    alpha = np.full(2, 1e4)
    found = best_response((alpha * leaves)[:, None], alpha, np.ones(2), np.ones(1), np.ones(1), np.ones(1, bool), FIRST)
    assert at < found.prices[0] < leaves[0]
    assert found.prices[0] == pytest.approx(leaves[0], rel=1e-3)


def test_a_price_stays_at_the_end_from_which_profit_rises_outwards():
    own, one = np.ones(1, bool), np.ones(1)
    dear = best_response(np.full((1, 1), 50.0), one / 100, one, one, one, own, FIRST)
    assert dear.prices[0] == HIGHEST_MARKUP
    cheap = best_response(np.full((1, 1), 1003.0), 1000 * one, one, one, one, own, FIRST)
    assert cheap.prices[0] == LOWEST_MARKUP


def test_what_nobody_buys_keeps_its_price():
    utility = np.array([[-np.inf, 2.0], [-80.0, 2.0]])
    found = best_response(utility, np.ones(2), np.ones(2), np.ones(2), np.full(2, 3.0), np.ones(2, bool), np.arange(2))
    assert found.unsold.tolist() == [0]
    assert found.prices[0] == 3.0
    assert found.prices[1] == pytest.approx(1 + lambert_markup(1.0, 1.0), rel=1e-12)
    nobody = best_response(np.empty((0, 1)), np.empty(0), np.empty(0), np.ones(1), np.ones(1), np.ones(1, bool), FIRST)
    assert nobody.unsold.tolist() == [0]


@given(mixed_logits(spread=0.8))
@example((np.array([[800.0, 790.0], [-900.0, 3.0]]), np.ones(2), np.ones(2), np.ones(2), np.array([0, 1])))
@few
def test_relabelling_rescaling_and_splitting_change_nothing(arrays):
    utility, alpha, weights, costs, firms = arrays
    own = firms == firms[0]

    def agree(expected, money, utility, alpha, weights, costs, own, free):
        found = best_response(utility, alpha, weights, costs, 2 * costs, own, free)
        assert found.prices[free[0]] == pytest.approx(expected * money, rel=1e-12)

    one = best_response(utility, alpha, weights, costs, 2 * costs, own, FIRST).prices[0]
    agree(one, 1, utility[:, ::-1], alpha, weights, costs[::-1], own[::-1], len(costs) - 1 - FIRST)
    agree(one, 7, utility, alpha / 7, weights, costs * 7, own, FIRST)
    agree(one, 1, np.tile(utility, (2, 1)), np.tile(alpha, 2), np.tile(weights / 2, 2), costs, own, FIRST)
    agree(one, 1, utility[::-1].copy(), alpha[::-1].copy(), weights[::-1].copy(), costs, own, FIRST)
