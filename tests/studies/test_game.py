"""Which game four payoffs are."""

from __future__ import annotations

import pandas as pd
import pytest

import market
from market.measures.payoffs import CASH, PAYOFFS, RUN_RATE
from market.studies.game import WORLDS, four_worlds, game, games, going_on, just_pays


def payoffs(*means: float, noise: float = 0.1) -> pd.DataFrame:
    """Three seeds; the payoffs of each are above or below the mean in all worlds alike, but for a little noise."""
    wobble = [[noise * ((seed + place) % 2) for place in range(4)] for seed in range(3)]
    rows = [
        [mean + luck + more for mean, more in zip(means, wobble[seed], strict=True)]
        for seed, luck in enumerate((-50, 0, 50))
    ]
    return pd.DataFrame(rows, columns=list(WORLDS))


@pytest.mark.parametrize(
    ("means", "verdict"),
    [
        ((1, 0, 5, 3), "prisoner's dilemma"),
        ((3, 0, 5, 1), "going on dominates"),
        ((3, 0, 5, 3), "going on dominates"),
        ((0, 1, 2, 5), "stopping dominates"),
        ((0, 1, 5, 3), "chicken"),
        ((2, 0, 1, 3), "coordination"),
        ((1, 1, 5, 3), "open"),
    ],
)
def test_the_game_is_named(means, verdict):
    assert game(payoffs(*means)).verdict == verdict


def test_gains_are_paired():
    found = game(payoffs(1, 0, 5, 3, noise=0.0))
    assert found.rivals_go_on == pytest.approx((1, 1, 1))
    assert found.rivals_stop == pytest.approx((2, 2, 2))
    assert found.together == pytest.approx((2, 2, 2))


def test_gains_by_seed():
    while_rivals_go_on, once_they_stop = going_on(payoffs(1, 0, 5, 3, noise=0.0)).values()
    assert while_rivals_go_on.tolist() == [1, 1, 1]
    assert once_they_stop.tolist() == [2, 2, 2]


def test_every_kind_of_payoff_is_a_game_and_at_some_multiple_going_on_just_pays():
    kinds = {kind: payoffs(1, 0, 5, 3) for kind in PAYOFFS} | {RUN_RATE: payoffs(5, 2, 9, 1, noise=0.0)}
    paid = pd.concat(kinds | {CASH: payoffs(-6, 0, 1, 3, noise=0.0)}, axis=1).swaplevel(axis=1)
    assert just_pays(paid).to_dict() == {"while rivals go on": "2.00 (n=3)", "once rivals stop": "0.25 (n=3)"}
    assert games(paid).to_dict() == dict.fromkeys(PAYOFFS, "prisoner's dilemma") | {CASH: "stopping dominates"}


def test_one_seed_settles_nothing():
    assert game(payoffs(1, 0, 5, 3).iloc[:1]).verdict == "open"


def test_in_each_of_the_four_worlds_others_stop_under_the_same_luck():
    run = market.simulate(market.load("duopoly").vary({"customers": 100, "panel.size": 20, "months": 20}), 3)
    worlds = four_worlds(run, "Alpha", 1)
    late = {world: set(one.models["firm"][one.models["released"] > 8]) for world, one in worlds.items()}
    released = {world: firms & set(run.scenario.labs) for world, firms in late.items()}
    assert released == dict(zip(WORLDS, ({"Alpha", "Beta"}, {"Beta"}, {"Alpha"}, set()), strict=True))
    assert worlds["nobody stops"] is run
    assert {one.seed for one in worlds.values()} == {3}
