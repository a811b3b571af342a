"""Priors lie inside bounds, move the baseline, and make the same worlds each time."""

import math

import numpy as np
import pandas as pd
import pytest

import market
from market.parameters import InputError
from market.studies.levels import Range
from market.studies.points import values_at
from market.studies.priors import PRIORS, Group, changes, draw, known, scores
from market.views.listing import LISTINGS
from market.views.settings import below

BASELINE = market.load("baseline")
NEUTRAL = {"pricing": "forward", "budget_spread": 0.0, "taste_spread": 0.0}


def test_there_are_enough_in_every_group():
    groups = [one.group for one in PRIORS.values()]
    assert len(groups) >= 15
    assert min(groups.count(group) for group in Group) >= 4
    assert known(BASELINE) == list(PRIORS.values())


@pytest.mark.parametrize("name", PRIORS)
def test_a_prior_moves_the_baseline_and_stays_in_plausible_ranges(name):
    prior = PRIORS[name]
    ends = [BASELINE.vary(prior.paths(prior.at(share), BASELINE)) for share in (0.0, 1.0)]
    assert ends[0] != ends[1]
    assert BASELINE not in ends or NEUTRAL.get(name) in (prior.at(0.0), prior.at(1.0))
    if name in ("budget_spread", "taste_spread", "pricing"):
        return
    for world in ends:
        moved = [one for one in below(world, prior.path) if one.declared.plausible]
        assert moved
        for declared, value in moved:
            low, high = declared.plausible
            assert low <= value <= high, declared.path


def test_wide_positive_ranges_are_even_in_the_logarithm():
    for prior in PRIORS.values():
        if isinstance(prior.levels, Range) and not prior.levels.whole and prior.levels.low > 0:
            assert prior.levels.log == (prior.levels.high / prior.levels.low > 3)
    assert {PRIORS[name].kind for name in ("research", "overhead", "pricing")} == {"log-uniform", "uniform", "choice"}
    assert (PRIORS["research"].sourced, PRIORS["volumes"].sourced) == (True, False)
    assert PRIORS["research"].at(0.5) == pytest.approx(math.sqrt(3.7 * 19), rel=1e-5)
    assert [PRIORS["life"].at(share) for share in (0.0, 1.0)] == [12, 22]


def test_draws_are_the_same_each_time_and_inside():
    priors = known(BASELINE)
    table = draw(priors, 64, seed=3)
    pd.testing.assert_frame_equal(table, draw(priors, 64, seed=3))
    assert not table.equals(draw(priors, 64, seed=4))
    assert list(table) == list(PRIORS)
    for prior in priors:
        if isinstance(prior.levels, Range):
            assert table[prior.name].between(prior.levels.low, prior.levels.high).all()
    assert np.log(table["research"] / 3.7).mean() == pytest.approx(np.log(19 / 3.7) / 2, abs=0.02)
    assert set(table["pricing"]) == {"forward", "best_response", "cost_plus"}
    for _, row in table.head(8).iterrows():
        BASELINE.vary(changes(priors, row, BASELINE))


def test_what_moves_together_keeps_its_ratios_and_spreads_are_about_what_was_drawn():
    priors = known(BASELINE, ["volumes", "budgets", "budget_spread", "taste_spread"])
    row = {"volumes": 2.0, "budgets": 1e8, "budget_spread": 0.7, "taste_spread": 0.3}
    world = BASELINE.vary(changes(priors, row, BASELINE))
    for name, segment in world.segments.items():
        assert segment.volume == pytest.approx(2 * BASELINE.segments[name].volume)
        assert list(segment.firm_taste) == list(BASELINE.labs)
        assert np.std(list(segment.firm_taste.values())) == pytest.approx(0.3)
    logs = np.log(values_at(world.model_dump(), "labs.*.training.first_cost"))
    assert (logs.mean(), logs.std()) == (pytest.approx(math.log(1e8)), pytest.approx(0.7))
    assert logs[0] == logs.max()
    assert scores(1) == [0.0]


def test_a_rule_that_is_there_keeps_its_parameters():
    own = BASELINE.vary({"labs.*.pricing.launch_scale": 0.9})
    same, other = (own.vary(PRIORS["pricing"].paths(rule, own)) for rule in ("forward", "cost_plus"))
    assert same == own
    assert {lab.pricing.chosen for lab in other.labs.values()} == {"cost_plus"}


def test_a_scenario_has_the_priors_that_move_it():
    alone = market.load("no_open_source")
    names = {one.name for one in known(alone)}
    assert {"research", "values"} <= names
    assert "spillover" not in names
    for asked, said in (
        (["spillover"], "moves nothing in no_open_source"), (["reserch"], "did you mean 'research'"),
        (["life", "life"], "is given twice"), ([], "there is none"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=said):
            known(alone, asked)


def test_they_are_listed_by_group():
    _, rows, headings = LISTINGS["priors"]()
    assert len(rows) == len(PRIORS)
    assert all(len(row) == len(headings) for row in rows)
    assert rows[0][:4] == ("accounting.research", "labs.*.research", "log-uniform", "3.7 to 19")
