"""A run as data: a table is declared in one place, and found wherever tables are made, saved, opened and listed."""

import json
import pickle
import weakref
from pathlib import Path

import pandas as pd
import pytest

import market
from market.accounts.rows import Rows
from market.measures.outcomes import compute
from market.parameters import InputError
from market.saving.manifest import MANIFEST
from market.schemas import SCHEMAS, Column, Schema
from market.tables import Run, derived
from market.tables.run import DERIVED, once
from market.views.listing import tables as listed
from tests.test_docs import data_dictionary

LEADERS = Schema(
    "leaders",
    "Who leads the market.",
    (Column("month", "month", "counted from the start", "int64"), Column("firm", "", "who earns most", "str")),
)


@pytest.fixture
def leaders():
    """A small derived table, declared for one test."""

    @derived(LEADERS)
    def leaders(run: Run) -> pd.DataFrame:
        best = run.offers.groupby("month")["revenue"].idxmax()
        return run.offers.loc[best, ["month", "firm"]].reset_index(drop=True)

    yield
    del SCHEMAS["leaders"], DERIVED["leaders"]


@pytest.fixture(scope="module")
def tiny() -> market.Scenario:
    """A market that takes no time."""
    return market.load("duopoly").vary({"customers": 300, "months": 6, "panel.size": 20})


@pytest.mark.usefixtures("leaders")
def test_a_table_is_declared_in_one_place(tiny, tmp_path):
    run = market.simulate(tiny, 0)
    assert len(run.leaders) == 6
    assert "leaders" in dir(run)
    folder = run.save(tmp_path / "run", csv=True)
    pd.testing.assert_frame_equal(market.open_run(folder).leaders, run.leaders)
    assert (folder / "leaders.csv").read_text().startswith("month,firm\n0,")
    assert "## leaders\n\nWho leads the market." in data_dictionary()
    assert ("leaders", "2", "Who leads the market.") in listed()[1]


def test_a_run_opens_without_the_declaration_of_a_table_and_before_there_was_one(tiny, tmp_path, request):
    before = market.simulate(tiny, 0).save(tmp_path / "before")
    request.getfixturevalue("leaders")
    with_it = market.simulate(tiny, 0).save(tmp_path / "with")
    assert len(market.open_run(before).leaders) == 6  # derived anew
    how, schema = DERIVED.pop("leaders"), SCHEMAS.pop("leaders")
    again = market.open_run(with_it)
    assert (with_it / "leaders.parquet").exists()
    with pytest.raises(AttributeError, match="unknown table 'leaders'"):
        again.leaders  # noqa: B018
    DERIVED["leaders"], SCHEMAS["leaders"] = how, schema


def test_names_in_use_are_refused():
    for name in ("models", "calendar"):
        with pytest.raises(TypeError, match=name):
            derived(Schema(name, "", ()))(lambda run: run.offers)


def test_a_derived_table_must_be_as_declared(small_run):
    @derived(LEADERS)
    def leaders(run: Run) -> pd.DataFrame:
        return run.offers[["month"]]

    try:
        with pytest.raises(TypeError, match="table 'leaders' has no column 'firm'"):
            Run(small_run.scenario, 0, {"offers": small_run.offers}).leaders  # noqa: B018
    finally:
        del SCHEMAS["leaders"], DERIVED["leaders"]


def test_a_table_that_a_run_lacks_is_named(small_run):
    with pytest.raises(InputError, match="unknown table 'offers'"):
        Run(small_run.scenario, 0, {}).table("offers")
    with pytest.raises(AttributeError, match="did you mean 'models'"):
        small_run.modles  # noqa: B018


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_table_has_the_columns_that_are_declared(name, small_run):
    table, schema = small_run.table(name), SCHEMAS[name]
    assert list(table) == schema.names
    assert schema.fault(table) == ""
    for made in (table, Rows(schema).frame()):
        assert made.dtypes.astype(str).to_dict() == {column.name: column.dtype for column in schema.columns}


OF_A_RUN = [name for name, schema in SCHEMAS.items() if schema.saved and not schema.beside]


@pytest.mark.parametrize("name", OF_A_RUN)
def test_every_table_is_csv_on_request(name, small_run, tmp_path_factory):
    folder = Path(tmp_path_factory.getbasetemp()) / "with_csv"
    if not folder.exists():
        small_run.save(folder, csv=True)
        assert {f"{name}.csv" for name in OF_A_RUN} <= set(files_of(folder))
    read = pd.read_csv(folder / f"{name}.csv")
    assert list(read) == SCHEMAS[name].names
    assert len(read) == len(small_run.table(name))


def test_without_request_the_books_are_csv(small_run, tmp_path):
    names = files_of(small_run.save(tmp_path / "run"))
    assert {name for name in names if name.endswith(".csv")} == {"models.csv", "companies.csv", "families.csv"}


def files_of(folder: Path) -> list[str]:
    """Files that a manifest names."""
    return list(json.loads((folder / MANIFEST).read_text())["files"])


def test_a_table_is_made_when_it_is_read_and_no_other(tiny):
    run = market.simulate(tiny, 0)
    compute(run, ["labs_revenue"])
    assert run.tables == {}
    compute(run, ["consumer_surplus"])
    assert list(run.tables) == ["segments"]
    assert run.columns("segments") is run.segments is run.segments


def test_a_run_goes_to_another_process_and_back(tiny):
    run = market.simulate(tiny, 0)
    assert run.offers is not None
    again = pickle.loads(pickle.dumps(run))
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(again.table(name), run.table(name))


def test_what_is_computed_once_is_computed_for_each_run_and_goes_with_it(tiny):
    asked = []

    @once
    def reading(run: Run, what: str) -> int:
        asked.append((run.seed, what))
        return len(asked)

    runs = [Run(tiny, seed, {}) for seed in (0, 1)]
    found = [reading(run, what) for run in runs for what in "aba"]
    assert found == [1, 2, 1, 3, 4, 3]
    assert asked == [(0, "a"), (0, "b"), (1, "a"), (1, "b")]
    gone = weakref.ref(runs[0])
    del runs
    assert gone() is None
