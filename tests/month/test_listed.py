"""Supply from a table: what a decided run sold, given as data, is chosen and booked alike; others go on deciding."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import market
from market.evidence import read_supply
from market.parameters import InputError

TINY = {"customers": 600, "months": 26, "panel.size": 150}
HEAD = "model,firm,released,open_weights,price,capability,unit_cost,training,withdrawn,score,scale"


def as_tables(run, folder):
    """Write what a run had on sale as a supply table."""
    offers = run.offers[run.offers["firm"] != "hosts"].sort_values(["model", "month"])
    releases, prices = [], []
    for model, sold in offers.groupby("model", sort=False):
        facts = run.models.set_index("model").loc[model]
        cost = sold["unit_cost"].iloc[0] * run.scenario.technology.serving_progress_on_sale ** (
            (sold["month"].iloc[0] - facts["released"]) / 12
        )
        changed = sold[sold["price"].diff() != 0]
        off = "" if pd.isna(facts["retired"]) else f"{run.calendar.date(facts['retired'])}-01"
        row = {
            "model": model, "firm": facts["firm"], "released": f"{run.calendar.date(facts['released'])}-01",
            "open_weights": str(facts["open_weights"]), "price": changed["price"].iloc[0],
            "capability": sold["capability"].iloc[0], "unit_cost": cost, "training": facts["training"],
            "withdrawn": off,
        }  # fmt: skip
        releases.append(row)
        for month, price in zip(changed["month"].iloc[1:], changed["price"].iloc[1:], strict=True):
            prices.append({"model": model, "date": f"{run.calendar.date(month)}-01", "price": price})
    order = {firm: place for place, firm in enumerate(run.scenario.firms)}
    table = pd.DataFrame(releases)
    table.sort_values(["released", "firm"], key=lambda c: c.map(order) if c.name == "firm" else c).to_csv(
        folder / "releases.csv", index=False
    )
    pd.DataFrame(prices).to_csv(folder / "prices.csv", index=False)
    return read_supply(folder / "releases.csv", folder / "prices.csv")


@pytest.fixture(scope="module")
def decided():
    return market.simulate(market.load("single_line").vary(TINY), 3)


@pytest.fixture(scope="module")
def listed(decided, tmp_path_factory):
    return market.simulate(decided.scenario.vary({"supply": as_tables(decided, tmp_path_factory.mktemp("supply"))}), 3)


@pytest.fixture
def mine(tmp_path):
    """A function that writes rows and a scenario with them, and loads it."""

    def write(rows, prices="", supply="", head=HEAD, more=""):
        (tmp_path / "given.csv").write_text(f"{head}\n{rows}\n")
        named = 'releases = "given.csv"\n'
        if prices:
            (tmp_path / "later.csv").write_text(f"model,date,price\n{prices}\n")
            named += 'prices = "later.csv"\n'
        start = f'extends = "duopoly"\nmonths = 8\ncustomers = 300\n{more}\n[supply]\n'
        (tmp_path / "mine.toml").write_text(start + named + supply)
        return market.load(str(tmp_path / "mine.toml"))

    return write


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


def test_a_scenario_file_names_its_tables(mine):
    run = market.simulate(
        mine("one,Alpha,2022-11-03,false,8,9,2,,\ntwo,Beta,2023-03-09,false,6,10,2,,", "one,2023-05-31,4"), 0
    )
    prices = run.offers.pivot_table(index="month", columns="model", values="price")
    assert prices["one"].tolist() == [8.0] * 4 + [4.0] * 4
    assert np.isnan(prices["two"].tolist()[:2]).all()
    assert (prices["two"].tolist()[2:] == np.full(6, 6.0)).all()


def test_firms_that_are_not_in_the_table_go_on_deciding(mine):
    run = market.simulate(mine("one,Alpha,2022-11-03,false,8,9,2,,"), 0)
    assert set(run.models.loc[run.models["firm"] == "Alpha", "model"]) == {"one"}
    assert {"Beta", "Omega"} <= set(run.offers["firm"])
    began = run.events[run.events["kind"] == "training_started"]
    assert "Alpha" not in set(began["firm"])


def test_the_manifest_has_the_content_and_its_hash(mine, tmp_path):
    run = market.simulate(mine("one,Alpha,2022-11-03,false,8,9,2,,", "one,2023-05-31,4").vary({"months": 1}), 0)
    run.save(tmp_path / "run")
    supply = json.loads((tmp_path / "run" / "manifest.json").read_text())["scenario"]["supply"]
    assert [(one["model"], one["price"]) for one in supply["releases"] + supply["prices"]] == [("one", 8), ("one", 4)]
    assert {len(digest) for digest in supply["files"].values()} == {64}
    assert set(supply["files"]) == {"given.csv", "later.csv"}
    assert market.open_run(tmp_path / "run").scenario == run.scenario


def test_a_score_becomes_points_by_its_scale(mine):
    scale = "[supply.scale.arena]\nanchor_score = 1300\nanchor_points = 9\nper_100 = 20\n"
    scenario = mine("one,Alpha,2022-11-03,false,8,,2,,,1350,arena", supply=scale)
    assert scenario.supply.products("2023-01")[0].capability == 9 + 0.5 * 20
    steeper = scenario.vary({"supply.scale.arena.per_100": 40.0})
    assert steeper.supply.products("2023-01")[0].capability == 9 + 0.5 * 40


def test_tiers_and_updates_are_of_the_family_of_their_base(mine):
    head = f"{HEAD},tier,base"
    rows = "\n".join(
        (
            "big,Alpha,2022-11-03,false,8,9,2,4,,,,,",
            "small,Alpha,2022-11-03,false,1,5,.5,4,,,,mini,big",
            "better,Alpha,2023-03-01,false,8,11,2,4,,,,,big",
            "next,Alpha,2023-06-01,false,8,15,2,4,,,,,",
        )
    )
    run = market.simulate(mine(rows, head=head), 0)
    found = run.models[run.models["firm"] == "Alpha"].set_index("model")
    assert found["family"].to_dict() == {"big": "big", "small": "big", "better": "big", "next": "next"}
    assert found["update"].to_dict() == {"big": 0, "small": 0, "better": 1, "next": 0}
    assert (found["training"] == 4).all()


def test_a_model_can_be_given_away(mine):
    run = market.simulate(mine("one,Alpha,2022-11-03,true,0,9,,,", "one,2023-03-01,2\none,2023-04-01,0"), 0)
    prices = run.offers[run.offers["model"] == "one"].set_index("month")["price"]
    assert prices.tolist() == [0, 0, 2, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("one,Alhpa,2022-11-03,false,8,9,2,,", "given.csv: row 2: unknown firm 'Alhpa'; did you mean 'Alpha'?"),
        ("one,Alpha,2022-11-03,false,8,,2,,,1300,arena", "row 2: unknown scale 'arena'; allowed: none"),
    ],
)
def test_what_is_wrong_with_a_table_in_a_scenario_is_said_in_a_line(mine, rows, said):
    with pytest.raises(InputError, match=re.escape(said)) as error:
        mine(rows)
    assert "\n" not in str(error.value)


def test_something_has_to_be_on_sale_in_month_0(mine):
    rows = "one,Alpha,2023-02-03,false,8,9,2,,"
    others = 'remove = ["labs.Beta", "open_providers.*"]'
    with pytest.raises(
        InputError, match=r"given\.csv: nothing is on sale in month 0, 2023-01; first release: 2023-02-03"
    ):
        mine(rows, more=others)
    assert mine(rows).supply.firms == {"Alpha"}  # where others decide, they sell


def test_supply_that_is_no_table_is_refused(mine, tmp_path):
    (tmp_path / "old.toml").write_text('extends = "duopoly"\nsupply = "given.csv"\n')
    with pytest.raises(
        InputError, match=r'supply: the text "given.csv" is refused; allowed: a table that names a file'
    ):
        market.load(str(tmp_path / "old.toml"))
    with pytest.raises(InputError, match="supply: a list is refused; allowed: a table such as"):
        market.load("duopoly").vary({"supply": [{"firm": "Alpha"}]})
    assert market.load("history").vary({"supply": False, "labs.*.first_start": -12}).supply is None


def test_firms_with_tiers_train_only_what_the_table_lists(listed):
    """Also where an intervention has asked for their tiers before the market opens."""
    shut = {"month": 20, "kind": "shut_capital", "target": "Alpha"}
    tiers = {"labs.*.tiers": market.load("baseline").labs["Alpha"].model_dump()["tiers"], "interventions": [shut]}
    run = market.simulate(listed.scenario.vary(tiers), 3)
    trained = [each.ledger.loc[each.ledger["account"] == "TRAINING", "model"] for each in (run, listed)]
    assert set(trained[0]) == set(trained[1])
    assert set(run.models["line"]) == {"flagship"}
