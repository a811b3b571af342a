"""Benchmarks: 0 at Nash, 1 in a cartel, nothing for a monopolist."""

import numpy as np
import pytest

from market.economics import benchmarks, equilibrium, q_learning
from market.evidence import load
from tests.economics.games import Logit

GAME = Logit(np.array([4.0, 3.5, 3.0, 4.0]), 1.0, np.array([1.0, 0.8, 0.5, 1.0]), np.array([0, 0, 1, 2]))


def compared(prices, game=GAME, fixed=None):
    return benchmarks.benchmarks(*game.arrays, prices, fixed)


def test_nash_prices_gain_nothing():
    nash = equilibrium.nash_prices(*GAME.arrays)
    found = compared(nash.prices)
    assert found.gain == pytest.approx(np.zeros(3), abs=1e-9)
    assert found.is_nash
    assert found.converged


def test_a_cartel_gains_everything():
    joint = equilibrium.joint_prices(*GAME.arrays)
    found = compared(joint.prices)
    assert found.profit == pytest.approx(found.profit_joint)
    assert found.gain == pytest.approx(np.ones(3))


def test_prices_below_nash_gain_less_than_nothing():
    nash = equilibrium.nash_prices(*GAME.arrays).prices
    assert (compared(GAME.costs + 0.5 * (nash - GAME.costs)).gain < 0).all()


def test_it_is_the_gain_of_the_q_learning_duopoly():
    settings = q_learning.Learning()
    game = q_learning.duopoly(settings)
    mean = load("published_numbers")["calvano_2020"]["our_run_1000_sessions"]["mean_price"]
    logit = Logit(np.full(2, settings.a / settings.mu), 1 / settings.mu, np.ones(2), np.arange(2))
    profit = (mean - 1) * q_learning.sold(settings, np.full(2, mean))
    assert compared(np.full(2, mean), logit).gain == pytest.approx(game.gain(profit), abs=1e-8)


def test_a_monopolist_has_no_gain():
    alone = Logit(np.array([4.0, 3.0]), 1.0, np.ones(2), np.zeros(2, int))
    found = compared(np.array([3.0, 3.0]), alone)
    assert np.isnan(found.gain).all()
    assert found.profit < found.profit_nash


def test_fixed_prices_are_nobodys_decision():
    fixed = np.array([False, False, False, True])
    found = compared(np.array([2.0, 2.0, 2.0, 1.1]), fixed=fixed)
    assert found.owners.tolist() == [0, 1]
    assert (found.profit_joint.sum() > found.profit_nash.sum()) & found.converged


def test_names_of_firms_and_the_currency_do_not_matter():
    prices = np.array([2.5, 2.2, 2.0, 2.6])
    found = compared(prices)
    renamed = compared(prices, Logit(GAME.quality, GAME.alpha, GAME.costs, np.array([7, 7, 3, 5])))
    assert renamed.gain[[2, 0, 1]] == pytest.approx(found.gain, rel=1e-7)
    dear = compared(100 * prices, Logit(GAME.quality, GAME.alpha / 100, 100 * GAME.costs, GAME.firms))
    assert dear.gain == pytest.approx(found.gain, rel=1e-7)
    assert dear.profit == pytest.approx(100 * found.profit)
