"""The books of a replay: what is unknown is missing and counted, an interval gives an interval, and it says so."""

import numpy as np
import pandas as pd
import pytest

import market
from market.scenario.supply import Product, doubts
from market.views import sentences

ROWS = {
    "given": {"training": 4e8, "unit_cost": 2.0},
    "between": {"training_low": 1e8, "training_high": 3e8},
    "unknown": {},
}


def release(model, firm, price=8.0, **more):
    day = {"model": model, "firm": firm, "released": "2022-12-01", "open_weights": False, "price": price}
    return {**day, "capability": 12.0, **more}


@pytest.fixture(scope="module")
def replayed():
    firms = dict(zip(ROWS, ("Alpha", "Beta", "Gamma"), strict=True))
    supply = {"releases": [release(name, firm, **ROWS[name]) for name, firm in firms.items()]}
    tiny = {"customers": 300, "months": 13, "panel.size": 20, "supply": supply}
    return market.simulate(market.load("no_open_source").vary(tiny), 0)


def test_training_as_given_between_two_ends_or_unknown(replayed):
    books = replayed.replay.set_index("model")
    assert list(books.index) == list(ROWS)
    assert books.loc["given", ["training_low", "training_high"]].tolist() == [4e8, 4e8]
    assert books.loc["between", ["training_low", "training_high"]].tolist() == [1e8, 3e8]
    assert books.loc["unknown", ["training_low", "training_high", "result_low", "result_high"]].isna().all()
    known = books.loc["between"]
    assert known["result_low"] == known["contribution"] - 3e8
    assert known["result_high"] == known["contribution"] - 1e8
    assert books["serving_given"].tolist() == [True, False, False]


def test_serving_is_assumed_where_it_is_not_given(replayed):
    first = replayed.offers[replayed.offers["month"] == 0].set_index("model")
    fallen = replayed.scenario.technology.serving_gain_on_sale ** (-1 / 12)  # it has been on sale for a month
    assert first.loc["given", "unit_cost"] == pytest.approx(2.0 * fallen)
    assert first.loc["between", "unit_cost"] == pytest.approx(replayed.scenario.supply.cost_share * 8.0 * fallen)


def test_books_stop_at_contribution_where_training_is_unknown(replayed):
    firms, models = replayed.companies.groupby("firm"), replayed.models.set_index("model")
    for name in ("training", "research", "overhead", "result", "result_capitalised", "cash"):
        assert firms[name].count()["Gamma"] == 0
        assert firms[name].count()["Alpha"] > 0
    assert firms["contribution"].count()["Gamma"] > 0
    assert models.loc["unknown", ["training", "result", "multiple"]].isna().all()
    assert models.loc["given", "training"] == 4e8
    assert models.loc["between", "training"] == 2e8
    assert replayed.families.set_index("family").loc["unknown", ["training", "result"]].isna().all()
    assert np.isnan(replayed.company("month").set_index("firm").loc["Gamma", "result"]).all()


def test_a_replay_says_that_it_is_no_accounts(replayed):
    said = " ".join(sentences.said("run", replayed))
    assert "A replay, not accounts: 3 releases and their prices are given" in said
    assert "serving is given for 1, else assumed; training is unknown for 1 and left out" in said
    assert "contribution less training of the 2 known" in said
    assert "Do the companies lose?" not in said


def test_where_firms_decide_nothing_is_said_of_replays():
    run = market.simulate(market.load("duopoly").vary({"customers": 150, "months": 1, "panel.size": 20}), 0)
    assert run.replay.empty
    assert "replay" not in " ".join(sentences.said("run", run))


def product(model, price, capability=10.0, released=0):
    return Product(model, "A", "flagship", False, 1, 0, released, None, capability, 1.0, 0.0, ((released, price),))


def test_what_is_hard_to_believe_is_doubted():
    assert not list(doubts([product("a", 1.0), product("b", 100.0), product("free", 0.0)]))
    far = list(doubts([product("a", 1.0), product("b", 1.0), product("c", 101.0)]))
    assert far == ["c costs $101 per Mtok where others cost $1: is that per thousand tokens?"]
    small = list(doubts([product("a", 1.0), product("b", 1.0), product("c", 0.009)]))
    assert small == ["c costs $0.009 per Mtok where others cost $1: is that per thousand tokens?"]
    assert not list(doubts([product("a", 1.0), product("b", 1.0, 25.0, 1)]))
    ahead = list(doubts([product("a", 1.0), product("b", 1.0, 25.1, 1)]))
    assert ahead == ["b has 25.1 points, 15.1 more than any before it"]


def test_history_runs_and_stops_at_contribution():
    run = market.simulate(market.load("history").vary({"customers": 400, "months": 10}), 0)
    assert run.companies["contribution"].notna().all()
    assert pd.isna(run.companies.loc[run.companies["firm"] != "hosts", "result"]).all()
    assert len(run.scenario.supply.releases) == 127
