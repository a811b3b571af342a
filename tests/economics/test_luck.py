"""Luck: uniform, owned, and independent across owners."""

import numpy as np
import pytest
from scipy.special import ndtri

from market.economics import luck


def test_same_owner_same_luck_and_types_count():
    assert luck.uniform(0, "shock", "Alpha", 1) == luck.uniform(0, "shock", "Alpha", 1)
    assert luck.key("a", 1) != luck.key("a", "1")
    assert luck.key("ab", "c") != luck.key("a", "bc")
    assert luck.uniform(0, "x") != luck.uniform(1, "x")


def test_stream_is_uniform_and_uncorrelated():
    draws = luck.uniforms(200_000, 0, "test")
    assert 0 < draws.min() < draws.max() < 1
    counts, _ = np.histogram(draws, bins=100, range=(0, 1))
    assert ((counts - 2000) ** 2 / 2000).sum() < 160  # χ² with 99 degrees of freedom: beyond 160 once in 10,000
    other = luck.uniforms(200_000, 1, "test")
    assert abs(np.corrcoef(draws, other)[0, 1]) < 4 / 200_000**0.5
    assert abs(np.corrcoef(draws[1:], draws[:-1])[0, 1]) < 4 / 200_000**0.5


def test_stream_equals_the_kernels_hash():
    with np.errstate(over="ignore"):
        state = luck.key(3, "who") + np.uint64(5) * luck.GAMMA
    assert luck.unit(luck.mix(state)) == luck.uniforms(6, 3, "who")[5]


def test_prefix_of_a_stream_does_not_depend_on_its_length():
    np.testing.assert_array_equal(luck.uniforms(10, "a"), luck.uniforms(1000, "a")[:10])


def test_normal_is_the_quantile_of_the_uniform():
    assert luck.normal(0, "shock") == ndtri(luck.uniform(0, "shock"))


def test_generators_are_powers_of_the_generalised_golden_ratio():
    one = luck.generators(1)
    assert one[0] == pytest.approx((5**0.5 - 1) / 2, abs=1e-12)
    two = luck.generators(2)
    root = 1 / two[0]
    assert root**3 == pytest.approx(root + 1, abs=1e-12)
    assert two[1] == pytest.approx(two[0] ** 2, abs=1e-12)


@pytest.mark.parametrize("who", [("Alpha",), ("Beta", 3), ("a firm with a long name",)])
def test_badly_approximable_generators_fill_the_line_evenly(who):
    points = np.sort(luck.lattice(2000, luck.badly_approximable(*who), 0, "shift"))
    gaps = np.diff(points)
    assert gaps.max() < 4 / 2000  # an even grid has 1/2000; independent draws about 8/2000
    assert luck.badly_approximable("Alpha") != luck.badly_approximable("Beta")
