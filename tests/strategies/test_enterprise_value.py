"""Enterprise value by hand in a market of one kind of customer, and what limits a decision."""

import math

import pytest

import market
from market.economics.technology import Updates, capability
from market.month.sight import view as sight
from market.simulation import Market
from market.strategies.appraisal import Appraisal, gained
from market.strategies.enterprise_value import EnterpriseValue, climb, fundable
from market.strategies.expectations import Outlook, business, from_announced, prospects, rivals_later, sales
from market.strategies.view import Announced, OwnModel
from tests.strategies.test_expectations import FLAT, scene

QUICK = Updates(interval=3, absorbed=0.0)
RULE = EnterpriseValue(experience=1.0)
EXPECTED = Outlook(0.4, -0.02, 0.03)


def seen(**more):
    """A firm with one model at 9 dollars and one rival; its last run cost 2e8."""
    return scene(**{"last_cost": 2e8, "discount_rate": 0.15, "research": 5.0, **more})


def forecast(view, cost=2e8, updates=None, expected=EXPECTED, part=1.0, exit_multiple=7.0):
    return Appraisal(view, expected, part, 12, exit_multiple).forecast(cost, updates)


def test_the_objective_by_hand():
    view = seen()
    found = forecast(view)
    (new,) = (OwnModel(m, m.unit_cost(FLAT, 24), None) for m in prospects(view, FLAT, 2e8))
    at = {wait: rivals_later(view, 0.4 * wait, -0.02 * wait) for wait in (12, 18)}  # 6 months of training, then 6 or 12
    with_it, without = sales(view, (*view.own, new), at[12]), sales(view, view.own, at[12])
    gain = sum(s.contribution for s in with_it.values()) - sum(s.contribution for s in without.values())
    priced = new._replace(price=with_it["new"].price)
    last = [sum(s.revenue for s in sales(view, own, at[18]).values()) for own in ((*view.own, priced), view.own)]
    contribution = 12 * gain * math.exp(0.03 * 12) * 1.15**-1
    exit_value = 7 * 12 * (last[0] - last[1]) * math.exp(0.03 * 18) * 1.15**-1.5
    assert found.gross - found.destroyed + found.lead == pytest.approx(contribution)
    assert found.exit == pytest.approx(exit_value)
    assert found.spend == pytest.approx(2e8 * (1 + 5.0) * 1.15**-0.25)
    assert found.value == pytest.approx(contribution + exit_value - found.spend)


def test_what_comes_after_the_horizon_counts_by_the_multiple_alone():
    none, one, two = (forecast(seen(), exit_multiple=multiple) for multiple in (0.0, 1.0, 2.0))
    assert none.exit == 0
    assert two.exit == pytest.approx(2 * one.exit)
    assert (none.gross, none.destroyed, none.lead) == (two.gross, two.destroyed, two.lead)


def test_gains_are_scaled_to_what_came_true_and_the_spend_is_not():
    whole, half = forecast(seen()), forecast(seen(), part=0.5)
    assert half.incremental == pytest.approx(whole.incremental / 2)
    assert half.spend == whole.spend


def test_sizes_are_steps_of_root_two_about_the_last_run():
    sizes = EnterpriseValue(most=4.0).sizes(seen())
    assert sizes == pytest.approx([2e8 * 2 ** (k / 2) for k in range(-4, 5)])
    assert (sizes[0], sizes[-1]) == (pytest.approx(5e7), pytest.approx(8e8))


def test_climbing_finds_the_top_and_values_few_sizes():
    asked = []

    def value(size):
        asked.append(size)
        return -abs(size - 6)

    assert climb([1, 2, 3, 4, 5, 6, 7, 8], value, 4) == 6
    assert set(asked) == {4, 5, 6, 7}
    assert climb([1, 2, 3, 4], lambda size: -size, 3) == 1
    assert climb([1, 2], lambda size: size, 9) == 2


def test_the_size_taken_is_the_best_of_the_grid():
    view = seen()
    decision = RULE.decide(view)
    values = {cost: forecast(view, cost, expected=Outlook()).value for cost in RULE.sizes(view)}
    assert decision.cost == max(values, key=values.get)
    assert decision.forecast.value == pytest.approx(max(values.values()))
    assert decision.pace is None


def test_a_higher_multiple_trains_more_and_hopeless_bases_are_not_trained():
    costs = [EnterpriseValue(experience=1.0, exit_multiple=multiple).decide(seen()).cost for multiple in (0, 3, 30)]
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]
    hopeless = RULE.decide(seen(research=1e5))
    assert hopeless.cost == 0
    assert hopeless.memory["review"] == 12 + RULE.review


def test_it_decides_when_a_base_is_due_and_after_a_review():
    assert RULE.decide(seen()).cost > 0
    assert RULE.decide(seen(month=11)).cost == 0
    assert RULE.decide(seen(in_training=1)).cost == 0
    assert RULE.decide(seen(memory={"review": 13})).cost == 0
    assert RULE.decide(seen(month=13, memory={"review": 13})).cost > 0
    assert RULE.decide(seen(last_start=None, last_cost=0.0)).cost == RULE.run_cost(12)


def test_no_run_is_larger_than_cash_and_a_raise_can_pay():
    view = seen(cash=5e8, grantable=lambda: 4e8, committed=3e8, in_kind=0.5)
    assert fundable(view) == pytest.approx(6e8 / (6 * 0.5))
    assert RULE.sizes(view)[-1] == fundable(view)
    assert RULE.decide(view).cost <= fundable(view)
    assert RULE.decide(seen(cash=-1.0, grantable=lambda: 0.0)).cost == 0
    assert fundable(seen()) == math.inf


