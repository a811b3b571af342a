"""Launches held against their forecasts, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from market.measures.forecasts import earned_over_forecast

LAUNCHES = pd.DataFrame(
    [
        ("A", "A-1", 20.0, 10.0, 12.0, 12),  # its horizon has passed
        ("B", "B-1", 20.0, 50.0, 12.0, 15),
        ("A", "A-2", 20.0, 90.0, 12.0, 11),  # not yet
        ("A", "A-3", 20.0, np.nan, 12.0, 0),  # given up
        ("A", "A-4", 20.0, np.nan, 12.0, 0),  # in training
        ("B", "B-2", np.nan, 90.0, np.nan, 30),  # not forecast
    ],
    columns=["firm", "model", "forecast_gross", "realised_gross", "horizon", "counted"],
)
MODELS = LAUNCHES[["model"]].assign(
    released=pd.array([1, 1, 9, None, None, 1], dtype="Int64"), complete=[True, True, False, True, False, True]
)


def test_launches_count_once_their_horizon_has_passed_or_they_are_given_up():
    table = earned_over_forecast(SimpleNamespace(launches=LAUNCHES, models=MODELS))
    assert table.to_numpy().tolist() == [["A", 0, 0.5], ["B", 0, 2.5], ["A", 1, 0.0]]
