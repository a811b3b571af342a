"""Intervals that the standard tests of `replicate` and `compare` do not cover."""

import numpy as np
import pytest

from market.measures.outcomes import PART, SHARE
from market.studies.intervals import counted, interval, ratio


def test_a_ratio_of_means_to_a_constant_is_the_interval_over_it():
    top = [1.0, 2.0, 6.0]
    assert ratio(top, [2.0, 2.0, 2.0]) == pytest.approx([bound / 2 for bound in interval(top)])


def test_a_ratio_that_all_seeds_share_is_exact():
    assert ratio([1.0, 2.0, 6.0], [3.0, 6.0, 18.0]) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


@pytest.mark.parametrize("values", [[0.0, 1.0], [1.0, 1.0, 1.0], [0.0] * 8, [0.02, 0.9, 1.0], [0.0, 0.1, 0.0, 0.0]])
def test_the_interval_of_a_share_stays_between_0_and_1(values):
    mean, low, high = interval(values, SHARE)
    assert 0 <= low <= mean <= high <= 1
    assert low < high  # also where all replications agree: few of them prove little


def test_the_interval_of_yes_and_no_is_wilsons():
    """81 of 263: the published example of Newcombe (1998), 0.2553 to 0.3662."""
    assert interval([1.0] * 81 + [0.0] * 182, SHARE) == pytest.approx((81 / 263, 0.2553, 0.3662), abs=5e-5)


def test_shares_far_from_both_ends_have_students_interval_nearly():
    values = np.linspace(0.45, 0.55, 40)
    assert interval(values, PART) == pytest.approx(interval(values), abs=1e-3)


def test_parts_of_amounts_that_are_all_the_same_have_no_spread():
    assert interval([0.0] * 4, PART) == (0.0, 0.0, 0.0)
    _, low, high = interval([0.0, 0.9], PART)
    assert 0 <= low < high <= 1


def test_what_is_left_out_is_counted():
    assert counted([1.0, float("nan"), 3.0]) == (2, 1)
    assert counted([]) == (0, 0)
