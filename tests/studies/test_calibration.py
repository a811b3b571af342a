"""Calibration: scores and weights in closed form, emulators, posteriors that are known, and a small market."""

import math
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, norm

import market
from market.parameters import InputError
from market.studies import calibrate as calibrating
from market.studies.calibrate import EFFECTIVE, calibrate, sampled, weighted
from market.studies.calibration import RANKS, Calibration, told
from market.studies.emulator import LONGEST, Emulator
from market.studies.levels import Range
from market.studies.priors import Group, Prior, set_to
from market.studies.targets import UNDEFINED, Target, distances, forecasts, targets
from market.studies.weighted import crps, quantiles

HALF_BAND = norm.ppf(0.95)
"""Standard deviations from a target to an end of its band, of 90%."""
LUCK = 0.05
"""How far either seed of the toy moves its first moment, up or down: a variance of 2 LUCK² over seeds."""
PRIORS = [Prior(name, Group.DEMAND, "months", Range(0.0, 1.0), "", "assumed", set_to) for name in ("x0", "x1")]


def even(moment, at, deviation, fitted=True):
    """A target whose distribution is a normal."""
    return Target(moment, at, at - HALF_BAND * deviation, at + HALF_BAND * deviation, fitted)


def toy(values):
    """First a = x0 and luck, b = x0 + x1, each of two seeds."""
    a = values["x0"].to_numpy()
    runs = [
        pd.DataFrame({"seed": seed, "a": a + luck, "b": a + values["x1"]}) for seed, luck in ((0, LUCK), (1, -LUCK))
    ]
    return pd.concat(runs).rename_axis("point").reset_index()


def posterior_of_toy(a, b, deviation):
    """Mean and standard deviation of x0 and x1 given targets, over a fine grid of the prior."""
    side = (np.arange(400) + 0.5) / 400
    x0, x1 = np.meshgrid(side, side, indexing="ij")
    widened = deviation**2 + 2 * LUCK**2 * (1 + 1 / 2)
    weight = np.exp(-0.5 * ((x0 - a) ** 2 / widened + (x0 + x1 - b) ** 2 / deviation**2))
    means = [float((weight * x).sum() / weight.sum()) for x in (x0, x1)]
    return means, [
        math.sqrt((weight * (x - mean) ** 2).sum() / weight.sum()) for x, mean in zip((x0, x1), means, strict=True)
    ]


def last(sample):
    return sample.worlds[sample.worlds["wave"] == sample.worlds["wave"].max()]


# ------------------------------------------------------------------------------------------------------ closed forms


@pytest.mark.parametrize("actual", [-1.3, 0.0, 2.4])
def test_crps_of_a_normal_is_its_closed_form(actual):
    """Gneiting and Raftery 2007: y (2 Φ(y) − 1) + 2 φ(y) − 1 ÷ √π."""
    expected = actual * (2 * norm.cdf(actual) - 1) + 2 * norm.pdf(actual) - 1 / math.sqrt(math.pi)
    assert crps(norm.ppf(RANKS), np.ones(len(RANKS)), actual) == pytest.approx(expected, abs=2e-3)


def test_crps_of_few_points_is_exact_in_any_order():
    """½ E|X − X'| of two points a distance 1 apart with parts p and 1 − p is p (1 − p)."""
    for weights in ([1.0, 3.0], [10.0, 30.0]):
        assert crps(np.array([1.0, 0.0]), np.array(weights), 2.0) == pytest.approx(0.25 * 1 + 0.75 * 2 - 0.25 * 0.75)
    assert crps(np.array([4.0]), np.ones(1), 1.5) == 2.5  # of a point it is the error
    assert math.isnan(crps(np.array([]), np.array([]), 1.0))


