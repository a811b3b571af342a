"""Markets that resist: nobody buys, somebody pays a million times as much, no equilibrium, bad input."""

import numpy as np
import pytest
from scipy.optimize import brentq

from market.economics import equilibrium
from tests.economics.games import Logit, solve


def test_a_product_that_nobody_can_use_keeps_its_price():
    utility = np.array([[2.0, -np.inf, 1.0], [2.5, -np.inf, -np.inf]])
    arrays = (np.array([1.0, 2.0]), np.ones(2), np.ones(3))
    found = solve(utility, *arrays, np.array([0, 0, 1]), start=np.array([1.0, 5.0, 1.0]))
    without = solve(utility[:, [0, 2]], *arrays[:2], np.ones(2), np.array([0, 1]))
    np.testing.assert_allclose(found.prices[[0, 2]], without.prices, rtol=1e-12)
    assert found.prices[1] == 5.0
    assert found.shares[1] == found.profits[1] == 0.0
    assert found.is_nash


def test_customers_without_weight_do_not_matter():
    utility, alpha = np.array([[2.0, 1.0], [900.0, 0.0]]), np.array([1.0, 1e-9])
    found = solve(utility, alpha, np.array([1.0, 0.0]), np.ones(2), [0, 1])
    alone = solve(utility[:1], alpha[:1], np.ones(1), np.ones(2), [0, 1])
    np.testing.assert_array_equal(found.prices, alone.prices)


def test_vanishing_shares_still_have_a_price():
    found = solve(np.array([[1.0, -2000.0]]), np.ones(1), np.ones(1), np.ones(2), [0, 1])
    assert found.prices[1] == pytest.approx(2.0)  # a product without market power: cost + 1/α
    assert found.shares[1] == 0.0


@pytest.mark.parametrize("quality", [50.0, 5e3, 1e6])
def test_huge_utilities_do_not_overflow(quality):
    found = equilibrium.nash_prices(np.array([[quality]]), np.ones(1), np.ones(1), np.ones(1), [0])
    expected = 1 + brentq(lambda m: m - 1 - np.exp(min(quality - 1 - m, 700.0)), 1, quality, xtol=1e-10)
    assert found.converged
    assert found.is_nash
    assert found.prices[0] == pytest.approx(expected, rel=1e-8)


def test_price_coefficients_of_very_different_sizes():
    """One customer in a million would pay a million times as much: selling to that one alone is the better plan."""
    utility, alpha, weights = np.full((2, 1), 4.0), np.array([1.0, 1e-8]), np.array([1.0, 1e-6])
    mass = equilibrium.nash_prices(utility, alpha, weights, np.ones(1), [0])
    niche = equilibrium.nash_prices(utility, alpha, weights, np.ones(1), [0], start=np.array([1e8]))
    assert mass.converged
    assert niche.converged
    assert mass.prices[0] < 10
    assert niche.prices[0] > 1e8
    assert niche.is_nash
    assert not mass.is_nash
    assert mass.profits[0] + mass.gain == pytest.approx(niche.profits[0], rel=1e-9)


def test_a_market_without_equilibrium_says_so(monkeypatch):
    """Captives of each firm and switchers whom the cheaper one takes: prices go round (Edgeworth; Varian 1980)."""
    monkeypatch.setattr(equilibrium, "MOST_ITERATIONS", 60)
    monkeypatch.setattr(equilibrium, "MOST_RESPONSES", 30)
    utility = np.array([[400.0, 400.0], [400.0, -np.inf], [-np.inf, 400.0]])
    found = equilibrium.nash_prices(utility, np.full(3, 40.0), np.array([1.0, 0.5, 0.5]), np.ones(2), [0, 1])
    assert not found.converged
    assert not found.is_nash
    assert found.method == "damped_best_response"
    assert found.iterations == 30
    assert found.gain > 0.01


def test_fixed_prices_stay_and_are_answered():
    game = Logit(np.array([3.0, 2.5, 2.0]), 1.0, np.ones(3), np.array([0, 1, 2]))
    start = np.array([1.0, 1.0, 1.15])
    found = solve(*game.arrays, start=start, fixed=[False, False, True])
    assert found.prices[2] == 1.15
    assert found.gains[2] == 0.0
    assert (found.prices[:2] < solve(*game.arrays).prices[:2]).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("utility", [[np.nan, 1.0]]),
        ("alpha", [0.0]),
        ("alpha", [1.0, 1.0]),
        ("weights", [-1.0]),
        ("weights", [0.0]),
        ("costs", [1.0, np.inf]),
        ("firms", [0]),
        ("start", [1.0]),
        ("start", [1.0, np.nan]),
    ],
)
def test_bad_input_is_refused(name, value):
    good = {"utility": [[1.0, 1.0]], "alpha": [1.0], "weights": [1.0], "costs": [1.0, 1.0], "firms": [0, 1]}
    with pytest.raises(ValueError, match=r"utilit|alpha|weights|start"):
        equilibrium.nash_prices(**{k: np.array(v) for k, v in {**good, name: value}.items()})


def test_a_coalition_of_strangers_is_refused():
    game = Logit(np.array([3.0, 2.5]), 1.0, np.ones(2), np.array([0, 1]))
    with pytest.raises(ValueError, match="members"):
        equilibrium.joint_prices(*game.arrays, members=[1, 5])
