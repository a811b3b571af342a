"""The open lag by its definition, then its published medians."""

from __future__ import annotations

import numpy as np
import pytest

from market.measures import catch_up, forms
from tests.measures.conftest import make_releases


def test_lag_is_the_age_of_the_first_closed_model_at_or_above():
    records = catch_up.open_records(
        make_releases(
            ("O-0", None, True, 0, 1.0, 1.0),
            ("A-1", None, False, 1, 10.0, 1.0),
            ("A-2", "A-1", False, 5, 14.0, 1.0),
            ("O-1", "O-0", True, 7, 10.0, 1.0),
            ("P-1", None, True, 7, 9.0, 1.0),
            ("P-2", "P-1", True, 8, 8.0, 1.0),
            ("O-2", "O-1", True, 9, 15.0, 1.0),
            ("A-3", "A-2", False, 10, 20.0, 1.0),
            ("P-3", "P-2", True, 12, 16.0, 1.0),
            ("Q-1", None, True, 13, np.nan, 1.0),
        )
    )
    assert records["model"].tolist() == ["O-0", "O-1", "O-2", "P-3"]
    assert records["closed_model"].fillna("").tolist() == ["", "A-1", "", "A-3"]
    assert records["lag_months"].tolist()[1:] == [6.0, 0.0, 2.0]
    assert records["gap"].tolist()[1:] == [4.0, -1.0, 4.0]
    assert records.loc[0, ["lag_months", "gap"]].isna().all()


def test_parity_is_the_wait_for_an_open_model_at_or_above():
    table = catch_up.parity(
        make_releases(
            ("O-1", None, True, 0, 5.0, 1.0),
            ("A-1", None, False, 1, 4.0, 1.0),
            ("A-2", "A-1", False, 3, 10.0, 1.0),
            ("O-2", "O-1", True, 9, 10.0, 1.0),
            ("A-3", "A-2", False, 10, 20.0, 1.0),
        )
    )
    assert dict(zip(table["model"], table["months"], strict=True)) == {"A-1": 0.0, "A-2": 6.0, "A-3": np.inf}


def test_nothing_open_is_no_lag():
    releases = make_releases(("A-1", None, False, 1, 10.0, 1.0))
    assert catch_up.open_records(releases).empty
    assert np.isnan(catch_up.open_lag_months(releases))
    assert np.isinf(catch_up.parity(releases)["months"]).all()


@pytest.mark.parametrize(
    ("score", "year", "months"),
    [("arena_elo", 2024, 9.4), ("arena_elo", 2025, 4.7), ("aa_index", 2024, 6.5), ("aa_index", 2025, 5.3)],
)
def test_published_medians(score, year, months):
    lag = catch_up.open_lag_months(forms.releases_of_evidence(score), first=year, last=year)
    assert lag == pytest.approx(months, abs=0.05)


def test_a_small_run_lags_by_months(run):
    releases = forms.releases_of_run(run.models, run.scenario.start)
    assert 0 < catch_up.open_lag_months(releases, first=2024, last=2025) < 24
    assert catch_up.open_records(releases)["gap"].between(-5, 30).all()
