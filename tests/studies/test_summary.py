"""Many runs in few numbers: by group, by factor, by point, over a grid; what has no number is left out and counted."""

import numpy as np
import pandas as pd

from market.studies import summary as summaries


def test_summaries_average_within_seeds_first():
    points = enumerate([(1, "x"), (1, "y"), (2, "x"), (2, "y")])
    rows = [(p, a, b, s, "ok", a + 10 * s + (b == "y")) for p, (a, b) in points for s in (0, 1)]
    table = pd.DataFrame(rows, columns=["point", "a", "b", "seed", "status", "out"])
    rows = summaries.by_factor(table, "out", "a")
    assert rows["mean"].tolist() == [6.5, 7.5]
    assert np.allclose(rows["high"] - rows["mean"], 12.7062 * 10 / 2)
    assert summaries.by_factor(table, "out", "a", "b")["line"].tolist() == ["x", "x", "y", "y"]
    assert summaries.over_grid(table, "out", "a", "b").to_numpy().tolist() == [[6, 7], [7, 8]]
    assert summaries.by_point(table, ["a", "b"], ["out"])["mean"].tolist() == [6, 7, 7, 8]


def test_what_a_mean_leaves_out_stands_beside_it():
    table = pd.DataFrame(
        [(0, 1, 0, "ok", 2.0), (0, 1, 1, "ok", np.nan), (1, 2, 0, "failed", np.nan), (1, 2, 1, "ok", 4.0)],
        columns=["point", "a", "seed", "status", "out"],
    )
    rows = summaries.by_point(table, ["a"], ["out"])
    assert rows[["n", "left_out"]].to_numpy().tolist() == [[1, 1], [1, 1]]
    assert summaries.by_factor(table, "out", "a")[["n", "left_out"]].to_numpy().tolist() == [[1, 1], [1, 1]]


def test_over_worlds_each_counts_once_and_what_is_not_luck_is_parameters():
    """Two worlds under two seeds each: 0 and 1, then 10 and 11, by turns."""
    rows = [(0, 1, seed, "ok", float(seed // 2 + 10 * (seed % 2))) for seed in range(4)]
    table = pd.DataFrame(rows, columns=["point", "a", "seed", "status", "out"])
    over, alike = (summaries.by_point(table, ["a"], ["out"], worlds).iloc[0] for worlds in (2, 0))
    assert over["mean"] == alike["mean"] == 5.5
    assert (over["n"], alike["n"]) == (2, 4)
    assert np.isclose(over["high"] - 5.5, 12.7062 * 50**0.5 / 2**0.5)  # of the means of worlds, 0.5 and 10.5
    assert over["parameters"] > 0.7
    assert np.isnan(alike["parameters"])
    assert np.isclose(summaries.by_factor(table, "out", "a", worlds=2)["high"].iloc[0], over["high"])


def test_a_tornado_over_worlds_is_of_the_mean_change_of_each():
    rows = [(p, 1.0 + p, seed, "ok", float(p * (seed % 2 * 10 + seed // 2))) for p in (0, 1) for seed in range(4)]
    table = pd.DataFrame(rows, columns=["point", "a", "seed", "status", "out"])
    bar = summaries.tornado(table, ["a"], "out", worlds=2).iloc[0]
    assert (bar["mean"], bar["n"]) == (5.5, 2)
    assert np.isclose(bar["high"] - 5.5, 12.7062 * 50**0.5 / 2**0.5)


def test_means_in_a_row_per_group():
    runs = pd.DataFrame({"a": [2, 2, 1], "seed": [0, 1, 0], "out": [1.0, np.nan, 3.0], "more": [4.0, 4.0, 6.0]})
    table = summaries.wide(summaries.means(runs, "a"), "a")
    assert list(table)[:7] == ["a", "out", "out low", "out high", "out n", "out left out", "more"]
    assert table[["a", "out", "out n", "out left out", "more", "more n"]].to_numpy().tolist() == [
        [1, 3, 1, 0, 6, 1],
        [2, 1, 1, 1, 4, 2],
    ]


def test_the_interval_of_a_share_stays_between_0_and_1():
    rows = [(0, s, "ok", float(s)) for s in (0, 1)]
    table = pd.DataFrame(rows, columns=["point", "seed", "status", "lives_profitable"])
    found = summaries.by_point(table, [], ["lives_profitable"]).iloc[0]
    assert 0 <= found["low"] < 0.5 < found["high"] <= 1


def test_a_tornado_has_the_widest_factor_first_and_no_bar_for_the_base():
    points = [("x", 1.0), ("x", 1.0), ("y", 1.0), ("x", 3.0)]
    values = [10.0, 10.0, 14.0, 5.0]
    rows = [(p, a, b, s, value) for p, ((a, b), value) in enumerate(zip(points, values, strict=True)) for s in (0, 1)]
    found = summaries.tornado(pd.DataFrame(rows, columns=["point", "a", "b", "seed", "out"]), ["a", "b"], "out")
    assert found["factor"].tolist() == ["b", "a"]
    assert found["level"].tolist() == ["3", "y"]
    assert found["base"].tolist() == [10.0, 10.0]
    assert found[["n", "left_out"]].to_numpy().tolist() == [[2, 0], [2, 0]]


def test_every_seed_is_averaged_over_the_same_points():
    """One seed lacks the point with 101: the others are averaged without it, not over another composition."""
    rows = [
        (p, 1, s, value) for p, values in enumerate([(1.0, 1.0), (np.nan, 101.0)]) for s, value in enumerate(values)
    ]
    table = pd.DataFrame(rows, columns=["point", "a", "seed", "out"])
    found = summaries.by_factor(table, "out", "a").iloc[0]
    assert (found["mean"], found["n"], found["left_out"]) == (51.0, 2, 2)
