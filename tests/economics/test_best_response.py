"""The pricing rule's best response: the Lambert-W closed form, and what must not matter."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from market.economics import equilibrium
from tests.economics.games import Logit, few, lambert_markup, mixed_logits, plain_logits


@given(plain_logits(fewest=2), st.floats(1.0, 4.0))
@few
def test_best_response_of_one_product_is_the_lambert_markup(game, markup):
    prices = game.costs * markup
    others = np.logaddexp.reduce([0.0, *(game.quality - game.alpha * prices)[1:]])
    expected = game.costs[0] + lambert_markup(game.worth[0] - others, game.alpha)
    assume(1.02 * game.costs[0] < expected < 29 * game.costs[0])  # where it searches
    own = np.arange(len(prices)) == 0
    found = equilibrium.best_response(*game.arrays[:4], prices, own, np.array([0]))
    assert found.converged
    assert found.prices[0] == pytest.approx(expected, rel=1e-6)
    assert found.profit == pytest.approx((expected - game.costs[0]) - 1 / game.alpha, rel=1e-9)


def test_best_response_of_a_line_up_is_one_lambert_markup():
    game = Logit(np.array([4.0, 3.0, 3.5]), 1.2, np.array([1.0, 0.6, 0.8]), np.array([0, 0, 1]))
    prices = np.array([2.0, 2.0, 1.7])
    rivals = np.logaddexp(0.0, 3.5 - 1.2 * 1.7)
    expected = lambert_markup(np.logaddexp.reduce(game.worth[:2]) - rivals, 1.2)
    found = equilibrium.best_response(*game.arrays[:4], prices, game.firms == 0, np.array([0, 1]))
    assert found.converged
    np.testing.assert_allclose((found.prices - game.costs)[:2], expected, rtol=1e-5)
    reply = equilibrium.best_reply(*game.arrays, 0, prices)
    assert found.profit == pytest.approx(reply.profits[:2].sum(), rel=1e-9)


@given(mixed_logits(spread=0.8))
@few
def test_relabelling_rescaling_and_splitting_change_nothing(arrays):
    utility, alpha, weights, costs, firms = arrays
    own, free = firms == firms[0], np.array([0])

    def price(utility, alpha, weights, costs, own, free):
        return equilibrium.best_response(utility, alpha, weights, costs, 2 * costs, own, free).prices[free]

    before = price(utility, alpha, weights, costs, own, free)
    backwards = price(utility[:, ::-1], alpha, weights, costs[::-1], own[::-1], len(costs) - 1 - free)
    np.testing.assert_allclose(backwards, before, rtol=1e-7)
    dollars = price(utility, alpha / 8, weights, costs * 8, own, free)
    np.testing.assert_allclose(dollars, 8 * before, rtol=1e-10)
    halves = price(np.tile(utility, (2, 1)), np.tile(alpha, 2), np.tile(weights / 2, 2), costs, own, free)
    np.testing.assert_allclose(halves, before, rtol=1e-7)
