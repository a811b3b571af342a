"""Pricing rules against scripted rivals: exact prices, month by month."""

from dataclasses import replace

import numpy as np
import pytest

from market.strategies.pricing import HillClimbing, ListPrice, Matching, Penetration, Undercutting
from market.strategies.view import Offer, OwnModel
from tests.strategies.scripted import logit
from tests.strategies.test_contracts import ai_model, survey, view

ALWAYS = {"reprice_hazard": 1.0}


def offers(*prices, capability=12.0, open_weights=False):
    return tuple(Offer(ai_model(f"B-{i + 1}", "B", capability, open_weights), p) for i, p in enumerate(prices))


def seen(price, *rivals, month=12, memory=None, luck=0.5, **more):
    """A firm with one model of unit cost 4 and capability 12."""
    return view(price, month=month, luck=luck, rivals=offers(*rivals), memory=memory or {}, **more)


# ------------------------------------------------------------------------------------------------------- undercutting


def test_undercutting_goes_below_the_cheapest_peer_up_or_down():
    rule = Undercutting(**ALWAYS, step=0.1)
    assert rule.decide(seen(7.0, 9.0, 8.0)).prices == {"A-1": pytest.approx(7.2)}
    assert rule.decide(seen(9.0, 8.0)).prices == {"A-1": pytest.approx(7.2)}
    assert rule.decide(seen(None, 8.0)).prices == {"A-1": pytest.approx(7.2)}


def test_undercutting_stops_at_its_floor_or_relents():
    assert Undercutting(**ALWAYS, floor=0.25).decide(seen(7.0, 5.1)).prices == {"A-1": 5.0}
    resting = Undercutting(**ALWAYS, floor=0.25, relent=0.4).decide(seen(7.0, 5.1, luck=0.5))
    assert resting.prices == {"A-1": 5.0}
    relenting = Undercutting(**ALWAYS, floor=0.25, relent=0.6).decide(seen(7.0, 5.1, luck=0.5))
    assert relenting.prices["A-1"] > 5.1


def test_worse_models_and_open_weights_are_no_peers():
    rule, own = Undercutting(**ALWAYS, step=0.1, reach=3.0), (OwnModel(ai_model(), 4.0, 7.0),)
    asked = survey(own)
    for others in (offers(5.0, capability=8.9), offers(5.0, open_weights=True)):
        alone = rule.decide(view(own=own, rivals=others, survey=lambda: asked)).prices["A-1"]
        assert alone > 5.0
    near = rule.decide(view(own=own, rivals=offers(5.0, capability=9.0), survey=lambda: asked))
    assert near.prices == {"A-1": pytest.approx(4.5)}


def test_undercutters_cycle_where_they_relent():
    game = logit(2)
    game.luck = 0.1
    path = game.play(dict.fromkeys((0, 1), Undercutting(**ALWAYS, step=0.1, floor=0.1, relent=0.2)), 60)[:, 0]
    jumps = np.flatnonzero(np.diff(path) > 0)
    assert len(jumps) >= 4
    assert (np.diff(jumps) > 2).all()
    falls = path[1:] / path[:-1]
    assert falls[falls < 1] == pytest.approx(0.9)


# --------------------------------------------------------------------------------------------------------- list price


def two_generations(old_price):
    new, old = OwnModel(ai_model("A-2"), 4.0, None), OwnModel(ai_model("A-1"), 5.0, old_price)
    own = (new, old)
    return view(own=own, survey=lambda: survey(own), luck=0.5)


def test_a_list_price_holds_until_the_successor():
    rule = ListPrice()
    assert rule.decide(seen(7.0, 5.0)).prices == {}
    assert rule.decide(two_generations(19.0)).prices.keys() == {"A-1", "A-2"}
    assert ListPrice(reprice_hazard=0.6).decide(seen(7.0, 5.0)).prices.keys() == {"A-1"}


def test_a_list_price_of_another_line_holds():
    new, small = OwnModel(ai_model("A-2"), 4.0, None), OwnModel(replace(ai_model("A-1"), line="small"), 5.0, 9.0)
    seen_by = view(own=(new, small), survey=lambda: survey((new, small)), luck=0.5)
    assert ListPrice().decide(seen_by).prices.keys() == {"A-2"}


# ------------------------------------------------------------------------------------------------------ hill climbing


def test_hill_climbing_goes_on_when_it_paid_and_turns_when_it_did_not():
    rule, weight = HillClimbing(**ALWAYS, step=0.1, smallest_step=0.04), float(survey(seen(7.0).own).weights.sum())
    first = rule.decide(seen(7.0, 9.0, contribution=100.0, luck=0.4))
    assert first.prices == {"A-1": pytest.approx(7.7)}
    known = {"lineup": ["A-1"], "worth": 100.0 / weight, "way": 1, "step": 0.1, "markup": pytest.approx(7.7 / 4)}
    assert first.memory == known
    better = rule.decide(seen(7.7, 9.0, contribution=101.0, memory=first.memory))
    assert better.prices == {"A-1": pytest.approx(8.47)}
    worse = rule.decide(seen(8.47, 9.0, contribution=90.0, memory=better.memory))
    assert worse.prices == {"A-1": pytest.approx(8.47 / 1.05)}
    again = rule.decide(seen(8.0, 9.0, contribution=80.0, memory=worse.memory))
    assert again.prices == {"A-1": pytest.approx(8.0 * 1.04)}  # half of 0.05 is below the smallest step


