"""The ledger: months, signs and the table."""

import pytest

from market.accounts.ledger import Account, Ledger, agrees


def test_accounts_equal_their_names():
    assert {a.value for a in Account} == {"REVENUE", "SERVING", "TRAINING", "RESEARCH", "OVERHEAD", "FUNDING"}
    assert Account.REVENUE == "REVENUE"


def test_months_before_the_start():
    ledger = Ledger(start="2023-01")
    assert [ledger.date(m) for m in (-12, -1, 0, 11, 12)] == ["2022-01", "2022-12", "2023-01", "2023-12", "2024-01"]
    assert Ledger(start="2024-11").date(3) == "2025-02"


def test_frame_keeps_rows_in_order_with_types():
    ledger = Ledger()
    ledger.post(-12, "A", "TRAINING", -5.0, model="A-1")
    ledger.post(0, "A", Account.FUNDING, 5.0)
    frame = ledger.frame()
    assert list(frame.columns) == ["month", "date", "firm", "model", "account", "amount"]
    assert frame["amount"].tolist() == [-5.0, 5.0]
    assert frame["model"].isna().tolist() == [False, True]
    assert Ledger().frame().empty


@pytest.mark.parametrize(
    ("account", "amount"),
    [
        ("REVENUE", -1.0),
        ("SERVING", 1.0),
        ("TRAINING", 1.0),
        ("RESEARCH", 0.1),
        ("OVERHEAD", 2.0),
        ("SALES", 1.0),
        ("REVENUE", float("nan")),
        ("FUNDING", float("inf")),
    ],
)
def test_wrong_amounts_are_refused(account, amount):
    ledger = Ledger()
    with pytest.raises(ValueError, match=r"cannot be|is nan|is inf|not a valid"):
        ledger.post(0, "A", account, amount)
    assert ledger.frame().empty


def test_to_the_cent():
    assert agrees(100.0, 100.004)
    assert not agrees(100.0, 100.02)
    assert not agrees(1e9, 1e9 + 0.02)
    assert agrees(0.0, 0.05, gross=1e13)  # the last digits of what was added up
    assert not agrees(0.0, 0.05, gross=1e11)


def test_a_start_that_is_no_month_is_refused():
    with pytest.raises(ValueError, match="no calendar month"):
        Ledger(start="2023-13")
