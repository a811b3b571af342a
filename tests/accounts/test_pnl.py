"""Both readings on ledgers small enough to check by hand."""

import numpy as np
import pytest

from market.accounts import pnl
from market.accounts.ledger import HOSTS, Ledger


def interview():
    ledger = Ledger(start="2023-01")
    for month, spend, revenue in ((0, 100, 0), (12, 1000, 200), (24, 10_000, 2000)):
        ledger.post(month, "Lab", "TRAINING", -spend * 1e6, model=f"Lab-{month // 12 + 1}")
        ledger.post(month, "Lab", "REVENUE", revenue * 1e6, model=f"Lab-{month // 12}" if revenue else "Lab-1")
    return ledger


def models_of(ledger, until=None):
    """The model P&L; a model is by who booked it first, and released with its first revenue."""
    rows = ledger.frame().dropna(subset="model")
    facts = rows.groupby("model", as_index=False)["firm"].first()
    facts["released"] = facts["model"].map(rows[rows["account"] == "REVENUE"].groupby("model")["month"].min())
    return facts.assign(**pnl.models(ledger.postings, facts, until))


def test_claim_1_exactly():
    company, models = pnl.company(interview().postings), models_of(interview())
    assert company["result"].tolist() == [-100e6, -800e6, -8000e6]
    assert models["multiple"].tolist()[:2] == [2.0, 2.0]
    assert models["training"].tolist() == [100e6, 1000e6, 10_000e6]
    assert models["result"].sum() == company["result"].sum()


def test_company_columns_by_hand():
    ledger = Ledger(start="2023-11")
    for account, amount in (("REVENUE", 10), ("SERVING", -4), ("TRAINING", -3), ("RESEARCH", -6), ("OVERHEAD", -2)):
        ledger.post(0, "A", account, amount, model="A-1" if account in ("REVENUE", "SERVING", "TRAINING") else None)
    ledger.post(0, "A", "FUNDING", 7)
    ledger.post(2, "A", "REVENUE", 5, model="A-1")
    ledger.post(2, HOSTS, "REVENUE", 1, model="A-1")
    table = pnl.company(ledger.postings).set_index(["firm", "year"])
    row = table.loc[("A", 2023)]
    assert row["contribution"] == 6
    assert row["result"] == -5
    assert row["result_excluding_training"] == -2
    assert row["cost_per_revenue_dollar"] == 1.5
    assert row["raised"] == 7
    assert row["cash"] == 2
    assert table.loc[("A", 2024), "cash"] == 7
    assert (HOSTS, 2023) not in table.index
    assert table.loc[(HOSTS, 2024), "result"] == 1
    assert np.isnan(table["result_capitalised"]).all()
    assert pnl.company(ledger.postings, by="quarter")["quarter"].tolist() == ["2023Q4", "2024Q1", "2024Q1"]
    assert pnl.company(ledger.postings, by="month")["result"].sum() == 1
    with pytest.raises(ValueError, match="allowed: year, quarter, month"):
        pnl.company(ledger.postings, by="week")


def test_a_models_revenue_includes_the_hosts_part():
    ledger = Ledger()
    ledger.post(0, "Open", "TRAINING", -10, model="Open-1")
    ledger.post(1, "Open", "REVENUE", 6, model="Open-1")
    ledger.post(1, HOSTS, "REVENUE", 6, model="Open-1")
    ledger.post(1, HOSTS, "SERVING", -2, model="Open-1")
    models = models_of(ledger)
    assert models["firm"].tolist() == ["Open"]
    assert models["contribution"].item() == 10
    assert models["multiple"].item() == 1.0
    company = pnl.company(ledger.postings).set_index("firm")
    assert company.loc["Open", "revenue"] == 6
    assert company.loc[HOSTS, "contribution"] == 4


def test_research_of_a_month_is_allocated_by_what_was_trained_in_it():
    ledger = Ledger()
    for month, training, research in ((0, {"A-1": -10}, -20), (1, {"A-1": -10, "A-2": -30}, -80)):
        for model, amount in training.items():
            ledger.post(month, "A", "TRAINING", amount, model=model)
        ledger.post(month, "A", "RESEARCH", research)
    ledger.post(2, "A", "REVENUE", 60, model="A-1")
    models = models_of(ledger).set_index("model")
    assert models["research"].tolist() == [20 + 20, 60]
    assert models.loc["A-1", "multiple"] == 3.0
    assert models.loc["A-1", "multiple_full_rd"] == 1.0


