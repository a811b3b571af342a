"""Every number that a market depends on has a plausible range, around its default and inside its bounds."""

import pytest

import market
from market.declarations import declarations, settings, without_rules
from market.scenario.schema import Scenario
from market.views.settings import TABLES

CONTROLS = {
    "months", "customers", "segments.*.agents", "panel.size", "panel.draw", "record_benchmarks", "record_responses",
}  # fmt: skip
"""How long and how closely is looked: no property of a market."""
COMPOSITION = {"labs.*.first_start", "open_providers.*.first_start", "labs.*.training.until"}
"""Who is there and when: what a scenario is about, not what it is uncertain of."""
SCALES = {
    "technology.reference_capability", "demand.difficulty_reference", "demand.difficulty_low", "demand.difficulty_high",
    "world.product", "world.growth",
}  # fmt: skip
"""Where scales begin and end, and what revenue is compared with."""
LIMITS = {"technology.largest_run", "technology.capability_ceiling"}
"""Off unless a scenario is about them."""
WITHOUT = CONTROLS | COMPOSITION | SCALES | LIMITS

NUMBERS = {
    d.path: d
    for d in declarations(Scenario)
    if d.kind in ("a number", "a whole number") and not d.path.startswith(("supply.", "interventions"))
}
BASELINE = market.load("baseline")


def test_those_without_one_are_known():
    assert {without_rules(path) for path, d in NUMBERS.items() if d.plausible is None} == WITHOUT


@pytest.mark.parametrize("path", [path for path, d in NUMBERS.items() if d.plausible])
def test_a_range_holds_the_default_and_lies_inside_the_bounds(path):
    declared = NUMBERS[path]
    low, high = declared.plausible
    assert low < high
    assert declared.default is None or low <= declared.default <= high
    assert declared.low is None or low > declared.low or (low == declared.low and not declared.open_low)
    assert declared.high is None or high < declared.high or (high == declared.high and not declared.open_high)
    if declared.kind == "a whole number":
        assert isinstance(low, int)
        assert isinstance(high, int)


def test_ranges_hold_what_the_baseline_says():
    checked = 0
    for declared, value in settings(BASELINE):
        if declared.plausible is not None and value is not None:
            low, high = declared.plausible
            assert low <= value <= high, declared.path
            checked += 1
    assert checked > 100


def test_a_range_may_be_set_at_either_end():
    ends = {path: d.plausible for path, d in NUMBERS.items() if d.plausible and path.partition(".")[0] not in TABLES}
    for end in (0, 1):
        BASELINE.vary({path: ranges[end] for path, ranges in ends.items()})
