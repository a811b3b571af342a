"""Price wars: one constructed series for each label, and what looks like a war and is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from market.measures.markups import cuts, markup_index
from market.measures.price_wars import PriceWar, price_wars

MONTHS = 24
COLUMNS = ["month", "firm", "model", "open_weights", "price", "unit_cost", "revenue"]


def model(name, *changes, since=0, until=MONTHS, cost=1.0, trend=1.0, revenue=1.0, open_weights=False):
    """Rows of one model: the price is 10 unless `changes`, pairs of month and price, say otherwise."""
    steps, price, rows = dict(changes), 10.0, []
    for month in range(until):
        price = steps.get(month, price)
        if month >= since:
            rows.append((month, name[0], name, open_weights, price, cost * trend**month, revenue))
    return pd.DataFrame(rows, columns=COLUMNS)


def market_of(*tables):
    return pd.concat(tables, ignore_index=True)


def wars(table, runways=None, **limits):
    """Wars from the first month on: these series need no time to settle."""
    return price_wars(table, runways=runways, thresholds=PriceWar(**{"settle": 0, **limits}))


def only(table):
    assert len(table) == 1, table
    return table.iloc[0]


PUNISHED = (
    model("A-1", (5, 7.5), (6, 7.0), (8, 9.5)),
    model("B-1", (6, 7.0), (8, 9.5)),
)
STEPS = (
    model("A-1", (5, 9.0), (7, 8.0), (9, 7.0)),
    model("B-1", (6, 8.5), (8, 7.5), (10, 6.5)),
)
JUMP = (model("A-1", (5, 8.0)), model("B-1", (6, 7.5)))


def test_punishment_is_a_fall_from_which_prices_return():
    war = only(wars(market_of(*PUNISHED)))
    assert war["label"] == "punishment"
    assert (war["first_cut"], war["opened"], war["trough"], war["closed"]) == (5, 6, 6, 8)
    assert war["depth"] == pytest.approx(np.log(10 / 7))
    assert (war["first_movers"], war["cutters"], war["firms"], war["cuts"]) == ("A", "A, B", 2, 3)


def test_a_new_equilibrium_is_reached_step_by_step():
    war = only(wars(market_of(*STEPS)))
    assert war["label"] == "new equilibrium"
    assert (war["first_cut"], war["trough"], war["closed"]) == (5, 10, 13)
    assert war["depth"] == pytest.approx((np.log(10 / 7) + np.log(10 / 6.5)) / 2)


def test_a_root_jump_is_at_once_and_in_the_same_market():
    war = only(wars(market_of(*JUMP)))
    assert (war["label"], war["opened"], war["closed"]) == ("root jump", 6, 9)
    withdrawn = model("B-0", until=6, revenue=0.0)
    assert only(wars(market_of(*JUMP, withdrawn)))["label"] == "new equilibrium"


def test_prices_that_do_not_return_are_no_punishment_though_costs_fall():
    falling = {"trend": 0.96}
    sticky = market_of(model("A-1", (5, 7.0), **falling), model("B-1", (6, 6.5), **falling))
    assert only(wars(sticky))["label"] == "root jump"


def test_entry_comes_first():
    war = only(wars(market_of(*PUNISHED, model("C-1", since=3))))
    assert war["label"] == "entry"
    assert war["first_movers"] == "A"
    early = market_of(*PUNISHED, model("C-1"))
    assert only(wars(early))["label"] == "punishment"


def test_liquidation_is_a_first_mover_short_of_cash():
    def runways(a, b):
        return pd.DataFrame({"month": [4, 4], "firm": ["A", "B"], "runway": [a, b]})

    assert only(wars(market_of(*STEPS), runways=runways(3.0, np.inf)))["label"] == "liquidation"
    assert only(wars(market_of(*STEPS), runways=runways(np.inf, 3.0)))["label"] == "new equilibrium"


def test_launch_adjustment_comes_with_own_releases():
    """Both renew their line, the new one below the old one, which is cut in the same month or the next."""
    table = market_of(
        model("A-1", (5, 7.0)),
        model("A-2", (5, 9.0), since=5),
        model("B-1", (7, 6.5)),
        model("B-2", (6, 8.0), since=6),
    )
    war = only(wars(table))
    assert (war["label"], war["cuts"], war["first_movers"]) == ("launch adjustment", 4, "A")
    assert cuts(table)["launch"].tolist() == [False, True, True, False]


# --------------------------------------------------------------------------------------------------- what is no war


def test_falling_costs_with_steady_margins_are_no_war():
    path = [(month, 10 * 0.9**month) for month in range(MONTHS)]
    table = market_of(*(model(f"{firm}-1", *path, trend=0.9) for firm in "ABC"))
    assert markup_index(table)["markup_index"].to_numpy() == pytest.approx(0.0, abs=1e-12)
    assert len(cuts(table)) == len(wars(table)) == 0


def test_list_prices_that_catch_up_with_falling_costs_are_no_war():
    """Prices stand still for a year while costs halve, then follow them within two months: the index falls, no war."""
    trend = 0.5 ** (1 / 12)
    table = market_of(model("A-1", (12, 5.0), trend=trend), model("B-1", (13, 5.0), trend=trend))
    index = markup_index(table)["markup_index"]
    assert index.max() - index.iloc[13] > 0.15
    assert len(cuts(table)) == len(wars(table)) == 0


def test_the_correction_of_opening_prices_is_no_war():
    assert wars(market_of(*PUNISHED), settle=6).empty


def test_one_firm_never_wars():
    assert wars(market_of(model("A-1", (5, 5.0), (6, 3.0)), model("A-2", (7, 4.0)))).empty


def test_open_weights_and_firms_that_cut_without_an_answer_make_no_war():
    assert wars(market_of(model("A-1", (5, 5.0)), model("O-1", (6, 1.0), open_weights=True))).empty
    assert wars(market_of(model("A-1", (5, 5.0)), model("B-1", (5, 5.0)))).empty
    assert wars(market_of(model("A-1", (5, 5.0)), model("B-1", (9, 5.0)))).empty


def test_thresholds_are_inclusive_and_parameters():
    table = market_of(*JUMP)
    depth = (np.log(10 / 8) + np.log(10 / 7.5)) / 2
    assert len(wars(table, fall=depth - 1e-9)) == 1
    assert len(wars(table, fall=depth + 1e-9)) == 0
    assert len(wars(table, cut=0.20)) == 1
    assert len(wars(table, cut=0.21)) == 0


def test_small_steps_add_up_to_a_cut():
    table = market_of(model("A-1", *((month, 10 * 0.97**month) for month in range(1, 8))))
    assert cuts(table)["month"].tolist() == [2, 4, 6]


def test_two_wars_are_two():
    table = market_of(
        model("A-1", (3, 8.0), (5, 10.0), (13, 8.0), (15, 10.0)),
        model("B-1", (4, 7.5), (5, 10.0), (14, 7.5), (15, 10.0)),
    )
    found = wars(table)
    assert found["first_cut"].tolist() == [3, 13]
    assert found["label"].tolist() == ["punishment", "punishment"]


def test_a_war_that_goes_on_at_the_horizon_has_no_end():
    table = market_of(model("A-1", (MONTHS - 2, 8.0)), model("B-1", (MONTHS - 1, 7.5)))
    assert pd.isna(only(wars(table))["closed"])


# -------------------------------------------------------------------------------------------------------------- index


def test_the_index_is_chained_over_matched_models_by_revenue():
    table = market_of(
        model("A-1", (2, 8.0), until=4, revenue=3.0),
        model("B-1", revenue=1.0, until=4),
        model("C-1", (2, 1.0), since=2, until=4),
    )
    index = markup_index(table)
    assert index["matched"].tolist() == [0, 2, 2, 3]
    assert index["markup_change"].iloc[1:].tolist() == pytest.approx([0.0, 0.75 * np.log(0.8), 0.0])
    assert np.isnan(index["markup_change"].iloc[0])
    assert index["price_index"].iloc[-1] == pytest.approx(0.75 * np.log(0.8))


def test_the_currency_and_the_order_of_rows_do_not_matter():
    table = market_of(*PUNISHED, model("C-1", since=3))
    other = table.assign(price=table["price"] * 7, unit_cost=table["unit_cost"] * 7).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(wars(other), wars(table))


def test_the_baseline_and_falling_costs_open_no_war(run):
    """Costs of models on sale fall by a quarter a year; best responses with a small hazard make no war of that."""
    assert price_wars(run.offers, run.models).empty


def test_the_table_of_a_run_says_what_succeeds_what(run):
    found = cuts(run.offers, run.models)
    assert found["launch"].any()
    assert (found["depth"] > 0.05).all()
