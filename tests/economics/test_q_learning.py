"""The Q-learning duopoly: its stage game, what was learned, and that luck belongs to sessions."""

import numpy as np
import pytest

from market.economics import q_learning
from market.economics.q_learning import Learning
from market.evidence import load

PUBLISHED = load("published_numbers")["calvano_2020"]
FAST = Learning(beta=2e-4, stable=2000)


@pytest.fixture(scope="module")
def game():
    return q_learning.duopoly(Learning())


def test_the_baseline_is_the_papers():
    given = PUBLISHED["parameters"]
    for name, value in Learning().model_dump().items():
        assert name == "stable" or value == given[name]
    assert Learning().stable == 100_000


def test_the_stage_game_has_the_published_prices_and_profits(game):
    assert game.nash_price == pytest.approx(PUBLISHED["nash_price"], abs=1e-9)
    assert game.joint_price == pytest.approx(PUBLISHED["joint_price"], abs=1e-9)
    assert game.nash_profit == pytest.approx(PUBLISHED["nash_profit"], abs=1e-9)
    assert game.joint_profit == pytest.approx(PUBLISHED["joint_profit"], abs=1e-9)
    assert game.gain([game.nash_profit, game.joint_profit]) == pytest.approx([0, 1])


def test_the_grid_reaches_a_tenth_beyond_both(game):
    reach = 0.1 * (game.joint_price - game.nash_price)
    assert game.prices[[0, -1]] == pytest.approx([game.nash_price - reach, game.joint_price + reach])
    assert np.diff(game.prices) == pytest.approx(np.diff(game.prices)[0])
    assert game.profits[0] == pytest.approx(game.profits[1].T)


def test_twenty_sessions_learn_to_collude(game):
    """Published 0.85; the standard deviation of a session is 0.115, so that 0.1 is four standard errors."""
    found = q_learning.learn(game, Learning(), range(20), seed=0)
    assert all(session.converged for session in found)
    gains = [q_learning.learned(game, session)["gain"] for session in found]
    assert np.mean(gains) == pytest.approx(0.85, abs=0.1)


def test_luck_belongs_to_the_session(game):
    together = q_learning.learn(game, FAST, range(4), seed=3)
    alone = q_learning.learn(game, FAST, [2], seed=3, threads=1)[0]
    assert (alone.strategies == together[2].strategies).all()
    assert (alone.state, alone.periods) == (together[2].state, together[2].periods)
    other = q_learning.learn(game, FAST, [2], seed=4)[0]
    assert (other.strategies != alone.strategies).any()


def test_myopic_algorithms_do_not_collude(game):
    """With δ = 0 the future is worth nothing: prices come near the Nash price, far from what the patient learn."""
    myopic = Learning(delta=0.0, beta=2e-5, stable=20_000)
    found = q_learning.learn(game, myopic, range(10), seed=0)
    prices = [q_learning.learned(game, session)["price"] for session in found]
    assert np.mean(prices) == pytest.approx(game.nash_price, abs=0.1)


def test_a_session_that_does_not_settle_says_so(game, monkeypatch):
    monkeypatch.setattr(q_learning, "MOST_PERIODS", 500)
    session = q_learning.learn(game, Learning(), [0], seed=0)[0]
    assert (session.periods, session.converged) == (500, False)


def test_play_follows_the_strategies_and_the_force(game):
    m = len(game.prices)
    low, high = 3, 9
    strategies = np.full((2, m * m), low)
    strategies[:, high * m + high] = high  # both stay high while both were: grim trigger
    session = q_learning.Session(strategies, high * m + high, 1, True)
    assert q_learning.settled(game, session).tolist() == [[high, high]]
    assert q_learning.play(game, session, 3, [5]).tolist() == [[5, high], [low, low], [low, low]]


def test_cycles_are_found_whole(game):
    m = len(game.prices)
    strategies = np.zeros((2, m * m), np.int64)
    strategies[:, 0], strategies[:, m + 1] = 1, 2  # 0, 1, 2 and back to 0
    session = q_learning.Session(strategies, 0, 1, True)
    assert sorted(q_learning.settled(game, session)[:, 0]) == [0, 1, 2]
    assert q_learning.learned(game, session)["price"] == pytest.approx(game.prices[:3].mean())


def test_the_best_static_price_is_the_best(game):
    for rival in (0, 7, 14):
        assert game.profits[0, q_learning.best_static_price(game, rival), rival] == game.profits[0, :, rival].max()
