"""What a lab learns about its own forecasts."""

from dataclasses import replace

import pytest

from market.strategies.expectations import Forecast, Outlook, forecasts
from market.strategies.experience import experience, promise, reckon, sobered
from market.strategies.hurdle import Hurdle
from tests.strategies.test_expectations import scene

FORECAST = Forecast(10.0, 24, gross=100.0, destroyed=30.0, lead=10.0, spend=20.0, monthly=5.0)


def months(memory, seen, earned):
    """Let months pass in which the one model on sale earns these amounts."""
    for month, amount in enumerate(earned, seen.own[0].model.released + 1):
        own = (seen.own[0]._replace(contribution=amount),)
        memory = reckon(seen._replace(own=own, month=month), memory)
    return memory


def promised():
    """A view with one own model, and the memory of a lab that was to earn 5 a month with it."""
    seen = scene()
    return seen, promise({}, seen.own[0].model.started, FORECAST)


def test_without_a_record_the_first_guess_holds():
    assert experience(reckon(scene(), {}), 0.3) == 0.3


def test_experience_is_what_was_earned_over_what_was_due():
    seen, memory = promised()
    memory = months(memory, seen, [5.0, 2.5, 0.0])
    assert experience(memory, 0.3) == pytest.approx(0.5)


def test_months_beyond_the_horizon_and_models_without_a_forecast_do_not_count():
    seen, memory = promised()
    assert months(memory, seen, [1.0] * 24) == months(memory, seen, [1.0] * 30)
    assert months({}, seen, [9.0]) == {"earned": 0.0, "due": 0.0}


def test_what_a_family_was_promised_to_earn_its_updates_and_tiers_earn_too():
    seen, memory = promised()
    model = replace(seen.own[0].model, line="mini", update=2, started=seen.own[0].model.started + 9)
    both = seen._replace(own=(*seen.own, seen.own[0]._replace(model=model, contribution=99.0)))
    both = both._replace(month=seen.own[0].model.released + 1)
    assert reckon(both, memory)["earned"] == pytest.approx(reckon(both._replace(own=seen.own), memory)["earned"] + 99)


def test_a_model_that_is_off_sale_earns_nothing_of_what_was_promised():
    seen, memory = promised()
    memory = months(memory, seen, [5.0] * 6)
    gone = seen._replace(own=(), month=seen.own[0].model.released + 7)
    assert experience(reckon(gone, memory), 0.3) == pytest.approx(6 / 7)


def test_a_sobered_forecast_keeps_its_spend_and_what_the_panel_said():
    found = sobered(FORECAST, 0.5)
    assert (found.incremental, found.value) == (40.0, 20.0)
    assert (found.spend, found.monthly) == (20.0, 5.0)


def test_a_lab_whose_launches_disappointed_stops_training():
    seen, memory = promised()
    rich, poor = (months(memory, seen, [amount] * 12) for amount in (5.0, 0.0))
    assert Hurdle().decide(seen._replace(memory=rich)).cost > 0
    assert Hurdle().decide(seen._replace(memory=poor)).cost == 0


def test_the_promise_is_what_the_panel_says_a_month():
    decision = Hurdle(sizes=1, experience=1.0, hurdle=0.0).decide(scene())
    (plain,) = forecasts(scene(), [decision.cost], 24, Outlook())
    assert decision.memory["promised"] == ((scene().month, plain.monthly, 24),)
