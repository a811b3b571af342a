"""Funding rules: exact requests."""

import pytest

from market.strategies.funding import Patient, Raise
from tests.strategies.test_contracts import view


def test_patient_covers_exactly_what_is_missing():
    assert Patient().decide(view(8.0, cash=-5.0)) == 5.0
    assert Patient().decide(view(8.0, cash=5.0)) == 0.0
    assert Patient.endless
    assert not Raise.endless


def test_raise_waits_for_a_short_runway():
    spent = {"burn": 1e6, "next_cost": 0.0}
    assert Raise().decide(view(8.0, cash=9e6, runway=9.0, **spent)) == 0
    assert Raise().decide(view(8.0, cash=8e6, runway=8.0, **spent)) == 18e6 - 8e6
    assert Raise(target=12.0).decide(view(8.0, cash=-1e6, runway=0.0, **spent)) == 13e6


def test_raise_covers_what_is_committed_if_that_is_more():
    short = {"cash": 1e6, "burn": 1e5, "runway": 8.0, "next_cost": 0.0}
    assert Raise().decide(view(8.0, **short, committed=5e7)) == 49e6


def test_raise_covers_the_next_run_as_far_as_it_costs_cash():
    short = {"cash": 1e6, "burn": 1e5, "runway": 8.0, "next_cost": 1e7, "research": 8.0}
    assert Raise().decide(view(8.0, **short, committed=5e7)) == 50e6 + 90e6 - 1e6
    assert Raise().decide(view(8.0, **short, in_kind=0.6)) == pytest.approx(36e6 - 1e6)