def test_it_remembers_what_it_was_promised_and_what_came_of_it():
    decision = RULE.decide(seen())
    ((month, monthly, horizon),) = decision.memory["promised"]
    assert (month, monthly, horizon) == (12, decision.forecast.monthly, 12)
    poor = {"earned": 1.0, "due": 100.0}
    assert RULE.decide(seen(memory=poor)).cost < decision.cost


def test_updates_raise_a_base_as_often_as_they_are_made():
    assert gained(FLAT, QUICK, 5, 6) == gained(FLAT, None, 20, 6) == gained(FLAT, QUICK, 8, 6) == 0
    assert gained(FLAT, QUICK, 12, 6) == pytest.approx(10 * math.log10(1 + 4 * 0.08 * 2))
    # the third and fourth of a family whose second is of month 13
    assert gained(FLAT, QUICK, 19, 6, 13, 2) == pytest.approx(10 * math.log10((1 + 0.32 * 4) / (1 + 0.32 * 2)))


def test_updates_cost_what_they_do_and_come_to_the_family_on_sale_too():
    view = seen(updates=QUICK)
    plain, updated = forecast(view), forecast(view, updates=QUICK)
    assert updated.spend - plain.spend == pytest.approx(2e8 * 0.08 * 4 / 1.15)
    assert updated.gross > plain.gross
    # who updates what it has gains less from a new base
    assert forecast(view, updates=QUICK).incremental < forecast(view._replace(updates=None), updates=QUICK).incremental


def test_the_pace_is_chosen_after_the_size():
    slow = QUICK.paced(12)
    view = seen(updates=slow)
    assert [how.interval for how in RULE.updates(view)] == [12, 3, 6, 12]
    assert RULE.decide(view).pace == 3
    assert EnterpriseValue(experience=1.0, paces=0).decide(view).pace is None
    dear = seen(updates=QUICK.model_copy(update={"spend": 9.0, "effect": 0.0}))
    assert RULE.decide(dear).pace == 12


def test_a_pace_is_never_faster_than_updates_are_made():
    assert QUICK.paced(1).interval == QUICK.months + QUICK.spread == 3
    assert QUICK.paced(7).model_copy(update={"interval": 3}) == QUICK


def test_a_rival_is_expected_to_release_what_it_announced():
    view = seen(announced=lambda: (Announced("B", 8, 14, 5e8), Announced("C", 8, 30, 1e9)))
    expected = from_announced(view, 20.0, 0.5)
    assert expected == {"B": pytest.approx(capability(FLAT, 5e8, 14) + 3)}
    assert rivals_later(view, 1.0, 0.0, expected)[-1].model.capability == expected["B"]
    assert rivals_later(view, 1.0, 0.0, {"B": 0.0})[-1].model.capability == view.rivals[0].model.capability
    assert rivals_later(view, 1.0, 0.0)[-1].model.capability == view.rivals[0].model.capability + 1
    ahead = rivals_later(view, 0.0, 0.0, expected)
    assert sum(business(view, view.own, ahead).values()) < sum(business(view, view.own, view.rivals).values())


def test_plans_of_others_follow_what_it_spends_and_no_path():
    assert RULE.planned(24, 1e9, 3e8) == RULE.frontier_cost(24, 3e8) == 3e8
    assert RULE.frontier_cost(24, 0.0) == RULE.run_cost(24)


@pytest.fixture
def world(small):
    """A small market in which all labs decide by enterprise value and raise their money, after two years."""
    rules = {"labs.*.training": {"rule": "enterprise_value"}, "labs.*.funding": {"rule": "raise"}, "labs.*.updates": {}}
    market_ = Market(small.vary(rules), 0)
    for _ in range(24):
        market_.step()
    yield market_.state
    market_.close()


def test_labs_see_runs_under_way_and_what_a_raise_would_bring(world):
    alpha, *_ = world.labs
    known = sight(world, alpha, "training")
    under_way = {(f.name, run.cost) for f in world.firms for run in f.runs if run.update == 0 and f is not alpha}
    assert {(run.firm, run.cost) for run in known.announced()} == under_way
    assert under_way
    assert known.last_cost == alpha.last_cost
    assert known.grantable() >= 0


def test_open_providers_follow_what_labs_spend(world):
    assert world.frontier_run == max(lab.last_cost for lab in world.labs if lab.failed is None)


def test_a_firm_holds_the_pace_that_is_decided(world):
    alpha, *_ = world.labs
    alpha.change_pace(8)
    assert alpha.updates.interval == 8
    assert sight(world, alpha, "training").updates.interval == 8
    assert alpha.spec.updates.interval == 3


def test_what_is_spent_follows_the_multiple_and_no_path(families):
    """Research and training over revenue from 2024 on: the cost path alone would be the same in both."""

    def ratio(multiple):
        rule = {"rule": "enterprise_value", "exit_multiple": multiple}
        run = market.simulate(families.vary({"labs.*.training": rule, "months": 48}), 0)
        labs = run.companies[run.companies["firm"].isin(run.scenario.labs) & (run.companies["year"] >= 2024)]
        return (labs["training"] + labs["research"]).sum() / labs["revenue"].sum()

    low, usual = ratio(0.0), ratio(7.0)
    assert low < 0.4
    assert 0.6 < usual < 2.2
