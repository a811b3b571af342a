"""Outcomes for the claims: by hand on small tables, and present in a run."""

import numpy as np
import pandas as pd
import pytest

from market.measures import claims, outcomes
from tests.measures import hand

ROWS = [
    ("A", -12, "TRAINING", -1.0), ("A", -12, "RESEARCH", -4.0), ("A", -12, "FUNDING", 5.0),
    ("A", 0, "REVENUE", 10.0), ("A", 0, "TRAINING", -1.0), ("A", 0, "RESEARCH", -11.0), ("A", 0, "FUNDING", 2.0),
    ("A", 12, "REVENUE", 30.0), ("A", 12, "TRAINING", -3.0), ("A", 12, "RESEARCH", -21.0),
    ("B", 0, "REVENUE", 10.0), ("B", 0, "TRAINING", -1.0), ("B", 0, "RESEARCH", -10.0), ("B", 0, "FUNDING", 1.0),
    ("B", 12, "REVENUE", 10.0), ("B", 12, "TRAINING", -1.0), ("B", 12, "RESEARCH", -12.0), ("B", 12, "FUNDING", 3.0),
    ("hosts", 12, "REVENUE", 99.0),
]  # fmt: skip
MODELS = pd.DataFrame(
    [("A", 1, True, 1.0, 4.0, 2.0, 3.0), ("A", 2, True, 2.0, 16.0, 9.0, 5.0), ("A", 3, False, 4.0, 1.0, 0.0, np.nan)],
    columns=["firm", "generation", "complete", "training", "revenue", "contribution", "payback_months"],
).assign(
    model=["A-1", "A-2", "A-3"], open_weights=False, line="flagship", multiple=[2.0, 4.5, 0.0],
    months_at_frontier=[3, 6, 0], started=[-6, 3, 12], released=[0.0, 9.0, 18.0], research=[4.0, 15.0, 9.0],
)  # fmt: skip
RUN = hand.run(ROWS, MODELS, months=24)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("labs_deeper_in_loss", 0.5),
        ("labs_compared", 2.0),
        ("labs_result_excluding_training", 2.0),
        ("labs_cost_per_revenue_dollar", 65 / 60),
        ("labs_revenue", 60.0),
        ("labs_revenue@2023", 20.0),
        ("labs_revenue@2024-01:2024-06", 40.0),
        ("labs_revenue@2024-02:2024-12", 0.0),
        ("labs_result", -5.0),
        ("labs_result@2022", -5.0),
        ("labs_in_profit", 0.5),
        ("labs_in_profit@2023", 0.0),
        ("years_to_profit", 1.5),
        ("labs_raised", 11.0),
        ("payback_months", 4.0),
        ("months_at_frontier", 4.5),
        ("multiple", (2 + 9) / (1 + 2)),
        ("multiple@2023-01:2023-06", 2.0),
        ("multiple_full_rd", (2 + 9) / (1 + 2 + 4 + 15)),
        ("typical_multiple", 3.0),
        ("lives_without_earnings", 0.0),
        ("lives_profitable", 1.0),
        ("dollars_complete", 3 / 7),
        ("multiple_so_far", 11 / 7),
        ("multiple_full_rd_so_far", 11 / 35),
        ("contribution_per_next_training", (2 + 9) / (2 + 4)),
        ("revenue_per_generation", 4.0),
    ],
)
def test_by_hand(name, value):
    assert outcomes.compute(RUN, [name])[name] == pytest.approx(value)


@pytest.mark.parametrize("name", ["labs_revenue@2025", "labs_revenue@2022", "multiple@2025", "labs_in_profit@2025"])
def test_a_period_that_the_run_does_not_cover_is_not_a_number(name):
    assert np.isnan(outcomes.find(name)(RUN))


def test_without_a_complete_life_nothing_is_pooled():
    none = hand.run(ROWS, MODELS.assign(complete=False))
    names = ["multiple", "multiple_full_rd", "typical_multiple", "lives_profitable", "payback_months"]
    assert all(np.isnan(x) for x in outcomes.compute(none, names).values())


def test_a_life_that_earned_nothing_or_lost_counts_in_every_mean():
    """The pooled multiple has its dollars, the typical one its count; neither drops out."""
    lives = MODELS.assign(
        contribution=[-1.0, 9.0, 0.0], multiple=[-1.0, 4.5, 0.0], payback_months=[np.nan, 5.0, np.nan]
    )
    found = hand.run(ROWS, lives)
    names = ["multiple", "typical_multiple", "lives_without_earnings", "lives_profitable"]
    assert list(outcomes.compute(found, names).values()) == [pytest.approx(8 / 3), pytest.approx(4.5), 1.0, 0.5]
    assert claims.payback_months(found) != claims.payback_months(found)  # half of them never do
    lost = hand.run(ROWS, lives.assign(contribution=-1.0, multiple=-1.0))
    assert list(outcomes.compute(lost, names).values()) == [pytest.approx(-2 / 3), 0.0, 2.0, 0.0]


def test_a_model_given_up_in_training_is_a_life_that_earned_nothing():
    given_up = MODELS.assign(
        complete=True, contribution=[2.0, 9.0, 0.0], multiple=[2.0, 4.5, 0.0], released=[0.0, 9.0, np.nan]
    )
    found = hand.run(ROWS, given_up)
    assert outcomes.compute(found, ["multiple", "lives_without_earnings"]) == {
        "multiple": pytest.approx(11 / 7), "lives_without_earnings": 1.0
    }  # fmt: skip
    assert outcomes.compute(found, ["multiple@2024"])["multiple@2024"] == 0.0  # it was due in month 18


