"""Second choices: long-run diversion at fixed prices."""

import numpy as np
import pytest
from hypothesis import given

from market.economics import demand
from tests.economics.games import few, mixed_logits, plain_logits, solve


@given(plain_logits(fewest=2))
@few
def test_second_choices_in_plain_logit_follow_shares(game):
    found = solve(*game.arrays)
    utility, alpha, weights = game.arrays[:3]
    expected = found.shares / (1 - found.shares[:, None])
    np.fill_diagonal(expected, found.outside_share / (1 - found.shares))
    second_choices = demand.long_run_diversion(utility, alpha, weights, found.prices)
    np.testing.assert_allclose(second_choices, expected, rtol=1e-7)
    np.testing.assert_allclose(second_choices, demand.diversion(utility, alpha, weights, found.prices), rtol=1e-6)


@given(mixed_logits())
@few
def test_second_choices_are_what_happens_without_the_product(arrays):
    utility, alpha, weights, costs, _ = arrays
    ratios = demand.long_run_diversion(utility, alpha, weights, 2 * costs)
    before = demand.shares(utility, alpha, weights, 2 * costs)
    for j in range(len(costs)):
        others = np.arange(len(costs)) != j
        after = demand.shares(utility[:, others], alpha, weights, 2 * costs[others])
        np.testing.assert_allclose(ratios[j, others], (after - before[others]) / before[j], rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(ratios.sum(axis=1), 1.0, atol=1e-12)


def test_second_choices_of_a_product_that_nobody_buys_are_unknown():
    ratios = demand.long_run_diversion(np.array([[1.0, -np.inf]]), np.ones(1), np.ones(1), np.ones(2))
    assert np.isnan(ratios[1]).all()
    assert ratios[0] == pytest.approx([1.0, 0.0])
