"""The panel: permanent numbers, chances in proportion to size, and the same members however they are found."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import market
from market.economics.memory import Seen
from market.economics.panel import REACH, draw_panel, inclusion, smallest
from market.month.segments import Segment
from tests.economics.games import few


def states(month, **changes):
    """The segments of the baseline in a month, everybody using some model of four."""
    scenario = market.load("baseline").vary({"customers": 4000, **changes})
    named = sorted(scenario.segments.items())
    segments = [Segment(name, spec, scenario, 1, Seen()) for name, spec in named]
    for segment in segments:
        segment.current[:] = np.arange(len(segment.current)) % 6 - 2
    return [segment.state(month) for segment in segments]


MAKERS = np.array([2, 0, 1, 0], np.int32)
LINES = np.array([0, 1, 2, 3], np.int32)


def plain(segments, size, frontier, reference_cost, month):
    """Who is on the panel: segment and row of each, and weights, by sorting everybody (Ohlsson 1995)."""
    people = [
        (k, i, s.customers.volume[i] * s.volume_factor, float(s.customers.value[i]), s.permanent[i])
        for k, s in enumerate(segments)
        for i in range(len(s.current))
        if s.customers.entry[i] < max(month, 0) and s.customers.difficulty[i] < frontier + REACH
    ]
    volume, value, permanent = np.array([person[2:] for person in people]).T
    chance = inclusion(volume * (1 - np.exp(-value / reference_cost)), size)
    rank = np.where(chance < 1, permanent / chance, 0.0)
    chosen = sorted(sorted(range(len(people)), key=lambda i: rank[i])[:size])
    return [people[i][:2] for i in chosen], volume[chosen] / chance[chosen]


@pytest.mark.parametrize(("size", "month"), [(30, 0), (50, 7), (400, 40), (4000, 40)])
def test_the_panel_is_that_of_the_definition(size, month):
    segments = states(month)
    who, weights = plain(segments, size, 20.0, 8.5, month)
    drawn = draw_panel(segments, MAKERS, LINES, size, 20.0, 8.5, month)
    np.testing.assert_allclose(drawn.weights, weights, rtol=1e-12)
    for r, (k, i) in enumerate(who):
        customers, habits = segments[k].customers, segments[k].habits
        now = segments[k].current[i]
        assert (drawn.difficulty[r], drawn.value[r]) == (customers.difficulty[i], customers.value[i])
        assert drawn.choice_scale[r] == habits.choice_scale
        assert drawn.firm_switching_cost[r] == habits.firm_switching_cost
        assert drawn.model_switching_cost[r] == habits.model_switching_cost
        assert (drawn.taste[r] == customers.taste[i]).all()
        assert drawn.access[r] == customers.access[i]
        assert drawn.line[r] == (LINES[now] if now >= 0 else -1)
        assert drawn.home[r] == (MAKERS[now] if now >= 0 else -1)


def test_the_panel_hardly_changes_from_month_to_month():
    first, second = (draw_panel(states(month), MAKERS, LINES, 300, 20.0, 8.5, month) for month in (40, 41))
    both = set(zip(first.difficulty, first.value, strict=True)) & set(zip(second.difficulty, second.value, strict=True))
    assert len(both) > 0.95 * 300


def test_the_panel_stands_for_everybody():
    segments = states(40, customers=20_000)
    there = [(s.customers.entry < 40) & (s.customers.difficulty < 40) for s in segments]
    volume = sum(s.volume_factor * s.customers.volume[t].sum() for s, t in zip(segments, there, strict=True))
    assert draw_panel(segments, MAKERS, LINES, 2000, 20.0, 8.5, 40).weights.sum() == pytest.approx(volume, rel=0.05)


def test_nobody_there_is_an_empty_panel():
    drawn = draw_panel(states(0, customers=100), MAKERS, LINES, 30, -1000.0, 8.5, 0)
    assert len(drawn.weights) == 0
    found = drawn.utilities(np.ones(2), np.zeros(2, np.int32), np.zeros(2, bool), np.zeros(2, np.int32))
    assert [each.shape for each in found] == [(0, 2)] * 2


@given(st.lists(st.just(0.0) | st.floats(1e-200, 1e9), min_size=1, max_size=40), st.integers(1, 50))
@few
def test_chances_are_in_proportion_and_add_up(sizes, count):
    sizes = np.array(sizes)
    chance = inclusion(sizes, count)
    assert ((chance > 0) & (chance <= 1)).all()
    if len(sizes) <= count:
        assert (chance == 1).all()
    elif (sizes > 1e-9 * sizes.max()).sum() >= count:
        assert chance.sum() == pytest.approx(count)
        below = (chance < 1) & (sizes > 0)
        ratios = chance[below] / sizes[below]
        assert ratios == pytest.approx(ratios[0] if len(ratios) else 1)


def chances(sizes, count):
    """Chances of the definition: who has a chance of 1 or more is in, and the others share what is left."""
    certain = np.zeros(len(sizes), bool)
    while len(sizes) > count and sizes[~certain].sum() > 0:
        chance = np.where(certain, 1.0, sizes * (count - certain.sum()) / sizes[~certain].sum())
        if chance.max() <= 1.0:
            return np.maximum(chance, np.finfo(float).tiny)
        certain |= chance >= 1.0
    return np.where(certain | (len(sizes) <= count), 1.0, np.finfo(float).tiny)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=9), st.integers(1, 6))
@example([10, 3, 7], 2)
@example([1, 0, 0], 1)
@example([4, 1, 0, 0], 2)
@settings(few, max_examples=200)
def test_chances_are_those_of_the_definition_where_some_are_just_certain(sizes, count):
    sizes = np.array(sizes) / 5
    assert (inclusion(sizes, count) == chances(sizes, count)).all()


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 35))
@few
def test_the_smallest_are_those_of_a_stable_sort(numbers, count):
    numbers = np.array(numbers, float)
    expected = np.sort(np.argsort(numbers, kind="stable")[:count])
    np.testing.assert_array_equal(smallest(numbers, count), expected)