def test_what_is_on_sale_at_the_end_is_bounded_by_its_last_month():
    """A-3 has earned 1 so far and 0.5 in the last month; its firm expects a life of 24 months, 18 of which are left."""
    sold = pd.DataFrame({"month": [22, 23], "model": "A-3", "revenue": [9.0, 2.0], "serving": [1.0, 1.5]})
    models = MODELS.assign(contribution=[2.0, 9.0, 1.0])
    found = hand.run(ROWS, models, months=24, offers=sold)
    assert outcomes.find("multiple_so_far")(found) == pytest.approx(12 / 7)
    assert outcomes.find("multiple_if_held")(found) == pytest.approx((12 + 18 * 0.5) / 7)
    unborn = models.assign(released=[0.0, 9.0, np.nan], contribution=[2.0, 9.0, 0.0])
    found = hand.run(ROWS, unborn, months=24, offers=sold)
    assert outcomes.find("multiple_so_far")(found) == pytest.approx(11 / 7)
    assert outcomes.find("multiple_if_held")(found) == pytest.approx(11 / 7)  # what is in training earns nothing yet


def test_a_lab_that_failed_is_compared_up_to_its_failure():
    """A lost more in 2024 than in 2023; that it lost nothing in 2026 is since it was no more."""
    rows = [*hand.results("A", [-5.0, -9.0, -2.0]), *hand.results("B", [-5.0, 3.0, -4.0, 2.0])]
    found = hand.run(rows, MODELS, months=48, failed={"A": 26})
    assert outcomes.find("labs_deeper_in_loss")(found) == 0.5
    assert outcomes.find("labs_in_profit")(found) == 0.5
    assert outcomes.find("years_to_profit")(found) == (4 + 1) / 2


def test_a_part_of_a_year_is_no_year():
    """January 2026 brings a profit; the last whole year is 2025."""
    rows = [*hand.results("A", [-5.0, -6.0, -7.0, 9.0]), *hand.results("B", [-1.0, -2.0, -3.0, 9.0])]
    names = ["labs_in_profit", "labs_deeper_in_loss", "years_to_profit"]
    for months in (36, 37, 42, 47):
        assert list(outcomes.compute(hand.run(rows, MODELS, months=months), names).values()) == [0.0, 1.0, 3.0]
    whole = hand.run(rows, MODELS, months=48)
    assert list(outcomes.compute(whole, names).values()) == [1.0, 0.0, 3.0]


def test_years_before_a_lab_entered_are_not_its_years():
    """B enters in 2025, and earns at once; by 2024 it is no lab that made no profit."""
    run = hand.run([*hand.results("A", [-5.0, -6.0, -7.0]), *hand.results("B", [3.0], 2025)], MODELS)
    run.companies.loc[(run.companies["firm"] == "B") & (run.companies["year"] < 2025), "months"] = 0
    assert outcomes.find("years_to_profit")(run) == (3 + 0) / 2
    assert outcomes.find("labs_in_profit")(run) == 0.5
    assert outcomes.find("labs_in_profit@2024")(run) == 0.0
    assert outcomes.find("labs_compared")(run) == 1.0


def test_nothing_is_booked_before_the_first_entry():
    assert np.isnan(outcomes.find("labs_result@2015")(RUN))


def test_a_single_year_compares_with_nothing():
    found = hand.run(hand.results("A", [-5.0]), MODELS, months=12)
    assert np.isnan(outcomes.find("labs_deeper_in_loss")(found))


def test_a_successor_abandoned_in_training_is_not_taken_at_what_was_paid():
    cut_short = MODELS.assign(released=[0.0, 9.0, np.nan], training=[1.0, 2.0, 0.1])
    gone = hand.run(ROWS, cut_short)
    assert claims.contribution_per_next_training(gone) == pytest.approx(2 / 2)
    assert claims.revenue_per_generation(gone) == pytest.approx(4.0)
    never = hand.run(ROWS, cut_short.assign(released=np.nan))
    assert np.isnan(claims.contribution_per_next_training(never))


def test_no_profit_counts_with_all_years():
    assert claims.years_to_profit(hand.run(hand.results("B", [-1.0, -1.0, -1.0]), MODELS, labs=("B",))) == 3.0


LIVES = pd.DataFrame(
    [("A-1", False, 0, 20, 1.0, True), ("A-2", False, 10, 30, 9.0, True), ("A-3", False, 30, None, 20.0, False),
     ("O-1", True, 4, None, 1.0, False), ("O-2", True, 28, None, 9.0, False), ("O-3", True, 36, None, 10.0, False)],
    columns=["model", "open_weights", "released", "retired", "capability", "complete"],
).astype({"released": "Int64", "retired": "Int64"}).assign(
    firm=lambda t: t["model"].str[0], line="flagship", generation=lambda t: t["model"].str[2].astype(int),
    launch_price=1.0,
)  # fmt: skip
CAUGHT = hand.run(models=LIVES, months=40)


def test_open_catch_up_by_hand():
    found = outcomes.compute(CAUGHT, ["months_to_parity", "measured_open_lag"])
    assert found == {"months_to_parity": (4 + 18) / 2, "measured_open_lag": (18 + 6) / 2}


def test_lives_that_are_never_equalled_have_no_parity():
    unmatched = LIVES[LIVES["model"].isin(["A-1", "A-2", "A-3", "O-1"])]
    never = hand.run(models=unmatched, months=40)
    assert np.isnan(claims.months_to_parity(never))
    assert np.isnan(claims.measured_open_lag(never))


def test_they_are_numbers_of_a_run(small_run):
    found = outcomes.compute(small_run, ["labs_deeper_in_loss", "labs_cost_per_revenue_dollar", "labs_raised"])
    assert all(np.isfinite(value) for value in found.values())
