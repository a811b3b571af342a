"""Growth without end is refused in one line, and a century of what the catalogue has is not."""

import pytest

import market
from market.parameters import InputError
from market.scenario.load import catalogue

CENTURY = {"months": 1200}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_the_catalogue_may_run_for_decades(name):
    assert market.load(name).vary({"months": 480}).months == 480


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"labs.*.training.growth": 1000.0},
            r"^labs\.Alpha\.training\.growth: 1000 .* 1e308 dollars; allowed: at most",
        ),
        ({"segments.*.volume_trend": 100.0}, r"^segments\.\w+\.volume: .*; allowed: at most 1e60"),
        (
            {"segments.bulk.compute_elasticity": 5.0, "demand.difficulty_high": 1000.0},
            r"^segments\.bulk\.volume: .* 1e5\d\d Mtok",
        ),
        (
            {"technology.algorithmic_progress": 1000.0, "technology.algorithmic_schedule": []},
            r"^technology\.algorithmic_progress: .* points in month 1205",
        ),
        (
            {"technology.serving_progress": 1000.0},
            r"^technology\.serving_progress: .* to serve; allowed: 1e-100 to 1e60",
        ),
    ],
)
def test_what_no_number_holds_is_refused(changes, said):
    calm = {"labs.*.training.growth": 1.5, "technology.algorithmic_progress": 1.5}
    with pytest.raises(InputError, match=said) as error:
        market.load("duopoly").vary({**CENTURY, **calm, **changes})
    assert "\n" not in str(error.value)


def test_a_rule_that_comes_later_counts():
    rule = {"rule": "cadence", "growth": 1000.0}
    change = {"month": 3, "kind": "change_rule", "target": "Alpha.training", "value": rule}
    with pytest.raises(InputError, match=r"^interventions\.0\.value\.growth: 1000 makes a run"):
        market.load("duopoly").vary({"months": 600, "interventions": [change]})
    assert market.load("duopoly").vary({"months": 24, "interventions": [change]}).months == 24