def test_quantiles_of_weighted_samples():
    values = np.array([3.0, 1.0, 2.0, np.nan])
    assert quantiles(values, np.ones(4), (0.5,)) == [2.0]
    assert quantiles(values, np.array([2.0, 1.0, 1.0, 9.0]), (0.125, 0.375, 0.75)) == [1.0, 2.0, 3.0]
    assert quantiles(values, np.array([2.0, 1.0, 1.0, 9.0]), (0.0, 0.25, 1.0)) == [1.0, 1.5, 3.0]
    assert quantiles(np.arange(1001.0), np.ones(1001), (0.1, 0.9)) == pytest.approx([99.6, 900.4])
    assert np.isnan(quantiles(np.array([np.nan]), np.ones(1), (0.1, 0.9))).all()


def test_a_target_is_a_normal_of_two_sides():
    one = Target("a", 1.0, 0.8, 1.6, True)
    assert one.distance(np.array([0.8, 1.0, 1.6, 2.2])) == pytest.approx([-HALF_BAND, 0, HALF_BAND, 2 * HALF_BAND])
    assert one.quantiles(np.array([0.05, 0.5, 0.95])) == pytest.approx([0.8, 1.0, 1.6])
    shares = np.linspace(0.01, 0.99, 21)
    assert norm.cdf(one.distance(one.quantiles(shares))) == pytest.approx(shares)


def test_what_a_world_does_not_have_is_far_away():
    held = [even("a", 0.0, 1.0), even("b", 1.0, 0.5)]
    far = distances(held, pd.DataFrame({"b": [2.0, np.nan], "a": [np.nan, -3.0], "other": 0.0}))
    assert list(far) == ["a", "b"]
    assert far.to_numpy() == pytest.approx(np.array([[UNDEFINED, 2.0], [-3.0, UNDEFINED]]))


def test_draws_from_what_is_sought_have_equal_weights():
    distance = np.random.default_rng(1).standard_normal((500, 3))
    variance = np.array([1.0, 1.5, 2.0])
    proposed = -0.5 * (distance**2 / variance + np.log(variance)).sum(axis=1)
    tempering, weights = weighted(variance, distance, proposed + 7.0)  # a density known up to a factor
    assert tempering == 1.0
    assert weights == pytest.approx(np.full(500, 1 / 500))


def test_other_draws_are_tempered_as_little_as_leaves_enough_of_them():
    luck = np.random.default_rng(1)
    distance = luck.normal(0.0, 4.0, (500, 2))  # far wider than the target
    proposed = -0.5 * (distance**2).sum(axis=1) / 16
    tempering, weights = weighted(np.ones(2), distance, proposed)
    assert tempering > 1
    assert weights.sum() == pytest.approx(1)
    assert 1 / (weights**2).sum() == pytest.approx(EFFECTIVE * 500, rel=1e-6)
    mild, _ = weighted(np.ones(2), distance / 4 * 1.1, -0.5 * (distance**2).sum(axis=1) / 16)
    assert mild == 1.0


# --------------------------------------------------------------------------------------------------------- emulators


def test_an_emulator_interpolates_and_knows_where_it_does_not():
    side = (np.arange(7) + 0.5) / 7
    points = np.array([[x, y] for x in side for y in side]) * [0.6, 1.0]  # nothing is known beyond 0.6 of the first
    smooth = np.sin(3 * points[:, 0]) + points[:, 1] ** 2
    one = Emulator(points, np.column_stack([smooth, np.cos(2 * points[:, 0])]))
    luck = np.random.default_rng(2)
    new = luck.uniform(0.05, 0.95, (40, 2)) * [0.55, 1.0]
    mean, variance = one.at(new)
    assert mean[:, 0] == pytest.approx(np.sin(3 * new[:, 0]) + new[:, 1] ** 2, abs=0.02)
    assert mean[:, 1] == pytest.approx(np.cos(2 * new[:, 0]), abs=0.02)
    assert np.sqrt(variance).max() < 0.05
    away = one.at(np.column_stack([[0.3, 0.6, 0.8, 1.0], np.full(4, 0.5)]))[1]
    assert (np.diff(away, axis=0) > 0).all()
    assert one.scales.shape == (2, 2)
    assert one.scales[1, 1] > 0.5 * LONGEST  # the second factor says nothing of the second output
    assert one.scales[1, 0] < 5


