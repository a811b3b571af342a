"""Shapley values in closed form, and the split of a model's lost revenue over 16 worlds."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import market
from market.parameters import InputError
from market.studies.shapley import CAUSES, coalition_values, coalitions, shapley, split

PLAYERS = ("a", "b", "c")


def game(value):
    return {some: float(value(some)) for some in coalitions(PLAYERS)}


def test_an_additive_game_pays_each_its_own():
    worth = {"a": 1.0, "b": -2.0, "c": 5.0}
    assert shapley(game(lambda some: sum(worth[p] for p in some)), PLAYERS) == pytest.approx(worth)


def test_gloves():
    """One left glove and two right ones: 2/3 to the left, 1/6 to each right (Shapley 1953)."""
    values = shapley(game(lambda some: "a" in some and len(some) > 1), PLAYERS)
    assert values == pytest.approx({"a": 2 / 3, "b": 1 / 6, "c": 1 / 6})


def test_unanimity_is_shared_equally_and_a_dummy_gets_nothing():
    values = shapley(game(lambda some: {"a", "b"} <= some), PLAYERS)
    assert values == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.0})


def test_the_airport():
    """Costs of a runway by the longest plane, 1, 2 and 4: each length is shared by those who need it."""
    length = {"a": 1.0, "b": 2.0, "c": 4.0}
    values = shapley(game(lambda some: max((length[p] for p in some), default=0.0)), PLAYERS)
    assert values == pytest.approx({"a": 1 / 3, "b": 1 / 3 + 1 / 2, "c": 1 / 3 + 1 / 2 + 2})


@given(st.lists(st.floats(-1e9, 1e9), min_size=16, max_size=16))
def test_values_add_up_whatever_the_game(numbers):
    values = dict(zip(coalitions(CAUSES), numbers, strict=True))
    total = values[frozenset(CAUSES)] - values[frozenset()]
    assert sum(shapley(values, CAUSES).values()) == pytest.approx(total, abs=1e-4)


def test_a_missing_coalition_is_refused():
    with pytest.raises(ValueError, match=r"\['a'\] is missing"):
        shapley({frozenset(): 0.0}, PLAYERS)


@pytest.fixture(scope="module")
def tiny():
    return market.load("baseline").vary({"customers": 500, "panel.size": 80, "months": 24})


def test_worlds_of_one_seed(tiny):
    run = market.simulate(tiny, 0)
    values = coalition_values(run, "Alpha-1")
    assert len(values) == 16
    sold = run.families.set_index("family").loc["Alpha-1", "revenue"]
    assert values[frozenset(CAUSES)] == pytest.approx(sold, rel=1e-12)
    every_arrival = frozenset(CAUSES) - {"repricing"}
    assert values[frozenset()] > values[every_arrival]
    assert values[frozenset({"own_successor", "repricing"})] < values[frozenset({"repricing"})]


def test_split_adds_up_with_intervals(tiny):
    with ThreadPoolExecutor(1) as pool:
        found = split(tiny, "Alpha-1", range(2), executor=pool)
    np.testing.assert_allclose(found.by_seed[list(CAUSES)].sum(axis=1), found.by_seed["lost"], rtol=1e-12)
    table = found.table.set_index("what")
    assert table.loc[list(CAUSES), "mean"].sum() == pytest.approx(table.loc["lost", "mean"])
    assert table.loc[list(CAUSES), "share"].sum() == pytest.approx(1.0)
    assert (table["low"] <= table["mean"]).all()
    assert len(found.worlds) == 32


def test_wrong_names_get_one_line(tiny):
    with pytest.raises(InputError, match="did you mean 'revenue'"):
        split(tiny, "Alpha-1", range(2), "revenu")
    with ThreadPoolExecutor(1) as pool, pytest.raises(InputError, match="did you mean 'Alpha-1'"):
        split(tiny.vary({"months": 3}), "Alpah-1", range(2), executor=pool)
