"""Forecasts held against what came of them."""

import numpy as np
import pandas as pd
import pytest

from market.accounts.launches import NO_FORECAST, PLANS, launches
from market.accounts.ledger import Ledger
from market.accounts.record import Recorder
from tests.accounts.test_capitalised import books, tables


def test_realised_value_by_hand():
    recorder = Recorder()
    recorder.add(PLANS, -1, "A", "A-1", "hurdle", 120.0, 2, 11.0, 15.0, 1.0, 2.0, 4.0, 118.0, -98.0)
    recorder.add(PLANS, -1, "B", "B-1", "cadence", 30.0, *NO_FORECAST)
    recorder.add(PLANS, 2, "A", "A-2", "cadence", 7.0, *NO_FORECAST)
    models = tables()[0].assign(capability=[10.0, np.nan, 15.0])
    plans = recorder.of(PLANS).frame()
    table = launches(plans, books().postings, models, {"A": 0.5, "B": 2.0}, 0.15, 4).set_index("model")
    month = 1.15 ** (-1 / 12)
    assert table.loc["A-1", "realised_gross"] == pytest.approx(6 * month + 6 * month**2)  # two months of horizon
    assert table.loc["A-1", "realised_spend"] == pytest.approx(180.0)
    assert table.loc["A-1", ["capability", "counted", "forecast_value"]].tolist() == [10.0, 2, -98.0]
    assert table.loc["B-1", ["realised_gross", "realised_spend", "counted"]].tolist() == [0.0, 90.0, 2]
    assert np.isnan(table.loc["B-1", "forecast_value"])
    assert table.loc["A-2", ["released", "realised_gross"]].isna().all()
    assert table.loc["A-2", "counted"] == 0


def test_what_a_family_earns_is_its_bases():
    """An update and a smaller tier earn for the base; the update's cost is no part of the base's spend."""
    recorder, ledger = Recorder(), Ledger()
    recorder.add(PLANS, 0, "A", "A-1", "cadence", 100.0, *NO_FORECAST)
    for model, training, revenue in (("A-1", -80.0, 9.0), ("A-1-mini", -20.0, 3.0), ("A-1.1", -8.0, 4.0)):
        ledger.post(0, "A", "TRAINING", training, model=model)
        ledger.post(2, "A", "REVENUE", revenue, model=model)
    models = pd.DataFrame({"model": ["A-1", "A-1-mini", "A-1.1"], "family": "A-1", "update": [0, 0, 1]})
    models = models.assign(released=pd.array([1, 1, 2], "Int64"), capability=[10.0, 5.0, 12.0])
    (found,) = launches(recorder.of(PLANS).frame(), ledger.postings, models, {"A": 0.5}, 0.0, 4).to_dict("records")
    assert (found["realised_gross"], found["realised_spend"], found["capability"]) == (16.0, 150.0, 10.0)


def test_every_run_started_has_a_row(small_run):
    table = small_run.launches
    started = small_run.models[small_run.models["line"] == "flagship"]
    assert sorted(table["model"]) == sorted(started["model"])
    assert set(table["rule"]) == {"opening", "cadence", "recipe"}
    assert table["horizon"].isna().all()
    released = table.dropna(subset=["released"])
    pd.testing.assert_series_equal(
        released["realised_value"], released["realised_gross"] - released["realised_spend"], check_names=False
    )
