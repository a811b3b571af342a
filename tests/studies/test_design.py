"""Designs: every combination once, and any beginning of the order an even sample."""

import collections
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import market
from market.parameters import InputError
from market.studies import design as designs
from market.studies.levels import Range, label

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


def test_ranges_give_as_many_digits_as_their_width_needs():
    values = Range(2.5, 2.50001).spaced(11)
    assert len(set(values)) == 11
    assert (values[0], values[1], values[-1]) == (2.5, 2.500001, 2.50001)
    assert len(set(Range(7, 7.000001, log=True).spaced(5))) == 5
    assert Range(1.5, 6).at(1 / 3) == 3.0
    with pytest.raises(InputError, match="holds no 3 different values"):
        Range(1, np.nextafter(1, 2)).spaced(3)


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_sampled_whole_numbers_have_their_even_part_ends_included(kind):
    made = designs.build(BASE, {CADENCE: Range(2, 4), "months": Range(1, 4, log=True)}, kind, 300)
    even = np.bincount([point[CADENCE] for point in made.points])[2:]
    assert len(even) == 3
    assert abs(even - 100).max() <= 3
    by_log = np.bincount([point["months"] for point in made.points])[1:] / 300
    measure = np.diff(np.log([0.5, 1.5, 2.5, 3.5, 4.5])) / np.log(9)
    assert abs(by_log - measure).max() < 0.01


def test_whole_numbers_of_counted_ranges():
    made = designs.build(BASE, {"months": Range(12, 24, count=3), CADENCE: Range(6.0, 7.9, count=5)})
    assert sorted({point["months"] for point in made.points}) == [12, 18, 24]
    assert {point[CADENCE] for point in made.points} == {6, 7}
    assert all(type(value) is int for point in made.points for value in point.values())


def test_different_scenarios_of_one_name_are_told_apart():
    other = BASE.vary({OVERHEAD: 0.5})
    again = {"scenario": BASE.vary({}), "months": 9}
    points = [{"scenario": BASE}, {"scenario": other}, again, {"scenario": "monopoly"}]
    assert designs.listed(points).table(BASE)["scenario"].tolist() == [
        BASE.name,
        f"{BASE.name} (2)",
        BASE.name,
        "monopoly",
    ]
    made = designs.build(BASE, {"scenario": [BASE, other], GROWTH: [2.0, 3.0]})
    assert set(made.table(BASE)["scenario"]) == {BASE.name, f"{BASE.name} (2)"}
    with pytest.raises(InputError, match="is given twice"):
        designs.build(BASE, {"scenario": [BASE, BASE.vary({})]})


def test_close_values_are_two_and_equal_ones_are_one():
    made = designs.build(BASE, {GROWTH: [2.5, 2.500001]})
    assert [label(point[GROWTH]) for point in made.points] == ["2.5", "2.500001"]
    for same in ([2, 2.0], [2.0, np.float64(2)], np.array([3.0, 3.0]), pd.Series([1, 1])):
        with pytest.raises(InputError, match="is given twice"):
            designs.build(BASE, {GROWTH: same})


def test_one_at_a_time_does_not_run_the_base_twice():
    own = BASE.labs["Alpha"].overhead
    made = designs.build(BASE, {OVERHEAD: [0.1, own], "scenario": [BASE, "monopoly"]}, "one_at_a_time")
    assert [list(point) for point in made.points] == [[], [OVERHEAD], ["scenario"]]


def test_numpy_numbers_make_the_same_design():
    ours = designs.build(BASE, {GROWTH: [2.0, 3.0], CADENCE: Range(6, 12, count=3)}, "grid")
    theirs = designs.build(
        BASE, {GROWTH: np.array([2.0, 3.0]), CADENCE: Range(np.int8(6), np.float64(12), count=np.int64(3))}
    )
    assert ours == theirs
    assert repr(ours.points) == repr(theirs.points)
    assert designs.listed([{"customers": np.int64(300)}]).points == ({"customers": 300},)


@pytest.mark.parametrize(
    ("factors", "kind", "points", "expected"),
    [
        ({GROWTH: Range(1, 2)}, "sobol", 10**9, "allowed: a whole number, 1 to 1,000,000"),
        ({GROWTH: Range(1, 2)}, "latin_hypercube", 10**6, "allowed: a whole number, 1 to 10,000"),
        ({GROWTH: Range(1, 2, count=2000), OVERHEAD: Range(0, 1, count=2000)}, "grid", None, "make 4,000,000 design"),
    ],
)
def test_counts_have_bounds(factors, kind, points, expected):
    with pytest.raises(InputError, match=expected):
        designs.build(BASE, factors, kind, points)


def test_a_count_without_bound_is_refused_before_any_value_is_made():
    with pytest.raises(InputError, match="allowed: a whole number, 2 to 100,000"):
        Range(1, 2, count=2_000_000_000)
    with pytest.raises(InputError, match="too many design points"):
        designs.listed({"months": 3} for _ in itertools.count())


class Shy:
    """Cannot say what it is."""

    def __repr__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (np.array(3), "there is no design point"),
        ([{"customers": 100}, {"months": 3}, {"customers": np.int8(100)}], "points 0 and 2, .* are equal"),
        ([{"scenario": BASE}, {"scenario": BASE.vary({})}], "points 0 and 1, .* are equal"),
        ([{"scenario": ([1],)}], "scenario: a list is refused"),
        ([Shy()], "something of kind Shy is no design point"),
    ],
)
def test_bad_lists(points, expected):
    with pytest.raises(InputError, match=expected):
        designs.listed(points)


UNSAYABLE = {"a number": 10**5000, "a thing": Shy(), "a rule": {"rule": Shy()}, "its name": {"rule": 10**5000}}


@pytest.mark.parametrize("level", UNSAYABLE.values(), ids=UNSAYABLE)
def test_values_that_cannot_be_written_are_refused_in_one_line(level):
    for factors in ({GROWTH: [level, level]}, {GROWTH: level}, {"scenario": [level]}, {level.__class__: [1]}):
        with pytest.raises(InputError):
            designs.build(BASE, factors)
