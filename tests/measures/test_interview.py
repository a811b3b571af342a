"""The interview's figures, from one ledger and off a run."""

import pytest

import market
from market.measures import interview

FIGURES = {
    "contribution of model 1, $M": 200.0,
    "contribution of model 2, $M": 2000.0,
    "multiple of model 1": 2.0,
    "multiple of model 2": 2.0,
    "company result 2023, $M": -100.0,
    "company result 2024, $M": -800.0,
    "company result 2025, $M": -8000.0,
}


def test_the_figures_quoted():
    books = interview.books()
    assert interview.two_readings(books) == FIGURES
    assert books.families["complete"].tolist() == [True, True, False]


def test_the_same_figures_of_a_market():
    run = market.simulate(market.load("cartoon").vary({"customers": 300, "months": 36, "panel.size": 50}), seed=0)
    found = interview.two_readings(run)
    assert list(found) == list(FIGURES)
    second = run.models[run.models["generation"] == 2]
    assert found["multiple of model 2"] == pytest.approx(second["multiple"].mean())
    assert found["company result 2023, $M"] == -100.0  # the first training is paid before anything is sold
