"""Supply: hand-computed values and directions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import market
from market.economics import technology as tech
from market.parameters import InputError

T = tech.Technology(
    algorithmic_progress=4.0, algorithmic_schedule=(), serving_progress=3.8, serving_progress_on_sale=1.3,
    serving_follows_compute=False, reference_cost=8.5, compute_exponent=0.9,
)  # fmt: skip
MONEY = st.floats(1e5, 1e13)
MONTH = st.integers(-24, 120)


def test_reference_spend_at_month_0_gives_reference_capability_and_cost():
    assert tech.capability(T, 1e8, 0) == pytest.approx(10.0)
    assert tech.release_cost(T, 1e8, 0) == pytest.approx(8.5)


def test_ten_points_are_ten_times_effective_compute():
    assert tech.capability(T, 1e9, 0) - tech.capability(T, 1e8, 0) == pytest.approx(10.0)
    year = tech.capability(T, 1e8, 12) - tech.capability(T, 1e8, 0)
    assert year == pytest.approx(10 * math.log10(1.4 * 4.0))


def test_unit_cost_by_hand():
    # $2.5e8 released in month 6: physical compute 2.5·√1.4, cost falls by √G with the release date
    expected = 8.5 * (2.5 * 1.4**0.5) ** 0.9 / T.serving_progress**0.5
    assert tech.release_cost(T, 2.5e8, 6) == pytest.approx(expected)
    model = tech.AIModel("A-1", "A", "A", 1, 0, "flagship", False, 0, 0, 6, 20.0, expected)
    assert model.unit_cost(T, 18) == pytest.approx(expected / 1.3)


@given(MONEY, MONEY, MONTH)
def test_more_training_never_lowers_capability(one, other, release):
    low, high = sorted((one, other))
    assert tech.capability(T, low, release) <= tech.capability(T, high, release)


def test_no_spend_no_capability():
    assert tech.capability(T, 0.0, 0) == -math.inf


def test_cost_path_reaches_into_the_past():
    assert tech.cost_path(1e8, 2.5, -12) == pytest.approx(4e7)
    assert tech.cost_path(1e8, 2.5, 24) == pytest.approx(6.25e8)


@pytest.mark.parametrize(("own", "best", "part", "expected"), [(0, 10, 0.6, 6), (12, 10, 0.6, 12), (5, None, 1.0, 5)])
def test_spillover_closes_part_of_the_gap_and_never_hurts(own, best, part, expected):
    assert tech.learned_capability(own, best, part) == pytest.approx(expected)


def test_algorithmic_progress_may_have_a_schedule():
    """A(t) is piecewise exponential, continuous, and 1 in month 0, wherever the schedule begins."""
    steady = tech.Technology(algorithmic_progress=3.0, algorithmic_schedule=())
    assert steady.algorithms(18) == pytest.approx(3.0**1.5)
    broken = tech.Technology(algorithmic_progress=2.0, algorithmic_schedule=[[15, 5.0], [36, 1.5]])
    assert broken.algorithms(0) == 1.0
    assert broken.algorithms(-6) == pytest.approx(2.0**-0.5)
    assert broken.algorithms(12) == pytest.approx(2.0)
    assert broken.algorithms(27) == pytest.approx(2.0**1.25 * 5.0)
    assert broken.algorithms(48) == pytest.approx(2.0**1.25 * 5.0**1.75 * 1.5)
    early = tech.Technology(algorithmic_progress=2.0, algorithmic_schedule=[[-12, 5.0]])
    assert early.algorithms(0) == 1.0
    assert early.algorithms(-24) == pytest.approx(1 / 10)
    assert tech.spend_for(broken, tech.capability(broken, 3e8, 30), 30) == pytest.approx(3e8)


@pytest.mark.parametrize("rows", [[[15, 5.0], [15, 3.0]], [[15, 0.0]], [[15]], "fast"])
def test_a_schedule_out_of_order_is_refused(rows):
    with pytest.raises(InputError, match="algorithmic_schedule"):
        market.load("duopoly").vary({"technology.algorithmic_schedule": rows})
