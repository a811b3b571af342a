"""What must agree in every run: nothing is said where it does, and every fault that is planted is found."""

import numpy as np
import pytest

import market
from market.accounts.identities import check_assets, check_books
from market.accounts.ledger import HOSTS, Account, Ledger
from tests.accounts.test_capitalised import assets, books, tables
from tests.accounts.test_pnl import interview


def audited(*rows, spending=(), cash=None, models=("Lab-1", "Lab-2", "Lab-3")):
    """Check the interview's books over 25 months, with more rows, more spending by month, and Lab's cash."""
    ledger, spent = interview(), np.zeros(25)
    for row in rows:
        ledger.post(*row)
    for month, amount in ((12, 200e6), (24, 2000e6), *spending):
        spent[month] += amount
    check_books(ledger.postings, spent, {} if cash is None else {"Lab": cash}, models)


def test_the_identities_hold_where_nothing_is_wrong():
    audited(cash=-8900e6)
    audited((3, "Lab", "RESEARCH", -5e6), (3, "Lab", "FUNDING", 5e6), cash=-8900e6)
    audited((24, HOSTS, "REVENUE", 7.0, "Lab-2"), spending=[(24, 7.0)])


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ({"spending": [(12, 0.02)]}, "month 12: customers spent 200000000.02, firms and hosts booked 200000000.00"),
        ({"spending": [(5, 0.02)]}, "month 5"),
        ({"rows": [(24, "Lab", "REVENUE", 0.02, "Lab-2")]}, "month 24"),
        ({"rows": [(9, "Lab", "OVERHEAD", -0.02, "Lab-1")]}, "models and unallocated"),  # no account of models
        ({"rows": [(9, "Lab", "TRAINING", -0.02, "Lab-4")]}, "models and unallocated"),  # no model that is known
        ({"models": ("Lab-1", "Lab-2")}, "models and unallocated"),
        ({"rows": [(25, "Lab", "FUNDING", 0.02)]}, "Lab: cash"),  # after the end
        ({"cash": -8900e6 + 0.02}, "Lab: cash -8899999999.98 is not the sum of its rows -8900000000.00"),
        ({"rows": [(9, "Lab", "SERVING", -0.02, "Lab-1")], "cash": -8900e6}, "Lab: cash"),
    ],
)
def test_identities_catch_a_cent_in_the_wrong_place(fault, found):
    with pytest.raises(AssertionError, match=found):
        audited(*fault.pop("rows", ()), **fault)


def test_what_is_expensed_is_written_off_or_carried():
    found = assets(books(), *tables())
    check_assets(books().postings, found)
    with pytest.raises(AssertionError, match="A-1: expensed"):
        check_assets(books().postings, found.assign(impaired=found["impaired"] + 0.02))
    with pytest.raises(AssertionError, match="B-1"):
        check_assets(books().postings, found[found["model"] != "B-1"])


FAULTS = {
    "a sale that costs a customer a cent more": ("REVENUE", 0.01, "customers spent"),
    "a cent of overhead that no firm knows of": ("OVERHEAD", -0.01, "cash"),
    "a cent of training that no firm knows of": ("TRAINING", -0.01, "cash"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_run_ends_with_a_cent_in_the_wrong_place(fault, monkeypatch):
    account, cent, found = FAULTS[fault]
    post = Ledger.post

    def wrong(self, month, firm, booked, amount, model=None):
        post(self, month, firm, booked, amount + cent if (month, booked) == (3, account) else amount, model)

    tiny = market.load("duopoly").vary({"customers": 300, "months": 6, "panel.size": 20})
    assert market.simulate(tiny).ledger["account"].isin([one.value for one in Account]).all()
    monkeypatch.setattr(Ledger, "post", wrong)
    with pytest.raises(AssertionError, match=found):
        market.simulate(tiny)


def test_no_run_ends_with_a_movement_lost(monkeypatch):
    moved = market.month.record.moved

    def wrong(month, *args):
        columns = moved(month, *args)
        return columns if month != 3 else (*columns[:-1], columns[-1] * 1.01)

    monkeypatch.setattr("market.month.record.moved", wrong)
    with pytest.raises(AssertionError, match="month 3: revenue changed by"):
        market.simulate(market.load("duopoly").vary({"customers": 300, "months": 6, "panel.size": 20}))
