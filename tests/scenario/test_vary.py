"""Varying a scenario by paths."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.declarations import declarations
from market.parameters import InputError
from market.scenario.load import load
from market.scenario.schema import Scenario
from tests.drawn import TIER

BASELINE = load("baseline")


def test_stars_mean_every_firm_and_shorter_paths_apply_first():
    varied = BASELINE.vary({"labs.Alpha.training.growth": 4.0, "labs.*.training": {"rule": "cadence", "growth": 3.0}})
    assert [lab.training.growth for lab in varied.labs.values()] == [4.0, 3.0, 3.0, 3.0]
    assert BASELINE.labs["Alpha"].training.growth == 2.5


def test_setting_a_rule_resets_its_block():
    once = BASELINE.vary({"labs.*.pricing": {"rule": "cost_plus", "markup": 0.4}})
    assert once.labs["Beta"].pricing.markup == 0.4
    assert once.vary({"labs.*.pricing.rule": "cost_plus"}).labs["Beta"].pricing.markup == 0.8


def test_updates_are_switched_on_by_a_table():
    none = BASELINE.vary({"labs.*.updates": False})
    assert none.vary({"labs.*.updates": {}}).labs["Alpha"].updates.effect == 4.0
    both = none.vary({"labs.*.updates": {}, "labs.*.updates.effect": 5.0})
    assert (both.labs["Beta"].updates.effect, both.labs["Beta"].updates.spend) == (5.0, 0.08)
    with pytest.raises(InputError, match="is off"):
        none.vary({"labs.*.updates.effect": 0.2})


def test_a_table_of_tiers_is_replaced_whole():
    tier = {"capability_gap": 6.0, "cost_ratio": 0.15, "training_share": 0.1}
    two = BASELINE.vary({"labs.*.tiers": {"mid": tier, "mini": tier}})
    assert list(two.vary({"labs.*.tiers": {"nano": tier}}).labs["Alpha"].tiers) == ["nano"]
    assert two.vary({"labs.Beta.tiers": {}}).labs["Beta"].tiers == {}
    assert two.vary({"labs.*.tiers.mini.cost_ratio": 0.3}).labs["Beta"].tiers["mini"].cost_ratio == 0.3


def test_a_star_must_stand_for_something():
    with pytest.raises(InputError, match="stands for nothing"):
        load("no_open_source").vary({"open_providers.*.budget": 0.1})
    with pytest.raises(InputError, match="is no path"):
        BASELINE.vary({1: 2})


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("labs.*.trainig.growth", 3, "did you mean 'training'"),
        ("labs.Aleph.overhead", 0.1, "did you mean 'Alpha'"),
        ("labs.*.overhead.deep", 0.1, "not a table"),
        ("customers", 3, "customers: 3 is refused; allowed: a whole number, 100 to 10,000,000"),
        ("customers", 1e5, "customers: 100000.0 is refused"),
        ("segments.consumer.agents", 0.5, "add up to 1.25"),
        ("demand.difficulty_low", 500.0, "is not above difficulty_low"),
        ("labs.*.key", "same", "is taken by"),
        ("start", "January", "is no calendar month"),
        ("start", "9999-06", "is no calendar month"),
        ("name", "../../elsewhere", "folder's name"),
        ("labs", 3, "allowed: a table"),
        ("labs.Alpha.pricing.rule", [1], "labs.Alpha.pricing: "),
        ("labs.Alpha.tiers", {"mini": {"capability_gap": 6.0, "training_share": 0.1}}, "cost_ratio"),
        ("labs.Alpha.tiers", {"mini": {**TIER, "training_share": 1.0}}, "add up to 1; allowed: less than 1"),
        ("labs.Alpha.tiers", {"flagship": TIER}, "'flagship' is no name of a tier"),
        ("labs.Alpha.tiers", {"2": TIER}, "'2' is no name of a tier"),
        ("labs.Alpha.updates", {"interval": 2}, "allowed: at least 3, which is months 2 and spread 1 together"),
    ],
)
def test_bad_changes_get_one_line(path, value, expected):
    with pytest.raises(InputError, match=expected) as error:
        BASELINE.vary({path: value})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("turn", [False, True])
def test_a_rule_and_its_parameter_go_together_in_any_order(turn):
    changes = {"labs.*.pricing.rule": "cost_plus", "labs.*.pricing.markup": 0.4, "labs.Beta.pricing.markup": 0.2}
    varied = BASELINE.vary(dict(reversed(changes.items())) if turn else changes)
    assert [varied.labs[name].pricing.markup for name in ("Alpha", "Beta")] == [0.4, 0.2]


def test_other_tables_are_merged():
    varied = BASELINE.vary({"labs.Alpha": {"overhead": 0.1}, "technology": {"shock_sd": 0.5}})
    assert varied.labs["Alpha"].first_start == -12
    assert varied.technology.shock_sd == 0.5
    assert BASELINE.vary({"labs.*.training": {"growth": 3.0}}).labs["Beta"].training.growth == 3.0
    cartoon = load("cartoon").vary({"technology": {"shock_sd": 0.5}})
    assert cartoon.technology.training_months == 12


def test_nothing_happens_to_the_original():
    dump = BASELINE.model_dump()
    BASELINE.vary({"segments.*.open_access": 1.0})
    assert BASELINE.model_dump() == dump


@settings(max_examples=30)
@given(st.sampled_from([d for d in declarations(Scenario) if d.low is not None and d.high is not None]), st.booleans())
def test_every_declared_bound_is_enforced(declaration, above):
    if "[" in declaration.path:
        family, rest = declaration.path.split("[")
        rule, field = rest.split("].")
        block, value = family, {"rule": rule, field: declaration.high * 2 + 1 if above else declaration.low - 1}
    else:
        block, value = declaration.path, declaration.high * 2 + 1 if above else declaration.low - 1
    if isinstance(declaration.default, int) and not isinstance(value, dict):
        value = int(value)
    if "tiers" in block or "updates" in block or "interventions" in block:
        return
    with pytest.raises(InputError, match=r"is refused|is no|add up"):
        BASELINE.vary({block: value})
