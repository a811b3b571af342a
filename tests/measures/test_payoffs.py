"""What a firm pays to those who put money in, on a few rows of a ledger."""

from __future__ import annotations

import pytest

from market.economics.capital import CapitalMarket
from market.measures.payoffs import PAYOFFS, RUN_RATE, TRAINING, payoffs
from tests.measures import hand


def run(last: int, rate: float):
    """A sells for a billion a month up to a month, trains for 2 in month 13 and pays 0.5 for research in month 20."""
    rows = [("A", month, "REVENUE", 1e9) for month in range(last + 1)]
    made = hand.run([*rows, ("A", 13, "TRAINING", -2e9), ("A", 20, "RESEARCH", -0.5e9)])
    made.scenario.discount_rate, made.scenario.capital = rate, CapitalMarket()
    return made


def test_payoffs_count_from_a_month_to_the_close_to_the_end_and_with_what_the_firm_would_fetch():
    worth = payoffs(run(last=35, rate=0.0), "A", since=12, close=24)
    assert [worth[way] for way in PAYOFFS] == pytest.approx([9.5, 10.0, 21.5, 22.0, 9.5 + 5 * 12])
    assert (worth[TRAINING], worth[RUN_RATE]) == pytest.approx((2.0, 12.0))


def test_payoffs_are_discounted_to_the_month_they_are_seen_from():
    worth = payoffs(run(last=35, rate=1.0), "A", since=12, close=24)
    assert (worth[TRAINING], worth[RUN_RATE]) == pytest.approx((2.0 * 2 ** (-1 / 12), 6.0))


def test_nobody_pays_for_a_firm_that_sells_nothing_any_more():
    worth = payoffs(run(last=20, rate=0.0), "A", since=12, close=24)
    assert (worth["cash and valuation"], worth[RUN_RATE]) == (worth["cash to the close"], 0.0)
