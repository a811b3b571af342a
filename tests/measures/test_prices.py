"""Prices: planted drifts, discounts and cuts on tables made by hand; then what price lists of 2023 to 2025 say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from market.measures import forms, prices
from tests.measures.conftest import make_releases


def on_sale(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["model", "open_weights", "capability", "month", "price"])


def planted(drift: float, quality: float, discount: float) -> pd.DataFrame:
    """Prices that follow exp(drift·year + quality·capability)·(1 − discount if open), with models of all ages."""
    rows = [
        (f"{'O' if opened else 'C'}{start}", opened, start * 1.5 - 4 * opened, month)
        for opened in (False, True)
        for start in range(0, 24, 5)
        for month in range(start, 24)
    ]
    table = pd.DataFrame(rows, columns=["model", "open_weights", "capability", "month"])
    log = drift * table["month"] / 12 + quality * table["capability"] + np.log1p(-discount * table["open_weights"])
    return table.assign(price=np.exp(log))


def test_hedonic_drift_is_recovered():
    table = planted(drift=-0.73, quality=0.08, discount=0.0)
    assert prices.hedonic_drift(table) == pytest.approx(-0.73, abs=1e-12)
    index = prices.hedonic_index(table)
    assert index.loc[0] == 0.0
    assert index.loc[12] == pytest.approx(-0.73, abs=1e-12)


def test_open_discount_is_recovered():
    assert prices.open_discount(planted(drift=-0.5, quality=0.1, discount=0.9)) == pytest.approx(0.9, abs=1e-12)


def test_what_is_not_identified_is_nan():
    alone = on_sale(("A", False, 5.0, 0, 2.0), ("A", False, 5.0, 1, 2.0))
    assert np.isnan(prices.hedonic_drift(alone))
    assert np.isnan(prices.open_discount(alone))


@pytest.fixture
def releases() -> pd.DataFrame:
    return make_releases(
        ("A-1", None, False, 0, 10.0, 8.0),
        ("A-2", "A-1", False, 12, 20.0, 6.0),
        ("O-1", None, True, 0, 5.0, 1.0),
        ("O-2", "O-1", True, 12, 9.0, 0.1),
    )


@pytest.fixture
def list_prices() -> pd.DataFrame:
    return on_sale(
        ("A-1", False, 10.0, 0.0, 8.0),
        ("A-1", False, 10.0, 6.0, 4.0),
        ("A-1", False, 10.0, 9.0, 5.0),
        ("A-1", False, 10.0, 15.0, 2.0),
        ("A-2", False, 20.0, 12.0, 6.0),
        ("O-1", True, 5.0, 0.0, 1.0),
        ("O-1", True, 5.0, 3.0, 0.5),
    )


def test_cuts_before_the_successor_per_model_year(list_prices, releases):
    assert prices.cuts_per_model_year(prices.price_spells(list_prices, releases, until=24)) == pytest.approx(1 / 2)
    assert prices.cuts_per_model_year(prices.price_spells(list_prices, releases, until=6)) == 0.0
    assert np.isnan(prices.cuts_per_model_year(prices.price_spells(list_prices, releases, until=0)))


def test_a_record_that_begins_late_begins_with_the_price_then_in_force(list_prices, releases):
    spells = prices.price_spells(list_prices, releases, until=24, to_successor=False, since=7).set_index("model")
    assert spells.loc["A-1", "cuts"] == 1
    assert spells.loc["A-1", "years"] == pytest.approx(17 / 12)
    assert spells.loc["A-1", "log_change"] == pytest.approx(np.log(2 / 4))


def test_drift_matches_models_to_themselves(list_prices, releases):
    drift = prices.matched_model_drift(prices.price_spells(list_prices, releases, until=24, to_successor=False))
    assert drift == pytest.approx(np.log(2 / 8) / 3)
    withdrawn = releases.assign(withdrawn=[10.0, np.nan, np.nan, np.nan])
    drift = prices.matched_model_drift(prices.price_spells(list_prices, withdrawn, until=24, to_successor=False))
    assert drift == pytest.approx(np.log(5 / 8) / (10 / 12 + 1))
    assert prices.matched_model_drift(
        prices.price_spells(list_prices, releases, until=24, to_successor=True)
    ) == pytest.approx(np.log(5 / 8) / 2)


def test_launch_ratio_compares_closed_launches(releases):
    ratios = prices.launch_price_ratios(releases)
    assert ratios[["model", "ratio"]].to_numpy().tolist() == [["A-2", 0.75]]


def test_frontier_price_is_the_best_closed_models():
    table = on_sale(
        ("A", False, 10.0, 0, 8.0),
        ("O", True, 99.0, 0, 1.0),
        ("A", False, 10.0, 1, 8.0),
        ("B", False, 11.0, 1, 4.0),
        ("B", False, 11.0, 2, 3.0),
    )
    assert prices.frontier_price(table).to_dict() == {0: 8.0, 1: 4.0, 2: 3.0}


def test_closed_price_at_the_open_frontier():
    table = on_sale(
        ("A", False, 10.0, 0, 8.0),
        ("B", False, 6.0, 0, 2.0),
        ("C", False, 3.0, 0, 0.1),
        ("O", True, 5.0, 0, 1.0),
        ("P", True, 4.0, 0, 0.5),
        ("O", True, 5.0, 1, 1.0),
    )
    ratio = prices.closed_price_at_open_frontier(table)
    assert ratio[0] == 2.0
    assert np.isnan(ratio[1])


# ------------------------------------------------------------------------------------------------------ the evidence

UNTIL = float(forms.months_since_start(pd.Series([pd.Timestamp(forms.END)])).iloc[0])


def test_price_lists_are_cut_0_13_times_per_model_year():
    rate = prices.cuts_per_model_year(
        prices.price_spells(forms.list_prices_of_evidence(), forms.releases_of_evidence(), UNTIL)
    )
    assert rate == pytest.approx(0.13, abs=0.005)


def test_a_models_list_price_falls_a_tenth_a_year():
    drift = prices.matched_model_drift(
        prices.price_spells(forms.list_prices_of_evidence(), forms.releases_of_evidence(), UNTIL, to_successor=True)
    )
    assert drift == pytest.approx(-0.10, abs=0.005)


def test_a_successor_launches_at_its_predecessors_price():
    ratios = prices.launch_price_ratios(forms.releases_of_evidence())
    assert ratios["ratio"].median() == pytest.approx(1.0, abs=0.005)
    assert len(ratios) == 52


def test_models_csv_has_the_sign_of_the_published_hedonic_drift_and_discount_but_not_the_size():
    """Published: −0.73 a year over 21,024 prices of 3,208 models, and 0.90; neither price panel is at hand."""
    on_sale = forms.on_sale_of_evidence("aa_index")
    assert prices.hedonic_drift(on_sale[on_sale["month"] >= 12]) == pytest.approx(-1.26, abs=0.01)
    assert prices.open_discount(on_sale[on_sale["month"] >= 24]) == pytest.approx(0.67, abs=0.01)


def test_a_small_run_has_plausible_prices(run):
    on_sale = forms.on_sale_of_run(run.offers)
    releases = forms.releases_of_run(run.models, run.scenario.start)
    assert 0 <= prices.cuts_per_model_year(prices.price_spells(on_sale, releases, 48)) < 3
    assert -1 < prices.matched_model_drift(prices.price_spells(on_sale, releases, 48, to_successor=False)) < 0.5
    assert -2 < prices.hedonic_drift(on_sale) < 0
    assert 0.3 < prices.open_discount(on_sale) < 1
    assert 0.3 < prices.launch_price_ratios(releases)["ratio"].median() < 2
    assert prices.frontier_price(run.offers).between(1, 30).all()
    assert prices.closed_price_at_open_frontier(on_sale).dropna().between(0.5, 50).all()
