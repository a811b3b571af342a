"""Worlds in which little or nothing is sold: they run, every outcome is a number or NaN, all is drawn and saved."""

import numpy as np
import pytest

import market
from market.commands.run import print_tables
from market.measures.outcomes import OUTCOMES
from market.tables import open_run
from market.views import plots

FEW = {"customers": 200, "panel.size": 20}
CLIMB = {"rule": "hill_climbing", "reprice_hazard": 1.0}
WORLDS = {
    "the first model is still in training": ("cartoon", {"months": 12}),
    "nobody ever adopts": ("duopoly", {"adoption.innovation": 0.0, "months": 8}),
    "nobody has started before": ("no_open_source", {"labs.*.first_start": 0, "months": 5}),
    "the lab stops before it opens": ("cartoon", {"labs.*.training.rule": "stop", "months": 8}),
    "open providers have no budget": ("duopoly", {"open_providers.*.budget": 0.0, "months": 8}),
    "nobody is there to be asked": ("duopoly", {"record_benchmarks": 12, "adoption.start": 0, "months": 15}),
    "no model can do anything": (
        "no_open_source",
        {"technology.capability_ceiling": -40.0, "labs.*.pricing": CLIMB, "months": 8},
    ),
}


@pytest.fixture(scope="module", params=WORLDS)
def world(request):
    """One run of each world."""
    name, changes = WORLDS[request.param]
    return request.param, market.simulate(market.load(name).vary({**FEW, **changes}), seed=0)


def test_every_outcome_is_a_number_or_nan(world):
    for name, measure in OUTCOMES.items():
        value = measure(world[1])
        assert isinstance(value, float), name
        assert not np.isinf(value), name


def test_it_is_drawn_printed_and_saved(world, tmp_path, capsys):
    _, run = world
    images, undrawn = plots.images("run", run)
    assert (set(images), undrawn) == ({"market_share.png", "margins.png", "two_readings.png"}, None)
    print_tables(run)
    assert capsys.readouterr().out
    assert len(open_run(run.save(tmp_path / "saved")).offers) == len(run.offers)


def test_what_is_not_there_has_no_rows(world):
    name, run = world
    if name in ("the first model is still in training", "nobody has started before", "the lab stops before it opens"):
        assert run.offers.empty
    if name == "the lab stops before it opens":
        assert run.models.empty
        assert run.ledger.empty
        assert run.companies.empty
    if name == "nobody ever adopts":
        assert len(run.offers)
        assert run.segments["spending"].sum() == 0
    if name == "open providers have no budget":
        assert not run.models["open_weights"].any()
    if name == "nobody is there to be asked":
        assert run.benchmarks["month"].unique().tolist() == [13]
        said = run.events[(run.events["firm"] == "market") & (run.events["kind"] == "no_demand")]
        assert said["month"].tolist() == [1]  # labs release in 0 and 12


def test_who_climbs_where_there_is_no_demand_stays_and_says_so(world):
    name, run = world
    if name == "no model can do anything":
        assert (run.offers.groupby("model")["price"].nunique() == 1).all()
        assert set(run.events.loc[run.events["kind"] == "no_demand", "firm"]) == set(run.scenario.labs)
