"""The verdict over worlds: shares, luck and parameters told apart, and what flips a claim."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import market
from market.scenario.load import catalogue
from market.studies.apart import by_parameters
from market.studies.claims import CLAIMS
from market.studies.draws import Draw, changed, drawn, in_world, posterior, table
from market.studies.intervals import interval, of_difference
from market.studies.verdict import DENSE, LEAST_RUNS, judged, verdict
from market.views.sentences.verdict import failed_in_verdict
from market.views.sentences.verdict import judged as called

QUICK = {"months": 30, "customers": 100, "panel.size": 20}


def luck(*who):
    return np.random.default_rng(who)


def planted(count=60, seeds=2):
    """Outcomes of worlds in which the claims turn on the factor `a` alone, and on luck a little."""
    draw = luck(1)
    world = np.tile(np.arange(count), seeds)
    worlds = pd.DataFrame({"world": world, "seed": np.arange(len(world))})
    for name in ("a", "b", "c"):
        worlds[name] = draw.random(count)[world]
    reached = 2 * worlds["a"].to_numpy() + draw.normal(0, 0.05, len(world))
    outcomes = pd.DataFrame({one.outcome: reached for one in CLAIMS.values()})
    return judged(worlds, outcomes, ["a", "b", "c"], market.load("duopoly"), count, seeds)


def test_a_planted_factor_flips_the_claim_and_no_other_does():
    found = planted()
    rows = found.factors[found.factors["claim"] == "full_rd"].set_index("factor")
    assert rows.index[0] == "a"
    assert rows.loc["a", "low"] > 0.5
    assert (rows.loc[["b", "c"], "low"] * rows.loc[["b", "c"], "high"] < 0).all()
    boxes = found.boxes[found.boxes["claim"] == "full_rd"]
    holds, fails = (boxes[boxes["holds"] == one].set_index("factor") for one in (True, False))
    assert 0.2 < holds.loc["a", "low"] < 0.6  # true from a half on, so in three quarters of the runs from a third on
    assert 0.4 < fails.loc["a", "high"] < 0.8
    assert holds["true"].iloc[0] >= DENSE
    assert fails["true"].iloc[0] <= 1 - DENSE
    assert (boxes["runs"] >= LEAST_RUNS).all()


def test_the_share_is_of_worlds_and_its_interval_too():
    answer = planted().answers.set_index("claim").loc["full_rd"]
    assert answer["share"] == pytest.approx(0.5, abs=0.15)
    by_world = np.full(60, answer["share"])
    assert answer["high"] - answer["low"] > interval(np.repeat(by_world, 2) > 0.5, "share")[2] / 10
    assert answer["high"] - answer["low"] == pytest.approx(2 * 1.96 * 0.5 / 60**0.5, rel=0.15)


def test_failed_runs_are_counted_and_said():
    whole = planted()
    assert (whole.failed, failed_in_verdict(whole)) == (0, "")
    lacking = replace(whole, worlds=whole.worlds.iloc[3:])
    assert failed_in_verdict(lacking) == "3 runs failed and are left out."


def test_parameters_and_luck_are_told_apart():
    draw, world = luck(2), np.repeat(np.arange(4000), 2)
    for part in (0.0, 0.3, 0.8, 1.0):
        values = np.sqrt(part) * draw.normal(size=4000)[world] + np.sqrt(1 - part) * draw.normal(size=8000)
        assert by_parameters(values, world) == pytest.approx(part, abs=0.05)
    assert np.isnan(by_parameters(np.arange(5.0), np.arange(5)))


def test_the_interval_of_a_difference_is_newcombes():
    # Newcombe (1998), method 10, 56/70 against 48/80: 0.2 with 0.0524 to 0.3339
    low, high = (np.repeat([1.0, 0.0], counts) for counts in ((48, 32), (56, 14)))
    assert of_difference(low, high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.92, 1.0, "true"), (0.0, 0.09, "untrue"), (0.6, 0.95, "more often true"), (0.2, 0.45, "more often untrue"),
        (0.4, 0.6, "undecided"), (0.5, 0.5, "undecided"), (0.1, 0.95, "undecided"), (np.nan, np.nan, "undecided"),
    ],
)  # fmt: skip
def test_no_sentence_claims_more_than_its_interval(low, high, said):
    assert called(low, high) == said


def test_a_row_of_the_posterior_is_a_world():
    worlds = posterior()
    assert len(worlds) >= 200
    assert worlds["weight"].sum() == pytest.approx(1)
    assert worlds.notna().all(axis=None)
    row, base = worlds.iloc[0], market.load("baseline")
    world = base.vary(dict(row.drop("weight")))
    assert world == in_world(base, drawn_row(0))
    assert world != base


def drawn_row(place):
    from market.studies.priors import rows

    return Draw(rows(table().drop(columns="weight"))[place])


def test_draws_are_as_likely_as_their_weights():
    count = 4000
    times = pd.Series([draw.factors["research"] for draw in drawn(count)]).value_counts()
    weights = table().groupby("research")["weight"].sum()
    assert (times.reindex(weights.index, fill_value=0) / count - weights).abs().max() < 2 / count + 1e-9
    assert drawn(0) == ()


def test_a_scenario_keeps_what_it_says_otherwise():
    draw = drawn_row(0)
    own = market.load("baseline").vary({"labs.*.research": 2.0})
    assert {lab.research for lab in in_world(own, draw).labs.values()} == {2.0}
    assert {lab.research for lab in in_world(market.load("baseline"), draw).labs.values()} == {draw.factors["research"]}
    assert changed(market.load("eight_labs"), draw)["labs.Eta.research"] == draw.factors["research"]


def test_every_scenario_can_be_put_into_every_world():
    scenarios = [market.load(name) for name in catalogue()]
    for place in range(0, len(table()), 24):
        for scenario in scenarios:
            in_world(scenario, drawn_row(place))


def test_an_engine_that_is_given_runs_the_worlds_that_are_asked_for(threads):
    from market.studies.compare import compare
    from market.studies.engine import engine

    base, asked = market.load("duopoly").vary({**QUICK, "months": 4}), {"seeds": range(2), "outcomes": ["labs_revenue"]}
    with engine(threads) as running:
        given = compare(base, "monopoly", executor=running, worlds=2, **asked)
    pd.testing.assert_frame_equal(given, compare(base, "monopoly", executor=threads, worlds=2, **asked))


def test_studies_over_worlds_run_each_seed_in_its_own():
    from market.studies.engine import engine
    from market.studies.replicate import replicate

    base = market.load("duopoly").vary({**QUICK, "months": 6})
    with engine(workers=1) as process:
        over = replicate(base, range(3), ["labs_revenue"], worlds=3, executor=process)
    alone = [market.simulate(in_world(base, draw), seed) for seed, draw in enumerate(drawn(3))]
    expected = [market.measures.outcomes.compute(run, ["labs_revenue"])["labs_revenue"] for run in alone]
    assert over["labs_revenue"].tolist() == pytest.approx(expected)
    assert over["labs_revenue"].nunique() == 3


def test_a_verdict_runs_and_goes_on(threads, tmp_path):
    asked = {"worlds": 3, "seeds": 2, "executor": threads, "keep": tmp_path / "runs"}
    base = market.load("duopoly").vary(QUICK)
    found = verdict(base, **asked)
    assert found.answers["claim"].tolist() == list(CLAIMS)
    assert (found.count, found.seeds, len(found.worlds)) == (3, 2, 6)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    again = verdict(base, **asked)
    pd.testing.assert_frame_equal(found.worlds, again.worlds)
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
