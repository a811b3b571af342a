"""Rules of one's own: defined again as in a notebook, and runs that are opened without their module."""

from dataclasses import replace
from typing import Literal

import pytest

import market
from market.parameters import InputError, parameter
from market.scenario.schema import build
from market.strategies.pricing import PricingRule


def own_rule():
    class Flat(PricingRule):
        """One price for all."""

        rule: Literal["flat_for_all"] = "flat_for_all"
        level: float = parameter(3.0, unit="$ per Mtok", gt=0, meaning="the price")

        def price(self, view, free):
            raise NotImplementedError

    return Flat


@pytest.fixture
def saved():
    """A scenario with a rule of one's own, as a manifest holds it; the rule is not known afterwards."""
    own_rule()
    base = market.load("duopoly").vary({"labs.Alpha.pricing": {"rule": "flat_for_all", "level": 2.0}})
    change = {"month": 1, "kind": "change_rule", "target": "Beta.pricing", "value": {"rule": "flat_for_all"}}
    varied = base.vary({"interventions": [change]})
    yield varied.model_dump(mode="json")
    PricingRule.registry.pop("flat_for_all", None)


def test_a_rule_that_is_defined_again_takes_the_place_of_the_one_before():
    first, second = own_rule(), own_rule()
    assert PricingRule.registry.pop("flat_for_all") is second is not first
    with pytest.raises(TypeError, match="registered already"):
        type(
            "Other",
            (PricingRule,),
            {"__doc__": "x", "__module__": "y", "__annotations__": {"rule": str}, "rule": "cost_plus"},
        )


def test_a_run_opens_without_the_module_of_its_rule(saved):
    del PricingRule.registry["flat_for_all"]
    with pytest.raises(InputError, match="unknown rule 'flat_for_all'"):
        build(saved)
    opened = build(saved, opening=True)
    assert (opened.labs["Alpha"].pricing.rule, opened.labs["Alpha"].pricing.level) == ("flat_for_all", 2.0)
    assert opened.model_dump(mode="json") == saved
    with pytest.raises(InputError, match="rule 'flat_for_all': is not known here; import the module"):
        market.simulate(opened)
    plain = {**saved, "labs": {**saved["labs"], "Alpha": saved["labs"]["Beta"]}}
    with pytest.raises(InputError, match="rule 'flat_for_all': is not known here"):
        market.simulate(build(plain, opening=True))


def test_a_saved_run_of_an_own_rule_is_opened(saved, tmp_path):
    run = market.simulate(market.load("duopoly").vary({"customers": 100, "months": 3, "panel.size": 20}))
    mine = replace(run, scenario=build(saved).vary({"months": 3}))
    mine.save(tmp_path / "r")
    del PricingRule.registry["flat_for_all"]
    assert market.open_run(tmp_path / "r").scenario.labs["Alpha"].pricing.rule == "flat_for_all"
