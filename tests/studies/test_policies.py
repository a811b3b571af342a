"""Best replies in policies: fixed points and cycles of known games, and the same in a small market."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import market
from market.parameters import InputError
from market.studies.policies import CYCLE, FIXED, UNSETTLED, USUAL, PolicyEquilibrium, follow, in_words, policies

SMALL = {"customers": 300, "panel.size": 30, "months": 16, "labs.*.tiers": {}, "labs.*.updates": False}
CHOOSING, REPORTING = range(4), range(4, 8)


@pytest.fixture(scope="module")
def cheap():
    """Two labs that price at cost plus a markup, far too low."""
    pricing = {"rule": "cost_plus", "markup": 0.1, "reprice_hazard": 1.0}
    return market.load("duopoly").vary({**SMALL, "labs.*.pricing": pricing})


def played(value, policies, others=lambda profile, player: [p for i, p in enumerate(profile) if i != player]):
    """Payoffs of a game without luck: `value` of an own policy and those of the others."""

    def payoffs(profile, player, seeds):
        others_ = others(profile, player)
        row = {own: float(value(own, others_, player)) for own in range(policies)}
        return pd.DataFrame(row, index=list(seeds)).assign(**{USUAL: 10.0})

    return payoffs


def alike(value, policies):
    """A game of one against one in which the other does what all do."""
    return played(value, policies, others=lambda profile, _: [profile[0]])


def profit(own, others, _):
    """Cournot: quantities 0, 1, … 12, a price of 12.1 less their sum, no cost; two produce 4 each in equilibrium."""
    return own * (12.1 - own - sum(others))


@pytest.mark.parametrize("start", [(0, 0), (12, 0), (3, 9)])
def test_quantities_of_a_duopoly_settle_where_cournot_has_them(start):
    found = follow(played(profit, 13), start, CHOOSING, REPORTING)
    assert (found.verdict, found.cycle) == (FIXED, ((4, 4),))
    assert [one["gain"] for one in found.ends] == pytest.approx([-0.09, -0.09])  # 5 instead of 4 earns 0.9 of 10 less
    assert [one["deviation"] for one in found.ends] == [5, 5]


def test_alike_one_deviates_from_what_all_do():
    found = follow(alike(profit, 13), (12,), CHOOSING, REPORTING)
    assert (found.verdict, found.cycle) == (FIXED, ((4,),))
    assert [(one["policy"], one["reply"]) for one in found.replies][:2] == [(12, 0), (0, 6)]


def test_matching_pennies_go_round_and_it_is_said():
    def pennies(own, others, player):
        return (own == others[0]) == (player == 0)

    found = follow(played(pennies, 2), (0, 0), CHOOSING, REPORTING)
    assert found.verdict == CYCLE
    assert set(found.cycle) == {(0, 1), (1, 0)}  # after both have replied
    assert max(one["gain"] for one in found.ends) == pytest.approx(0.1)


def test_rock_paper_scissors_go_round_all_three():
    found = follow(alike(lambda own, others, _: (own - others[0] + 1) % 3 - 1, 3), (0,), CHOOSING, REPORTING)
    assert (found.verdict, found.cycle) == (CYCLE, ((0,), (1,), (2,)))


def test_too_many_rounds_are_said():
    found = follow(alike(lambda own, others, _: -abs(own - others[0] - 1), 30), (0,), CHOOSING, REPORTING, rounds=5)
    assert (found.verdict, found.cycle) == (UNSETTLED, ((5,),))


def test_who_gains_nothing_stays():
    found = follow(alike(lambda own, others, _: 0.0, 5), (3,), CHOOSING, REPORTING)
    assert (found.verdict, found.cycle, len(found.replies)) == (FIXED, ((3,),), 1)


def test_what_is_gained_is_asked_on_other_seeds():
    """A policy that shines by luck on the seeds that choose is judged by those that do not."""

    def payoffs(profile, player, seeds):
        lucky = [1.0 if seed in CHOOSING else -1.0 for seed in seeds]
        return pd.DataFrame({0: 0.0, 1: lucky}, index=list(seeds)).assign(**{USUAL: 10.0})

    found = follow(payoffs, (0,), CHOOSING, REPORTING)
    assert (found.verdict, found.cycle) == (FIXED, ((1,),))
    assert found.ends[0]["deviation"] == 0
    assert found.ends[0]["gain"] == pytest.approx(0.1)


@pytest.mark.parametrize("how", [{}, {"alike": False}, {"firm": "Beta"}])
def test_a_small_market_leaves_prices_at_cost(cheap, how):
    with ThreadPoolExecutor(1) as pool:
        found = policies(cheap, {"pricing.markup": [0.1, 0.6]}, seeds=range(4), executor=pool, **how)
    assert found.replies["policy"].iloc[0] == "markup 0.1"  # where the labs are
    assert found.verdict in (FIXED, CYCLE)
    assert set(found.ends["policy"]) <= set(found.policies)
    firms = ["every lab"] if how.get("alike", True) else ["Alpha", "Beta"]
    assert list(dict.fromkeys(found.ends["firm"])) == firms
    assert found.sentence.startswith("Within the policies pricing.markup of 0.1, 0.6 (")
    assert ("the same for all labs" in found.sentence) == how.get("alike", True)


def test_neither_workers_nor_a_second_time_change_anything(cheap, tmp_path):
    asked = {"grid": {"pricing.markup": [0.1, 0.6]}, "seeds": range(4), "keep": tmp_path}
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(3) as three:
        first = policies(cheap, **asked, executor=one)
        kept = len(list(tmp_path.rglob("*")))
        again = policies(cheap, **asked, executor=one)  # all is kept: nothing is run
        other = policies(cheap, **asked | {"keep": None}, executor=three)
    assert len(list(tmp_path.rglob("*"))) == kept
    for found in (again, other):
        pd.testing.assert_frame_equal(found.replies, first.replies)
        pd.testing.assert_frame_equal(found.ends, first.ends)


def test_a_cycle_is_said_with_its_members(cheap):
    row = {"firm": "every lab", "gain": 0.02, "low": 0.01, "high": 0.03, "seeds": 8}
    ends = pd.DataFrame(
        [{"member": i, "policy": f"markup {i}", "deviation": f"markup {1 - i}", **row} for i in range(2)]
    )
    replies = pd.DataFrame([{"round": 3, "policy": "markup 0", "reply": "markup 1", **row}])
    found = PolicyEquilibrium(replies, ends, CYCLE, {"pricing.markup": [0, 1]}, True, None, cheap, 16)
    assert "settle nowhere: they go round, markup 0 → markup 1 → markup 0." in found.sentence
    assert "gains +2.0% of its contribution [+1.0%, +3.0%], on other seeds." in found.sentence


def test_a_class_of_several_parameters_has_all_combinations(cheap):
    with ThreadPoolExecutor(1) as pool:
        found = policies(cheap, {"pricing.markup": [0.1, 0.6], "overhead": [0.3, 0.4]}, seeds=range(4), executor=pool)
    assert found.policies == [in_words({"pricing.markup": m, "overhead": o}) for m in (0.1, 0.6) for o in (0.3, 0.4)]
    assert np.isfinite(found.ends["gain"]).all()


@pytest.mark.parametrize(
    ("grid", "asked", "expected"),
    [
        ({}, {}, "at least two policies"),
        ({"pricing.markup": [0.3]}, {}, "at least two policies"),
        ({"pricing.markpu": [0.3, 0.4]}, {}, "did you mean 'markup'"),
        ({"pricing.markup": [0.3, 1e9]}, {}, "markup"),
        ({"pricing.markup": [0.3, 0.4]}, {"firm": "Alhpa"}, "did you mean 'Alpha'"),
        ({"pricing.markup": [0.3, 0.4]}, {"firm": "Alpha", "alike": False}, "every lab replies"),
        ({"pricing.markup": [0.3, 0.4]}, {"seeds": range(3)}, "at least 4 are needed"),
    ],
)
def test_bad_questions_get_one_line(cheap, grid, asked, expected):
    with pytest.raises(InputError, match=expected) as error:
        policies(cheap, grid, **asked)
    assert "\n" not in str(error.value)


def test_who_sells_nothing_moves_to_what_sells_and_whole_rules_are_policies():
    small = {"customers": 200, "panel.size": 20, "months": 14, "labs.*.funding.rule": "patient"}
    absurd = {"rule": "cost_plus", "markup": 95.0}
    world = market.load("duopoly").vary({**small, "labs.*.pricing": absurd})
    with ThreadPoolExecutor(1) as pool:
        found = policies(world, {"pricing": [absurd, {"rule": "best_response"}]}, seeds=range(4), executor=pool)
    assert found.verdict == FIXED
    assert set(found.ends["policy"]) == {"pricing best_response"}
