"""Values over seeds in words."""

import numpy as np
import pandas as pd

from market.studies.words import grid_in_words

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
