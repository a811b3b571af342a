"""Bounds by release: who bears the base decides what a release returned."""

import numpy as np
import pandas as pd
import pytest

import market
from market.measures import generations, readings, vintages
from market.measures.outcomes import compute, usual
from market.measures.releases import costs
from tests.drawn import TIER
from tests.measures import hand

POOLED = ["release_multiple_low", "release_multiple_high"]
FULL = ["release_multiple_full_rd_low", "release_multiple_full_rd_high"]
SHARES = ["releases_profitable_low", "releases_profitable_high"]
RELEASES = pd.DataFrame(
    [
        # complete, open_weights, update, released, contribution, training first, by revenue, by months
        (True, False, 0, 6.0, 40.0, 80.0, 32.0, 40.0),
        (True, False, 1, 8.0, 60.0, 8.0, 56.0, 48.0),
        (False, False, 2, np.nan, 9e9, 1.0, 1.0, 1.0),
        (True, True, 0, 6.0, 9e9, 1.0, 1.0, 1.0),
    ],
    columns=["complete", "open_weights", "update", "released", "contribution", "training_first", "training_revenue",
             "training_months"],
).assign(firm="A", started=0)  # fmt: skip
for how in ("first", "revenue", "months"):
    RELEASES[f"full_rd_{how}"] = 10 * RELEASES[f"training_{how}"]


def run_of(releases):
    """A run made by hand with these releases."""
    made = hand.run()
    made.tables["releases"] = releases
    return made


def test_each_release_is_judged_by_the_bearer_least_and_most_favourable_to_it():
    found = compute(run_of(RELEASES), POOLED + FULL + SHARES)
    assert list(found.values()) == pytest.approx([100 / 136, 100 / 40, 10 / 136, 10 / 40, 0.5, 1.0])
    assert costs(RELEASES, "training")["low"].tolist() == [32.0, 8.0, 1.0, 1.0]


def test_a_loss_is_worse_on_less():
    found = compute(run_of(RELEASES.assign(contribution=-1.0)), POOLED + SHARES)
    assert list(found.values()) == pytest.approx([-2 / 40, -2 / 136, 0.0, 0.0])


def test_a_release_that_earned_nothing_returned_nothing_where_it_bears_nothing():
    nothing = RELEASES.assign(contribution=[0.0, 60.0, 0.0, 0.0], training_revenue=[0.0, 88.0, 1.0, 1.0])
    assert list(compute(run_of(nothing), SHARES).values()) == pytest.approx([0.0, 0.5])


def test_without_a_complete_release_there_is_no_number():
    none = compute(run_of(RELEASES.assign(complete=False)), POOLED + FULL + SHARES)
    assert np.isnan(list(none.values())).all()


def test_where_bases_have_no_updates_both_bounds_are_the_family_s(single_line):
    found = compute(single_line, ["multiple", *POOLED, "multiple_full_rd", *FULL, "lives_profitable", *SHARES])
    values = list(found.values())
    for family, low, high in (values[:3], values[3:6], values[6:]):
        assert low == high == pytest.approx(family)


@pytest.fixture(scope="module")
def updated():
    """A run in which labs update their bases and sell every release in two tiers."""
    changes = {f"{who}.*.{what}": value for who in ("labs", "open_providers") for what, value in (
        ("tiers", {"mini": TIER}), ("updates", {}), ("life", 18),
    )}  # fmt: skip
    return market.simulate(
        market.load("single_line").vary({"customers": 1000, "panel.size": 100, "months": 48, **changes}), 0
    )


def test_with_updates_and_tiers_the_family_lies_between_its_releases(updated):
    found = compute(updated, ["multiple", *POOLED, *SHARES])
    assert found["release_multiple_low"] < found["multiple"] < found["release_multiple_high"]
    assert found["releases_profitable_low"] < found["releases_profitable_high"]


def test_the_second_reading_is_of_families(updated):
    said, lives = readings.two_readings(updated), readings.complete_lives(updated.families)
    assert said.lives == len(lives) == compute(updated, ["lives_complete"])["lives_complete"] < len(updated.families)
    bounds = said.bounds
    assert bounds.complete + bounds.unfinished + bounds.in_training == pytest.approx(1.0)
    assert bounds.if_held > bounds.so_far
    labs = updated.ledger[updated.ledger["firm"].isin(updated.scenario.labs)].groupby("account")["amount"].sum()
    assert bounds.so_far == pytest.approx((labs["REVENUE"] + labs["SERVING"]) / -labs["TRAINING"])
    assert generations.by_generation(updated.families)["lives"].sum() == said.lives
    assert vintages.by_vintage(updated).sum().sum() == pytest.approx(12 * labs["REVENUE"])
    assert all(isinstance(value, float) for value in compute(updated, usual()).values())


def test_what_is_on_sale_is_succeeded_by_the_next_release_of_its_tier(updated):
    order = readings.by_release(updated.models)
    own = order[(order["firm"] == "Alpha") & (order["line"] == "mini")]
    assert own["released"].is_monotonic_increasing
    assert own["model"].tolist()[:2] == ["Alpha-1-mini", "Alpha-1.1-mini"]
    coming = readings.still_to_come(updated, updated.models)
    sold = updated.models["released"].notna() & updated.models["retired"].isna()
    assert (coming.notna() == sold.to_numpy()).all()
