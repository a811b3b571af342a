"""Changes from outside: what they do, and that they touch nothing else."""

import pandas as pd
import pytest

import market
from market.parameters import InputError
from tests.test_simulation import table_bytes


def changed(scenario, *interventions):
    return scenario.vary({"interventions": interventions})


def price_table(run):
    """Every model's price path by model and month, as freeze_prices takes it."""
    own = run.offers[run.offers["firm"] != "hosts"]
    return {
        model: {str(month): price for month, price in zip(rows["month"], rows["price"], strict=True)}
        for model, rows in own.groupby("model")
    }


def without_news(run):
    """Tables without the event that an intervention took place."""
    events = run.events[run.events["kind"] != "rule_changed"].reset_index(drop=True)
    found = table_bytes(run)
    return {**found, "events": events.to_csv()}


def test_a_rule_changed_into_itself_changes_no_number(small, small_run):
    rule = small.labs["Beta"].pricing.model_dump()
    same = {"month": 7, "kind": "change_rule", "target": "Beta.pricing", "value": rule}
    assert without_news(market.simulate(changed(small, same), 1)) == without_news(small_run)


def test_prices_frozen_at_their_own_path_change_no_number(small, small_run):
    frozen = {"month": 0, "kind": "freeze_prices", "target": "*", "value": price_table(small_run)}
    assert table_bytes(market.simulate(changed(small, frozen), 1)) == table_bytes(small_run)


@pytest.mark.parametrize(
    "intervention",
    [
        {"month": 0, "kind": "suppress_launch", "target": "Alpha-2"},  # due in month 6
        {"month": 6, "kind": "change_rule", "target": "Gamma.pricing", "value": {"rule": "cost_plus", "markup": 3.0}},
        {"month": 6, "kind": "freeze_prices", "target": "Beta", "value": {"Beta-1": {"6": 2.0}}},
    ],
    ids=lambda i: i["kind"],
)
def test_nothing_changes_before_it_takes_effect_and_something_after(intervention, small, small_run):
    other = market.simulate(changed(small, intervention), 1)
    for table in ("offers", "flows", "segments", "ledger"):
        before = [getattr(run, table).query("month < 6").reset_index(drop=True) for run in (small_run, other)]
        pd.testing.assert_frame_equal(*before)
    after = [run.segments.query("month >= 12")["spending"].sum() for run in (small_run, other)]
    assert after[0] != after[1]


def test_a_suppressed_launch_is_paid_for_and_renumbers_nothing(small, small_run):
    other = market.simulate(changed(small, {"month": 0, "kind": "suppress_launch", "target": "Alpha-2"}), 1)
    model, whole = (run.models.set_index("model").loc["Alpha-2"] for run in (other, small_run))
    assert pd.isna(model["released"])
    assert (model["training"], model["revenue"]) == (whole["training"], 0.0)
    assert (model["complete"], model["multiple"], model["multiple_full_rd"]) == (True, 0.0, 0.0)
    assert "Alpha-2" not in set(other.offers["model"])
    points = [run.models.set_index("model").loc["Alpha-3", "capability"] for run in (small_run, other)]
    assert points[0] == points[1]
    assert (other.events["kind"] == "launch_suppressed").sum() == 1


def test_a_later_month_lets_an_earlier_launch_pass(small, small_run):
    late = {"month": 7, "kind": "suppress_launch", "target": "Alpha-2"}
    assert table_bytes(market.simulate(changed(small, late), 1)) == table_bytes(small_run)


def test_a_frozen_price_holds_until_the_next_one_given(small):
    path = {"Beta-1": {"6": 2.0, "9": 3.0}}
    run = market.simulate(changed(small, {"month": 6, "kind": "freeze_prices", "target": "Beta", "value": path}), 1)
    prices = run.offers[run.offers["model"] == "Beta-1"].set_index("month")["price"]
    assert prices.loc[6:8].tolist() == [2.0] * 3
    assert (prices.loc[9:] == 3.0).all()


@pytest.mark.parametrize(
    ("intervention", "expected"),
    [
        (
            {"month": 3, "kind": "suppress_launch", "target": "Alpah-2"},
            "unknown model 'Alpah-2'; did you mean 'Alpha-2'",
        ),
        ({"month": 3, "kind": "suppress_launch", "target": "Alpha-2-mini"}, "no flagship such as 'Alpha-3'"),
        ({"month": 3, "kind": "change_rule", "target": "Alpha.prices", "value": {}}, "did you mean 'pricing'"),
        ({"month": 3, "kind": "change_rule", "target": "Omega.pricing", "value": {}}, "unknown lab 'Omega'"),
        (
            {"month": 3, "kind": "change_rule", "target": "Alpha.pricing", "value": {"rule": "cost"}},
            "unknown rule 'cost'; did you mean 'cost_plus'",
        ),
        (
            {"month": 3, "kind": "suppress_launch", "target": "Alpha-2", "value": 3},
            "value: 3 is refused; allowed: nothing",
        ),
        (
            {
                "month": 3,
                "kind": "change_rule",
                "target": "Alpha.pricing",
                "value": {"rule": "cost_plus", "markup": "x"},
            },
            'interventions.0.value.markup: the text "x" is refused; allowed: a number',
        ),
        (
            {"month": 3, "kind": "change_rule", "target": "Alpha.pricing", "value": {"rule": "cost_plus", "markp": 1}},
            "value: unknown key 'markp'; did you mean 'markup'",
        ),
        (
            {"month": 3, "kind": "shut_capital", "target": "Alpha", "value": 0},
            "value: 0 is refused; allowed: a whole",
        ),
        *(
            ({"month": 3, "kind": "freeze_prices", "target": "*", "value": value}, expected)
            for value, expected in [
                ({"Alpha-1": 3}, "by model and month"),
                ({"Alpha-1": {"x": 1.0}}, 'value.Alpha-1: month the text "x" is refused; allowed: a whole number'),
                ({"Alpha-1": {"--1": 1.0}}, 'the text "--1"'),
                ({"Alpha-1": {"²": 1.0}}, 'the text "²"'),
                ({"Alpha-1": {3: -1.0}}, "value.Alpha-1.3: -1.0 is refused; allowed: a number, 0 to 1e.12"),
                ({"Alpha-1": {3: 0}}, "value.Alpha-1.3: 0 is refused"),
                ({"Alpha-1": {3: float("inf")}}, "value.Alpha-1.3: inf is refused"),
                ({"Alpha-1": {3: float("nan")}}, "value.Alpha-1.3: nan is refused"),
                ({"Alpha-1": {3: True}}, "value.Alpha-1.3: true is refused"),
                ({"Alpah-1": {3: 1.0}}, "unknown model 'Alpah-1'; did you mean 'Alpha-1'"),
                ({"Alpha-1-min": {3: 1.0}}, "did you mean 'Alpha-1'"),
                ({"Alpha": {3: 1.0}}, "'Alpha' is no model"),
            ]
        ),
        ({"month": -1, "kind": "suppress_launch", "target": "Alpha-2"}, "month: -1 is refused"),
        (
            {"month": 3, "kind": "supress_launch", "target": "Alpha-2"},
            "did you mean 'suppress_launch'",
        ),
    ],
)
def test_bad_interventions_get_one_line(intervention, expected, small):
    with pytest.raises(InputError, match=expected) as error:
        changed(small, intervention)
    assert "\n" not in str(error.value)
