"""R&D beside revenue, what bases cost, and how that grows."""

import re

import pytest

import market
from market.measures import spending


@pytest.fixture(scope="module")
def run():
    """Two labs on cost paths of two slopes, one of which has a base in training at the end."""
    small = {"customers": 200, "months": 26, "panel.size": 20, "labs.*.funding.rule": "patient"}
    return market.simulate(market.load("duopoly").vary({**small, "labs.Beta.training.growth": 4.0}), seed=0)


def test_a_base_costs_what_was_announced_also_if_it_is_not_paid_yet(run):
    begun = run.events[(run.events["kind"] == "training_started") & run.events["firm"].isin(run.scenario.labs)]
    said = {
        (row.firm, row.month): float(re.search(r"\$([\d,.]+)M", row.detail)[1].replace(",", ""))
        for row in begun.itertuples()
    }
    on_record = spending.bases(run).query("started >= 0")
    found = {(row.firm, row.started): row.cost / 1e6 for row in on_record.itertuples()}
    assert found == pytest.approx(said, abs=0.5)
    assert run.families["released"].isna().any()


def test_growth_is_that_of_the_cost_path(run):
    assert spending.growth(run).to_dict() == pytest.approx({"Alpha": 2.5, "Beta": 4.0})


def test_spending_is_the_books(run):
    books = run.companies.set_index(["firm", "year"])
    rows = spending.by_year(run)
    assert list(rows[["firm", "year"]].itertuples(index=False, name=None)) == [
        (firm, year) for firm in ("Alpha", "Beta") for year in (2023, 2024)
    ]
    for row in rows.itertuples():
        own = books.loc[row.firm, row.year]
        assert row.spent == own["training"] + own["research"]
        assert row.ratio == row.spent / own["revenue"]
