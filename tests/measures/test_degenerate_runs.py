"""Every named outcome of worlds in which there is nothing to measure: a number or NaN, never an error or a warning."""

import numpy as np
import pandas as pd
import pytest

import market
from market.measures import markups, outcomes, prices, readings, structure
from market.measures.outcomes import OUTCOMES
from market.measures.price_wars import price_wars
from market.tables import Run

FEW = {"customers": 200, "panel.size": 50}
SHUT = {
    "labs.*.funding.rule": "raise",
    "capital.promise": 0,
    "interventions": [{"month": 0, "kind": "shut_capital", "target": "*"}],
}
WORLDS = {
    "every lab failed": ("no_open_source", {**SHUT, "months": 36}),
    "one month": ("baseline", {"months": 1}),
    "three months": ("baseline", {"months": 3}),
    "no lab has entered": ("baseline", {"labs.*.first_start": 5, "months": 3}),
    "nothing is on sale": ("no_open_source", {"labs.*.first_start": 5, "months": 11}),
    "a launch in the last month": ("baseline", {"months": 13}),
}


@pytest.fixture(scope="module", params=WORLDS)
def world(request):
    """One run of each world."""
    name, changes = WORLDS[request.param]
    return request.param, market.simulate(market.load(name).vary({**FEW, **changes}), seed=0)


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_is_a_number_or_nan(name, world):
    with np.errstate(all="raise", under="ignore"):
        value = OUTCOMES[name](world[1])
    assert isinstance(value, float)
    assert not np.isinf(value)


def test_these_worlds_are_what_they_are_called(world):
    name, run = world
    labs = run.offers["firm"].isin(run.scenario.labs)
    if name == "every lab failed":
        assert set(run.events.loc[run.events["kind"] == "failed", "firm"]) == set(run.scenario.labs)
    elif name == "no lab has entered":
        assert len(run.offers)
        assert not labs.any()
        assert readings.by_year(run, "result").empty
    elif name == "nothing is on sale":
        assert run.offers.empty
    elif name == "a launch in the last month":
        assert run.models.loc[~run.models["open_weights"], "released"].max() == run.scenario.months - 1
    else:
        assert labs.any()


def test_what_is_not_there_is_not_counted_as_nothing(world):
    name, run = world
    found = outcomes.compute(run, ["labs_in_profit", "labs_gross_margin", "price_wars", "quality_adjusted_price_drift"])
    if name == "no lab has entered":
        assert np.isnan(found["labs_in_profit"])
    if name in ("no lab has entered", "nothing is on sale"):
        assert np.isnan(found["labs_gross_margin"])
    if name != "a launch in the last month":
        assert np.isnan(found["quality_adjusted_price_drift"])
    assert found["price_wars"] == 0


def test_a_run_that_was_abandoned_is_no_point_of_the_growth_of_training_cost(world):
    name, run = world
    abandoned = run.models[~run.models["open_weights"] & run.models["released"].isna() & (run.models["training"] > 0)]
    if name == "every lab failed":
        assert len(abandoned)
        assert outcomes.compute(run, ["training_cost_growth"])["training_cost_growth"] == pytest.approx(2.5)


def test_empty_tables(small_run):
    nothing, no_models = small_run.offers.iloc[:0], small_run.models.iloc[:0]
    opened = small_run.offers[small_run.offers["open_weights"]]
    for offers in (nothing, opened):
        assert markups.markup_index(offers).empty
        assert markups.cuts(offers).empty
        assert list(markups.cuts(offers).columns) == markups.CUT
        assert price_wars(offers, no_models).empty
    assert prices.hedonic_index(nothing).empty
    assert np.isnan(prices.hedonic_drift(nothing))
    assert np.isnan(structure.slope(np.array([]), np.array([])))


def test_a_firm_that_fails_with_its_launch_has_no_month_after_it():
    models = pd.DataFrame(
        [("A-1", "A", 13, 1), ("B-1", "B", 14, 1), ("C-1", "C", 15, 1)],
        columns=["model", "firm", "released", "generation"],
    ).assign(
        family=lambda rows: rows["model"],
        update=0,
        open_weights=False,
        line="flagship",
        retired=np.nan,
        capability=1.0,
        launch_price=1.0,
    )
    offers = pd.DataFrame(
        [(14, "A-1", "A", 30), (14, "A-0", "A", 10), (16, "C-1", "C", 0)],
        columns=["month", "model", "firm", "customers"],
    )
    run = Run(market.load("baseline"), 0, {"models": models, "offers": offers})
    assert outcomes.find("upgraded_in_first_month@2024:2025")(run) == 0.75
