"""Supply from a table: what a decided run sold, given as data, is chosen and booked alike."""

import numpy as np
import pandas as pd
import pytest

import market
from market.evidence import read_supply
from market.parameters import InputError

TINY = {"customers": 600, "months": 26, "panel.size": 150}
HEAD = "firm,model,date,price,capability,unit_cost"


def as_table(run, path):
    """Write what a run had on sale as a supply table."""
    offers = run.offers[run.offers["firm"] != "hosts"].sort_values(["model", "month"])
    rows = []
    for model, sold in offers.groupby("model", sort=False):
        facts = run.models.set_index("model").loc[model]
        cost = sold["unit_cost"].iloc[0] * run.scenario.technology.serving_progress_on_sale ** (
            (sold["month"].iloc[0] - facts["released"]) / 12
        )
        given = {"firm": facts["firm"], "model": model, "capability": sold["capability"].iloc[0], "unit_cost": cost}
        changed = sold[sold["price"].diff() != 0]
        for place, (month, price) in enumerate(zip(changed["month"], changed["price"], strict=True)):
            released = facts["released"] if place == 0 else month
            date = run.calendar.date(released)
            rows.append({**given, "date": date, "price": price, "training": facts["training"]})
        if pd.notna(facts["retired"]):
            rows.append({**given, "date": run.calendar.date(facts["retired"]), "price": None, "training": None})
    pd.DataFrame(rows).to_csv(path, index=False)


@pytest.fixture(scope="module")
def decided():
    return market.simulate(market.load("baseline").vary(TINY), 3)


@pytest.fixture(scope="module")
def listed(decided, tmp_path_factory):
    path = tmp_path_factory.mktemp("supply") / "table.csv"
    as_table(decided, path)
    return market.simulate(decided.scenario.vary({"supply": read_supply(path)}), 3)


def test_the_same_supply_finds_the_same_customers_and_revenue(decided, listed):
    columns = ["month", "firm", "model", "customers", "tokens", "price", "unit_cost", "revenue", "serving"]
    pd.testing.assert_frame_equal(listed.offers[columns], decided.offers[columns])
    keys = ["month", "segment", "origin", "destination"]
    flows = [run.flows.sort_values(keys).reset_index(drop=True) for run in (listed, decided)]
    pd.testing.assert_frame_equal(*flows)


def test_training_is_booked_where_it_is_given(decided, listed):
    spent = [run.models.set_index("model")["training"].dropna() for run in (decided, listed)]
    released = decided.models.loc[decided.models["released"].notna(), "model"]
    pd.testing.assert_series_equal(spent[1].loc[released], spent[0].loc[released])
    research = [run.companies.groupby("firm")["research"].sum() for run in (decided, listed)]
    assert (research[1] <= research[0] * (1 + 1e-9)).all()


def test_nothing_is_decided(listed):
    assert not {"training_started", "no_demand", "not_converged"} & set(listed.events["kind"])


def test_a_scenario_file_names_its_table(tmp_path):
    (tmp_path / "given.csv").write_text(
        f"{HEAD}\nAlpha,one,2022-11,8,9,2\nAlpha,one,2023-05,4,,\nBeta,two,2023-03,6,10,2\n"
    )
    (tmp_path / "mine.toml").write_text('extends = "duopoly"\nsupply = "given.csv"\nmonths = 8\ncustomers = 300\n')
    run = market.simulate(str(tmp_path / "mine.toml"), 0)
    prices = run.offers.pivot_table(index="month", columns="model", values="price")
    assert prices["one"].tolist() == [8.0] * 4 + [4.0] * 4
    assert np.isnan(prices["two"].tolist()[:2]).all()
    assert (prices["two"].tolist()[2:] == np.full(6, 6.0)).all()
    assert (run.models["training"] == 0).all()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("Alpha,one,soon,8,9,2", "row 2: date 'soon'"),
        ("Alpha,one,2023-01,,9,2\nAlpha,one,2023-02,3,,", "only the last of its rows"),
        ("Alpha,one,2023-05,8,9,2\nAlpha,one,2023-02,3,,", "its prices must begin in the month of its release"),
        ("Gamma,one,2023-05,8,9,2", "Gamma"),
        ("Alpha,one,2023-05,8,9,2\nAlpha,one,2023-05,,,", "on sale for a month at least"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_in_a_line(tmp_path, rows, said):
    (tmp_path / "given.csv").write_text(f"{HEAD}\n{rows}\n")
    with pytest.raises(InputError, match=said) as error:
        market.load("duopoly").vary({"supply": read_supply(tmp_path / "given.csv")})
    assert "\n" not in str(error.value)


def test_a_column_that_is_missing_or_unknown_is_named(tmp_path):
    (tmp_path / "given.csv").write_text("firm,model,date,price,capability\n")
    with pytest.raises(InputError, match="unit_cost"):
        read_supply(tmp_path / "given.csv")
    (tmp_path / "given.csv").write_text(f"{HEAD},elo\n")
    with pytest.raises(InputError, match="elo"):
        read_supply(tmp_path / "given.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_supply(tmp_path / "none.csv")
