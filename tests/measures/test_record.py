"""A run and the evidence become records of the same columns."""

import pandas as pd
import pytest

from market.measures.record import TOP_LIST, real, simulated, top_list


def test_the_same_columns_from_both_sides(run):
    for name in ("releases", "list_prices", "on_sale", "sales", "top"):
        assert getattr(simulated(run), name).columns.tolist() == getattr(real(), name).columns.tolist(), name
    for record in (simulated(run), real()):
        assert {"month", "firm", "capability"} <= {*record.leaders.columns}
        assert (record.top.groupby("time")["model"].size() <= TOP_LIST).all()
        assert record.top.groupby("time")["share"].sum().max() == pytest.approx(1.0)


def test_the_board_counts_as_it_stood_at_the_end_of_a_month():
    board = real().leaders
    best = board.loc[board.groupby("month")["capability"].idxmax()].set_index("month")["firm"]
    assert best.loc[[11, 14, 15, 35]].tolist() == ["OpenAI", "Anthropic", "OpenAI", "Google"]


def test_the_top_list_has_the_best_sellers_at_the_price_of_the_day():
    sales = pd.DataFrame({"model": ["a", "b", "c"], "time": 2.5, "tokens": [5.0, 10.0, 15.0], "share": 0.0})
    releases = pd.DataFrame({"model": ["a", "b", "c"], "firm": ["A", "B", "B"], "line": "flagship"})
    listed = pd.DataFrame({"model": ["b", "b", "b", "c"], "month": [0, 2, 3, 3], "price": [8.0, 4.0, 2.0, 1.0]})
    table = top_list(sales, releases.assign(open_weights=False), listed, length=2).set_index("model")
    assert table["share"].to_dict() == {"c": 0.6, "b": 0.4}
    assert table["firm"].to_dict() == {"c": "B", "b": "B"}
    assert table["price"].fillna(0.0).to_dict() == {"c": 0.0, "b": 4.0}
