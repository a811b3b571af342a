"""Varying a scenario by paths."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.parameters import InputError, declarations
from market.scenario.load import load
from market.scenario.schema import Scenario

BASELINE = load("baseline")


def test_stars_mean_every_firm_and_shorter_paths_apply_first():
    varied = BASELINE.vary({"labs.Alpha.training.growth": 4.0, "labs.*.training": {"rule": "cadence", "growth": 3.0}})
    assert [lab.training.growth for lab in varied.labs.values()] == [4.0, 3.0, 3.0, 3.0]
    assert BASELINE.labs["Alpha"].training.growth == 2.5


def test_setting_a_rule_resets_its_block():
    once = BASELINE.vary({"labs.*.pricing": {"rule": "cost_plus", "markup": 0.4}})
    assert once.labs["Beta"].pricing.markup == 0.4
    assert once.vary({"labs.*.pricing.rule": "cost_plus"}).labs["Beta"].pricing.markup == 0.8


def test_a_sibling_is_switched_on_by_a_table():
    assert BASELINE.vary({"labs.*.sibling": {}}).labs["Alpha"].sibling.cost_ratio == 0.15
    with pytest.raises(InputError, match="is off"):
        BASELINE.vary({"labs.*.sibling.cost_ratio": 0.2})


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("labs.*.trainig.growth", 3, "did you mean 'training'"),
        ("labs.Aleph.overhead", 0.1, "did you mean 'Alpha'"),
        ("labs.*.overhead.deep", 0.1, "not a table"),
        ("customers", 3, "customers: 3 is refused; allowed: 100 to 10,000,000"),
        ("customers", 1e5, "customers: 100000.0 is refused"),
        ("segments.consumer.agents", 0.5, "add up to 1.25"),
        ("demand.difficulty_low", 500.0, "is not above difficulty_low"),
        ("labs.*.key", "same", "is taken by"),
        ("start", "January", "is no calendar month"),
    ],
)
def test_bad_changes_get_one_line(path, value, expected):
    with pytest.raises(InputError, match=expected) as error:
        BASELINE.vary({path: value})
    assert "\n" not in str(error.value)


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
    if "sibling" in block or "interventions" in block:
        return
    with pytest.raises(InputError):
        BASELINE.vary({block: value})
