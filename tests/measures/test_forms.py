"""A run's tables and the evidence come into the same forms."""

from __future__ import annotations

import pandas as pd
import pytest

from market.measures import forms
from market.parameters import InputError


def test_the_same_columns_from_both_sides(run):
    pairs = [
        (forms.releases_of_run(run.models, run.scenario.start), forms.releases_of_evidence()),
        (forms.on_sale_of_run(run.offers), forms.on_sale_of_evidence()),
        (forms.on_sale_of_run(run.offers), forms.list_prices_of_evidence()),
        (forms.sales_of_run(run.offers), forms.sales_of_router()),
    ]
    for simulated, real in pairs:
        assert simulated.columns.tolist() == real.columns.tolist()
        assert len(real) > 100


def test_releases_of_a_run_leave_out_what_is_in_training():
    models = pd.DataFrame(
        {
            "model": ["A-3", "A-1", "A-2", "A-1-small", "A-1.1"], "firm": "A", "generation": [3, 1, 2, 1, 1],
            "update": [0, 0, 0, 0, 1], "line": ["flagship", "flagship", "flagship", "small", "flagship"],
            "open_weights": False, "released": pd.array([None, -6, 6, -6, 2], "Int64"),
            "retired": pd.array([None, 18, None, 18, 20], "Int64"), "capability": [float("nan"), 1.0, 2.0, 0.5, 1.5],
            "launch_price": [float("nan"), 8.0, 6.0, 1.0, 7.0],
        }
    )  # fmt: skip
    table = forms.releases_of_run(models, "2023-03").set_index("model")
    assert table.index.tolist() == ["A-1", "A-1-small", "A-1.1", "A-2"]
    assert table["predecessor"].fillna("").tolist() == ["", "", "A-1", "A-1.1"]
    assert table["year"].tolist() == [2022, 2022, 2023, 2023]
    assert table["withdrawn"].isna().tolist() == [False, False, False, True]


def test_hosts_repeat_no_offer(run):
    table = forms.on_sale_of_run(run.offers)
    assert not table.duplicated(["month", "model"]).any()
    sales = forms.sales_of_run(run.offers)
    assert sales["tokens"].sum() == pytest.approx(run.offers["tokens"].sum())


def test_evidence_is_blended_three_to_one_and_dated_in_months():
    gpt4 = forms.releases_of_evidence().set_index("model").loc["gpt-4-0314"]
    assert gpt4["price"] == 37.5
    assert gpt4["released"] == pytest.approx(72 / forms.MONTH_DAYS)


def test_a_changed_price_holds_until_the_next():
    o3 = forms.on_sale_of_evidence().query("model == 'o3'").set_index("month")["price"]
    assert o3.loc[29] == 17.5
    assert o3.loc[30] == 3.5
    assert o3.index.max() == 36


def test_an_unknown_score_is_refused():
    with pytest.raises(InputError, match="unknown score 'elo'"):
        forms.releases_of_evidence("elo")
