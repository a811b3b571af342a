"""The engine: kept results are those of what is asked now, and what a reading may give."""

import os

import pandas as pd
import pytest

from market.measures import outcomes
from market.parameters import InputError
from market.schemas import SCHEMAS, Column, Schema
from market.studies.engine import engine
from market.studies.worlds import one_scenario
from market.tables import derived
from market.tables.run import DERIVED


@pytest.fixture
def worlds(tiny):
    return one_scenario(tiny, [0, 1])


def table(worlds, reading, keep, threads):
    with engine(threads, keep=keep) as running:
        return running.table(worlds, reading)


def test_an_edited_outcome_or_table_that_is_used_by_name_is_computed_anew(worlds, tmp_path, threads, monkeypatch):
    monkeypatch.setattr(outcomes, "OUTCOMES", type(outcomes.OUTCOMES)("outcome"))
    schema = Schema("own_rows", "Rows.", (Column("row", "", "Row.", "int64"),))

    def by_outcome(run):
        return {"x": outcomes.compute(run, ["own"])["own"]}

    def by_table(run):
        return {"x": len(run.own_rows)}

    def define(times):
        def own(run, period):
            """Something of one's own."""
            return times * run.seed

        def own_rows(run):
            return pd.DataFrame({"row": range(times)})

        for registry, name in ((outcomes.OUTCOMES, "own"), (SCHEMAS, "own_rows"), (DERIVED, "own_rows")):
            registry.pop(name, None)
        outcomes.outcome(unit="x")(own)
        derived(schema)(own_rows)

    try:
        for times in (1, 2):
            define(times)
            assert table(worlds, by_outcome, tmp_path, threads)["x"].tolist() == [0.0, times]
            assert table(worlds, by_table, tmp_path, threads)["x"].tolist() == [times, times]
    finally:
        SCHEMAS.pop("own_rows", None)
        DERIVED.pop("own_rows", None)


def test_kept_results_are_read_again_to_the_last_bit_and_type(worlds, tmp_path, threads):
    def read(run):
        return pd.DataFrame(
            {
                "a": [0.1 + 0.2, float("nan")], "b": pd.array([1, None], "Int64"), "c": ["x", None], "d": [True, False],
                "e": [run.seed, 2**53 + 1],
            }
        )  # fmt: skip

    first, again = (table(worlds, read, tmp_path, threads) for _ in range(2))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert first["b"].dtype == "Int64"
    assert first.loc[1, "e"] == 2**53 + 1


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (lambda run: {"seed": 99}, "a reading's 'seed': the study has a column of this name"),
        (lambda run: {"p": pd.DataFrame({"a": [1]})}, "is read by read_tables"),
        (lambda run: 3, "a reading gives figures by name"),
        (lambda run: pd.DataFrame({"a": [1]}, index=["x"]), "has no index of its own"),
    ],
)
def test_a_reading_that_cannot_be_laid_out_is_one_line(reading, said, worlds, threads):
    with pytest.raises(InputError, match=said) as refused:
        table(worlds, reading, None, threads)
    assert len(str(refused.value).splitlines()) == 1


def test_tables_by_name_are_given_under_every_seed(worlds, threads):
    def some(run):
        return {name: pd.DataFrame({"a": [run.seed]}) for name in ("p", "q")[: 1 + run.seed]}

    with engine(threads) as running, pytest.raises(InputError, match="gives no table 'q' under seed 0"):
        running.tables(worlds, some)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_what_is_no_file_is_put_aside(worlds, tmp_path, threads):
    def read(run):
        return {"a": run.seed}

    first = table(worlds, read, tmp_path, threads)
    kept = sorted(tmp_path.rglob("*.json"))
    kept[0].unlink()
    os.mkfifo(kept[0])
    assert table(worlds, read, str(tmp_path), threads).equals(first)
    assert kept[0].is_file()
