"""Training as an asset, by hand and in any life."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.accounts import amortisation, pnl
from market.accounts.amortisation import ASSETS, write_off
from market.accounts.ledger import Ledger

SPENT = {-2: 60.0, -1: 60.0}


def life(months, spent=SPENT, *, released=0, ended=None, expected=10, contribution=None, overtaken=()):
    """Amortised, impaired and carried of one model, by month; amounts by month where there are any."""

    def by_month(amounts):
        return np.array([[amounts.get(month, 0.0) for month in months]])

    behind = np.array([[month in overtaken for month in months]])
    dates = (np.array([date], float) for date in (released, ended, expected))
    return [
        part[0].tolist() for part in write_off(by_month(spent), by_month(contribution or {}), behind, months[0], *dates)
    ]


def test_without_a_rival_training_is_written_off_in_equal_parts():
    amortised, impaired, carried = life(range(-2, 12))
    assert amortised == pytest.approx([0.0] * 2 + [12.0] * 10 + [0.0] * 2)
    assert impaired == [0.0] * 14
    assert carried[:4] == pytest.approx([60.0, 120.0, 108.0, 96.0])


def test_overtaken_it_is_impaired_to_last_months_contribution_times_the_remaining_life():
    amortised, impaired, carried = life(range(-2, 4), contribution={0: 20.0, 1: 5.0}, overtaken=(0, 2))
    # Month 0: overtaken, but not yet a full month on sale. Month 2: 96 carried, 5 a month for 8 months are left.
    assert impaired == pytest.approx([0, 0, 0, 0, 96 - 40, 0])
    assert amortised == pytest.approx([0, 0, 12, 12, 5, 5])
    assert carried[-1] == pytest.approx(30)


def test_a_model_that_sold_nothing_or_at_a_loss_is_worth_nothing_once_overtaken():
    for contribution in ({}, {0: -3.0}):
        _, impaired, carried = life(range(-2, 3), contribution=contribution, overtaken=(1,))
        assert impaired[3] == pytest.approx(108)
        assert carried[3:] == [0.0, 0.0]


def test_what_earns_enough_is_not_impaired():
    assert life(range(-2, 3), contribution={0: 50.0}, overtaken=(1,))[1] == [0.0] * 5


def test_off_sale_it_is_impaired_to_nothing():
    amortised, impaired, carried = life(range(-2, 6), ended=3)
    assert sum(amortised) == pytest.approx(36)
    assert impaired[5] == pytest.approx(84)
    assert carried[-1] == 0.0


def test_what_is_given_up_in_training_is_impaired_that_month():
    _, impaired, carried = life(range(-2, 2), released=None, ended=-1)
    assert impaired == [0.0, 120.0, 0.0, 0.0]
    assert carried == [60.0, 0.0, 0.0, 0.0]


lives = st.fixed_dictionaries(
    {
        "released": st.none() | st.integers(0, 20),
        "ended": st.none() | st.integers(20, 40),
        "expected": st.integers(1, 40),
        "contribution": st.dictionaries(st.integers(0, 40), st.floats(-1e9, 1e9)),
        "overtaken": st.frozensets(st.integers(0, 40)),
    }
)


@given(lives, st.dictionaries(st.integers(-12, 0), st.floats(0, 1e10), min_size=1), st.integers(1, 60))
def test_over_any_life_expensed_is_amortised_impaired_and_carried(facts, spent, until):
    amortised, impaired, carried = life(range(min(spent), until), spent, **facts)
    paid = sum(spent.values())
    assert paid == pytest.approx(sum(amortised) + sum(impaired) + carried[-1], rel=1e-9, abs=1e-3)
    assert min(*amortised, *impaired, *carried) >= -1e-6


def books():
    ledger = Ledger(start="2023-01")
    for firm, cost in (("A", -120.0), ("B", -30.0)):
        ledger.post(-1, firm, "TRAINING", cost, model=f"{firm}-1")
    for month in range(4):
        ledger.post(month, "A", "REVENUE", 10.0, model="A-1")
        ledger.post(month, "A", "SERVING", -4.0, model="A-1")
    ledger.post(2, "A", "TRAINING", -7.0, model="A-2")
    return ledger


def tables():
    models = pd.DataFrame(
        {
            "model": ["A-1", "A-2", "B-1"],
            "firm": ["A", "A", "B"],
            "family": ["A-1", "A-2", "B-1"],
            "generation": [1, 2, 1],
            "update": 0,
            "released": pd.array([0, None, 2], "Int64"),
            "retired": pd.array([None, None, None], "Int64"),
        }
    )
    shown = [(m, "A", "A-1", 10.0) for m in range(4)] + [(m, "B", "B-1", 15.0) for m in (2, 3)]
    return models, pd.DataFrame(shown, columns=["month", "firm", "model", "capability"])


def assets(ledger, models, offers, abandoned=None):
    """The table of assets of two firms that expect lives of 12 months, over 4 months."""
    return ASSETS.frame(amortisation.capitalised(ledger.postings, models, offers, {"A": 12, "B": 12}, 4, abandoned))


def test_a_table_of_assets_by_hand():
    found = assets(books(), *tables())
    first = found[found["model"] == "A-1"].set_index("month")
    assert first["amortised"].to_dict() == pytest.approx({-1: 0, 0: 10, 1: 10, 2: 6, 3: 6})
    assert first["impaired"].to_dict() == pytest.approx({-1: 0, 0: 0, 1: 0, 2: 100 - 6 * 10, 3: 0})
    assert first["date"].tolist() == ["2022-12", "2023-01", "2023-02", "2023-03", "2023-04"]
    assert found[found["model"] == "A-2"]["carried"].tolist() == [7.0, 7.0]
    assert found[found["model"] == "B-1"]["amortised"].tolist() == pytest.approx([0, 0, 0, 2.5, 2.5])


def test_a_generation_that_is_given_up_is_impaired():
    found = assets(books(), *tables(), {"A-2": 3})
    assert found[found["model"] == "A-2"]["impaired"].tolist() == [0.0, 7.0]


def test_an_update_that_is_given_up_takes_no_other_of_its_family_with_it():
    ledger, (models, offers) = books(), tables()
    ledger.post(2, "A", "TRAINING", -5.0, model="A-1.1-mini")
    two = models.iloc[[1, 1]].assign(model=["A-1.1", "A-1.1-mini"], generation=1, update=1)
    later = models.assign(update=[0, 2, 0], generation=1)  # A-2 as the second update of the same base
    found = assets(ledger, pd.concat([later, two], ignore_index=True), offers, {"A-1.1": 3})
    assert found[found["model"] == "A-1.1-mini"]["impaired"].tolist() == [0.0, 5.0]
    assert found[found["model"] == "A-2"]["impaired"].tolist() == [0.0, 0.0]


def test_the_capitalised_result_of_companies():
    found = assets(books(), *tables())
    table = pnl.company(books().postings, by="month", assets=found).set_index(["firm", "month"])["result_capitalised"]
    assert table["A"].to_dict() == pytest.approx({-1: 0, 0: -4, 1: -4, 2: 6 - 6 - 40, 3: 0})
    years = pnl.company(books().postings, assets=found).groupby("firm")["result_capitalised"].sum()
    assert years["A"] == pytest.approx(table["A"].sum())
    assert pnl.company(books().postings)["result_capitalised"].isna().all()


def test_hosts_are_no_rivals_of_whom_they_serve_and_earn_it_nothing():
    models, offers = tables()
    more = pd.concat([offers, offers.assign(firm="hosts", capability=99.0)])
    ledger = books()
    ledger.post(1, "hosts", "REVENUE", 1e6, model="A-1")
    pd.testing.assert_frame_equal(assets(ledger, models, more), assets(books(), models, offers))


def test_every_run_capitalises_what_it_expenses(small_run):
    assets = small_run.assets
    training = small_run.ledger[small_run.ledger["account"] == "TRAINING"]
    assert assets["spent"].sum() == pytest.approx(-training["amount"].sum())
    companies = small_run.companies
    last = assets.groupby("model").last().groupby("firm")["carried"].sum()
    for firm, rows in companies[companies["firm"] != "hosts"].groupby("firm"):
        gap = rows["result_capitalised"].sum() - rows["result"].sum()
        assert gap == pytest.approx(last[firm], rel=1e-9)
    assert small_run.company("month")["result_capitalised"].sum() == pytest.approx(
        companies["result_capitalised"].sum(), rel=1e-9
    )
