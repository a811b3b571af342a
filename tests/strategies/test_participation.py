"""Entry and exit by hand: worth against cost, know-how that is sunk, and what a firm learns of its forecasts."""

from dataclasses import replace

import numpy as np
import pytest

from market.economics.technology import Technology
from market.strategies import participation
from market.strategies.expectations import Forecast, Outlook, forecasts
from market.strategies.participation import Always, NetValue
from market.strategies.view import FirmView, Offer, Survey
from tests.strategies.test_contracts import ai_model, view

RULE = NetValue(window=1, know_how=2.0, hurdle=1.0, experience=1.0, terminal=0.0, interval=3, patience=2)
SPEND = 1e8


@pytest.fixture
def expected(monkeypatch):
    """What the next forecast says, in dollars: its `gross`; the spend is `SPEND`."""
    said = {"gross": 0.0}

    def forecast(seen, costs, horizon, _):
        said["own"] = seen.own
        return [Forecast(12.0, horizon, said["gross"], 0.0, 0.0, SPEND, said["gross"] / horizon) for _ in costs]

    monkeypatch.setattr(participation, "forecasts", forecast)
    return said


def seen(month, memory, **more):
    """What a firm without luck of its own sees, at a discount rate of nil."""
    given = {
        "own": (),
        "entered": False,
        "next_cost": SPEND,
        "discount_rate": 0.0,
        "memory": memory,
        "last_start": None,
    }
    return view(month=month, luck=0.5, **{**given, **more})


def first_look(rule, **more):
    """The decision at the first look, a month after the rule is first asked."""
    return rule.decide(seen(1, rule.decide(seen(0, {}, **more)).memory, **more))


def looks(rule, expected, gross, **more):
    """Whether a firm in business goes on, look by look, `gross` by look."""
    memory, found = rule.decide(seen(0, {}, entered=True, **more)).memory, []
    for number, expected["gross"] in enumerate(gross):
        decision = rule.decide(seen(1 + rule.interval * number, memory, entered=True, **more))
        memory = decision.memory
        found.append(decision.active)
    return found


@pytest.mark.parametrize(("gross", "enters"), [(3.01e8, True), (2.99e8, False), (0.0, False)])
def test_it_enters_if_a_first_base_is_worth_its_cost_and_know_how(expected, gross, enters):
    expected["gross"] = gross
    decision = first_look(RULE)
    assert decision.active == enters
    assert decision.know_how == (2 * SPEND if enters else 0.0)
    assert decision.value == pytest.approx(gross - 3 * SPEND)


def test_the_hurdle_the_terminal_value_and_what_comes_true_scale_the_trigger(expected):
    expected["gross"] = 3.01e8
    assert not first_look(RULE.model_copy(update={"hurdle": 1.1})).active
    assert not first_look(RULE.model_copy(update={"experience": 0.9})).active
    expected["gross"] = 1.51e8  # a horizon of 12 months, and a year of contribution after it
    assert first_look(RULE.model_copy(update={"terminal": 1.0})).active


def test_fixed_overhead_counts_for_the_months_of_training_and_of_sales(expected):
    expected["gross"] = 3e8 + 1e6 * (6 + 12) + 1.0
    assert first_look(RULE, fixed_overhead=1e6, technology=Technology(training_months=6)).active
    assert not first_look(RULE, fixed_overhead=1.001e6, technology=Technology(training_months=6)).active


def test_who_would_not_enter_goes_on_and_who_stops_had_doubts_in_a_row(expected):
    assert not first_look(RULE).active
    assert looks(RULE, expected, [1.5e8] * 4) == [True] * 4
    assert looks(RULE, expected, [0.9e8, 1.1e8, 0.9e8, 0.9e8]) == [True, True, True, False]


def test_between_looks_nothing_is_asked_and_all_stays_as_it_is(expected):
    expected["gross"] = 9e8
    memory = first_look(RULE, entered=True).memory
    expected.clear()  # a forecast would fail
    assert [RULE.decide(seen(month, memory, entered=True)).active for month in (2, 3)] == [True, True]
    assert not RULE.decide(seen(2, {**memory}, entered=False)).active


def test_firms_look_in_different_months_and_differ_in_what_know_how_costs_them():
    rule = NetValue(window=12)
    memories = [rule.decide(view(month=0, luck=luck)).memory for luck in (0.01, 0.5, 0.99)]
    assert [memory["look"] for memory in memories] == [12, 18, 23]
    assert np.diff([memory["draw"] for memory in memories]).min() > 2


def test_models_that_are_withdrawn_by_the_middle_of_the_horizon_count_in_neither(expected):
    """A look in month 1, six months of training and half of twelve of sales: month 13; the model is from month 0."""
    for life, counts in ((13, False), (14, True)):
        first_look(RULE, own=view(8.0).own, life=life, technology=Technology(training_months=6))
        assert bool(expected["own"]) == counts


def test_it_learns_what_came_true_of_its_forecasts(expected):
    """A base is to earn twice its cost and earns half of it: from its release on each look has doubts."""
    expected["gross"], released = 2 * SPEND, 1 + Technology().training_months
    memory = RULE.decide(seen(1, RULE.decide(seen(0, {}, entered=True)).memory, entered=True)).memory
    sold = (view(8.0).own[0]._replace(model=replace(ai_model(), base_started=1), contribution=SPEND / 12 / 2),)
    doubts = {}
    for month in range(2, released + 12):
        own = sold if month > released else ()
        memory = RULE.decide(seen(month, memory, entered=True, own=own, last_start=1)).memory
        doubts[month] = memory["doubts"]
    assert memory["earned"] / memory["due"] == pytest.approx(0.25)
    assert [doubts[month] for month in (4, 7, 10, 13, 16)] == [0, 0, 1, 2, 3]


def test_a_number_of_firms_that_is_given():
    assert Always().decide(view()).active
    assert Always.unconditional
    assert not NetValue.unconditional


def test_an_open_provider_expects_what_hosts_leave_it_at_their_price_and_what_it_learns():
    """Half of the sales at a fixed margin: half of what one that serves all would earn, and no search for a price."""

    def prospects(own, rivals):
        prices = np.array([*(o.price for o in own), *(o.price for o in rivals)])
        costs = np.array([*(o.unit_cost for o in own), *[np.nan] * len(rivals)])
        return Survey(np.ones((1, len(prices))), np.array([0.1]), np.ones(1), prices, costs)

    def learn(own: float) -> float:
        return own + 5.0

    rivals = (Offer(ai_model("B-1", "B"), 9.0),)
    alone = FirmView(
        month=0, firm="A", rivals=rivals, prospects=prospects, reach=learn, host_price=lambda cost: 1.25 * cost
    )
    whole, half = (forecasts(one, [SPEND], 12, Outlook())[0] for one in (alone, alone._replace(hosting=0.5)))
    assert half.gross == pytest.approx(whole.gross / 2)
    assert whole.gross > 0
    own = forecasts(alone._replace(reach=lambda own: own), [SPEND], 12, Outlook())[0]
    assert whole.capability == own.capability + 5.0
