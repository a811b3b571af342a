"""Values, means and ratios over seeds in words."""

import numpy as np
import pandas as pd

from market.studies.words import grid_in_words, in_figures, range_in_words, ratio_in_words

RUNS = pd.DataFrame(
    [("y", 2.0, 0, 1.0), ("y", 10.0, 0, 3.0), ("x", 2.0, 0, 5.0), ("y", 2.0, 1, 1.0), ("y", 10.0, 1, np.nan)],
    columns=["world", "growth", "seed", "multiple"],
)


def test_a_grid_keeps_the_order_of_its_runs_and_says_what_is_missing():
    table = grid_in_words(RUNS, "world", "growth", "multiple", ".1f")
    assert list(table) == ["world", "2.0", "10.0"]
    assert table["world"].tolist() == ["y", "x"]
    assert table["2.0"].tolist() == ["1.0 (n=2)", "5.0 (n=1)"]
    assert table.loc[0, "10.0"] == "3.0 (n=1 of 2)"


def test_large_amounts_have_four_digits_a_suffix_and_what_they_leave_out():
    assert in_figures(pd.Series([10e9] * 5, name="training")) == "10bn"
    assert in_figures(pd.Series([1e9, 3e9], name="revenue")) == "2bn [−10.71bn, 14.71bn] (n=2)"
    assert in_figures(pd.Series([np.inf, np.nan], name="equalled_after")) == "– (n=0 of 2)"


def test_a_ratio_in_words_is_that_of_the_means():
    top = pd.Series([1.0, 2.0, 6.0, 3.0, 3.0])
    assert ratio_in_words(top, 2 * top) == "0.50"
    assert ratio_in_words(top[:2], pd.Series([1.0, 1.0])).startswith("1.50 [")


def test_a_range_is_that_of_the_means_of_groups_with_a_number_under_every_seed():
    assert range_in_words(RUNS, "growth", "seed") == "0.33 to 0.50"
    assert range_in_words(RUNS, ["world", "growth"], "multiple") == "1.00 to 5.00 (in 2 of 3)"
    assert range_in_words(RUNS.assign(multiple=np.nan), "growth", "multiple") == "– to – (in 0 of 2)"
