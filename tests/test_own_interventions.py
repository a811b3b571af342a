"""Kinds of intervention of one's own: what they do in the ledger, and runs that are opened without their module."""

import math
from typing import Literal

import pytest

import market
from market.families import own, registered, registered_in
from market.parameters import InputError, parameter
from market.scenario.interventions import Charge, Intervention, NewRule, Notice, PayIn, unknown_firm
from market.strategies.pricing import CostPlus
from market.views.listing import interventions
from tests.drawn import ALONE

DUOPOLY = market.load("duopoly").vary(
    {**ALONE, "customers": 300, "months": 6, "panel.size": 20, "labs.*.funding.rule": "patient"}
)


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """Kinds that a test defines are gone after it."""
    monkeypatch.setattr(Intervention, "registry", dict(Intervention.registry))


def windfall():
    class Windfall(Intervention):
        """Pays a firm a sum in its month."""

        kind: Literal["windfall"] = "windfall"
        amount: float = parameter(unit="$", gt=0, meaning="what is paid")

        def problem(self, firms, labs):
            return unknown_firm(self.target, firms)

        def begin(self, now):
            return [PayIn(self.target, self.amount)]

    return Windfall


def sales_tax():
    class SalesTax(Intervention):
        """Takes a part of every firm's revenue each month."""

        kind: Literal["sales_tax"] = "sales_tax"
        rate: float = parameter(unit="share", ge=0, le=1, meaning="part of revenue that is taken")

        def settle(self, now):
            return [Charge(firm, self.rate * revenue) for firm, revenue in now.revenue.items()]

    return SalesTax


def with_effect(*effects):
    class Having(Intervention):
        """Has given effects in its month."""

        kind: Literal["having"] = "having"

        def begin(self, now):
            return effects

    return DUOPOLY.vary({"interventions": [{"month": 2, "kind": "having"}]})


@pytest.fixture(scope="module")
def plain():
    return market.simulate(DUOPOLY, 1)


def paid(month=3, target="Alpha", amount=2e9):
    return DUOPOLY.vary({"interventions": [{"month": month, "kind": "windfall", "target": target, "amount": amount}]})


def booked(run, **where):
    rows = run.ledger
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows["amount"].tolist()


def test_a_windfall_is_in_the_ledger_once_and_in_cash(plain):
    windfall()
    run = market.simulate(paid(), 1)
    assert booked(run, month=3, firm="Alpha", account="FUNDING") == [2e9]
    said = run.events[run.events["kind"] == "from_outside"]
    assert said[["month", "firm", "value", "detail"]].to_numpy().tolist() == [
        [3, "Alpha", 2e9, "Alpha is paid $2.0bn from outside"]
    ]
    before, after = (r.company("month").query("firm == 'Alpha'").set_index("month") for r in (plain, run))
    needed = -plain.ledger.query("firm == 'Alpha' and account != 'FUNDING' and month in (3, 4, 5)")["amount"].sum()
    assert after["cash"].iloc[-1] == pytest.approx(2e9 - needed)
    assert before["result"].tolist() == after["result"].tolist()


def test_a_sales_tax_is_overhead_of_every_month_from_its_own_on(plain):
    sales_tax()
    run = market.simulate(DUOPOLY.vary({"interventions": [{"month": 2, "kind": "sales_tax", "rate": 0.25}]}), 1)
    before, after = (r.company("month").query("firm != 'hosts'").set_index(["firm", "month"]) for r in (plain, run))
    extra = before["overhead"] - after["overhead"]
    months = after.index.get_level_values("month")
    assert before["revenue"].tolist() == after["revenue"].tolist()
    assert extra.abs().tolist() == pytest.approx((0.25 * after["revenue"]).where(months >= 2, 0.0).tolist())