# ------------------------------------------------------------------------------------------------- known posteriors


def test_a_known_posterior_is_found():
    sample = sampled(PRIORS, [even("a", 0.5, 0.1), even("b", 0.9, 0.1), even("c", 0.0, 1.0, False)], toy, 48, 24, 240)
    worlds = last(sample)
    means, deviations = posterior_of_toy(0.5, 0.9, 0.1)
    assert sample.tempering == 1.0
    assert EFFECTIVE * 240 <= sample.effective <= 240
    for name, mean, deviation in zip(("x0", "x1"), means, deviations, strict=True):
        found = np.average(worlds[name], weights=worlds["weight"])
        spread = math.sqrt(np.average((worlds[name] - found) ** 2, weights=worlds["weight"]))
        assert found == pytest.approx(mean, abs=0.3 * deviation), name
        assert spread == pytest.approx(deviation, rel=0.2), name
    assert sample.luck.set_index("moment")["variance_by_luck"].to_dict() == pytest.approx(
        {"a": 2 * LUCK**2 / 0.1**2, "b": 0.0}, rel=1e-3, abs=1e-9
    )
    assert sample.worlds["wave"].value_counts(sort=False).tolist() == [48, 24, 24, 24, 240]
    assert (sample.worlds.loc[sample.worlds["wave"] < 4, "weight"] == 0).all()
    assert worlds["weight"].sum() == pytest.approx(1)
    assert ((worlds[["x0", "x1"]] >= 0) & (worlds[["x0", "x1"]] <= 1)).all(axis=None)
    assert len(sample.runs) == 2 * len(sample.worlds)


def test_planted_parameters_are_found_where_their_ranks_say(monkeypatch):
    """Simulation-based calibration (Talts and others 2018): over the prior, ranks of what is planted are uniform."""
    monkeypatch.setattr(calibrating, "STEPS", 40)
    luck, deviation, ranks = np.random.default_rng(5), 0.15, []
    for _ in range(5):
        planted = luck.uniform(size=2)
        seen = planted[0] + luck.normal(0, LUCK * math.sqrt(2)), planted.sum()  # one history, with luck of its own
        held = [
            even(name, at + luck.normal(0, deviation), deviation) for name, at in zip(("a", "b"), seen, strict=True)
        ]
        worlds = last(sampled(PRIORS, held, toy, 16, 8, 64))
        ranks += [
            float(worlds.loc[worlds[name] < it, "weight"].sum()) for name, it in zip(("x0", "x1"), planted, strict=True)
        ]
    steps = norm.ppf(np.clip(ranks, 0.005, 0.995))
    assert abs(steps.mean()) < 3 / math.sqrt(len(steps))
    assert chi2.ppf(0.001, len(steps)) < (steps**2).sum() < chi2.ppf(0.999, len(steps))


# --------------------------------------------------------------------------------------------------- what was found


@pytest.fixture(scope="module")
def found():
    """A calibration to 2024 of two factors of which one moves everything, made by hand."""
    held, shares = targets(2024), (np.arange(40) + 0.5) / 40
    priors = [Prior(name, Group.DEMAND, "months", Range(1.0, 100.0, log=True), "", "", set_to) for name in "pq"]
    worlds = pd.DataFrame({"wave": np.repeat([0, 1], 40), "world": [*range(40)] * 2, "weight": 0.0})
    worlds["p"] = [priors[0].at(share) for share in (*shares, *(0.4 + 0.2 * shares))]
    worlds["q"] = [priors[1].at(share) for share in (*shares, *shares)]
    worlds.loc[worlds["wave"] == 1, "weight"] = 1 / 40
    runs = worlds[["wave", "world"]].assign(seed=0)
    moved = np.log(worlds["p"]) / math.log(100) - 0.5
    for one in held:
        runs[one.moment] = one.target + moved * (one.high - one.low)
    for one in forecasts():
        runs[one.moment] = one.actual + moved * (one.high - one.low)
    runs["leadership_changes@2024"] = np.nan
    luck = pd.DataFrame({"moment": [one.moment for one in held if one.fitted], "variance_by_luck": 0.0})
    return Calibration(worlds, runs, luck, 1.5, 40.0, priors, held, market.load("duopoly"), 2024, (0,))


