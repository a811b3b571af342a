"""Both readings of a run, what surprises in it, and how they are said."""

import pandas as pd
import pytest

import market
from market.measures.readings import failures, two_readings, up_to_failure
from market.measures.surprises import surprises
from market.measures.yearly import by_year
from market.views.sentences import run as sentences
from tests.measures import hand

MODELS = pd.DataFrame(
    [("A-1", 1, True, 1.0, 4.0, 2.0, 2.0), ("A-2", 2, False, 3.0, 12.0, 9.0, 3.0)],
    columns=["model", "generation", "complete", "training", "research", "contribution", "multiple"],
).assign(
    firm="A", open_weights=False, line="flagship", started=[-6, 6], released=[0.0, 12.0],
    multiple_full_rd=lambda t: t["contribution"] / (t["training"] + t["research"]),
)  # fmt: skip


def test_failed_labs_are_compared_up_to_their_failure_and_named():
    rows = [*hand.results("A", [-5.0, -9.0]), *hand.results("B", [-5.0, -6.0, -7.0, -8.0])]
    run = hand.run(rows, MODELS, months=48, failed={"A": 26})
    said = two_readings(run)
    assert (said.compared, said.deeper, said.first, said.last, said.same_years) == (2, 2, 2023, 2026, False)
    assert (said.first_result, said.last_result) == (-10.0, -9.0 - 8.0)
    assert failures(run) == {"A": "2025-03"}
    text = sentences.companies_text(said)
    assert text.startswith("Yes, ever more: 2 of 2 labs had a worse result in their last whole year in business than")
    assert "than in their first (2023 to 2026); together −$10, then −$17." in text
    assert sentences.failures_text(failures(run), 2) == "1 of 2 labs failed: A in 2025-03."


def test_a_failed_lab_is_drawn_to_its_failure():
    """The last point is that of its last twelve months, at its place between the years; nothing after it."""
    rows = [*hand.results("A", [-5.0, -9.0, -2.0]), *hand.results("B", [-5.0, -6.0, -7.0, -8.0])]
    drawn = up_to_failure(hand.run(rows, MODELS, months=48, failed={"A": 26}))
    own = drawn[drawn["firm"] == "A"]
    assert own["year"].tolist() == [2023.0, 2024.0, 2024.25]
    assert own["result"].tolist() == [-5.0, -9.0, -2.0]  # of April 2024 to March 2025
    assert own["failed"].iloc[-1] == "2025-03"
    assert drawn[drawn["firm"] == "B"]["year"].tolist() == [2023.0, 2024.0, 2025.0, 2026.0]


def test_a_lab_that_failed_in_december_has_its_year():
    drawn = up_to_failure(hand.run(hand.results("A", [-5.0, -9.0]), MODELS, labs=("A",), failed={"A": 23}))
    assert drawn["year"].tolist() == [2023.0, 2024.0]
    assert drawn["failed"].iloc[-1] == "2024-12"


def test_a_lab_that_lived_for_less_than_a_year_is_marked():
    run = hand.run(hand.results("A", [-5.0]), MODELS, labs=("A",), failed={"A": 5})
    run.scenario.labs["A"].first_start = 0
    assert up_to_failure(run)["failed"].tolist() == ["2023-06 after 6 months"]


def test_one_year_has_nothing_to_compare():
    said = two_readings(hand.run(hand.results("A", [-5.0]), MODELS, months=13, labs=("A",)))
    assert "no lab has two whole years in business, so there is nothing to compare" in sentences.companies_text(said)


def test_the_share_of_dollars_stands_beside_the_count():
    said = two_readings(hand.run(hand.results("A", [-5.0, -6.0]), MODELS, months=24, labs=("A",)))
    assert said.lives == 1
    assert (said.bounds.complete, said.bounds.unfinished, said.bounds.in_training) == (0.25, 0.75, 0.0)
    assert said.bounds.so_far == pytest.approx(11 / 4)
    assert said.bounds.full_so_far == pytest.approx(11 / 20)
    text = sentences.models_text(said)
    assert text.startswith("On training, but not on full R&D: the one complete family of labs (25% of the train")
    assert "returned 2.00 times their training (1 of 1 more than it) and 0.40 times their full R&D (0 of 1)." in text
    bounds = "All training dollars so far: 2.75 and 0.55 times; nothing of labs is on sale any more."
    assert sentences.bounds_text(said.bounds) == bounds


def test_lives_that_earned_nothing_are_said():
    models = pd.concat([MODELS.assign(complete=True), MODELS.assign(complete=True, contribution=-1.0, multiple=-1.0)])
    said = two_readings(hand.run(hand.results("A", [-5.0, -6.0]), models.reset_index(drop=True), months=24))
    assert said.without_earnings == 2
    assert said.multiple == pytest.approx((2 + 9 - 2) / 8)
    assert sentences.models_text(said).endswith("; 2 earned nothing.")
    lost = two_readings(hand.run(hand.results("A", [-5.0, -6.0]), MODELS.assign(complete=True, contribution=-1.0)))
    assert sentences.models_text(lost).startswith("No: ")
    assert "−0.50 times their training (0 of 2 more than it)" in sentences.models_text(lost)


def test_revenue_beyond_reason_is_a_warning(small_run):
    years = by_year(small_run)
    assert surprises(small_run, years) == []
    poor = market.simulate(small_run.scenario.vary({"world.product": 1e11}), seed=1)
    warned = surprises(poor, by_year(poor))
    assert warned[0].startswith("Warning: revenue is above 1% of world product in 2023, 2024, 2025 (12.6% in 2025)")


def test_a_part_of_a_year_is_held_against_as_much_of_world_product(small_run):
    """June 2025 ends the run: the half year is compared with half of the year's product."""
    years = by_year(small_run)
    assert years["months"].tolist() == [12, 12, 6]


def test_pricing_at_cost_that_earns_is_explained(small):
    seldom = {"labs.*.pricing": {"rule": "cost_plus", "markup": 0.0, "reprice_hazard": 0.03}}
    run = market.simulate(small.vary(seldom), seed=1)
    years = by_year(run)
    (said,) = surprises(run, years)
    assert said.startswith("A markup of 0% on unit cost alone gives a gross margin of 0%; Alpha has ")
    assert "prices are revised with a chance of 3% a month" in said
    harvest = market.simulate(small.vary({"labs.*.pricing": {"rule": "penetration"}}), seed=1)
    assert surprises(harvest, years) == []  # it does not price at cost all the time
    always = {"labs.*.pricing": {"rule": "cost_plus", "markup": 0.0, "reprice_hazard": 1.0}}
    quick = market.simulate(small.vary(always), seed=1)
    assert surprises(quick, by_year(quick)) == []
