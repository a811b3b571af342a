"""What a calibration may use is split by time and by use, and its bands are what the evidence gives."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from market import evidence
from market.calendar import Calendar
from market.measures.bands import ENDS, band, drawn_anew, known_by
from market.measures.forms import SCORES, START
from market.measures.record import real
from market.studies.targets import YEARS, forecasts, targets

MEASURED = ("quality_adjusted_price_drift", "open_discount", "open_lag_months", "price_decline_fixed_capability")
"""Moments of `targets_to_2024.csv` whose bands are bootstrapped; others are assumed, or from accounts."""


def years(moments):
    """All years that moments speak of."""
    return {int(year) for one in moments for year in re.findall(r"\d{4}", one.partition("@")[2])}


def test_nothing_of_after_2024_is_known_in_2024():
    early = [one.moment for one in targets(2024)]
    assert years(early) == {2023, 2024}
    assert years(one.before.moment for one in forecasts()) == {2023, 2024}
    assert not {one.moment for one in forecasts()} & set(early)


def test_forecasts_are_of_2025_alone():
    ends = [one.moment.partition("@")[2] for one in forecasts()]
    assert set(ends) == {"2025", "2024:2025"}
    growth = [one.moment.partition("@")[0] for one in forecasts() if one.moment.endswith("2024:2025")]
    assert growth == ["leader_revenue_growth"]  # of a year, over the one before
    assert "price_decline_fixed_capability" not in {one.moment.partition("@")[0] for one in forecasts()}
    assert all(one.low <= one.actual <= one.high for one in forecasts())


@pytest.mark.parametrize("until", YEARS)
def test_some_are_fitted_and_others_held_out(until):
    held = targets(until)
    assert len({one.moment for one in held}) == len(held)
    assert all(one.low < one.target < one.high for one in held)
    assert 5 <= sum(one.fitted for one in held) <= 12
    assert sum(not one.fitted for one in held) >= {2024: 4, 2025: 8}[until]
    assert max(years(one.moment for one in held)) == until


def test_what_is_held_out_is_held_out_in_both_years():
    fitted = {until: {one.moment.partition("@")[0]: one.fitted for one in targets(until)} for until in YEARS}
    assert all(fitted[2025][name] == use for name, use in fitted[2024].items())


def test_measured_evidence_ends_in_2025():
    assert evidence.load("models")["released"].max() < pd.Timestamp("2026-01-01")
    for name in ("arena_lab_best", "token_shares"):
        days = evidence.load(name).select_dtypes("datetime")
        assert days.max().max() < pd.Timestamp("2026-01-01"), name


@pytest.mark.parametrize("moment", MEASURED)
def test_bands_to_2024_are_what_models_drawn_anew_give(moment):
    table = evidence.load("targets_to_2024").set_index("moment")
    row = table.loc[moment]
    found = band(moment, row["period"].replace("-", ":"), resamples=6)
    assert found.target == pytest.approx(row["target"], rel=0.005)
    width = row["high"] - row["low"]
    assert row["low"] - 0.35 * width < found.low < row["target"] < found.high < row["high"] + 0.35 * width
    assert found.high - found.low > 0.2 * width  # a dozen draws seldom reach both ends


def test_a_record_is_cut_at_the_end_of_what_is_known_and_drawn_with_replacement():
    period = Calendar(START[:7], 36).period("2024")
    record = known_by(real(SCORES[0]), period)
    assert record.releases["released"].max() < period.until
    assert record.on_sale["month"].max() < period.until
    again = drawn_anew(record, 1, 0)
    assert len(again.releases) == len(record.releases)
    assert again.releases["model"].is_unique
    originals = again.releases["model"].str.rpartition(" ")[0]
    assert set(originals) < set(record.releases["model"])
    assert originals.duplicated().any()
    assert ENDS == (0.05, 0.95)
