"""Every moment of the targets is an outcome of a run under the same name."""

import numpy as np
import pandas as pd
import pytest

import market
from market.evidence import load
from market.measures import moments, outcomes
from tests.drawn import ALONE

TARGETS = list(load("targets")["moment"])


@pytest.fixture(scope="module")
def found():
    changes = {"customers": 4000, "panel.size": 600, "months": 42, "record_responses": 1}
    run = market.simulate(market.load("baseline").vary(changes), 0)
    return outcomes.compute(run, [*TARGETS, "training_cost_growth", "own_price_elasticity_long_run"])


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_can_be_read_from_a_run(name, found):
    assert np.isfinite(found[name])


def test_growth_of_training_cost_is_the_parameter(found):
    assert found["training_cost_growth"] == pytest.approx(2.5)


def test_long_run_demand_is_more_elastic_than_one_month_of_it(found):
    assert found["own_price_elasticity_long_run"] < 1.5 * found["own_price_elasticity_short_run"] < 0


def test_most_moments_that_may_be_fitted_are_inside_their_band_even_in_a_small_market(found):
    table = load("targets").set_index("moment")
    fitted = table[table["fitted"]]
    values = pd.Series(found).reindex(fitted.index)
    assert values.between(fitted["low"], fitted["high"]).sum() >= 7


@pytest.mark.parametrize("name", moments.MEASURES)
def test_what_the_evidence_has_is_measured_as_a_run_is(name):
    """Ours is what the function that reads a run gives of the evidence: the mean over its two scores of capability."""
    table = load("targets").set_index("moment")
    if name not in table.index:
        return
    real = moments.measured(name)
    ours, low, high = table.loc[name, ["ours", "low", "high"]]
    assert float(f"{np.mean([*real.values()]):.3g}") == ours == table.loc[name, "target"]
    assert all(low <= value <= high for value in real.values())


def test_what_the_evidence_does_not_have_is_as_published():
    table = load("targets").set_index("moment")
    published = table[table["ours"].isna()]
    assert not set(published.index) & set(moments.MEASURES)
    assert (published["target"] == published["published"]).all()
    assert moments.measured("leader_gross_margin") == {}


def test_a_flagships_tenure_is_counted_up_to_its_successor(found):
    """One lab of one flagship a year: what it earned in that year, over that run."""
    changes = {"customers": 1000, "panel.size": 100, "months": 36}
    alone = market.load("monopoly").vary({**changes, **ALONE})
    run = market.simulate(alone, 0)
    models = run.models[~run.models["open_weights"]].set_index("generation")
    ended = models[models["released"].between(24, 35)].index.min() - 1
    sold = run.offers[run.offers["month"].between(models.loc[ended, "released"], models.loc[ended + 1, "released"] - 1)]
    sold = sold[sold["firm"].isin(run.scenario.labs)]
    expected = (sold["revenue"].sum() - sold["serving"].sum()) / models.loc[ended, "training"]
    value = outcomes.compute(run, ["tenure_contribution_per_run"])["tenure_contribution_per_run"]
    assert value == pytest.approx(expected)
    updated = market.simulate(alone.vary({"labs.*.updates": {}}), 0)
    known = outcomes.compute(updated, ["tenure_contribution_per_run", "training_cost_growth"])
    assert 0 < known["tenure_contribution_per_run"] < value  # an update ends it within months
    assert known["training_cost_growth"] == pytest.approx(2.5)


def test_periods_are_those_of_the_targets():
    assert outcomes.OUTCOMES["leader_revenue_growth"].period == "2024:2025"
    assert outcomes.OUTCOMES["self_cannibalised_share"].period == "2025"
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