def test_tables_say_what_is_learnt_and_predicted(found):
    factors = found.factors.set_index("factor")
    assert factors.loc["p", "learnt"] == pytest.approx(0.8, abs=0.01)
    assert factors.loc["q", "learnt"] == pytest.approx(0.0, abs=0.01)
    assert found.unidentified == ["q"]
    moments = found.moments.set_index("moment")
    row = moments.loc["leader_gross_margin@2024"]
    assert row["posterior"] == pytest.approx(row["target"])
    assert [row["posterior_low"], row["posterior_high"]] == pytest.approx(
        [0.4 - 0.08 * 0.18, 0.4 + 0.08 * 0.18], abs=1e-3
    )
    assert row["prior_low"] < row["posterior_low"] < row["posterior_25"] < row["posterior_75"] < row["posterior_high"]
    lost = moments.loc["leadership_changes@2024"]
    assert (lost["undefined"], lost["inside"]) == (1.0, False)
    assert np.isnan(lost["posterior"])


def test_forecasts_are_scored_beside_the_past(found):
    table = found.forecasts.set_index("moment")
    assert table["inside_50"].all()
    assert (table["crps"] < 0.05).all()
    row = table.loc["leader_rd_per_revenue@2025"]
    assert [row["before"], row["actual"], row["actual_low"], row["actual_high"]] == [2.0, 1.47, 1.0, 2.0]
    assert row["before_low"] == pytest.approx(2 - 0.5 * norm.ppf(0.9) / HALF_BAND)
    assert f"of {len(table)} moments of 2025" in told(found.forecasts).lower()
    assert "forecasts" in found.tables
    later = replace(found, until=2025)
    assert "forecasts" not in later.tables


# -------------------------------------------------------------------------------------------------- a small market


def test_a_small_market_goes_on_where_it_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(calibrating, "STEPS", 4)
    monkeypatch.setattr(calibrating, "targets", lambda until: targets(until)[:2])
    tiny = market.load("duopoly").vary({"customers": 100, "panel.size": 10, "months": 2})
    done = []
    with ThreadPoolExecutor(1) as pool:
        first, again = (
            calibrate(
                tiny, until=2024, factors=["research", "values"], first=8, each=8, last=8, executor=pool, keep=tmp_path,
                progress=lambda *now: done.append(now),
            )
            for _ in range(2)
        )  # fmt: skip
    assert len(done) == 2 * len(first.worlds) == 80  # what is kept is not run again
    assert done[-1] == (80, 80)
    assert first.scenario == tiny
    for name in ("posterior", "factors", "luck", "worlds", "runs"):
        pd.testing.assert_frame_equal(first.tables[name], again.tables[name])


def test_what_is_refused_says_so_in_one_line(monkeypatch):
    small = {"factors": ["research"], "first": 8, "each": 8, "last": 8, "workers": 1}
    for asked, said in (
        ({"until": 2023}, "until: 2023 is refused; allowed: 2024 or 2025"), ({"first": 4}, "first: 4 is refused"),
        ({"factors": ["valus"]}, "did you mean 'values'"), ({"factors": ["pricing"]}, "factor 'pricing': is a choice"),
        ({"seeds": [0]}, "at least 2"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=said):
            calibrate("duopoly", **{**small, **asked})
    with pytest.raises(InputError, match="none may be fitted"):
        sampled(PRIORS, [even("a", 0.0, 1.0, fitted=False)], toy, 8, 8, 8)
    for module, name in (("emcee", "emcee"), ("sklearn.gaussian_process", "scikit-learn")):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, module, None)
            with pytest.raises(
                InputError, match=rf"needs {name}; install it with pip install 'market-of-models\[study\]'"
            ):
                calibrate("duopoly", **small)