def test_hill_climbing_stays_above_cost_and_starts_anew_with_another_line_up():
    rule = HillClimbing(**ALWAYS, step=0.1)
    down = {"lineup": ["A-1"], "worth": 0.0, "way": -1, "step": 0.1}
    assert rule.decide(seen(4.1, 9.0, contribution=1.0, memory=down)).prices == {"A-1": pytest.approx(4.04)}
    for luck, way in ((0.4, 1), (0.6, -1)):
        other = rule.decide(seen(8.0, 9.0, contribution=1.0, memory={**down, "lineup": ["A-0", "A-1"]}, luck=luck))
        assert (other.memory["way"], other.memory["lineup"]) == (way, ["A-1"])


def test_hill_climbing_launches_at_the_markup_last_chosen():
    """The older model's cost has fallen since and its markup has drifted up: that is not what the firm chose."""
    new, old = OwnModel(ai_model("A-2"), 3.0, None), OwnModel(ai_model("A-1"), 5.0, 20.0)
    decision = HillClimbing(**ALWAYS).decide(view(own=(new, old), memory={"markup": 2.0, "worth": 1.0}))
    assert decision.prices == {"A-2": 6.0}
    assert decision.memory == {"markup": 2.0, "worth": 1.0}


# -------------------------------------------------------------------------------------------------------- penetration


def test_penetration_invests_then_harvests_at_once():
    rule = Penetration(reprice_hazard=0.0, markup=-0.1, runway=12.0)
    launch = rule.decide(seen(None, 9.0))
    assert launch.prices == {"A-1": pytest.approx(3.6)}
    assert rule.decide(seen(3.6, 9.0, memory=launch.memory, runway=12.0)).prices == {}
    harvest = rule.decide(seen(3.6, 9.0, memory=launch.memory, runway=11.9))
    assert harvest.prices["A-1"] > 4.04
    assert rule.decide(seen(8.0, 9.0, memory=harvest.memory, runway=5.0)).prices == {}
    saved = rule.decide(seen(8.0, 9.0, memory=harvest.memory, runway=40.0))
    assert saved.prices == {"A-1": pytest.approx(3.6)}


# ----------------------------------------------------------------------------------------------------------- matching


def test_matching_meets_the_cheapest_peer_with_the_hazard():
    rule = Matching(reprice_hazard=0.5)
    assert rule.decide(seen(7.0, 9.0, 8.0, luck=0.4)).prices == {"A-1": 8.0}
    assert rule.decide(seen(7.0, 9.0, 8.0, luck=0.6)).prices == {}
    assert rule.decide(seen(None, 3.0, luck=0.6)).prices == {"A-1": pytest.approx(4.04)}


def test_matching_punishes_a_cut_for_a_while_and_returns():
    """The rival cuts from 8 to 6 in month 3 for two months; it is answered in month 4 and punished for three months."""
    game, punisher = logit(2), Matching(reprice_hazard=0.0, depth=0.1, punishment=3)
    script = {1: [8.0, 8.0, 8.0, 6.0, 6.0, 8.0, 8.0, 8.0, 8.0, 8.0]}
    path = game.play({0: punisher}, 10, start=[8.0, 8.0], script=script)
    assert path[:, 0] == pytest.approx([8.0, 8.0, 8.0, 8.0, 5.4, 5.4, 5.4, 8.0, 8.0, 8.0])


def test_matching_lets_small_cuts_and_cuts_above_its_own_price_pass():
    rule, memory = Matching(reprice_hazard=0.0, tolerance=0.05), {"seen": {"B-1": 8.0}}
    assert rule.decide(seen(8.0, 7.7, memory=memory)).prices == {}
    assert rule.decide(seen(6.0, 7.0, memory=memory)).prices == {}
    assert rule.decide(seen(8.0, 7.0, memory=memory)).prices == {"A-1": pytest.approx(6.3)}


def test_who_follows_a_cut_is_no_offender():
    """B stood at 6 and C goes down to it: nobody went below all others. Then C goes lower still."""
    rule, memory = Matching(reprice_hazard=0.0), {"seen": {"B-1": 6.0, "B-2": 8.0}}
    assert rule.decide(seen(8.0, 6.0, 6.0, memory=memory)).prices == {}
    assert rule.decide(seen(8.0, 6.0, 5.0, memory=memory)).prices == {"A-1": pytest.approx(4.5)}


@pytest.mark.parametrize("hazard", [0.0, 1.0])
def test_two_who_match_do_not_punish_each_other_for_ever(hazard):
    game, rule = logit(3), Matching(reprice_hazard=hazard, punishment=4)
    script = {2: [8.0, 8.0, 7.0, *[8.0] * 27]}
    path = game.play({0: rule, 1: rule}, 30, start=[8.0, 8.0, 8.0], script=script)
    assert path[3:7, 0] == pytest.approx(6.3)
    assert path[7:] == pytest.approx(8.0)


def test_a_matcher_gives_in_to_a_cut_that_stays():
    game, rule = logit(2), Matching(reprice_hazard=1.0, punishment=3)
    path = game.play({0: rule}, 14, start=[8.0, 8.0], script={1: [8.0, *[7.0] * 13]})
    assert path[:, 0] == pytest.approx([8, 8, *[6.3] * 3, *[8.0] * 3, *[7.0] * 6])