def test_a_kind_may_set_prices_keep_launches_away_and_shut_the_capital_market(plain):
    class Doubled(Intervention):
        """Doubles every price that is decided, and lets nothing new come."""

        kind: Literal["doubled"] = "doubled"

        def price(self, firm, model, month, decided):
            return None if decided is None else 2 * decided

        def suppresses(self, model):
            return True

        def shuts_capital(self, firm, month):
            return True

    world = DUOPOLY.vary({"interventions": [{"month": 0, "kind": "doubled"}], "labs.*.funding.rule": "raise"})
    run = market.simulate(world, 1)
    prices = [r.offers.drop_duplicates("model").set_index("model")["price"] for r in (plain, run)]
    assert (prices[1] == 2 * prices[0][prices[1].index]).all()
    assert set(run.offers["model"]) <= set(plain.offers["model"])
    assert "raised" not in set(run.events["kind"])


def test_rules_and_notices_come_through_the_same_effects():
    world = with_effect(NewRule("Alpha", CostPlus()), Notice("Beta", 7.0, "a strike"))
    said = market.simulate(world, 1).events.query("kind in ('rule_changed', 'from_outside')")
    assert said["detail"].tolist() == ["Alpha's pricing becomes cost_plus, from outside", "a strike"]


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (PayIn("Alhpa", 1.0), "interventions: having: unknown firm 'Alhpa'; did you mean 'Alpha'"),
        (PayIn("Alpha", -1.0), "interventions: having: amount: -1.0 is refused"),
        (Charge("Alpha", math.nan), "interventions: having: amount: nan is refused"),
        ({"firm": "Alpha"}, "interventions: having: a table is no effect; allowed: PayIn, Charge, NewRule, Notice"),
    ],
    ids=str,
)
def test_an_effect_that_is_none_gets_one_line(effect, expected):
    with pytest.raises(InputError, match=expected):
        market.simulate(with_effect(effect), 1)


def test_a_kind_is_found_by_listings_and_refused_with_the_nearest_name():
    windfall()
    assert ("windfall", "Pays a firm a sum in its month.") in interventions()[1]
    with pytest.raises(InputError, match=r"interventions\.0: unknown kind 'windfal'; did you mean 'windfall'"):
        DUOPOLY.vary({"interventions": [{"month": 3, "kind": "windfal", "amount": 1.0}]})
    with pytest.raises(InputError, match=r"interventions\.0\.amount: 0.0 is refused; allowed: a number above 0 \(\$\)"):
        paid(amount=0.0)
    with pytest.raises(InputError, match=r"interventions\.0: windfall: unknown firm 'Alhpa'; did you mean 'Alpha'"):
        paid(target="Alhpa")


def test_a_kind_without_a_docstring_or_with_a_name_that_is_taken_is_refused():
    body = {"__module__": "y", "__annotations__": {"kind": str}}
    with pytest.raises(TypeError, match=r"kind 'mine' .* needs a docstring"):
        type("Mine", (Intervention,), {**body, "kind": "mine"})
    with pytest.raises(TypeError, match="kind 'change_rule' is registered already, by ChangeRule"):
        type("Mine", (Intervention,), {**body, "kind": "change_rule", "__doc__": "x"})


def test_the_kinds_of_ones_own_that_a_scenario_uses_are_known():
    mine = windfall()
    assert own(map(type, registered_in(paid()))) == [mine]
    assert own(map(type, registered_in(DUOPOLY))) == []
    assert mine in own(registered())


def test_a_saved_run_opens_without_its_kind_and_is_not_simulated(tmp_path):
    windfall()
    run = market.simulate(paid(), 1)
    run.save(tmp_path / "r")
    del Intervention.registry["windfall"]
    opened = market.open_run(tmp_path / "r")
    assert opened.scenario.model_dump(mode="json") == run.scenario.model_dump(mode="json")
    assert opened.ledger.equals(run.ledger)
    with pytest.raises(InputError, match=r"^kind 'windfall': is not known here; import the module that defines it"):
        market.simulate(opened.scenario)
    with pytest.raises(InputError, match="unknown kind 'windfall'"):
        paid()
