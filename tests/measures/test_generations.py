"""Generation by generation, on models few enough to add up by hand."""

import numpy as np
import pandas as pd
import pytest

from market.measures import generations, outcomes
from tests.measures import hand

COLUMNS = ["firm", "generation", "released", "complete", "training", "research", "revenue", "contribution"]
MODELS = pd.DataFrame(
    [
        ("A", 1, -3.0, False, 1.0, 9.0, 2.0, 1.0),
        ("A", 2, 6.0, True, 2.0, 18.0, 10.0, 6.0),
        ("A", 3, 18.0, True, 4.0, 36.0, 30.0, 10.0),
        ("A", 4, 30.0, False, 8.0, 72.0, 9.0, 3.0),
        ("A", 5, np.nan, False, 1.0, 9.0, 0.0, 0.0),
        ("B", 1, 0.0, True, 1.0, 9.0, 4.0, 3.0),
        ("B", 2, 9.0, True, 2.0, 18.0, 10.0, 2.0),
        ("B", 3, 21.0, True, 4.0, 36.0, 0.0, 0.0),
    ],
    columns=COLUMNS,
).assign(open_weights=False, line="flagship", started=lambda t: t["released"].fillna(42.0) - 6)
OTHERS = MODELS.assign(open_weights=True, contribution=1e9)
RUN = hand.run(models=pd.concat([MODELS, OTHERS]))
BORNE = [(1, True, 1.0, 9.0, 5.0), (1, True, 9.0, 1.0, 3.0), (2, True, 4.0, 4.0, 8.0), (2, False, 1.0, 1.0, 9.0)]
RELEASES = pd.DataFrame(
    BORNE, columns=["generation", "complete", "training_first", "training_revenue", "contribution"]
).assign(training_months=3.0, open_weights=False)


def test_each_generation_by_hand():
    table = generations.by_generation(RUN.families)
    assert list(table.index) == [1, 2, 3, 4, 5]
    assert table["lives"].tolist() == [1, 2, 2, 0, 0]
    assert table["left_out"].tolist() == [1, 0, 0, 1, 1]
    assert table.loc[4:, "multiple":].isna().all(axis=None)
    table = table.loc[:3]
    assert table["multiple"].tolist() == pytest.approx([3.0, 8 / 4, 10 / 8])
    assert table["multiple_full_rd"].tolist() == pytest.approx([0.3, 8 / 40, 10 / 80])
    assert table["cost_step"].tolist() == pytest.approx([2.0, 2.0, np.nan], nan_ok=True)
    assert table["revenue_step"].tolist() == pytest.approx([10 / 4, 30 / 20, np.nan], nan_ok=True)
    assert table["per_next_training"].tolist() == pytest.approx([3 / 2, 8 / 8, 10 / 8], nan_ok=True)
    assert table["per_next_full_rd"].tolist() == pytest.approx([3 / 20, 8 / 80, 10 / 80], nan_ok=True)


def test_releases_of_each_generation_by_who_bears_the_base():
    table = generations.releases_by_generation(pd.concat([RELEASES, RELEASES.assign(open_weights=True)]))
    assert table["twice_low"].tolist() == [0.0, 1.0]  # they bear 9, 9 and 4 at most
    assert table["twice_high"].tolist() == [1.0, 1.0]  # and 1, 1 and 3 at least


def test_steps_from_generation_to_generation_by_hand():
    points = MODELS.assign(capability=MODELS["generation"] * 10.0, multiple=MODELS["contribution"] / MODELS["training"])
    found = generations.steps(hand.run(models=points))
    assert found[generations.STEP] == pytest.approx(2.0)
    assert found["points gained per generation"] == pytest.approx(10.0)
    assert found["multiple on training, complete lives"] == pytest.approx(21 / 13)
    assert found["multiple on full R&D, complete lives"] == pytest.approx(21 / 130)
    assert (found["complete lives"], found["of these earned nothing"], found["left out"]) == (5, 1, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("generations_returning_twice", 1.0),
        ("revenue_elasticity", np.log(2.5 * 1.5) / np.log(4.0)),
        ("contribution_per_next_full_rd", (6 + 3 + 10 + 2) / (40 + 20 + 80 + 40)),
        ("generations_returning_twice@2023", 2.0),
    ],
)
def test_outcomes_by_hand(name, value):
    assert outcomes.compute(RUN, [name])[name] == pytest.approx(value)


def test_a_row_begins_with_a_whole_generation_and_ends_at_the_first_that_falls_short():
    table = generations.by_generation(RUN.families)
    assert generations.in_a_row(table, "multiple", 1.5) == 1  # of generation 1 only B's was released after the start
    assert generations.in_a_row(table, "multiple", 2.5) == 0
    assert generations.in_a_row(table, "multiple", 1.0) == 2


def test_nothing_complete_is_no_number():
    none = hand.run(models=MODELS.assign(complete=False))
    assert generations.by_generation(none.families)["multiple"].isna().all()
    assert np.isnan(generations.revenue_elasticity(none))
    assert np.isnan(generations.contribution_per_next_full_rd(none))
    assert np.isnan(generations.generations_returning_twice(none))


def test_they_are_numbers_of_a_run(single_line):
    table = generations.by_generation(single_line.families)
    table = table[table["lives"] > 0]
    assert (table["multiple"] > table["multiple_full_rd"]).all()
    assert table["cost_step"].dropna().to_numpy() == pytest.approx(2.5)


def test_what_is_said_of_all_generations_stands_in_every_row():
    made = hand.run(models=pd.concat([MODELS, OTHERS]))
    made.tables["releases"] = RELEASES
    table = generations.returned(made)
    assert table["generation"].tolist() == [1, 2, 3, 4, 5]
    assert (table["twice their training"] == 1.0).all()
    assert (table["all their R&D"] == 0.0).all()
    assert table["twice_high"].tolist() == pytest.approx([1.0, 1.0, np.nan, np.nan, np.nan], nan_ok=True)
    assert table["elasticity"].tolist() == pytest.approx([np.log(2.5 * 1.5) / np.log(4.0)] * 5)
