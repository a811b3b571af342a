"""Hindcasts: scores and fits on cases done by hand, then what a small one knows, fits, says and where it stops."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import market
from market.studies.hindcast import authors, calibration, events, logit, naive, scores, study
from market.studies.hindcast.simulated import WEEKS_A_MONTH, Buyers, Fit, weekly
from market.studies.hindcast.verdict import conditions
from market.studies.hindcast.weeks import FIT_UNTIL, Weeks, router_weeks
from market.views import sentences

NAN = np.nan
FIT = Fit(0.3, 0.9, 2.0, 0.12, 1.0, 0.3)


# ------------------------------------------------------------------------------------------------------------ scores


def test_kl_is_the_mean_surprise_of_a_listed_token():
    assert scores.kl(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0
    expected = 0.5 * np.log(2) + 0.5 * np.log(2 / 3)
    assert scores.kl(np.array([0.5, 0.5]), np.array([0.25, 0.75])) == pytest.approx(expected)


def test_what_is_forecast_off_the_list_counts_against_a_forecast():
    """Within the list the forecast is perfect; that it gave half to what is not on it costs ln 2."""
    assert scores.kl(np.array([0.5, 0.5, NAN]), np.array([0.25, 0.25, 0.5])) == pytest.approx(np.log(2))


def test_total_variation_is_of_the_forecast_s_own_list():
    observed, forecast = np.array([0.7, 0.3, NAN, NAN]), np.array([0.3, 0.2, 0.4, 0.1])
    assert scores.total_variation(observed, forecast) == pytest.approx((0.7 - 3 / 7 + 0.3 + 4 / 7) / 2)
    assert scores.total_variation(observed, np.array([0.7, 0.3, 0.0, 0.0])) == 0


def test_crps_has_its_closed_forms():
    assert scores.censored_crps(0.2, np.array([0.5]), 0.0) == pytest.approx(0.3)
    assert scores.censored_crps(0.5, np.array([0.0, 1.0]), 0.0) == pytest.approx(0.25)
    uniform = (np.arange(2000) + 0.5) / 2000
    assert scores.censored_crps(0.3, uniform, 0.0) == pytest.approx(0.3**2 - 0.3 + 1 / 3, abs=1e-6)


def test_below_the_end_of_the_list_nothing_is_told_apart():
    sample = np.array([0.0, 0.01, 0.02])
    assert scores.censored_crps(NAN, sample, 0.03) == 0
    assert scores.censored_crps(NAN, np.array([0.13]), 0.03) == pytest.approx(0.1)
    assert scores.covered(NAN, 0.02, 0.2, 0.03)
    assert not scores.covered(NAN, 0.04, 0.2, 0.03)
    assert scores.covered(0.1, 0.04, 0.2, 0.03)
    assert not scores.covered(0.3, 0.04, 0.2, 0.03)


def test_auc_counts_pairs_and_ties_half():
    assert scores.auc(np.array([3.0, 2.0, 1.0]), np.array([True, False, False])) == 1
    assert scores.auc(np.array([1.0, 1.0, 1.0]), np.array([True, False, False])) == 0.5
    assert scores.auc(np.array([2.0, 3.0, 1.0]), np.array([True, False, False])) == 0.5
    assert np.isnan(scores.auc(np.array([1.0]), np.array([True])))


def test_recalibrated_forecasts_add_up_to_one():
    forecast = np.array([0.64, 0.16, 0.0, 0.0]) / 0.8
    assert scores.recalibrated(forecast, 1.0, 0.0) == pytest.approx(forecast)
    assert scores.recalibrated(forecast, 0.5, 0.2) == pytest.approx([0.8 * 2 / 3 + 0.05, 0.8 / 3 + 0.05, 0.05, 0.05])


# ------------------------------------------------------------------------------------------------------- contestants


def by_hand(tokens, released, predecessor=None, price=None):
    """Weeks of a few models, the first two of A, the others of B."""
    tokens = np.array(tokens, float)
    count = tokens.shape[1]
    return Weeks(
        pd.date_range("2025-06-01", periods=len(tokens), freq="7D"),
        tuple("abcdefgh"[:count]),
        ("A", "A", "B", "B")[:count],
        ("flagship",) * count,
        np.zeros(count, bool),
        np.arange(count, dtype=float),
        np.array(released),
        np.full(count, -1) if predecessor is None else np.array(predecessor),
        tokens,
        np.nanmin(tokens, axis=1),
        np.ones(count) if price is None else np.array(price, float),
        (),
        0.0,
    )


def test_persistence_keeps_shares_and_gives_the_fallen_what_they_can_have():
    weeks = by_hand([[60, 40, NAN], [90, NAN, 10], [1, 1, 1]], [-5, -5, -5])
    raw = np.array([0.9, naive.FALLEN * 0.1, 0.1])  # b had 40%, and has less than the last on the list
    assert naive.persistence(weeks, 1, 1) == pytest.approx(raw / raw.sum())


def test_a_line_keeps_its_share_through_a_chain_of_successors():
    weeks = by_hand([[60, NAN, 40, NAN], [1, 1, 1, 1], [1, 1, 1, 1]], [-5, 1, -5, 2], [-1, 0, -1, 1])
    assert naive.persistence(weeks, 0, 1) == pytest.approx([0.6, 0, 0.4])
    assert naive.line_persistence(weeks, 0, 1) == pytest.approx([0, 0.6, 0.4])
    assert naive.line_persistence(weeks, 0, 2) == pytest.approx([0, 0, 0.4, 0.6])


def test_a_logit_with_a_column_each_has_the_log_odds():
    observed = np.array([0.5, 0.3, 0.2])
    beta = logit.maximised([np.eye(3)[:, :2]], [observed], 0.0)
    assert beta == pytest.approx(np.log(observed[:2] / observed[2]))
    heavy = logit.maximised([np.eye(3)[:, :2]], [observed], 1e6)
    assert np.abs(heavy).max() < 1e-5


def test_a_chance_per_month_becomes_one_per_week():
    assert (1 - weekly(0.3)) ** WEEKS_A_MONTH == pytest.approx(0.7)


@pytest.fixture(scope="module")
def history():
    return market.load("history")


@pytest.fixture(scope="module")
def weeks(history):
    return router_weeks(history)


def test_customers_are_moved_to_what_was_seen(history, weeks):
    buyers = Buyers(history, weeks, FIT, 2000, 0)
    for week in range(-2, 1):
        buyers.choose(week)
    before = buyers.volumes()
    buyers.see(0)
    after, seen = buyers.volumes(), weeks.shares[0]
    listed = ~np.isnan(seen)
    grain = buyers.customers.volume.max() / before.sum() * 3
    assert after.sum() == pytest.approx(before.sum(), rel=0.02)
    assert after[listed] / after[listed].sum() == pytest.approx(seen[listed], abs=2 * grain)
    assert (after[~listed] <= weeks.end_of_list[0] * after[listed].sum() + buyers.customers.volume.max()).all()


# ---------------------------------------------------------------------------------------------------------- the data


def test_the_weeks_are_those_of_the_router(weeks):
    assert weeks.tokens.shape == (46, 127)
    assert str(weeks.days[weeks.last_fitted].date()) == "2025-06-29"
    assert np.nansum(weeks.shares, axis=1) == pytest.approx(np.ones(46))
    assert 0 < weeks.unmatched < 0.05
    for week in (0, 45):
        listed = np.flatnonzero(~np.isnan(weeks.tokens[week]))
        assert set(listed) <= set(weeks.on_sale(week))
    o3 = weeks.model.index("o3")
    cut = weeks.released[o3] + 8  # a week in which the price of April had become that of June
    assert weeks.prices(int(weeks.released[o3]))[o3] == 17.5
    assert weeks.prices(int(cut))[o3] == 3.5


def test_what_is_fitted_is_given_nothing_later(weeks):
    past = weeks.until(weeks.last_fitted)
    assert past.days.max() <= FIT_UNTIL
    assert past.released.max() <= weeks.last_fitted
    assert all(week <= weeks.last_fitted for week, _, _ in past.changes)
    assert (past.predecessor < len(past.model)).all()


def test_a_forecast_does_not_depend_on_later_lists(history, weeks):
    past = weeks.until(weeks.last_fitted)
    known = calibration.simulated(history, past, FIT, (1, 4), 200, 0)
    later = calibration.simulated(history, weeks, FIT, (1, 4), 200, 0)
    assert all((later[pair] == one).all() for pair, one in known.items())


# ------------------------------------------------------------------------------------------------------- the hindcast


@pytest.fixture(scope="module")
def found(weeks):
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "GRID", {"learning": (0.1, 0.3)})
        result = study.hindcast(customers=200, progress=lambda *step: told.append(step))
    assert told == [(step, len(told)) for step in range(1, len(told) + 1)]
    return result


def test_the_split_is_guarded(found, weeks, monkeypatch):
    """What happened after June is turned upside down; nothing that is fitted moves."""
    tokens = weeks.tokens.copy()
    tokens[weeks.last_fitted + 1 :] = 1.0 + tokens[weeks.last_fitted + 1 :, ::-1]
    tokens[weeks.last_fitted + 1 :, 0] = 1.0
    monkeypatch.setattr(study, "router_weeks", lambda _: replace(weeks, tokens=tokens))
    monkeypatch.setattr(calibration, "GRID", {"learning": (0.1, 0.3)})
    other = study.hindcast(customers=200)
    pd.testing.assert_frame_equal(other.fitted, found.fitted)
    assert not other.scores["kl"].equals(found.scores["kl"])


def test_every_contestant_is_scored_at_every_horizon_and_free_runs_beside_them(found):
    rolling = found.scores[found.scores["run"] == study.ROLLING]
    assert set(zip(rolling["contestant"], rolling["horizon"], strict=True)) == {
        (name, horizon) for name in study.CONTESTANTS for horizon in study.HORIZONS
    }
    assert rolling.groupby("horizon")["origins"].first().to_dict() == {1: 7, 4: 6, 13: 4}
    free = found.scores[found.scores["run"] == study.FREE]
    assert set(free["contestant"]) == {study.SIMULATION, study.LET_GO, study.STATIC, study.FROZEN}
    assert (found.scores["kl"] > 0).all()
    assert (
        rolling[["coverage_50", "coverage_80", "coverage_95"]]
        .apply(lambda row: row.is_monotonic_increasing, axis=1)
        .all()
    )
    assert pd.to_datetime(found.forecasts["day"]).min() > FIT_UNTIL


def test_persistence_cannot_tell_releases_apart(found):
    still = found.scores[(found.scores["contestant"] == study.PERSISTENCE) & (found.scores["run"] == study.ROLLING)]
    assert still["auc"].tolist() == [0.5, 0.5, 0.5]


def test_the_verdict_says_whether_the_simulation_won(found):
    def told(alone, mixed, covered):
        table = found.scores.copy()
        far = (table["run"] == study.ROLLING) & (table["horizon"] == 13)
        for name, kl in ((study.LOGIT, 2.0), (study.SIMULATION, alone), (study.MIXED, mixed)):
            table.loc[far & (table["contestant"] == name), "kl"] = kl
        table.loc[far & (table["contestant"] == study.SIMULATION), "coverage_80"] = covered
        changed = replace(found, scores=table)
        return [one.held for one in conditions(changed)], " ".join(sentences.said("hindcast", changed))

    held, said = told(2.0, 1.9, 0.8)
    assert held == [True, True, True]
    assert said.startswith("The simulation won: at 13 weeks")
    for numbers, expected in (
        ((2.1, 1.9, 0.8), [False, True, True]),
        ((2.0, 2.0, 0.8), [True, False, True]),
        ((2.0, 1.9, 0.6), [True, True, False]),
        ((2.0, 1.9, 0.95), [True, True, False]),
    ):
        held, said = told(*numbers)
        assert held == expected
        assert said.startswith("The simulation lost: at 13 weeks")
    assert "Known at the origin: the lists up to it, and releases and list prices up to the week" in said
    assert "Free run" in said


# --------------------------------------------------------------------------------------------------------- its parts


def test_growth_that_goes_on_is_extrapolated_without_error():
    weeks = by_hand([[2.0**t, 2.0**t] for t in range(8)], [-5, -5], price=[1.0, 3.0])
    even = {"even": lambda pair: np.array([0.5, 0.5]), "first": lambda pair: np.array([1.0, 0.0])}
    rows = {name: (n, error) for name, n, error in events.revenue_errors(weeks, [(1, 4), (4, 2)], even)}
    assert rows[events.GROWTH] == (1, pytest.approx(0))  # the other origin has no such growth behind it
    assert rows["even"] == (1, pytest.approx(0))
    assert rows["first"] == (1, pytest.approx(np.log(2)))


def test_a_succession_is_told_with_what_is_off_the_list_behind():
    tokens = [[80, NAN, 20, NAN]] + [[20, 60, 20, NAN]] * (events.AFTER + 1)
    weeks = by_hand(tokens, [-5, 1, -5, -5], [-1, 0, -1, -1])
    row = events.successions(weeks, {(0, events.AFTER): np.array([0.4, 0.3, 0.2, 0.1])}).iloc[0]
    assert (row["successor"], row["predecessor"], row["before"]) == ("b", "a", 0.8)
    assert row["kept_observed"] == pytest.approx(0.25)
    assert row["kept_simulated"] == pytest.approx(0.5)
    assert (row["successor_observed"], row["successor_simulated"], row["right"]) == (0.6, 0.3, 0.0)


def test_authors_are_concerned_who_are_listed_or_forecast_to_be():
    weeks = by_hand([[50, NAN, 40, 10]] * 2, [-5] * 4)
    assert authors.observed(weeks, 1) == pytest.approx([0.5, 0.5])
    rows = authors.rows(weeks, (0, 1), np.array([0.3, 0.1, 0.4, 0.2]), np.log([0.5, 1.0, 2.0]))
    assert [row["author"] for row in rows] == ["A", "B"]
    assert rows[0]["forecast"] == pytest.approx(0.4)
    assert rows[0]["low"] < 0.4 < rows[0]["high"]
    past = authors.errors(weeks, {(0, 1): np.array([0.3, 0.1, 0.4, 0.2])})
    assert past == pytest.approx(np.log([0.5 / 0.4, 0.5 / 0.6]))
