"""Race, fast follow, share of revenue, stop: exact decisions."""

import pytest

from market.economics.technology import Technology, capability, spend_for
from market.strategies.training import FastFollow, Race, ShareOfRevenue, Stop
from market.strategies.view import Offer
from tests.strategies.test_contracts import ai_model, view
from tests.strategies.test_training import starts

TECHNOLOGY = Technology()


def against(points, open_weights=False, **more):
    """A view in month 12 with an own model of 12 points and one rival's."""
    rival = Offer(ai_model("B-1", "B", points, open_weights), 9.0)
    return view(8.0, rivals=(rival,), technology=TECHNOLOGY, **more)


def test_the_cost_of_a_capability_is_the_scaling_law_turned_round():
    for release in (-3, 0, 40):
        assert capability(TECHNOLOGY, spend_for(TECHNOLOGY, 23.0, release), release) == pytest.approx(23.0)


def test_stop_trains_until_its_month_and_never_again():
    assert starts(Stop(until=24), 80, 6) == [0, 12]
    assert starts(Stop(), 80, 6) == []


def test_a_share_of_revenue_is_spent_when_a_generation_is_due():
    rule = ShareOfRevenue(share=0.1)
    assert rule.decide(view(month=12, revenue=5e7)).cost == pytest.approx(0.1 * 5e7 * 12)
    assert rule.decide(view(month=11, revenue=5e7)).cost == 0
    assert rule.decide(view(month=12, revenue=0.0)).cost == 0
    assert rule.decide(view(month=0, last_start=None)).cost == pytest.approx(1e8)


def test_fast_follow_waits_for_a_closed_rival_to_lead_and_draws_level():
    rule = FastFollow(trigger=3.0, growth=1000.0)  # a path so steep that it does not bind in month 12
    assert rule.decide(against(14.9)).cost == 0
    assert rule.decide(against(40.0, open_weights=True)).cost == 0
    cost = rule.decide(against(25.0)).cost
    assert capability(TECHNOLOGY, cost, 18) == pytest.approx(25.0)
    assert rule.decide(against(25.0, in_training=1)).cost == 0


def test_fast_follow_spends_no_more_than_its_part_of_the_path():
    assert FastFollow(most=0.5).decide(against(90.0)).cost == pytest.approx(0.5 * 2.5e8)
    assert FastFollow(most=0.5).decide(view(month=0, last_start=None)).cost == pytest.approx(0.5e8)


def test_racers_start_whenever_there_is_room_and_spend_to_lead():
    assert starts(Race(), 30, 6) == [0, 6, 12, 18, 24]
    path = Race().run_cost(12)
    near = capability(TECHNOLOGY, 2 * path, 18)
    assert Race(lead=3.0).decide(against(near - 3.0)).cost == pytest.approx(2 * path)
    assert Race(lead=3.0).decide(against(0.0)).cost == pytest.approx(path)  # far ahead: the path all the same
    assert Race(lead=3.0, most=1.5).decide(against(90.0)).cost == pytest.approx(1.5 * path)
