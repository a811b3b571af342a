"""Expectations by hand, and the value of a launch in games with a known answer."""

import math

import numpy as np
import pytest

from market.economics.technology import Technology
from market.strategies import expectations
from market.strategies.expectations import Outlook, forecasts, growth, note, outlook, rivals_later
from market.strategies.hurdle import Hurdle
from market.strategies.view import Offer, OwnModel, Survey
from tests.strategies.test_contracts import ai_model, view


def test_growth_by_hand():
    series = (1.0, 2.0, 2.0, 5.0)
    assert growth(series, "static", 0.5) == 0
    assert growth(series, "trend", 0.5) == pytest.approx(4 / 3)
    # from 0: half of 1, then half of the surprise at 0, then half of the surprise at 3
    assert growth(series, "adaptive", 0.5) == pytest.approx(((0.5 + 0.0) / 2 + 3.0) / 2)
    assert growth((), "trend", 0.5) == growth((7.0,), "adaptive", 0.5) == 0


@pytest.mark.parametrize("kind", ["adaptive", "trend"])
def test_a_steady_series_is_learned(kind):
    assert growth(tuple(np.arange(200) * 0.3), kind, 0.1) == pytest.approx(0.3)


def test_what_is_noted_is_what_is_seen_and_no_more_than_asked_for():
    memory = {}
    for month in range(20):
        memory = note(view(8.0, month=month, demand=math.exp(0.02 * month)), memory, 12)
    assert memory["frontier"] == (12.0,) * 13
    assert memory["price"] == (math.log(9.0),) * 13
    found = outlook(memory, "trend", 0.1)
    assert (found.frontier, found.price) == (0.0, 0.0)
    assert found.volume == pytest.approx(0.02)


def test_open_weights_do_not_set_the_price_that_is_expected():
    seen = view(8.0, rivals=(Offer(ai_model("O-1", "O", 12.0, True), 0.5),))
    assert "price" not in note(seen, {}, 12)


def test_each_rival_gets_a_successor_of_its_best_model():
    rivals = (Offer(ai_model("B-1", "B", 10.0), 4.0), Offer(ai_model("B-2", "B", 14.0), 9.0))
    later = rivals_later(view(8.0, rivals=rivals), 6.0, math.log(0.5))
    assert later[:2] == rivals
    assert [(o.model.firm, o.model.capability, o.price) for o in later[2:]] == [("B", 20.0, pytest.approx(4.5))]
    assert rivals_later(view(8.0, rivals=rivals), 0.0, 0.0) == rivals


def logit(own, rivals):
    """One kind of customer, logit; quality is capability/4, and nobody's tastes differ."""
    models = [*(o.model for o in own), *(o.model for o in rivals)]
    utility = np.array([[m.capability / 4 for m in models]])
    prices = np.array([*(np.nan if o.price is None else o.price for o in own), *(o.price for o in rivals)])
    costs = np.array([*(o.unit_cost for o in own), *(np.nan for _ in rivals)])
    return Survey(utility, np.array([0.5]), np.array([1e7]), prices, costs)


FLAT = Technology(serving_progress_on_sale=1.0, serving_follows_compute=False)


def scene(**more):
    own = (OwnModel(ai_model(), 4.0, 9.0),)
    given = {"own": own, "prospects": logit, "technology": FLAT, "discount_rate": 0.0, "research": 0.0}
    return view(8.0, **{**given, **more})


@pytest.mark.parametrize("expected", [Outlook(), Outlook(0.5, -0.02, 0.0)])
def test_the_three_effects_add_up_to_the_increment_of_the_portfolio(expected):
    seen, horizon = scene(), 24
    (found,) = forecasts(seen, [2e8], horizon, expected)
    wait = FLAT.training_months + horizon / 2
    later = rivals_later(seen, expected.frontier * wait, expected.price * wait)
    (model,) = expectations.prospects(seen, FLAT, 2e8)
    with_it = expectations.business(seen, (*seen.own, OwnModel(model, model.unit_cost(FLAT, 30), None)), later)
    without = expectations.business(seen, seen.own, later)
    assert found.incremental == pytest.approx(horizon * (sum(with_it.values()) - sum(without.values())))
    assert found.gross == pytest.approx(horizon * with_it["new"])
    assert found.destroyed > 0
    assert (found.lead > 0) == (expected != Outlook())
    assert found.value == pytest.approx(found.incremental - 2e8)


def test_growth_without_end_is_not_expected():
    """A market that has just begun grows by any factor a month; what is planned with stays a number."""
    (steep,) = forecasts(scene(), [2e8], 240, Outlook(volume=30.0))
    (cut,) = forecasts(scene(), [2e8], 240, Outlook(volume=expectations.MOST_GROWTH / (FLAT.training_months + 120)))
    assert 0 < steep.gross < np.inf
    assert steep == cut


def test_a_monopolist_gains_less_from_a_launch_than_an_entrant():
    """Arrow's replacement effect: the same model is worth more to who has nothing to lose."""
    (incumbent,) = forecasts(scene(rivals=()), [2e8], 24, Outlook())
    (entrant,) = forecasts(scene(own=(), rivals=()), [2e8], 24, Outlook())
    assert incumbent.incremental < entrant.incremental
    assert entrant.destroyed == 0


def test_the_hurdle_takes_the_size_of_highest_value_and_nothing_below_it():
    decision = Hurdle(sizes=6, experience=1.0).decide(scene())
    costs = [Hurdle().run_cost(12) / 2**k for k in range(6)]
    values = [f.value for f in forecasts(scene(), costs, 24, Outlook())]
    assert decision.cost == costs[int(np.argmax(values))]
    assert decision.forecast.value == pytest.approx(max(values))
    assert Hurdle(hurdle=1e3).decide(scene()).cost == 0
    assert Hurdle().decide(scene(in_training=1)).cost == 0
    assert Hurdle().decide(scene(last_start=None)).cost == pytest.approx(Hurdle().run_cost(12))


def test_research_counts_unless_told_otherwise():
    seen = scene(research=1e4)
    assert Hurdle().decide(seen).cost == 0
    assert Hurdle(count_research=False).decide(seen).cost > 0


def test_a_known_largest_run_is_planned_with():
    known = scene(technology=FLAT.model_copy(update={"largest_run": 1e7}))
    assert Hurdle(sizes=1, hurdle=0.0).decide(known).cost == 1e7
