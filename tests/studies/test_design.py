"""Designs: every combination once, and any beginning of the order an even sample."""

import collections
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import market
from market.parameters import InputError
from market.studies import design as designs
from market.studies.design import Range

BASE = market.load("duopoly")
GROWTH, OVERHEAD, CADENCE = "labs.*.training.growth", "labs.*.overhead", "labs.*.training.cadence"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_a_grid_has_every_combination_once_and_even_beginnings(sizes):
    factors = {f"f{i}": list(range(n)) for i, n in enumerate(sizes)}
    points = designs.grid(factors).points
    assert {tuple(p.values()) for p in points} == set(itertools.product(*(range(n) for n in sizes)))
    assert len(points) == np.prod(sizes)
    for factor, levels in factors.items():
        counts = collections.Counter(dict.fromkeys(levels, 0))
        for point in points:
            counts[point[factor]] += 1
            assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
@pytest.mark.parametrize("count", [1, 7, 32])
def test_sampled_designs_stay_within_and_fill_evenly(kind, count):
    made = designs.build(BASE, {GROWTH: Range(1.5, 6), OVERHEAD: Range(0.01, 1, log=True)}, kind, count)
    assert len(made.points) == count
    growth = np.array([point[GROWTH] for point in made.points])
    assert ((growth >= 1.5) & (growth <= 6)).all()
    for stop in range(1, count + 1):
        assert abs((growth[:stop] < 3.75).sum() - stop / 2) <= 2
    assert made == designs.build(BASE, {GROWTH: Range(1.5, 6), OVERHEAD: Range(0.01, 1, log=True)}, kind, count)


def test_a_latin_hypercube_has_one_point_in_every_stratum():
    points = designs.latin_hypercube({"a": Range(0, 10), "b": ["x", "y"]}, 10).points
    assert sorted(int(point["a"]) for point in points) == list(range(10))
    assert collections.Counter(point["b"] for point in points) == {"x": 5, "y": 5}


def test_one_at_a_time_starts_from_the_scenario_and_takes_turns():
    made = designs.build(BASE, {GROWTH: [2.0, 3.0], OVERHEAD: [0.1]}, "one_at_a_time")
    assert made.points == ({}, {GROWTH: 2.0}, {OVERHEAD: 0.1}, {GROWTH: 3.0})
    assert made.table(BASE)[OVERHEAD].tolist() == [0.45, 0.45, 0.1, 0.45]


def test_ranges_of_whole_numbers_and_on_log_scales():
    made = designs.build(BASE, {CADENCE: Range(6, 18)}, "sobol", 8)
    assert all(isinstance(point[CADENCE], int) for point in made.points)
    assert Range(1, 100, log=True).spaced(3) == [1.0, 10.0, 100.0]
    assert Range(1, 3, whole=True).spaced(9) == [1, 2, 3]
    assert Range(1, 100, log=True).share(10) == pytest.approx(0.5)


def test_rules_and_whole_scenarios_are_factors():
    rules = [{"rule": "cost_plus", "markup": 0.4}, {"rule": "best_response"}]
    made = designs.build(BASE, {"scenario": ["duopoly", "monopoly"], "labs.*.pricing": rules})
    table = made.table(BASE)
    assert set(table["scenario"]) == {"duopoly", "monopoly"}
    assert set(table["labs.*.pricing"]) == {'{"markup": 0.4, "rule": "cost_plus"}', "best_response"}
    start, changes = made.split(BASE, 1)
    assert start.name == "monopoly"
    assert start.vary(changes).labs


BAD = [
    ({}, "grid", None, "factors: there is none"),
    ({GROWTH: [2.0]}, "gird", None, "did you mean 'grid'"),
    ({GROWTH: []}, "grid", None, "there is no value"),
    ({GROWTH: [2, 2]}, "grid", None, "2 is given twice"),
    ({GROWTH: 2.0}, "grid", None, "is no list of values"),
    ({GROWTH: Range(1, 2)}, "grid", None, "needs values"),
    ({GROWTH: Range(1, 2)}, "sobol", None, "points of a sobol design: nothing is refused"),
    ({GROWTH: [1, 2]}, "grid", 5, "leave points out"),
]


@pytest.mark.parametrize(("factors", "kind", "points", "expected"), BAD, ids=[bad[3] for bad in BAD])
def test_bad_designs(factors, kind, points, expected):
    with pytest.raises(InputError, match=expected):
        designs.build(BASE, factors, kind, points)


@pytest.mark.parametrize(("low", "high", "log"), [(2, 1, False), (0, 1, True), (float("nan"), 1, False), ("a", 1, 0)])
def test_bad_ranges(low, high, log):
    with pytest.raises(InputError, match="range"):
        Range(low, high, log)


def test_an_empty_list_is_refused():
    with pytest.raises(InputError, match="no design point"):
        designs.listed([])
