"""The pricing rule's best response: the Lambert-W closed form, and what must not matter."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from market.economics import equilibrium
from market.economics.best_response import best_response
from tests.economics.games import Logit, few, lambert_markup, mixed_logits, plain_logits


@given(plain_logits(fewest=2), st.floats(1.0, 4.0))
@few
def test_best_response_of_one_product_is_the_lambert_markup(game, markup):
    prices = game.costs * markup
    others = np.logaddexp.reduce([0.0, *(game.quality - game.alpha * prices)[1:]])
    expected = game.costs[0] + lambert_markup(game.worth[0] - others, game.alpha)
    assume(1.02 * game.costs[0] < expected < 29 * game.costs[0])  # where it searches
    own = np.arange(len(prices)) == 0
    found = best_response(*game.arrays[:4], prices, own, np.array([0]))
    assert found.converged
    assert found.prices[0] == pytest.approx(expected, rel=1e-6)
    assert found.profit == pytest.approx((expected - game.costs[0]) - 1 / game.alpha, rel=1e-9)


def test_best_response_of_a_line_up_is_one_lambert_markup():
    game = Logit(np.array([4.0, 3.0, 3.5]), 1.2, np.array([1.0, 0.6, 0.8]), np.array([0, 0, 1]))
    prices = np.array([2.0, 2.0, 1.7])
    rivals = np.logaddexp(0.0, 3.5 - 1.2 * 1.7)
    expected = lambert_markup(np.logaddexp.reduce(game.worth[:2]) - rivals, 1.2)
    found = best_response(*game.arrays[:4], prices, game.firms == 0, np.array([0, 1]))
    assert found.converged
    np.testing.assert_allclose((found.prices - game.costs)[:2], expected, rtol=1e-5)
    sought = equilibrium.global_best_response(*game.arrays, 0, prices)
    assert found.profit == pytest.approx(sought.profits[:2].sum(), rel=1e-9)


@given(mixed_logits(spread=0.8))
@few
def test_relabelling_rescaling_and_splitting_change_nothing(arrays):
    """The search compares profits, which are flat at the top: profits agree to rounding, prices to its square root."""
    utility, alpha, weights, costs, firms = arrays
    own, free = firms == firms[0], np.array([0])

    def agree(expected, money, utility, alpha, weights, costs, own, free):
        found = best_response(utility, alpha, weights, costs, 2 * costs, own, free)
        assert found.profit == pytest.approx(expected.profit * money, rel=1e-10)
        assert found.prices[free[0]] == pytest.approx(expected.prices[0] * money, rel=1e-6)

    one = best_response(utility, alpha, weights, costs, 2 * costs, own, free)
    agree(one, 1, utility[:, ::-1], alpha, weights, costs[::-1], own[::-1], len(costs) - 1 - free)
    agree(one, 7, utility, alpha / 7, weights, costs * 7, own, free)
    agree(one, 1, np.tile(utility, (2, 1)), np.tile(alpha, 2), np.tile(weights / 2, 2), costs, own, free)
