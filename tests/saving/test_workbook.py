"""Tables in a workbook, for a spreadsheet."""

import io

import pandas as pd
import pytest

from market.parameters import InputError
from market.saving import spreadsheet
from market.saving.spreadsheet import workbook


def test_it_gives_the_tables_back_and_runs_nothing():
    tables = {
        "a": pd.DataFrame({"name": ["=1+1", "ナマエ"], "x": [1.5, float("nan")]}),
        "empty": pd.DataFrame({"y": []}),
    }
    read = pd.read_excel(io.BytesIO(workbook(tables)), sheet_name=None, engine="openpyxl")
    assert list(read) == ["a", "empty"]
    assert read["a"]["name"].tolist() == ["=1+1", "ナマエ"]
    assert read["a"]["x"].iloc[0] == 1.5
    assert pd.isna(read["a"]["x"].iloc[1])
    assert list(read["empty"]) == ["y"]


def test_it_is_the_same_each_time():
    table = {"a": pd.DataFrame({"x": [1.0]})}
    assert workbook(table) == workbook(table)


def test_what_no_sheet_holds_is_refused(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 2)
    with pytest.raises(InputError, match="table a: has 2 rows; allowed in a sheet: 1; give a folder"):
        workbook({"a": pd.DataFrame({"x": [1.0, 2.0]})})
