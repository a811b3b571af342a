"""Parameters of a scenario with their values."""

import pytest

import market
from market.parameters import InputError
from market.views import settings

BASELINE = market.load("baseline")


def test_what_all_share_stands_once():
    values = {one.declared.path: one.value for one in settings.collapsed(BASELINE)}
    assert values["labs.*.training.growth"] == BASELINE.labs["Alpha"].training.growth
    assert {path for path in values if path.endswith("first_start") and path.startswith("labs")} == {
        f"labs.{name}.first_start" for name in BASELINE.labs
    }


def test_a_path_gives_all_below_it():
    rows = settings.below(BASELINE, "labs.Beta.training")
    assert {one.declared.path for one in rows} == {
        f"labs.*.training.{name}" for name in ("rule", *type(BASELINE.labs["Beta"].training).model_fields) if name
    }
    assert [one.value for one in settings.below(BASELINE, "segments.*.open_access")] == [
        one.open_access for one in BASELINE.segments.values()
    ]
    assert [one.value for one in settings.below(BASELINE, "customers")] == [20_000]


def test_an_unknown_path_is_said_with_the_nearest():
    with pytest.raises(InputError, match="unknown path 'tecnology'; did you mean 'technology'"):
        settings.below(BASELINE, "tecnology")


def test_what_differs_is_what_was_changed():
    before = {one.declared.path for one in settings.differing(BASELINE)}
    changed = settings.differing(BASELINE.vary({"labs.*.overhead": 0.3, "months": 60}))
    assert {one.declared.path for one in changed} - before == {"labs.*.overhead", "months"}


def test_the_command_shows_them(here):
    from market.cli import main

    status, output, _ = here(main, "market", "show", "baseline", "technology.shock_sd")
    assert status == 0
    assert "technology.shock_sd" in output
    assert "0.3 to 3" in output
    assert here(main, "market", "show", "baseline")[1].startswith("baseline: four labs")
    status, _, errors = here(main, "market", "show", "baseline", "technology.shock")
    assert (status, errors.count("\n")) == (2, 1)
