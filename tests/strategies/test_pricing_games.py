"""Rules in games whose answer is known: within 1% of it where they should be, elsewhere where their docstrings say."""

import numpy as np
import pytest
from scipy.special import lambertw

from market.economics import equilibrium
from market.strategies.forward import Forward
from market.strategies.pricing import (
    BestResponse,
    CostPlus,
    HillClimbing,
    ListPrice,
    Matching,
    Penetration,
    PricingRule,
    Undercutting,
)
from tests.strategies.scripted import homogeneous, hotelling, logit, salop

WITHIN = 0.01


def nash(game):
    """The symmetric root in closed form where there is one, else solved."""
    return equilibrium.nash_prices(*game.arrays, start=np.full(len(game.costs), 2.0)).prices


def everybody(game, rule):
    return dict.fromkeys(range(len(game.costs)), rule)


GAMES = {
    "symmetric logit": (lambda: logit(3), None),
    "Hotelling": (hotelling, 2.0),
    "Salop": (lambda: salop(4), 1.25),
}
games = pytest.mark.parametrize("name", GAMES)


def play(name, rule, **how):
    game, answer = GAMES[name][0](), GAMES[name][1]
    game.runway = how.pop("runway", np.inf)
    path = game.play(everybody(game, rule), 40, **how)
    return path[-1], nash(game) if answer is None else np.full(len(game.costs), answer)


def test_the_games_have_the_textbooks_answers():
    assert nash(hotelling()) == pytest.approx([2.0, 2.0], rel=1e-3)
    assert nash(salop(5)) == pytest.approx(np.full(5, 1.2), rel=1e-3)
    markup = nash(logit(3))[0] - 1.0  # 1/(α(1 − s))
    odds = np.exp(4.0 - 1.0 - markup)
    assert markup == pytest.approx(1 / (1 - odds / (1 + 3 * odds)), rel=1e-9)


@games
def test_best_response_comes_to_nash(name):
    found, answer = play(name, BestResponse(reprice_hazard=1.0))
    assert found == pytest.approx(answer, rel=WITHIN)


@games
def test_forward_comes_to_nash_where_nobody_is_attached(name):
    found, answer = play(name, Forward(reprice_hazard=1.0))
    assert found == pytest.approx(answer, rel=WITHIN)


@games
def test_list_prices_come_to_nash_as_firms_renew_in_turn(name):
    firms = len(GAMES[name][0]().costs)
    found, answer = play(name, ListPrice(), renewed=lambda month: {month % firms})
    assert found == pytest.approx(answer, rel=WITHIN)


@games
def test_penetration_comes_to_nash_when_it_harvests_and_not_before(name):
    found, answer = play(name, Penetration(reprice_hazard=1.0), runway=5.0)
    assert found == pytest.approx(answer, rel=WITHIN)
    found, answer = play(name, Penetration(reprice_hazard=1.0))
    assert (found < 0.9 * answer).all()


@games
def test_undercutting_comes_to_its_floor_whatever_the_game(name):
    found, answer = play(name, Undercutting(reprice_hazard=1.0, step=0.1, floor=0.0))
    assert found == pytest.approx(np.ones(len(found)), rel=WITHIN)
    assert (found < 0.9 * answer).all()


@pytest.mark.parametrize("firms", [2, 4])
def test_undercutting_solves_bertrands_game(firms):
    game = homogeneous(firms)
    path = game.play(everybody(game, Undercutting(reprice_hazard=1.0, floor=0.0)), 60)
    assert path[-1] == pytest.approx(np.ones(firms), rel=WITHIN)
    assert (np.diff(path, axis=0) <= 0).all()


def test_hill_climbing_finds_the_monopoly_price():
    game = logit(1)
    path = game.play({0: HillClimbing(reprice_hazard=1.0)}, 60, start=[1.2])
    assert path[-10:] == pytest.approx(1 + 1 + lambertw(np.exp(4.0 - 1.0 - 1.0)).real, rel=WITHIN)


def test_hill_climbers_in_step_come_to_the_joint_price_and_in_turns_to_neither():
    game = logit(3)
    joint = equilibrium.joint_prices(*game.arrays).prices
    path = game.play(everybody(game, HillClimbing(reprice_hazard=1.0)), 80)
    assert path[-10:] == pytest.approx(np.tile(joint, (10, 1)), rel=WITHIN)
    game = logit(2)
    path = game.play(everybody(game, HillClimbing(reprice_hazard=1.0)), 160, turns=True)
    assert (path[-1] > 1.01 * nash(game)).all()
    assert (path[-1] < 0.99 * equilibrium.joint_prices(*game.arrays).prices).all()


@games
def test_matching_stays_where_it_begins(name):
    game = GAMES[name][0]()
    for common in (1.5, 2.2):
        begin = np.full(len(game.costs), common)
        path = game.play(everybody(game, Matching(reprice_hazard=1.0)), 20, start=begin)
        assert (path == common).all()


def test_matching_keeps_the_joint_price_of_symmetric_logit():
    game = logit(3)
    joint = equilibrium.joint_prices(*game.arrays).prices
    path = game.play(everybody(game, Matching(reprice_hazard=0.5)), 20, start=joint)
    assert path[-1] == pytest.approx(joint, rel=WITHIN)


def test_cost_plus_meets_the_answer_it_is_set_to():
    found, answer = play("Hotelling", CostPlus(reprice_hazard=1.0, markup=1.0))
    assert found == pytest.approx(answer, rel=WITHIN)
    found, answer = play("Hotelling", CostPlus(reprice_hazard=1.0))
    assert (found < 0.95 * answer).all()


def test_every_rule_is_put_into_a_game():
    here = {cls.__name__ for cls in PricingRule.registry.values() if cls.__module__.startswith("market.")}
    assert here <= globals().keys()


@games
@pytest.mark.parametrize("rule", [BestResponse, Forward, Undercutting, HillClimbing, Matching, Penetration, ListPrice])
def test_the_order_of_firms_does_not_matter(name, rule):
    game, other = GAMES[name][0](), GAMES[name][0]()
    begin = np.linspace(1.3, 1.8, len(game.costs))
    mirrored = other.utility[:, ::-1]
    other.utility = mirrored
    path = game.play(everybody(game, rule(reprice_hazard=1.0)), 6, start=begin)
    back = other.play(everybody(other, rule(reprice_hazard=1.0)), 6, start=begin[::-1])
    assert back[:, ::-1] == pytest.approx(path, rel=1e-6)
