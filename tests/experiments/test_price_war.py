"""Labs that launch together and apart, and months in which their profits are held against Nash and a cartel."""

import runpy
from pathlib import Path

import pytest

import market
from market.accounts.events import EventKind
from market.measures import outcomes

SCRIPT = Path(__file__).resolve().parents[2] / "experiments" / "price_war.py"
SMALL = {"customers": 100, "panel.size": 20, "months": 50}


@pytest.fixture(scope="module")
def names():
    """What the script defines."""
    return runpy.run_path(str(SCRIPT))


def launches(run):
    """Months in which each lab launches."""
    made = run.events[(run.events["kind"] == EventKind.RELEASED.value) & run.events["firm"].isin(run.scenario.labs)]
    return {lab: set(months) for lab, months in made.groupby("firm")["month"]}


@pytest.mark.parametrize("labs", [1, 2, 4, 8])
@pytest.mark.parametrize("apart", [0, 1, 3])
def test_no_comparison_is_made_in_a_month_in_which_a_lab_launches(names, labs, apart):
    run = market.simulate(names["tied"](labs, 0.0, apart).vary(SMALL), 0)
    compared, launched = set(run.benchmarks["month"]), launches(run)
    assert {month for month in compared if month >= 12} == {12, 24, 36, 48}
    assert len(launched) == labs
    assert not compared & set().union(*launched.values())
    assert all(min(months) < 12 for months in launched.values())  # all are there from the second year on


def test_the_profit_gain_is_read_from_the_second_year_on(names):
    run = market.simulate(names["tied"](2).vary({**SMALL, "months": 72}), 0)
    late = run.benchmarks[run.benchmarks["month"] >= 12][["profit", "profit_nash", "profit_joint"]].sum()
    gain = (late["profit"] - late["profit_nash"]) / (late["profit_joint"] - late["profit_nash"])
    assert outcomes.compute(run, [names["GAIN"]])[names["GAIN"]] == pytest.approx(gain)


@pytest.mark.parametrize("world", ["single_line", "baseline"])
@pytest.mark.parametrize("apart", [0, 1, 3])
def test_labs_launch_as_far_apart_as_is_said(names, world, apart):
    run = market.simulate(names["tied"](4, 0.0, apart, world).vary({**SMALL, "months": 30}), 0)
    first, *others = launches(run).values()
    for number, months in enumerate(others, 1):
        same = {month - number * apart for month in months}
        assert {month for month in same if 6 <= month < 18} == {month for month in first if 6 <= month < 18}
