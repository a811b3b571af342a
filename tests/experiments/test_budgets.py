"""R&D that experiments hold constant is constant: a lab's whatever its pace, and the industry's whatever its number."""

import runpy
from itertools import product
from pathlib import Path

import pytest

import market
from market.studies.changes import spending_as

FOLDER = Path(__file__).resolve().parents[2] / "experiments"
SMALL = {
    "customers": 100,
    "panel.size": 20,
    "labs.*.funding": {"rule": "patient"},
    "labs.*.pricing": {"rule": "cost_plus"},  # what is spent does not hang on prices, and these take no time
}


@pytest.fixture(scope="module")
def pace():
    """What the script on the pace of releases defines."""
    return runpy.run_path(str(FOLDER / "pace.py"))


@pytest.fixture(scope="module")
def world():
    """The world in which paces are compared, with few customers."""
    return market.load("baseline").vary(SMALL)


def spent(scenario, firms):
    """Training and research that some firms book in the six years of a run."""
    books = market.simulate(scenario, 0).companies
    return books.loc[books["firm"].isin(firms) & (books["year"] >= 2023), ["training", "research"]].sum()


def test_a_lab_spends_the_same_at_any_pace_where_its_budget_is_the_same(pace, world):
    usual = spent(pace["paced"](world, "Alpha", "grows", 12, 3), ["Alpha"])
    for budget, at in product(("stays, smaller runs", "stays, less research"), ((6, 3), (18, 3), (12, 6))):
        now = spent(pace["paced"](world, "Alpha", budget, *at), ["Alpha"])
        assert now.sum() == pytest.approx(usual.sum(), rel=0.01), (budget, at)
        if budget == "stays, smaller runs":
            assert now["research"] == pytest.approx(usual["research"], rel=1e-9), at


def test_a_lab_that_is_free_to_spend_spends_more_for_more_bases(pace, world):
    often, usual = (spent(pace["paced"](world, "Alpha", "grows", months, 3), ["Alpha"]) for months in (6, 12))
    assert often["training"] > 2 * usual["training"]
    assert often["research"] == pytest.approx(usual["research"])


@pytest.mark.parametrize("whose", ["Alpha", "*"])
def test_open_providers_spend_what_they_did(pace, world, whose):
    opens = list(world.open_providers)
    usual = spent(world, opens)
    for months in (6, 18):
        now = spent(pace["paced"](world, whose, "stays, smaller runs", months, 3), opens)
        assert now.tolist() == pytest.approx(usual.tolist(), rel=0.005)


def test_labs_together_spend_what_four_do_however_many_they_are():
    numbers = runpy.run_path(str(FOLDER / "number_of_labs.py"))
    four = market.load("baseline").vary(SMALL)
    usual = spent(four, four.labs), spent(four, four.open_providers)
    for name in numbers["NUMBERS"].values():
        held = spending_as(market.load(name).vary(SMALL), 4)
        assert spent(held, held.labs)["research"] == pytest.approx(usual[0]["research"], rel=0.02), name
        assert spent(held, held.open_providers).tolist() == pytest.approx(usual[1].tolist()), name
