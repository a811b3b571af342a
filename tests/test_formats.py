"""How numbers become words."""

import pytest

from market import formats
from market.formats import with_interval

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


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (formats.millions(-1_234_567_890), "−1,235"),
        (formats.dollars(-1.5e9), "−$1.5bn"),
        (formats.percent(0.256), "26%"),
        (formats.percent_of(-0.001, 1.0), "0%"),
        (formats.percent_of(1.0, 0.0), "–"),
        (formats.decimals(1)(-1234.56), "−1,234.6"),
        (formats.four_digits(12_345.6), "12,346"),
        (formats.four_digits(-1_234_567), "−1.235M"),
        (formats.four_digits(NAN), "–"),
        (formats.span(NAN, NAN), ""),
        (formats.with_reach((1.0, 0.5, 1.5)), "1.00 ±0.50"),
        (formats.estimate(2.314, 2.1, 2.5), "2.31 [2.1, 2.5]"),
        (formats.estimate(2.314, NAN, NAN), "2.31"),
        (formats.behind(16), ""),
        (formats.behind(4), " (n=4)"),
        (formats.behind(14, 2), " (n=14 of 16)"),
        (formats.duration(90.0), "90 s"),
        (formats.duration(7200.0), "2.0 hours"),
        (formats.level(0.30), "0.3"),
    ],
)
def test_a_number_in_words(said, expected):
    assert said == expected
