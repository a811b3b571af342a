"""How numbers become words."""

import pytest

from market.views.terminal import with_interval

NAN = float("nan")


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((1.234, 1.0, 1.5), "1.23 [1.00, 1.50]"),
        ((-1234.5, -2000.0, 3.0), "−1,234.50 [−2,000.00, 3.00]"),
        ((3.0, 3.0, 3.0), "3.00"),
        ((3.0, NAN, NAN), "3.00"),
        ((NAN, NAN, NAN), "–"),
    ],
)
def test_a_mean_with_its_interval(interval, said):
    assert with_interval(interval) == said


def test_it_takes_a_form():
    assert with_interval((0.25, 0.1, 0.4), ".0%") == "25% [10%, 40%]"
