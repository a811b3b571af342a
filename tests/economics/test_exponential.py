"""The exponential of compiled loops is the library's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.economics.exponential import LARGEST, exponential, log_spaced, quotient, softplus


@given(st.floats(-LARGEST, LARGEST))
def test_it_is_the_exponential_to_the_last_digits(x):
    high, low = quotient(x)
    assert low > 0
    assert high / low == pytest.approx(math.exp(x), rel=4 * np.finfo(float).eps)


@pytest.mark.parametrize("x", [LARGEST, 1e6, np.inf])
def test_beyond_its_limits_it_is_as_good_as_infinite_or_nothing(x):
    (high, low), (small, great) = quotient(x), quotient(-x)
    assert high / low == pytest.approx(math.exp(LARGEST))
    assert 0 < small / great < 1e-130


def test_the_limits_of_a_power_of_two():
    """Where the exponent's whole part changes nothing jumps."""
    for n in (-3, -1, 0, 1, 8):
        edge = (n + 0.5) * math.log(2)
        for x in (np.nextafter(edge, -1e9), edge, np.nextafter(edge, 1e9)):
            high, low = quotient(x)
            assert high / low == pytest.approx(math.exp(x), rel=4 * np.finfo(float).eps)


@given(st.floats(-800.0, LARGEST))
def test_without_a_lower_limit_it_is_the_exponential_down_to_nothing(x):
    assert exponential(x) == pytest.approx(math.exp(x), rel=1e-14, abs=1e-307)
    assert exponential(-np.inf) == exponential(-3000.0) == 0.0


@given(st.floats(-LARGEST, 1e6))
def test_softplus_is_the_logarithm_of_one_and_an_exponential(x):
    true = x if x > 700 else math.log1p(math.exp(x))
    assert softplus(x) == pytest.approx(true, rel=1e-13)


def test_log_spaced_numbers_grow_by_the_same_part_from_end_to_end():
    numbers = log_spaced(0.4, 30.0, 24)
    assert (numbers[0], numbers[-1]) == (0.4, 30.0)
    assert numbers == pytest.approx(np.geomspace(0.4, 30.0, 24), rel=1e-14)
