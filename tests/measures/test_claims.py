"""Outcomes for the claims: by hand on small tables, and present in a run."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from market.measures import claims, outcomes, readings

COMPANIES = pd.DataFrame(
    [("A", 2022, 0, -5, -4, 5), ("A", 2023, 10, -2, -1, 2), ("A", 2024, 30, 6, 9, 0),
     ("B", 2023, 10, -1, 0, 1), ("B", 2024, 10, -3, -2, 3), ("hosts", 2024, 99, 99, 99, 0)],
    columns=["firm", "year", "revenue", "result", "result_excluding_training", "raised"],
)  # fmt: skip
MODELS = pd.DataFrame(
    [("A", 1, True, 1.0, 4.0, 2.0, 3.0), ("A", 2, True, 2.0, 16.0, 9.0, 5.0), ("A", 3, False, 4.0, 1.0, 0.0, np.nan)],
    columns=["firm", "generation", "complete", "training", "revenue", "contribution", "payback_months"],
).assign(
    open_weights=False, line="flagship", multiple=1.0, months_at_frontier=[3, 6, 0], released=[0.0, 9.0, 18.0],
    research=[4.0, 15.0, 9.0],
)  # fmt: skip
RUN = SimpleNamespace(
    scenario=SimpleNamespace(start="2023-01", labs={"A": 1, "B": 2}), companies=COMPANIES, models=MODELS
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("labs_deeper_in_loss", 0.5),
        ("labs_result_excluding_training", 2.0),
        ("labs_cost_per_revenue_dollar", 65 / 60),
        ("labs_in_profit", 0.5),
        ("years_to_profit", 1.0),
        ("labs_raised", 11.0),
        ("payback_months", 4.0),
        ("months_at_frontier", 4.5),
        ("pooled_multiple", (2 + 9) / (1 + 2)),
        ("pooled_multiple_full_rd", (2 + 9) / (1 + 2 + 4 + 15)),
        ("contribution_per_next_training", np.sqrt(2 / 2 * 9 / 4)),
        ("revenue_per_generation", 4.0),
    ],
)
def test_by_hand(name, value):
    assert outcomes.compute(RUN, [name])[name] == pytest.approx(value)


def test_without_a_complete_life_nothing_is_pooled():
    none = SimpleNamespace(scenario=RUN.scenario, companies=COMPANIES, models=MODELS.assign(complete=False))
    assert all(np.isnan(x) for x in outcomes.compute(none, ["pooled_multiple", "pooled_multiple_full_rd"]).values())


def test_a_model_that_earned_nothing_counts_among_the_pooled():
    lives = MODELS.assign(contribution=[0.0, 9.0, 0.0], multiple=[0.0, 4.5, 0.0])
    found = outcomes.compute(SimpleNamespace(models=lives), ["multiple", "pooled_multiple"])
    assert np.isnan(found["multiple"])
    assert found["pooled_multiple"] == 3.0


def test_a_lab_that_failed_is_compared_in_its_last_year_in_business():
    gone = pd.DataFrame({2023: [-5.0, -5.0], 2024: [-9.0, 3.0], 2025: [0.0, -4.0]}, index=["gone", "there"])
    assert readings.last_in_business(gone).tolist() == [-9.0, -4.0]


def test_a_successor_abandoned_in_training_is_not_taken_at_what_was_paid():
    cut_short = MODELS.assign(released=[0.0, 9.0, np.nan], training=[1.0, 2.0, 0.1])
    gone = SimpleNamespace(scenario=RUN.scenario, companies=COMPANIES, models=cut_short)
    assert claims.contribution_per_next_training(gone) == pytest.approx(2 / 2)
    assert claims.revenue_per_generation(gone) == pytest.approx(4.0)
    never = SimpleNamespace(scenario=RUN.scenario, companies=COMPANIES, models=cut_short.assign(released=np.nan))
    assert np.isnan(claims.contribution_per_next_training(never))


def test_no_profit_has_no_year():
    never = SimpleNamespace(scenario=RUN.scenario, companies=COMPANIES[COMPANIES["firm"] == "B"], models=MODELS)
    assert np.isnan(claims.years_to_profit(never))


LIVES = pd.DataFrame(
    [("A-1", False, 0, 20, 1.0, True), ("A-2", False, 10, 30, 9.0, True), ("A-3", False, 30, None, 20.0, False),
     ("O-1", True, 4, None, 1.0, False), ("O-2", True, 28, None, 9.0, False), ("O-3", True, 36, None, 10.0, False)],
    columns=["model", "open_weights", "released", "retired", "capability", "complete"],
).astype({"released": "Int64", "retired": "Int64"}).assign(
    firm=lambda t: t["model"].str[0], line="flagship", generation=lambda t: t["model"].str[2].astype(int),
    launch_price=1.0,
)  # fmt: skip
CAUGHT = SimpleNamespace(scenario=SimpleNamespace(start="2023-01", months=40), models=LIVES)


def test_open_catch_up_by_hand():
    found = outcomes.compute(CAUGHT, ["months_to_parity", "measured_open_lag"])
    assert found == {"months_to_parity": (4 + 18) / 2, "measured_open_lag": (18 + 6) / 2}


def test_lives_that_are_never_equalled_have_no_parity():
    unmatched = LIVES[LIVES["model"].isin(["A-1", "A-2", "A-3", "O-1"])]
    never = SimpleNamespace(scenario=CAUGHT.scenario, models=unmatched)
    assert np.isnan(claims.months_to_parity(never))
    assert np.isnan(claims.measured_open_lag(never))


def test_they_are_numbers_of_a_run(small_run):
    found = outcomes.compute(small_run, ["labs_deeper_in_loss", "labs_cost_per_revenue_dollar", "labs_raised"])
    assert all(np.isfinite(value) for value in found.values())
