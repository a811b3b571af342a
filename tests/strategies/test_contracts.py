"""Contracts that every registered rule meets, present and future, and users' own."""

import typing

import numpy as np
import pytest
from pydantic import ValidationError

from market.economics.technology import AIModel
from market.families import Rule
from market.strategies.pricing import Prices, PricingRule
from market.strategies.training import Training
from market.strategies.view import FirmView, Offer, OwnModel, Survey

FAMILIES = Rule.families()
RULES = [(family, name) for family, base in FAMILIES.items() for name in sorted(base.registry)]


def named(family):
    return [pytest.param(cls, id=name) for name, cls in sorted(FAMILIES[family].registry.items())]


def ai_model(name="A-1", firm="A", capability=12.0, open_weights=False):
    return AIModel(name, firm, firm, int(name[-1]), 0, "flagship", open_weights, -6, -6, 0, capability, 4.0)


def survey(own, rivals=1, seed=0):
    """A panel of 200 types for `own` models, the first being launches, and some rivals."""
    rng = np.random.default_rng(seed)
    goods = len(own) + rivals
    prices = np.array([*(np.nan if o.price is None else o.price for o in own), *[9.0] * rivals])
    costs = np.array([*(o.unit_cost for o in own), *[np.nan] * rivals])
    return Survey(rng.normal(2, 1, (200, goods)), rng.uniform(0.3, 1, 200), rng.uniform(1, 2, 200), prices, costs)


def view(price=None, month=12, luck=0.99, **more):
    own = (OwnModel(ai_model(), 4.0, price),)
    given = {
        "month": month,
        "firm": "A",
        "own": own,
        "rivals": (Offer(ai_model("B-1", "B"), 9.0),),
        "last_start": 0,
        "cost_path": 1e8,
        "luck": lambda purpose: luck,
        "survey": lambda: survey(own),
        "prospects": lambda own, rivals: survey(own, len(rivals)),
        "demand": 1e6 + month,
        "discount_rate": 0.15,
        "research": 8.5,
    }
    return FirmView(**{**given, **more})


@pytest.mark.parametrize(("family", "name"), RULES)
def test_every_rule_explains_itself_and_declares_its_parameters(family, name):
    cls = FAMILIES[family].registry[name]
    assert len(cls.__doc__.split()) >= 8
    assert typing.get_args(cls.model_fields["rule"].annotation) == (name,)
    for field, info in cls.model_fields.items():
        assert field == "rule" or (info.description and info.json_schema_extra["unit"] is not None), field


@pytest.mark.parametrize(("family", "name"), RULES)
def test_every_rule_is_frozen_and_survives_a_round_trip(family, name):
    rule = FAMILIES[family].registry[name]()
    with pytest.raises(ValidationError):
        rule.rule = "other"
    assert FAMILIES[family].named(rule.model_dump()) == rule


def test_a_view_is_frozen_and_a_changed_one_is_another():
    seen = view(7.0)
    with pytest.raises(AttributeError):
        seen.cash = 1.0
    with pytest.raises(TypeError):
        FirmView(0, "A").memory["mine"] = 1
    assert seen._replace(cash=seen.cash + 1).cash == seen.cash + 1


@pytest.mark.parametrize("cls", named("pricing"))
@pytest.mark.parametrize("price", [None, 7.0])
def test_pricing_prices_launches_and_only_own_models(cls, price):
    rule = cls(reprice_hazard=1.0)
    seen = view(price)
    decision = rule.decide(seen)
    assert isinstance(decision, Prices)
    assert set(decision.prices) <= {"A-1"}
    if price is None:
        assert "A-1" in decision.prices
    assert all(np.isfinite(p) and p > 0 for p in decision.prices.values())
    assert rule.decide(seen).prices == decision.prices


@pytest.mark.parametrize("cls", named("pricing"))
def test_pricing_leaves_models_on_sale_alone_without_the_hazard(cls):
    assert cls(reprice_hazard=0.0).decide(view(7.0, luck=0.5)).prices == {}


@pytest.mark.parametrize("cls", named("training"))
def test_training_decides_on_nothing_or_a_finite_cost(cls):
    rule = cls()
    for month in range(1, 40):
        seen = view(8.0, month=month)
        decision = rule.decide(seen)
        assert isinstance(decision, Training)
        assert np.isfinite(decision.cost)
        assert decision.cost >= 0
        assert rule.decide(seen).cost == decision.cost
        assert all(np.isfinite(decision.forecast.figures)) if decision.forecast else True
    assert rule.run_cost(12) == pytest.approx(rule.first_cost * rule.growth)


@pytest.mark.parametrize("cls", named("funding"))
@pytest.mark.parametrize("cash", [-5e6, 0.0, 3e6])
@pytest.mark.parametrize("runway", [0.0, 3.0, np.inf])
def test_funding_never_takes_money_out_and_asks_for_a_finite_amount(cls, cash, runway):
    asked = cls().decide(view(8.0, cash=cash, runway=runway, burn=1e6, committed=2e6))
    assert 0 <= asked < np.inf
    assert cash >= 0 or runway > 0 or asked >= -cash


def test_a_rule_without_a_docstring_is_refused():
    with pytest.raises(TypeError, match="needs a docstring"):

        class Silent(PricingRule):
            rule: typing.Literal["silent"] = "silent"


def test_a_name_is_taken_once():
    with pytest.raises(TypeError, match="registered already"):

        class Again(PricingRule):
            """Says what it does."""

            rule: typing.Literal["cost_plus"] = "cost_plus"


def test_users_own_rules_are_accepted(small):
    class Round(PricingRule):
        """Ten dollars whatever happens: a rule that a user wrote."""

        rule: typing.Literal["round"] = "round"

        def price(self, view, free):
            return Prices({own.model.name: 10.0 for own in free})

    try:
        assert small.vary({"labs.*.pricing": {"rule": "round"}}).labs["Beta"].pricing.decide(view()).prices == {
            "A-1": 10.0
        }
    finally:
        del PricingRule.registry["round"]


def test_families_are_families():
    assert all(Rule in base.__bases__ and base.default_name in base.registry for base in FAMILIES.values())
