"""Tournaments: evolution and equilibria of known games, the reduction of a game of many, and a small market."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import market
from market.families import Rule
from market.parameters import InputError
from market.studies import profiles
from market.studies import tournament as tournaments
from market.studies.evolution import equilibria, replicator
from market.studies.profiles import Conduct, alone_among, met, turns
from market.studies.tournament import EVEN, EVOLVED, conducts, drawn, tournament
from market.views.sentences import SENTENCES

PRISONERS = np.array([[3.0, 0.0], [5.0, 1.0]])
HAWK_DOVE = np.array([[-1.0, 4.0], [0.0, 2.0]])
"""Value 4, cost 6: two thirds are hawks."""
ROCK_PAPER_SCISSORS = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
SMALL = {"customers": 300, "panel.size": 30, "months": 14, "labs.*.tiers": {}, "labs.*.updates": False}
ASKED = {"pricing": ["cost_plus", "best_response"], "training": ["cadence"], "seeds": range(2), "compared": 6}


@pytest.fixture(scope="module")
def tiny():
    return market.load("duopoly").vary(SMALL)


@pytest.fixture(scope="module")
def found(tiny):
    with ThreadPoolExecutor(1) as pool:
        return tournament(tiny, **ASKED, executor=pool)


def test_all_prisoners_defect():
    found = replicator(PRISONERS)
    assert found.settled
    assert found.end == pytest.approx([0, 1], abs=1e-5)
    assert [mix.tolist() for mix in equilibria(PRISONERS)] == [[0, 1]]


def test_hawks_and_doves_live_together():
    for start in (None, [0.01, 0.99], [0.99, 0.01]):
        found = replicator(HAWK_DOVE, start)
        assert found.settled
        assert found.end == pytest.approx([2 / 3, 1 / 3], abs=1e-5)
    (mix,) = equilibria(HAWK_DOVE)  # of the pairs of the game of two, the only one in which both do the same
    assert mix == pytest.approx([2 / 3, 1 / 3])


def test_two_shares_grow_as_the_logistic_curve_says():
    found = replicator(np.array([[1.0, 1.0], [0.0, 0.0]]), [0.01, 0.99])
    expected = 1 / (1 + 99 * np.exp(-found.times))
    np.testing.assert_allclose(found.shares[:, 0], expected, rtol=1e-6)


def test_rock_paper_scissors_go_round_and_their_mean_is_the_equilibrium():
    found = replicator(ROCK_PAPER_SCISSORS, [0.5, 0.3, 0.2])
    assert not found.settled
    product = found.shares.prod(axis=1)  # what Taylor and Jonker's equation conserves in this game
    np.testing.assert_allclose(product, product[0], rtol=1e-4)
    assert found.shares[-500:].max() > 0.45
    assert found.end == pytest.approx([1 / 3] * 3, abs=0.02)
    (mix,) = equilibria(ROCK_PAPER_SCISSORS)
    assert mix == pytest.approx([1 / 3] * 3)


def test_what_is_gone_stays_gone_and_the_scale_of_payoffs_is_nothing():
    assert replicator(HAWK_DOVE, [1.0, 0.0]).end.tolist() == [1, 0]
    np.testing.assert_allclose(replicator(1e9 * HAWK_DOVE + 5e9).shares, replicator(HAWK_DOVE).shares, atol=1e-6)
    assert replicator(np.zeros((3, 3))).end == pytest.approx([1 / 3] * 3)


def test_all_equilibria_of_a_game_of_coordination():
    found = equilibria(np.diag([2.0, 1.0]))
    assert sorted(mix.round(6).tolist() for mix in found) == [[0, 1], [0.333333, 0.666667], [1, 0]]
    many = equilibria(np.eye(10))  # too many supports to enumerate: pivoting, and the pure ones
    assert len([mix for mix in many if mix.max() == 1]) == 10


def test_a_table_without_nashpy_names_the_extra(monkeypatch, tiny):
    monkeypatch.setitem(sys.modules, "nashpy", None)
    with pytest.raises(InputError, match=r"market-of-models\[study\]") as error:
        tournament(tiny, **ASKED)
    assert "\n" not in str(error.value)


def test_the_reduction_keeps_what_one_gains_alone(monkeypatch):
    """A game of three with known payoffs: own number less the square of the sum of all numbers over ten."""
    scenario = market.load("baseline")
    labs = list(scenario.labs)
    some = [Conduct(str(number), {lab: {"overhead": float(number)} for lab in labs}) for number in range(3)]

    class Engine:
        """Plays the game instead of running a market."""

        def table(self, worlds, reading, progress=None):
            rows = []
            for seed in worlds.seeds:
                for point, changes in enumerate(worlds.design.points):
                    own = [changes[f"labs.{lab}.overhead"] for lab in labs]
                    for lab, number in zip(labs, own, strict=True):
                        value = number - sum(own) ** 2 / 10 + 100 * seed + labs.index(lab)
                        row = {"point": point, "seed": seed, "firm": lab, "value": value, "contribution": 1.0}
                        rows.append(row)
            return pd.DataFrame(rows)

    pairs = [(one, others) for one in some for others in some]
    who = turns(labs, range(6))
    assert list(who.values()) == (labs * 2)[:6]
    table = met(Engine(), scenario, pairs, who, 0.0)
    assert len(table) == len(pairs) * 6
    for row in table.to_dict("records"):
        own, others = divmod(row["pair"], 3)
        luck = 100 * row["seed"] + labs.index(who[row["seed"]])
        assert row["value"] == own - (own + (len(labs) - 1) * others) ** 2 / 10 + luck
    assert alone_among(scenario, labs[1], pairs[5])[f"labs.{labs[1]}.overhead"] == 1.0
    assert profiles.shifted(None, 1, 2) is None


def test_a_conduct_is_the_scenarios_own_rule_or_keeps_what_its_family_has_in_common(tiny):
    own = tiny.vary({"labs.Alpha.pricing": {"rule": "cost_plus", "markup": 0.33}, "labs.*.training.first_cost": 2e8})
    one, other = conducts(own, ["cost_plus", "list_price"], ["race"])
    assert one.said == "cost_plus + race"
    for lab in ("Alpha", "Beta"):
        assert one.changes[lab]["pricing"]["markup"] == 0.33
        assert one.changes[lab]["training"]["first_cost"] == 2e8
    repriced = own.vary({"labs.*.pricing.reprice_hazard": 0.2})
    fast, slow = conducts(repriced, ["best_response", "list_price"], ["cadence"])
    assert fast.changes["Alpha"]["pricing"]["reprice_hazard"] == 0.2
    assert "reprice_hazard" not in slow.changes["Alpha"]["pricing"]  # a list price has its own
    assert other.said == "list_price + race"


def test_every_registered_rule_makes_a_conduct_that_a_scenario_takes(tiny):
    registered = [list(Rule.families()[family].registry) for family in ("pricing", "training")]
    every = conducts(tiny, *registered)
    assert len(every) == len(registered[0]) * len(registered[1])
    for one in every:
        tiny.vary(alone_among(tiny, "Beta", (one, every[0])))


def test_labs_are_drawn_by_the_shares():
    labs = [f"lab {number}" for number in range(400)]
    some = [Conduct(name, {}) for name in "abc"]
    shares = np.array([0.2, 0.0, 0.8])
    first, second = (drawn(some, shares, labs, seed) for seed in (1, 2))
    assert first == drawn(some, shares, labs, 1)
    assert first != second
    part = np.mean([one.said == "a" for one in first.values()])
    assert part == pytest.approx(0.2, abs=0.06)
    assert "b" not in {one.said for one in first.values()}
    assert first["lab 7"] == drawn(some, shares, ["lab 7"], 1)["lab 7"]  # its luck is its own


def test_a_small_tournament_has_all_its_tables(found):
    assert found.qualifying.empty
    assert found.conducts == ["cost_plus + cadence", "best_response + cadence"]
    assert len(found.payoffs) == 4
    assert (found.payoffs["n"] == 2).all()
    for name in (EVEN, EVOLVED, *found.equilibria):
        assert found.population(name).sum() == pytest.approx(1)
    assert found.equilibria
    figures = {"surplus", "value", "expected value"}
    assert set(found.ends["population"]) >= {EVEN, EVOLVED}
    assert set(found.ends["figure"]) == figures
    assert "survive" in found.sentence
    assert "Only 2 seeds" in found.sentence
    mean = found.welfare.set_index(["prices", "figure"])["mean"]
    assert mean["Nash", "surplus"] > mean["joint profit", "surplus"]
    assert mean["joint profit", "profit"] > mean["Nash", "profit"]


def test_a_pure_end_gives_what_the_table_of_payoffs_says(found):
    """Where all labs play one conduct, the population that is played out is the world of that pair."""
    share = found.population(EVOLVED)
    assert share.iloc[0] > 0.999
    ends = found.ends.set_index(["population", "figure"])["mean"]
    pays = found.payoffs.set_index(["conduct", "against"])["payoff"]
    assert ends[EVOLVED, "expected value"] == pytest.approx(2 * pays[share.index[0], share.index[0]], rel=1e-3)


def test_a_dilemma_is_said_only_where_there_is_one(found):
    say = SENTENCES["what_all_alike_would_get"].saying
    one, other = found.population(EVOLVED).index
    for better, said in ((one, ""), (other, f"were all labs {other}, each would get $9bn, and $1bn if all were {one}")):
        alike = found.payoffs["conduct"].eq(better) & found.payoffs["against"].eq(better)
        payoffs = found.payoffs.assign(payoff=np.where(alike, 9e9, 1e9))
        assert said in say(replace(found, payoffs=payoffs))
    assert not say(replace(found, payoffs=found.payoffs.assign(payoff=1.0 * (found.payoffs["conduct"] == one))))


def test_neither_workers_nor_a_second_time_change_anything(tiny, found, tmp_path):
    with ThreadPoolExecutor(3) as three:
        others = [tournament(tiny, **ASKED, executor=three, keep=tmp_path) for _ in range(2)]
    for other in others:
        for name, table in found.tables.items():
            pd.testing.assert_frame_equal(other.tables[name], table)
        assert other.sentence == found.sentence


def test_the_best_qualify_against_rivals_drawn_evenly(tiny):
    asked = ASKED | {"pricing": ["cost_plus", "best_response", "list_price"], "finalists": 2, "compared": 0}
    with ThreadPoolExecutor(1) as pool:
        found = tournament(tiny, **asked, executor=pool)
    best = found.qualifying.sort_values("payoff", ascending=False)["conduct"].iloc[:2]
    assert set(found.conducts) == set(best)
    assert found.qualifying["plays"].sum() == 2
    assert "Of 3 kinds of conduct, of which 2 qualified" in found.sentence
    assert found.welfare.empty


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"pricing": ["cost_pluss"]}, "did you mean 'cost_plus'"),
        ({"training": ["cadense"]}, "did you mean 'cadence'"),
        ({"pricing": ["cost_plus"], "training": ["cadence"]}, "at least two kinds of conduct"),
        ({"seeds": [1]}, "at least 2 are needed"),
        ({"finalists": 1}, "finalists: 1 is refused"),
        ({"compared": -1}, "record_benchmarks"),
    ],
)
def test_bad_questions_get_one_line(tiny, asked, expected):
    with pytest.raises(InputError, match=expected) as error:
        tournament(tiny, **ASKED | asked)
    assert "\n" not in str(error.value)
    with pytest.raises(InputError, match="at least two labs"):
        tournament("monopoly")
    assert tournaments.SURVIVES < 1
