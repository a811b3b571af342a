"""Paired worlds: common luck is real, and the intervals are what they say."""

import numpy as np
import pandas as pd
import pytest

import market
from market.parameters import InputError
from market.studies.compare import differences, paired
from market.studies.engine import engine
from market.studies.intervals import independent, interval

NAMES = ["labs_revenue", "multiple", "consumer_surplus"]
ALWAYS = {"customers": 600, "months": 40, "panel.size": 80}
BEFORE = 14
"""Month in which a change takes effect; Alpha's second run starts in month 0, so this one's release is later."""


def test_a_world_and_itself_differ_in_nothing(tiny, threads):
    table = market.compare(tiny, tiny.vary({"customers": 100}), seeds=range(3), outcomes=NAMES, executor=threads)
    assert (table["difference"].dropna() == 0).all()
    assert table.set_index("outcome").loc["labs_revenue", ["low", "high"]].tolist() == [0, 0]


def test_differences_by_hand():
    a, b = np.array([1.0, 2.0, 4.0]), np.array([2.0, 4.0, 5.0])
    rows = [("a", s, "ok", "", v) for s, v in enumerate(a)] + [("b", s, "ok", "", v) for s, v in enumerate(b)]
    runs = pd.DataFrame(rows, columns=["world", "seed", "status", "error", "x"])
    row = differences(runs).iloc[0]
    assert (row["a"], row["b"], row["n"]) == (pytest.approx(7 / 3), pytest.approx(11 / 3), 3)
    assert (row["difference"], row["low"], row["high"]) == pytest.approx(interval(b - a))
    assert (row["low_independent"], row["high_independent"]) == pytest.approx(independent(a, b)[1:])
    assert row["ratio"] == pytest.approx((independent(a, b)[2] - independent(a, b)[1]) / (2 * (row["high"] - 4 / 3)))


def test_a_seed_counts_only_where_both_worlds_have_a_number():
    rows = [("a", 0, "ok", "", 1.0), ("a", 1, "ok", "", 2.0), ("a", 2, "ok", "", 9.0)]
    rows += [("b", 0, "ok", "", 2.0), ("b", 1, "ok", "", 3.0), ("b", 2, "failed", "no", np.nan)]
    row = differences(pd.DataFrame(rows, columns=["world", "seed", "status", "error", "x"])).iloc[0]
    assert (row["n"], row["difference"], row["a"]) == (2, 1.0, 1.5)


def planted(part, worlds=40, seeds=3, draw=0):
    """Paired runs whose difference is 1 on the mean, of which a part of the variance lies between worlds."""
    rng = np.random.default_rng(draw)
    seed = np.arange(worlds * seeds)
    a = rng.normal(size=len(seed))
    change = 1 + part**0.5 * rng.normal(size=worlds)[seed % worlds] + (1 - part) ** 0.5 * rng.normal(size=len(seed))
    return pd.DataFrame(
        [(name, s, "ok", "", x) for name, values in (("a", a), ("b", a + change)) for s, x in enumerate(values)],
        columns=["world", "seed", "status", "error", "x"],
    )


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_intervals_over_worlds_cover_and_parameters_are_told_apart(part):
    found = [differences(planted(part, draw=draw), 40).iloc[0] for draw in range(200)]
    assert np.mean([row["low"] < 1 < row["high"] for row in found]) == pytest.approx(0.95, abs=0.05)
    assert np.mean([row["parameters"] for row in found]) == pytest.approx(part, abs=0.06)
    assert found[0]["n"] == 120
    assert np.isnan(differences(planted(part)).iloc[0]["parameters"])  # worlds are not known


def test_two_seeds_of_a_world_are_no_two_worlds():
    """With parameters alone more seeds of the same worlds tell nothing more."""
    runs = planted(1.0)
    first = runs[runs["seed"] < 40]
    one, all_ = (differences(some, 40).iloc[0] for some in (first, runs))
    assert (one["low"], one["high"]) == pytest.approx((all_["low"], all_["high"]))
    assert np.isnan(one["parameters"])


def test_welchs_interval_covers():
    rng = np.random.default_rng(0)
    samples = [independent(rng.normal(0, 1, 8), rng.normal(1, 3, 12)) for _ in range(4000)]
    assert np.mean([low < 1 < high for _, low, high in samples]) == pytest.approx(0.95, abs=0.012)


def test_common_luck_narrows_the_interval(threads):
    """Removing open source, in small; `experiments/signs.py` has 16 seeds of full size."""
    a, b = (market.load(name).vary(ALWAYS) for name in ("baseline", "no_open_source"))
    table = market.compare(a, b, seeds=range(4), outcomes=["labs_revenue", "consumer_surplus"], executor=threads)
    assert (table["ratio"] > 1.5).all()
    assert (table["low"] <= table["difference"]).all()


def test_what_takes_effect_later_changes_nothing_before():
    """The first run that differs is released in month `BEFORE`; until then the two worlds are one."""
    a = market.load("no_open_source").vary(ALWAYS)
    data = market.load("baseline").vary(ALWAYS)
    late = data.vary({"open_providers.*.first_start": BEFORE - 6})
    one, two = market.simulate(a, 3), market.simulate(late, 3)
    for name in ("offers", "segments", "flows"):
        first, second = (getattr(run, name) for run in (one, two))
        pd.testing.assert_frame_equal(first[first["month"] < BEFORE], second[second["month"] < BEFORE])
    labs = list(a.labs)
    after = [run.offers[run.offers["firm"].isin(labs) & (run.offers["month"] >= BEFORE)] for run in (one, two)]
    assert not after[0].reset_index(drop=True).equals(after[1].reset_index(drop=True))


def test_customers_whose_options_are_untouched_choose_the_same():
    """Where nobody may use open weights, open providers change nothing: not one flow."""
    closed = {"segments.*.open_access": 0.0, "labs.*.pricing.rule": "cost_plus"}
    a, b = (market.load(name).vary({**ALWAYS, **closed}) for name in ("no_open_source", "baseline"))
    one, two = market.simulate(a, 1), market.simulate(b, 1)
    pd.testing.assert_frame_equal(one.flows, two.flows)
    labs = two.offers[two.offers["firm"].isin(b.labs)].reset_index(drop=True)
    pd.testing.assert_frame_equal(one.offers, labs)


def explode(run):
    """Fail."""
    raise RuntimeError("always")


def test_bad_input(tiny, threads):
    with pytest.raises(InputError, match="did you mean 'baseline'"):
        market.compare("baslin", tiny)
    with pytest.raises(InputError, match="there is only 1; at least 2"):
        market.compare(tiny, tiny, seeds=[0])
    with pytest.raises(InputError, match="worlds: 1 is refused; allowed: 0, for none, or 2 and more"):
        market.compare(tiny, tiny, seeds=[0, 1], worlds=1)
    with pytest.raises(InputError, match="every run failed; the first: RuntimeError: always"):
        market.compare(tiny, tiny, seeds=[0, 1], outcomes=[explode], executor=threads)
    with engine(threads) as running:
        runs = paired(running, tiny, tiny, [0, 1], {"months": months})
    assert list(runs.columns) == ["world", "seed", "status", "error", "months"]


def months(run):
    """Months."""
    return run.scenario.months
