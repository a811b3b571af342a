"""Factors as text, as a command line has them."""

import pytest

import market
from market.parameters import InputError
from market.studies.factors import design_of, factor
from market.studies.levels import Range


def test_factors_on_a_command_line():
    assert factor("a.b=1,2.5") == ("a.b", [1, 2.5])
    assert factor("a=cost_plus, best_response") == ("a", ["cost_plus", "best_response"])
    assert factor("a=true,word,3") == ("a", [True, "word", 3])
    assert factor('a={rule="cost_plus", markup=0.4},{rule="best_response"}')[1][0]["markup"] == 0.4
    assert factor("a=1.5:6") == ("a", Range(1.5, 6))
    assert factor("a=1:100:3:log") == ("a", Range(1, 100, log=True, count=3))
    assert factor("a=1:100:log") == ("a", Range(1, 100, log=True))


@pytest.mark.parametrize("text", ["a", "=1", "a=", "a=1:b", "a=1:2:2.5", "a=1:2:3:4", "a=2:1"])
def test_bad_factors(text):
    with pytest.raises(InputError, match=r"form PATH=V1,V2|no range|second must be above"):
        factor(text)


def test_a_design_of_factors_in_words():
    changes = {"customers": 200, "months": 9}
    base = market.load("duopoly").vary(changes)
    words = ["labs.*.training.growth=1.5:4:3", "scenario=duopoly,monopoly"]
    design = design_of(base, words, "grid", None, changes)
    assert len(design.points) == 6
    for point in range(6):
        start, changed = design.split(base, point)
        assert (start.customers, start.months) == (200, 9)
        assert changed["labs.*.training.growth"] in (1.5, 2.75, 4.0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["months=8", "months=9"], "--factor months: is given twice"),
        (["scenario=duopol,baseline"], "did you mean 'duopoly'"),
        (["scenario=1,2"], "scenario"),
        ([], "factors: there is none"),
    ],
)
def test_bad_designs_in_words(words, expected):
    with pytest.raises(InputError, match=expected):
        design_of(market.load("duopoly"), words, "grid", None, {})
