"""A firm's best response, sought globally: closed form, brute force and revealed preference."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from market.economics import demand, equilibrium
from tests.economics.games import few, lambert_markup, mixed_logits, plain_logits


@given(plain_logits(fewest=2), st.floats(1.0, 4.0))
@few
def test_best_response_is_the_lambert_markup_against_rivals(game, markup):
    prices = game.costs * markup
    rival = game.firms != game.firms[0]
    others = np.logaddexp.reduce([0.0, *(game.quality - game.alpha * prices)[rival]])
    expected = lambert_markup(np.logaddexp.reduce(game.worth[~rival]) - others, game.alpha)
    found = equilibrium.global_best_response(*game.arrays, game.firms[0], prices)
    assert found.converged
    np.testing.assert_allclose((found.prices - game.costs)[~rival], expected, rtol=1e-9)
    np.testing.assert_array_equal(found.prices[rival], prices[rival])
    own = found.owners == game.firms[0]
    assert found.gains[own].max() <= 1e-12


@given(mixed_logits(spread=1.5))
@few
def test_no_dense_grid_beats_the_best_response(arrays):
    utility, alpha, weights, costs, _ = arrays
    firms = np.arange(len(costs))
    found = equilibrium.global_best_response(utility, alpha, weights, costs, firms, 0, 2 * costs)
    for price in costs[0] + np.geomspace(0.3 / alpha.max(), 30 / alpha.min(), 400):
        tried = np.concatenate([[price], 2 * costs[1:]])
        profit = demand.shares(utility, alpha, weights, tried)[0] * (price - costs[0])
        assert profit <= found.profits[0] * (1 + 1e-12)


@given(mixed_logits(spread=1.5), st.floats(1e-3, 1.0))
@few
def test_a_best_response_rises_with_cost_whatever_the_mixture(arrays, more):
    """By revealed preference, with any demand: selling less is what a higher cost asks for."""
    utility, alpha, weights, costs, _ = arrays
    firms, dearer = np.arange(len(costs)), costs + more * (np.arange(len(costs)) == 0)
    responses = [
        equilibrium.global_best_response(utility, alpha, weights, c, firms, 0, 2 * costs) for c in (costs, dearer)
    ]
    assert responses[1].prices[0] > responses[0].prices[0]
