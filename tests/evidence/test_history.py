"""The supply table of the real market is what its derivation gives, and says what it leaves out."""

import pandas as pd

from market import evidence
from market.evidence import history


def test_the_shipped_tables_are_what_is_derived():
    for name, derived in {"history_releases": history.releases(), "history_prices": history.prices()}.items():
        shipped = evidence.load(name)
        for column in ("released", "date"):
            if column in shipped:
                shipped[column] = shipped[column].dt.strftime("%Y-%m-%d")
        if "open_weights" in shipped:
            shipped["open_weights"] = shipped["open_weights"].map({True: "true", False: "false"})
        pd.testing.assert_frame_equal(shipped, derived, check_dtype=False)


def test_what_is_left_out_has_no_price_or_no_score():
    models, out = evidence.load("models").set_index("model"), history.left_out()
    assert len(out) + len(history.releases()) == len(models)
    lacking = models.loc[out]
    assert (lacking["price_in"].isna() | (lacking["arena_elo"].isna() & lacking["aa_index"].isna())).all()


def test_an_unknown_price_is_that_of_the_predecessor_on_that_day():
    """DeepSeek's V3 rose from $0.175 to $0.4775 before its update of March 2025."""
    row = history.releases().set_index("model").loc["deepseek-v3-0324"]
    assert (row["price"], row["source"]) == (0.4775, "price of its predecessor")


def test_a_change_of_price_is_of_a_model_and_not_of_a_name():
    changes = history.prices()
    assert set(changes["model"]) <= set(history.releases()["model"])
    assert changes.set_index("model").loc["o3", ["date", "price"]].tolist() == ["2025-06-10", 0.75 * 2 + 0.25 * 8]
