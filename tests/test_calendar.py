"""Months, years and periods."""

import math

import pytest

from market.calendar import Calendar, Period, check_period
from market.parameters import InputError


@pytest.mark.parametrize(
    ("start", "months", "years"),
    [
        ("2023-01", 60, [2023, 2024, 2025, 2026, 2027]),
        ("2023-01", 61, [2023, 2024, 2025, 2026, 2027]),
        ("2023-01", 11, []),
        ("2023-02", 23, [2024]),
        ("2023-12", 13, [2024]),
    ],
)
def test_whole_years_are_simulated_from_january_to_december(start, months, years):
    assert Calendar(start, months).whole_years() == years


def test_whole_years_of_a_period_lie_in_it():
    calendar = Calendar("2023-01", 72)
    assert calendar.whole_years(calendar.period("2024:2025")) == [2024, 2025]
    assert calendar.whole_years(calendar.period("2024-02:2025-12")) == [2025]
    assert calendar.whole_years(calendar.record) == [2023, 2024, 2025, 2026, 2027, 2028]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2025", (18, 30)),
        ("2024:2025", (6, 30)),
        ("2025-07", (24, 25)),
        ("2025-07:2025-12", (24, 30)),
        ("2022", (-18, -6)),
        ("2025-06:2026", (23, 42)),
    ],
)
def test_periods(text, months):
    assert Calendar("2023-07", 72).period(text) == Period(*months)


def test_the_record_is_everything():
    assert Calendar("2023-07", 72).period("record") == Period(-math.inf, 72)


@pytest.mark.parametrize(
    "text", ["", "23", "2025-13", "2025:2024", "2025-07:2025-06", "2025-7", "2023:", "2025:2026:2027", "２０２５"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(InputError, match="is no period such as 2025"):
        check_period(text)


def test_a_part_of_a_year_is_labelled_with_its_months():
    calendar = Calendar("2023-07", 19)
    assert [calendar.label(year) for year in range(2022, 2026)] == ["2022", "2023 Jul–Dec", "2024", "2025 Jan"]


def test_a_part_of_a_firms_year_is_labelled_too():
    calendar = Calendar("2023-01", 72)
    assert calendar.label(2022, -9, 72) == "2022 Apr–Dec"
    assert calendar.label(2025, -12, 28) == "2025 Jan–Apr"
    assert calendar.label(2024, -12, 28) == "2024"


def test_dates():
    calendar = Calendar("2023-11", 12)
    assert [calendar.date(month) for month in (-11, 0, 1, 2)] == ["2022-12", "2023-11", "2023-12", "2024-01"]
    assert calendar.january(2024) == 2
    assert (calendar.year(1), calendar.year(2)) == (2023, 2024)


def test_one_date_tells_the_calendar():
    assert Calendar.of("2023-07", 6) == Calendar("2023-01", 0)
    assert Calendar.of("2022-01", -12).date(0) == "2023-01"
