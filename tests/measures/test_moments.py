"""Every moment of the targets is an outcome of a run under the same name."""

import numpy as np
import pytest

import market
from market.evidence import load
from market.measures import moments, outcomes

TARGETS = list(load("targets")["moment"])


@pytest.fixture(scope="module")
def found():
    changes = {"customers": 4000, "panel.size": 600, "months": 42, "record_responses": 1}
    run = market.simulate(market.load("baseline").vary(changes), 0)
    return outcomes.compute(run, [*TARGETS, "own_price_elasticity_long_run", "vendor_switching"])


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_can_be_read_from_a_run(name, found):
    assert np.isfinite(found[name])


def test_growth_of_training_cost_is_the_parameter(found):
    assert found["training_cost_growth"] == pytest.approx(2.5)


def test_long_run_demand_is_more_elastic_than_one_month_of_it(found):
    assert found["own_price_elasticity_long_run"] < 2 * found["own_price_elasticity_short_run"] < 0


def test_most_moments_are_inside_their_band_even_in_a_small_market(found):
    table = load("targets").set_index("moment")
    inside = [table.loc[n, "low"] <= found[n] <= table.loc[n, "high"] for n in TARGETS]
    assert sum(inside) >= 12


def test_periods_are_those_of_the_targets():
    assert outcomes.OUTCOMES["leader_operating_result_per_revenue"].period == "2024:2025"
    assert outcomes.OUTCOMES["successor_overtakes_weeks"].period == "2025"
    for name in TARGETS:
        assert outcomes.OUTCOMES[name].period == moments.target_period(name)


def test_a_year_that_is_not_whole_has_no_moment():
    """A run to November 2025 has no 2025, and no leader of it."""
    short = market.simulate(market.load("duopoly").vary({"customers": 300, "panel.size": 50, "months": 35}), 0)
    found = outcomes.compute(short, ["leader_gross_margin", "leader_gross_margin@2024", "open_token_share"])
    assert np.isnan(found["leader_gross_margin"])
    assert np.isnan(found["open_token_share"])
    assert np.isfinite(found["leader_gross_margin@2024"])


def test_a_period_without_data_is_not_a_number():
    short = market.simulate(market.load("duopoly").vary({"customers": 300, "panel.size": 50, "months": 10}), 0)
    assert np.isnan(outcomes.compute(short, ["leader_gross_margin"])["leader_gross_margin"])
    assert np.isnan(outcomes.compute(short, ["own_price_elasticity_short_run"])["own_price_elasticity_short_run"])


def test_names_are_taken_once():
    with pytest.raises(TypeError, match="exists already"):

        @outcomes.outcome(unit="x")
        def multiple(run, period):
            """Say it twice."""
