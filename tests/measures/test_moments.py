"""Every moment of the targets is an outcome of a run under the same name."""

import numpy as np
import pytest

import market
from market.evidence import load
from market.measures import moments, outcomes

TARGETS = list(load("targets")["moment"])


@pytest.fixture(scope="module")
def found():
    run = market.simulate(market.load("baseline").vary({"customers": 4000, "panel.size": 600, "months": 42}), 0)
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


def test_windows_are_calendar_years():
    class Stub:
        scenario = market.load("baseline")

    assert moments.window(Stub(), 2023, 2023) == (0, 12)
    assert moments.window(Stub(), 2024, 2025) == (12, 36)


def test_a_period_without_data_is_not_a_number():
    short = market.simulate(market.load("duopoly").vary({"customers": 300, "panel.size": 50, "months": 10}), 0)
    assert np.isnan(outcomes.compute(short, ["leader_gross_margin"])["leader_gross_margin"])
    assert np.isnan(outcomes.compute(short, ["own_price_elasticity_short_run"])["own_price_elasticity_short_run"])


def test_names_are_taken_once():
    with pytest.raises(TypeError, match="exists already"):

        @outcomes.outcome
        def multiple(run):
            """Say it twice."""
