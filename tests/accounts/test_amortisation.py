"""Amortisation and margins by hand."""

import pandas as pd
import pytest

from market.accounts import amortisation, pnl
from market.accounts.ledger import Ledger


def books():
    ledger = Ledger(start="2023-01")
    ledger.post(-2, "A", "TRAINING", -120, model="A-1")
    ledger.post(-2, "A", "RESEARCH", -30)
    for month in range(12):
        ledger.post(month, "A", "REVENUE", 20, model="A-1")
        ledger.post(month, "A", "SERVING", -8, model="A-1")
        ledger.post(month, "A", "OVERHEAD", -2)
    ledger.post(5, "A", "TRAINING", -60, model="A-2")
    return ledger


def amortised(life, released=0, until=12):
    models = pd.DataFrame(
        {"model": ["A-1", "A-2"], "firm": ["A", "A"], "released": pd.array([released, None], "Int64")}
    )
    return amortisation.straight_line(books().postings, models, {"A": life}, until)


def test_straight_line_over_the_expected_life():
    assert amortised(10).to_dict() == {2023: 120.0}  # what is not released is not written off
    assert amortised(10, released=-3).to_dict() == pytest.approx({2022: 36.0, 2023: 84.0})
    assert amortised(24).to_dict() == pytest.approx({2023: 60.0})  # the rest is carried


def test_margins_at_every_boundary():
    company = pnl.company(books().postings)
    row = amortisation.margins(company, amortised(12)).iloc[0]
    assert row["year"] == 2023
    assert row["after_serving"] == pytest.approx((240 - 96) / 240)
    assert row["after_overhead"] == pytest.approx((240 - 96 - 24) / 240)
    assert row["after_amortised_training"] == pytest.approx((240 - 96 - 24 - 120) / 240)
    assert row["after_all_rd"] == pytest.approx((240 - 96 - 24 - 60) / 240)
    assert row["excluding_training"] == pytest.approx((240 - 96 - 24) / 240)
    assert row["excluding_training_and_research"] == pytest.approx(0.5)


def test_a_month_without_any_row_has_its_date_all_the_same():
    ledger = Ledger(start="2023-11")
    ledger.post(-3, "A", "TRAINING", -60, model="A-1")
    ledger.post(4, "A", "REVENUE", 30, model="A-1")
    models = pd.DataFrame({"model": ["A-1"], "firm": ["A"], "released": pd.array([0], "Int64")})
    table = amortisation.straight_line(ledger.postings, models, {"A": 6}, until=6)
    assert table.to_dict() == {2023: 20.0, 2024: 40.0}
    row = amortisation.margins(pnl.company(ledger.postings), table).iloc[0]
    assert row["after_amortised_training"] == pytest.approx((30 - 40) / 30)


def test_nothing_paid_is_nothing_written_off():
    models = pd.DataFrame({"model": ["A-1"], "firm": ["A"], "released": pd.array([0], "Int64")})
    table = amortisation.straight_line(Ledger().postings, models, {"A": 6}, until=6)
    assert table.sum() == 0
    assert amortisation.margins(pnl.company(books().postings), table)[
        "after_amortised_training"
    ].item() == pytest.approx(0.5)