def test_payback_and_half_life():
    ledger = Ledger()
    ledger.post(0, "A", "TRAINING", -100, model="A-1")
    for month, revenue in enumerate((30, 50, 40, 24, 5), start=3):
        ledger.post(month, "A", "REVENUE", revenue, model="A-1")
    models = models_of(ledger)
    assert models["payback_months"].item() == 2  # back at zero in month 5, released in month 3
    assert models["half_life_months"].item() == 2  # peak in month 4, 24 ≤ 25 in month 6
    early = models_of(ledger, until=5)
    assert np.isnan(early["payback_months"].item())
    assert np.isnan(early["half_life_months"].item())


def test_a_model_in_training_has_no_life_yet():
    ledger = Ledger()
    ledger.post(0, "A", "TRAINING", -100, model="A-1")
    models = models_of(ledger)
    assert models["released"].isna().all()
    assert np.isnan(models["multiple"].item())
    assert np.isnan(models["payback_months"].item())


def test_the_tables_of_a_run_are_two_readings_of_its_ledger(small_run):
    ledger, by_month, by_model = small_run.ledger, small_run.company("month"), small_run.models
    result = ledger[ledger["account"] != "FUNDING"]
    unallocated = result[result["model"].isna()]["amount"].sum()
    assert by_month["result"].sum() == pytest.approx(result["amount"].sum(), rel=1e-12)
    assert by_model["result"].sum() + unallocated == pytest.approx(result["amount"].sum(), rel=1e-12)
    assert by_model["revenue"].sum() == pytest.approx(small_run.segments["spending"].sum(), rel=1e-12)
    cash = ledger.groupby("firm")["amount"].sum()
    for table in (by_month, small_run.companies):
        assert table.groupby("firm")["cash"].last().to_dict() == pytest.approx(cash.to_dict(), rel=1e-12, abs=0.005)


def test_every_period_has_a_row_and_firms_come_in_the_order_asked_for():
    ledger = Ledger()
    ledger.post(0, "B", "REVENUE", 5, model="B-1")
    ledger.post(0, "A", "REVENUE", 5, model="A-1")
    ledger.post(24, "B", "REVENUE", 7, model="B-1")
    table = pnl.company(ledger.postings)
    assert table["year"].tolist() == [2023, 2024, 2025] * 2
    assert pnl.company(ledger.postings, by="quarter")["quarter"].nunique() == 9
    assert len(pnl.company(ledger.postings, by="month")) == 50
    assert pnl.company(ledger.postings, firms=["B", "A"])["firm"].drop_duplicates().tolist() == ["B", "A"]


def test_quiet_months_are_months():
    """Nobody books anything in months 4 to 6 and at the end; dates, rows and ages go on all the same."""
    ledger = Ledger(start="2023-10")
    ledger.post(0, "A", "TRAINING", -100, model="A-1")
    for month, revenue in ((2, 60), (3, 50), (7, 40)):
        ledger.post(month, "A", "REVENUE", revenue, model="A-1")
    assert models_of(ledger)["half_life_months"].item() == 2  # nothing is sold in month 4
    assert pnl.company(ledger.postings, by="month", until=20)["month"].tolist() == list(range(20))
    assert pnl.company(ledger.postings, until=20)["year"].tolist() == [2023, 2024, 2025]
    assert pnl.company(ledger.postings, by="quarter", until=20)["quarter"].iloc[-1] == "2025Q2"
    assert pnl.company(ledger.postings, by="month", until=3)["revenue"].sum() == 60


def test_a_ledger_without_rows_has_no_companies():
    for by in pnl.PERIODS:
        assert pnl.company(Ledger().postings, by=by).empty
    assert pnl.company(Ledger().postings).columns.tolist() == pnl.company(interview().postings).columns.tolist()
    assert models_of(Ledger()).empty


def test_a_training_of_less_than_a_cent_has_no_multiple():
    ledger = Ledger()
    ledger.post(0, "A", "TRAINING", -1e-300, model="A-1")
    ledger.post(1, "A", "REVENUE", 1e9, model="A-1")
    assert models_of(ledger)[["multiple", "multiple_full_rd"]].isna().all(axis=None)
