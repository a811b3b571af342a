"""Training rules: dates and costs."""

import pytest

from market.strategies.training import Cadence, follow_recipe
from tests.strategies.test_contracts import view


def starts(rule, months, length, first=0):
    """Play a rule against a clock: months in which it starts a run of `length` months."""
    begun = []
    for month in range(first, months):
        under_way = sum(month < start + length for start in begun)
        seen = view(month=month, last_start=begun[-1] if begun else None, in_training=under_way)
        if rule.decide(seen).cost > 0:
            begun.append(month)
    return begun


def test_cadence_starts_on_time_and_on_the_cost_path():
    assert starts(Cadence(), 40, 6) == [0, 12, 24, 36]
    assert Cadence(first_cost=1e8, growth=10.0).decide(view(month=12)).cost == pytest.approx(1e9)


def test_the_next_run_may_start_in_the_month_of_the_release():
    assert starts(Cadence(cadence=12), 40, 12) == [0, 12, 24, 36]


def test_runs_wait_for_room_or_overlap():
    assert starts(Cadence(cadence=6), 40, 12) == [0, 12, 24, 36]
    assert starts(Cadence(cadence=6, parallel_runs=2), 30, 12) == [0, 6, 12, 18, 24]


def test_an_open_provider_pays_its_part_of_the_labs_path():
    assert follow_recipe(view(month=12, cost_path=2.5e8), 12, 0.1).cost == pytest.approx(2.5e7)
    assert follow_recipe(view(month=11, cost_path=2.5e8), 12, 0.1).cost == 0
