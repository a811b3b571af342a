"""Rows of a table as they come."""

import numpy as np
import pytest

from market.accounts.rows import Rows
from market.schemas import Column, Schema

SHEET = Schema(
    "sheet",
    "A few kinds of columns.",
    (Column("month", "month", "", "int64"), Column("firm", "", "", "str"), Column("ended", "month", "", "Int64")),
)


def test_rows_keep_the_order_in_which_they_come_one_by_one_and_as_arrays():
    rows = Rows(SHEET, [(0, "A", None)])
    rows.extend(np.array([1, 2]), np.array(["B", "A"], object), np.array([5, None], object))
    rows.add(3, None, 7)
    assert rows.columns["month"].tolist() == [0, 1, 2, 3]
    rows.add(4, "C", None)
    table = rows.frame()
    assert table["month"].tolist() == [0, 1, 2, 3, 4]
    assert table["firm"].fillna("none").tolist() == ["A", "B", "A", "none", "C"]
    assert table["ended"].fillna(-1).tolist() == [-1, 5, -1, 7, -1]
    assert table.dtypes.astype(str).tolist() == ["int64", "str", "Int64"]


@pytest.mark.parametrize("row", [(1, "A"), (1, "A", None, 2.0)])
def test_a_row_of_another_length_is_refused(row):
    rows = Rows(SHEET)
    rows.add(*row)
    with pytest.raises(ValueError, match="a row of 'sheet' has not 3 cells"):
        rows.frame()
