"""The page of checks: everything on it holds here, and a wrong number would be seen."""

from pathlib import Path

import pytest

from market.studies.check import CHECKS, Finding, run_checks

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found():
    return run_checks()


def test_everything_holds(found):
    wrong = [finding for findings in found.values() for finding in findings if not finding.holds]
    assert not wrong
    assert set(found) == set(CHECKS)


def test_every_check_finds_something(found):
    assert all(found.values())
    assert sum(map(len, found.values())) > 40


def test_a_wrong_number_is_seen():
    assert not Finding("x", 1.01, 1.0, 0.005).holds
    assert not Finding("x", float("nan"), 1.0, 0.005).holds


def test_the_oracle_in_the_package_is_the_one_of_the_tests():
    one, two = ROOT / "market/evidence/bertrand_cases.json", ROOT / "tests/oracle/bertrand_cases.json"
    assert one.read_bytes() == two.read_bytes()
