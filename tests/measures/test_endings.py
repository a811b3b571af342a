"""Endings by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

import market
from market.economics.capital import CapitalMarket
from market.measures.endings import (
    ending,
    labs_results,
    lasting_profits,
    limit_reached,
    overhang,
    still_lost,
    worth_at_end,
)
from market.tables import Run
from tests.measures import hand


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([-2.0, -3.0, 1.0, 9.0], (5.0, 2)),
        ([-2.0, 3.0, -4.0, 9.0], (3.0, 3)),
        ([1.0, -0.5, 2.0], (0.0, 0)),
        ([], (0.0, 0)),
    ],
)
def test_what_is_still_lost_is_the_depth_of_the_trough(results, found):
    months = pd.Series([-100.0, *results], index=range(9, 10 + len(results)))
    assert still_lost(months, 10) == found


def test_the_overhang_is_what_a_year_of_families_does_not_earn_back():
    rows = [("A", 11, 90.0), ("A", 12, 1.0), ("B", 23, 4.0), ("B", 24, 90.0), ("O", 12, 90.0), ("A", None, 90.0)]
    families = pd.DataFrame(rows, columns=["firm", "released", "training"]).astype({"released": "Int64"})
    families = families.assign(research=2.0, contribution=[0.0, 1.0, 99.0, 0.0, 0.0, 0.0])
    run = Run(SimpleNamespace(labs={"A": 1, "B": 2}), 0, {"families": families})
    assert overhang(run, 12) == 2.0


def test_labs_are_worth_their_run_rate_times_the_multiple_of_their_growth_and_nothing_once_gone():
    sold = [("A", month, 10.0, False) for month in range(24)] + [("B", month, 10.0, False) for month in range(23)]
    offers = pd.DataFrame(sold, columns=["firm", "month", "revenue", "open_weights"])
    scenario = SimpleNamespace(labs={"A": 1, "B": 2}, months=24, capital=CapitalMarket())
    assert worth_at_end(Run(scenario, 0, {"offers": offers})) == 5.0 * 12 * 10.0


def first(models):
    """Start and release of the first of some models."""
    return tuple(models.sort_values("released")[["started", "released"]].iloc[0])


def test_a_limit_is_reached_by_the_first_model_that_it_holds_back(small, small_run):
    assert limit_reached(small_run) is None
    labs = small_run.models[small_run.models["firm"].isin(small.labs)]
    level = labs["capability"].max() - 5.0
    run = market.simulate(small.vary({"technology.capability_ceiling": level}), 1)
    assert limit_reached(run) == first(labs[labs["capability"] >= level])
    run = market.simulate(small.vary({"technology.largest_run": 2e8}), 1)
    assert limit_reached(run) == first(labs[labs["training"] >= 2e8])


def test_a_lasting_profit_has_no_later_loss():
    years = [-5.0, 2.0, -1.0, 3.0, 4.0]
    rows = [*hand.results("A", years), *hand.results("B", [-result for result in years])]
    rows += [("A", 12 * n, "FUNDING", 10.0 if n < 0 else 7.0) for n in range(-1, 5)]
    found = lasting_profits(hand.run(rows, months=60)).set_index("firm")
    assert found.loc["A"].tolist() == [2026.0, 10.0 + 3 * 7.0]
    assert found.loc["B"].isna().all()
    gone = lasting_profits(hand.run(rows, months=60, failed={"A": 55})).set_index("firm")
    assert gone.loc["A"].isna().all()


def test_an_ending_is_read_off_the_books(small, small_run):
    results = labs_results(small_run)
    labs = small_run.companies[small_run.companies["firm"].isin(small.labs)]
    assert results.sum() == pytest.approx(labs["result"].sum())
    found = ending(small_run, results, 12)
    assert found["still lost"] == found["without"] == pytest.approx(-results.loc[12:].cumsum().min() / 1e9)
    assert found["revenue"] == pytest.approx(labs.loc[labs["year"] == 2024, "revenue"].sum() / 1e9)
    assert "margin 2025" not in found  # the run ends in June
    assert found["labs left"] == 4
    assert found["worth"] > found["value"]
