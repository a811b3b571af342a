"""Limits of technology: what they stop, and who knows."""

import math

import pytest

import market
from market.economics.technology import Technology, capability, release_cost
from market.parameters import InputError
from tests.test_simulation import table_bytes

FREE = Technology()
RUN = FREE.model_copy(update={"largest_run": 1e8})
CEILING = FREE.model_copy(update={"capability_ceiling": 20.0})


def test_dollars_beyond_the_largest_run_buy_nothing():
    assert capability(RUN, 5e8, 12) == capability(FREE, 1e8, 12)
    assert release_cost(RUN, 5e8, 12) == release_cost(FREE, 1e8, 12)
    assert capability(RUN, 5e7, 12) == capability(FREE, 5e7, 12)


def test_no_capability_above_the_ceiling_luck_included():
    assert capability(CEILING, 1e12, 12) == 20.0
    assert capability(CEILING, 1e8, 0, shock=30.0) == 20.0
    assert capability(CEILING, 1e8, 0) == capability(FREE, 1e8, 0)
    assert capability(CEILING, 0.0, 0) == -math.inf


def test_a_surprise_is_in_no_expectation_until_it_strikes():
    surprise = CEILING.model_copy(update={"capability_ceiling_known": False, "largest_run": 1e9})
    assert surprise.expected().capability_ceiling is None
    assert surprise.expected().largest_run == 1e9
    assert surprise.expected({"capability_ceiling"}).capability_ceiling == 20.0
    assert FREE.expected() is FREE
    assert set(surprise.strikes(2e9, 20.0)) == {"largest_run", "capability_ceiling"}
    assert not surprise.strikes(1e9, 19.9)


def test_a_known_largest_run_makes_spending_plateau(small):
    run = market.simulate(small.vary({"technology.largest_run": 1.2e8}), 1)
    started = run.launches[run.launches["started"] >= 0]
    labs = started[started["firm"].isin(small.labs)]
    assert labs["cost"].max() == 1.2e8
    assert started[~started["firm"].isin(small.labs)]["cost"].max() == pytest.approx(0.1 * 1.2e8)
    assert "limit_struck" not in set(run.events["kind"])


def test_a_surprise_is_paid_for_until_a_model_is_held_back(small):
    changes = {"technology.largest_run": 1.2e8, "technology.largest_run_known": False}
    run = market.simulate(small.vary(changes), 1)
    struck = run.events[run.events["kind"] == "limit_struck"]
    assert len(struck) == 1
    month = struck["month"].item()
    labs = run.launches[run.launches["firm"].isin(small.labs) & (run.launches["started"] >= 0)]
    assert labs[labs["started"] < month]["cost"].max() > 1.2e8
    assert labs[labs["started"] > month]["cost"].max() == 1.2e8


def test_the_ceiling_holds_for_everybody_open_providers_included(small):
    run = market.simulate(small.vary({"technology.capability_ceiling": 12.0}), 1)
    assert run.models["capability"].max() == 12.0
    assert "models do not get better than 12 points" in " ".join(run.events["detail"])


def test_a_ceiling_known_or_not_is_the_same_to_who_does_not_look_ahead(small):
    ceiling = small.vary({"technology.capability_ceiling": 12.0})
    surprise = ceiling.vary({"technology.capability_ceiling_known": False})
    assert table_bytes(market.simulate(ceiling, 1)) == table_bytes(market.simulate(surprise, 1))


def test_who_looks_ahead_does_not_pay_for_what_a_known_ceiling_forbids(small):
    """A known ceiling keeps a hurdle lab from spending; a surprise does not until it strikes."""
    hurdle = {"labs.*.training": {"rule": "hurdle"}, "technology.capability_ceiling": 14.0}
    known = market.simulate(small.vary(hurdle), 1)
    surprise = market.simulate(small.vary({**hurdle, "technology.capability_ceiling_known": False}), 1)
    month = surprise.events[surprise.events["kind"] == "limit_struck"]["month"].min()
    wished = surprise.launches[surprise.launches["started"] < month]["expected_capability"].max()
    assert wished > 14.0
    assert known.launches["expected_capability"].max() <= 14.0


def test_limits_are_off_unless_given(small):
    assert small.technology.largest_run is None
    with pytest.raises(InputError, match="largest_run"):
        small.vary({"technology.largest_run": -1.0})
