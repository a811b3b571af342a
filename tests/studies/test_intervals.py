"""Intervals that the standard tests of `replicate` and `compare` do not cover."""

import pytest

from market.studies.intervals import geometric, interval, ratio


def test_a_ratio_of_means_to_a_constant_is_the_interval_over_it():
    top = [1.0, 2.0, 6.0]
    assert ratio(top, [2.0, 2.0, 2.0]) == pytest.approx([bound / 2 for bound in interval(top)])


def test_a_ratio_that_all_seeds_share_is_exact():
    assert ratio([1.0, 2.0, 6.0], [3.0, 6.0, 18.0]) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_a_geometric_mean_and_its_interval_scale_with_the_unit():
    found = geometric([1.0, 2.0, 4.0])
    assert found[0] == pytest.approx(2.0)
    assert found[1] * found[2] == pytest.approx(4.0)
    assert geometric([10.0, 20.0, 40.0]) == pytest.approx([10 * bound for bound in found])
    assert geometric([1.0, 2.0, 4.0, 0.0]) == found
