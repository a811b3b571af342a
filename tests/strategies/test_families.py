"""What it costs to add to conduct: a rule is one place, a family of rules three."""

import ast
import inspect
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import SerializeAsAny, WrapValidator

import market
from market import families
from market.declarations import declarations
from market.families import Rule
from market.parameters import parameter
from market.scenario.interventions import Intervention
from market.scenario.schema import LabSpec, Scenario
from market.scenario.vary import set_paths
from market.strategies.pricing import PricingRule
from market.views import listing

PACKAGE = Path(market.__file__).parent


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """What a test defines is gone after it."""
    monkeypatch.setattr(families, "FAMILIES", dict(families.FAMILIES))
    monkeypatch.setattr(PricingRule, "registry", dict(PricingRule.registry))


def test_a_rule_is_its_class():
    class Token(PricingRule):
        """One price."""

        rule: Literal["token_price"] = "token_price"
        level: float = parameter(3.0, unit="$ per Mtok", gt=0, meaning="the price")

        def price(self, view, free):
            raise NotImplementedError

    assert ("pricing", "token_price", "One price.") in listing.rules()[1]
    assert "labs.*.pricing[token_price].level" in [row[0] for row in listing.parameters()[1]]
    world = market.load("duopoly").vary({"labs.*.pricing.rule": "token_price", "labs.Alpha.pricing.level": 2.0})
    assert world.labs["Alpha"].pricing == Token(level=2.0)
    change = {"month": 1, "kind": "change_rule", "target": "Beta.pricing", "value": {"rule": "token_price"}}
    assert world.vary({"interventions": [change]}).interventions[0].value == Token()


def test_a_family_is_its_class_a_field_and_the_place_where_it_is_asked():
    class HiringRule(Rule):
        """A lab's way to hire."""

        family = "hiring"
        default_name = "steady"
        rule: str

    class Steady(HiringRule):
        """Hires the same number every month."""

        rule: Literal["steady"] = "steady"
        heads: int = parameter(5, unit="heads", ge=0, meaning="hired a month")

    class Staffed(LabSpec):
        """A lab that hires."""

        hiring: Annotated[SerializeAsAny[HiringRule], WrapValidator(HiringRule.parse)] = Steady()

    assert set(Rule.families()) == {"pricing", "training", "funding", "participation", "hiring"}
    assert ("hiring", "steady", "Hires the same number every month.") in listing.rules()[1]
    assert "hiring[steady].heads" in [d.path for d in declarations(Staffed)]
    data = set_paths(Staffed(first_start=0).model_dump(), {"hiring.rule": "steady", "hiring.heads": 7})
    assert Staffed.model_validate(data).hiring == Steady(heads=7)
    change = {"month": 1, "kind": "change_rule", "target": "Alpha.hiring", "value": {}}
    assert Intervention.named(change).begin(None)[0].rule == Steady()


def test_no_module_lists_the_families():
    names = set(Rule.families())
    for path in (path for path in PACKAGE.rglob("*.py") if path.stem != "__init__"):  # where modules are listed
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = [*getattr(node, "elts", ()), *getattr(node, "keys", ())]
            listed = {part.value for part in parts if isinstance(part, ast.Constant)} & names
            assert len(listed) < 2, f"{path}:{node.lineno} lists {', '.join(sorted(listed))}"


def test_families_are_fields_of_firms():
    assert set(Rule.families()) <= set(LabSpec.model_fields)
    assert {name for name, family in families.FAMILIES.items() if not issubclass(family, Rule)} <= set(
        Scenario.model_fields
    )
    assert all(inspect.isclass(family) and family.__doc__ for family in families.FAMILIES.values())
