"""Market structure on tables small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from market.measures import forms, structure


@pytest.fixture
def offers() -> pd.DataFrame:
    columns = ["month", "firm", "model", "open_weights", "capability", "price", "tokens", "revenue", "serving"]
    rows = [
        (0, "A", "A-1", False, 10.0, 4.0, 10.0, 40.0, 10.0),
        (0, "B", "B-1", False, 12.0, 2.0, 20.0, 40.0, 30.0),
        (0, "O", "O-1", True, 7.0, 1.0, 10.0, 10.0, 8.0),
        (0, "hosts", "O-1", True, 7.0, 1.0, 10.0, 10.0, 8.0),
        (12, "A", "A-2", False, 20.0, 4.0, 100.0, 400.0, 100.0),
    ]
    return pd.DataFrame(rows, columns=columns)


def test_shares_of_revenue_and_tokens_add_up(offers):
    revenue = structure.shares(offers).set_index(["month", "firm"])["share"]
    assert revenue[0].to_dict() == {"A": 0.4, "B": 0.4, "O": 0.1, "hosts": 0.1}
    assert structure.shares(offers, "tokens").set_index(["month", "firm"])["share"][(0, "B")] == 0.4
    assert revenue[(12, "A")] == 1.0


def test_hosts_dilute_concentration_and_add_none(offers):
    assert structure.hhi(offers).to_dict() == pytest.approx({0: 0.16 + 0.16 + 0.01, 12: 1.0})


def test_nothing_sold_is_no_share_rather_than_zero(offers):
    empty = offers.assign(tokens=0.0, revenue=0.0, serving=0.0)
    assert structure.shares(empty)["share"].isna().all()
    assert structure.hhi(empty).isna().all()
    assert structure.lerner(empty).isna().all()
    assert structure.open_share(empty).isna().all()


def test_lerner_index_is_the_margin_per_dollar(offers):
    assert structure.lerner(offers).to_dict() == pytest.approx({0: 0.44, 12: 0.75})
    by_firm = structure.lerner(offers, by=("month", "firm"))
    assert by_firm[(0, "A")] == pytest.approx((4.0 - 1.0) / 4.0)


def test_frontier_and_open_share(offers):
    assert structure.frontier(offers).to_dict() == {0: 12.0, 12: 20.0}
    assert structure.open_share(offers).to_dict() == {0: 0.4, 12: 0.0}


def test_token_growth_is_month_on_same_month(offers):
    assert structure.token_growth(offers).to_dict() == {12: 2.0}


def test_slope_of_the_frontier_per_year(offers):
    months = pd.DataFrame({"month": range(24), "capability": np.arange(24) * 0.5 + 3, "open_weights": False})
    assert structure.capability_slope(months) == pytest.approx(6.0)
    assert np.isnan(structure.capability_slope(months[23:]))
    assert structure.capability_slope(offers) == pytest.approx(8.0)


def test_the_largest_firm_is_no_host(offers):
    mostly_hosted = offers.assign(tokens=[10.0, 20.0, 10.0, 60.0, 100.0])
    assert structure.leader_share(mostly_hosted, "tokens").to_dict() == {0: 0.2, 12: 1.0}


def test_leadership_changes_when_another_firm_is_better_and_not_when_it_is_level():
    rows = [(0, "A", 1.0), (0, "B", 0.5), (1, "B", 2.0), (2, "B", 2.0), (2, "A", 2.0), (3, "A", 2.0), (3, "B", 1.0)]
    standing = pd.DataFrame(rows, columns=["month", "firm", "capability"])
    assert structure.leadership_changes(standing) == pytest.approx(12 * 2 / 3)
    assert structure.leadership_changes(standing[standing["month"] < 3]) == pytest.approx(12 * 1 / 2)
    assert np.isnan(structure.leadership_changes(standing[standing["month"] < 1]))


def test_a_small_run_has_plausible_structure(run):
    offers = run.offers
    assert structure.shares(offers).groupby("month")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert structure.hhi(offers).between(0.05, 1.0).all()
    assert structure.lerner(offers[~offers["open_weights"]]).between(0.2, 0.8).all()
    on_sale = forms.on_sale_of_run(offers)
    assert 5 < structure.capability_slope(on_sale[on_sale["month"].between(12, 35)]) < 25
    assert structure.open_share(offers).between(0, 0.9).all()
    assert structure.token_growth(offers).gt(1).all()


def test_a_router_list_is_measured_by_the_same_functions():
    sales = forms.sales_of_router()
    firm = forms.releases_of_evidence().set_index("model")["firm"]
    weekly = sales.assign(month=sales["time"], firm=sales["model"].map(firm))
    assert structure.shares(weekly, "tokens").groupby("month")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert structure.hhi(weekly, "tokens").between(0.1, 1.0).all()
