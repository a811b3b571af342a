"""Consumer surplus and price elasticities: measured where something reads them, and never a month read as a year."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import market
from market.measures import outcomes
from market.measures.yearly import by_year

READ = ["consumer_surplus", "own_price_elasticity_short_run@2023:2024"]


@pytest.fixture(scope="module")
def by_months(small):
    return {every: market.simulate(small.vary({"record_responses": every}), 1) for every in (None, 1, 0)}


def test_they_are_measured_in_the_middle_of_each_year_or_as_often_as_asked_for(by_months):
    months = {every: set(run.segments.dropna()["month"]) for every, run in by_months.items()}
    assert months == {None: {6, 18}, 1: set(range(30)), 0: set()}


def test_what_is_measured_is_the_same_however_often_and_moves_nothing_else(by_months):
    yearly, monthly = by_months[None], by_months[1]
    for name, columns in (("segments", ["surplus"]), ("offers", ["elasticity", "elasticity_long"])):
        rows = getattr(yearly, name)["month"] % 12 == 6
        pd.testing.assert_frame_equal(getattr(yearly, name)[rows], getattr(monthly, name)[rows])
        assert getattr(yearly, name).loc[~rows, columns].isna().all(axis=None)
        left = [getattr(run, name).drop(columns=columns) for run in (yearly, monthly)]
        pd.testing.assert_frame_equal(*left)
    for name in ("ledger", "flows", "events", "models"):
        pd.testing.assert_frame_equal(getattr(yearly, name), getattr(monthly, name))


def test_a_year_is_read_only_where_all_its_months_are_measured(by_months):
    read = {every: outcomes.compute(run, READ) for every, run in by_months.items()}
    assert np.isfinite(list(read[1].values())).all()
    assert read[1]["consumer_surplus"] == pytest.approx(by_months[1].segments["surplus"].sum())
    for every in (None, 0):
        assert np.isnan(list(read[every].values())).all()
        assert by_year(by_months[every])["surplus"].isna().all()


def test_studies_measure_what_is_asked_for(small, by_months):
    threads = ThreadPoolExecutor(1)
    table = market.replicate(small, seeds=[1], outcomes=READ, executor=threads)
    expected = outcomes.compute(by_months[1], READ)
    for name in READ:
        assert table[name].item() == pytest.approx(expected[name])
    said_so = market.replicate(small.vary({"record_responses": 0}), seeds=[1], outcomes=READ, executor=threads)
    assert said_so[READ].isna().all(axis=None)
