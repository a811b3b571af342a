"""No single row spoils a measure: a free model, one without a capability or a price, a month without rows."""

import numpy as np
import pandas as pd
import pytest

from market.measures import catch_up, fixed_capability, forms, markups, overtaken, prices, structure
from market.measures.price_wars import price_wars
from tests.measures.conftest import make_releases

MONTHS = 24


def offers(*extra: tuple[object, ...]) -> pd.DataFrame:
    """Two closed models and an open one on sale for two years, whose prices halve a year, and more rows."""
    rows = [
        (model, firm, opened, points, month, price * 0.5 ** (month / 12), price / 4, 1.0, price, price / 4)
        for model, firm, opened, points, price in (
            ("A-1", "A", False, 10.0, 8.0), ("B-1", "B", False, 12.0, 10.0), ("O-1", "O", True, 8.0, 1.0),
        )
        for month in range(MONTHS)
    ]  # fmt: skip
    table = pd.DataFrame([*rows, *extra], columns=[*forms.PRICES, "unit_cost", "tokens", "revenue", "serving"])
    return table.astype({"open_weights": bool}).sort_values(["month", "model"], kind="stable").reset_index(drop=True)


def odd(opened: bool, points: float, price: float) -> tuple[object, ...]:
    """A model of a firm of its own, on sale in month 12, of which nothing is sold."""
    return ("X-1", "X", opened, points, 12, price, 1.0, 0.0, 0.0, 0.0)


ODD = {
    "a free closed model": odd(False, 9.0, 0.0),
    "a free open model": odd(True, 7.0, 0.0),
    "a model of unknown capability": odd(False, np.nan, 3.0),
    "a model without any capability": odd(True, -np.inf, 3.0),
    "a model of unknown price": odd(False, 9.0, np.nan),
}
MEASURES = {
    "hedonic_index": prices.hedonic_index,
    "hedonic_drift": prices.hedonic_drift,
    "open_discount": prices.open_discount,
    "closed_price_at_open_frontier": prices.closed_price_at_open_frontier,
    "frontier_price": prices.frontier_price,
    "markup_index": lambda rows: markups.markup_index(rows)["markup_index"],
    "price_index": lambda rows: markups.markup_index(rows)["price_index"],
    "cuts": lambda rows: markups.cuts(rows)["depth"],
    "price_wars": lambda rows: price_wars(rows)["depth"],
    "price_decline": lambda rows: fixed_capability.price_decline(rows, 9.0),
    "shares": lambda rows: structure.shares(rows)["share"].iloc[[0, -1]].reset_index(drop=True),
    "hhi": structure.hhi,
    "lerner": structure.lerner,
    "frontier": structure.frontier,
    "capability_slope": structure.capability_slope,
    "open_token_share": structure.open_share,
    "token_growth": structure.token_growth,
    "leads": lambda rows: overtaken.standing(rows, "B")["leads"],
}


@pytest.mark.parametrize("row", ODD)
@pytest.mark.parametrize("name", MEASURES)
def test_an_odd_row_is_left_out_and_changes_nothing_else(name, row):
    measure = MEASURES[name]
    usual, found = measure(offers()), measure(offers(ODD[row]))
    if isinstance(usual, float):
        assert not np.isnan(usual)
        assert found == pytest.approx(usual, rel=1e-12)
    else:
        assert len(usual) or name in ("cuts", "price_wars")
        pd.testing.assert_series_equal(found, usual, rtol=1e-12)


@pytest.mark.parametrize("name", MEASURES)
def test_a_month_without_rows_spoils_no_other(name):
    rows, measure = offers(), MEASURES[name]
    usual, found = measure(rows), measure(rows[rows["month"] != 12].reset_index(drop=True))
    if isinstance(usual, float):
        assert found == pytest.approx(usual, rel=1e-9)
    elif name in ("markup_index", "price_index"):
        assert np.isfinite(found).all()  # two steps are lost, no more
        assert len(found) == MONTHS
    elif name == "token_growth":
        assert found.eq(1.0).all()
    elif usual.index.name == "month" and name != "leads":
        pd.testing.assert_series_equal(found, usual.drop(12), rtol=1e-9)


def test_a_model_given_away_for_a_while_keeps_its_other_prices():
    listed = offers()
    listed.loc[(listed["model"] == "A-1") & (listed["month"] == 12), "price"] = 0.0
    releases = make_releases(("A-1", None, False, 0, 10, 8.0), ("B-1", None, False, 0, 12, 10.0))
    spells = prices.price_spells(listed, releases, MONTHS, to_successor=False).set_index("model")
    assert spells["log_change"].tolist() == pytest.approx([23 / 12 * np.log(0.5)] * 2)
    assert spells["cuts"].tolist() == [22, 23]  # down to nothing is a cut, up again is none
    index = markups.markup_index(listed)["markup_index"]
    assert np.isfinite(index).all()
    assert index.iloc[-1] == pytest.approx(23 / 12 * np.log(0.5))


def test_a_model_always_given_away_has_no_drift_and_hides_nobody_elses():
    listed = offers(*[("X-1", "X", False, 9.0, m, 0.0, 1.0, 0.0, 0.0, 0.0) for m in range(MONTHS)])
    releases = make_releases(("B-1", None, False, 0, 12, 10.0), ("X-1", None, False, 0, 9, 0.0))
    spells = prices.price_spells(listed, releases, MONTHS, to_successor=False).set_index("model")
    assert np.isnan(spells.loc["X-1", "log_change"])
    drift = prices.matched_model_drift(prices.price_spells(listed, releases, MONTHS, to_successor=False))
    assert drift == pytest.approx(23 / 24 * np.log(0.5))


def test_a_free_launch_is_in_no_ratio_and_no_trend():
    releases = make_releases(
        ("A-1", None, False, 0, 10, 8.0), ("A-2", "A-1", False, 6, 12, 0.0), ("A-3", "A-2", False, 12, 14, 4.0),
        ("B-1", None, False, 0, 10, 6.0), ("B-2", "B-1", False, 6, 12, 3.0),
    )  # fmt: skip
    assert prices.launch_price_ratios(releases)["model"].tolist() == ["B-2"]
    points = fixed_capability.launches(releases)
    assert fixed_capability.price_decline(points, 9.0) == pytest.approx(
        fixed_capability.price_decline(points[points["price"] > 0], 9.0)
    )
    known = forms.releases_of_evidence()
    nothing = known.iloc[:1].assign(model="free", capability=np.nan, price=0.0)
    spoiled = pd.concat([known, nothing], ignore_index=True)
    assert catch_up.open_lag_months(spoiled) == catch_up.open_lag_months(known)
    pd.testing.assert_frame_equal(
        fixed_capability.price_declines(fixed_capability.launches(spoiled), [1300.0]),
        fixed_capability.price_declines(fixed_capability.launches(known), [1300.0]),
    )
