"""Saving and opening: folders are complete or absent."""

import json
import os

import pandas as pd
import pytest

import market
from market.parameters import InputError
from market.run import so_far, unfolding
from market.saving.manifest import MANIFEST
from market.saving.place import Place
from market.schemas import SCHEMAS
from market.studies.sweep import open_sweep


def test_a_saved_run_opens_as_it_was(small_run, tmp_path):
    folder = small_run.save(tmp_path / "deep" / "run")
    again = market.open_run(folder)
    assert again.scenario == small_run.scenario
    assert again.seed == small_run.seed
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(small_run, name))
    assert (folder / "companies.csv").read_text().startswith("firm,year,months,revenue")
    assert len(list(tmp_path.glob("deep/.*"))) == 0


def test_a_run_saved_before_a_table_was_recorded_opens_without_rows_of_it(small_run, tmp_path):
    folder = small_run.save(tmp_path / "run")
    later = [schema for schema in SCHEMAS.values() if schema.later]
    assert later
    noted = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({key: noted[key] for key in ("kind", "seed", "scenario", "versions")}))
    for schema in later:
        (folder / f"{schema.name}.parquet").unlink()
    again = market.open_run(folder)
    for schema in later:
        pd.testing.assert_frame_equal(again.table(schema.name), schema.empty)
    pd.testing.assert_frame_equal(again.families, small_run.families)


def test_the_manifest_says_what_a_result_stands_on(small_run, tmp_path):
    noted = json.loads((small_run.save(tmp_path / "run") / MANIFEST).read_text())
    assert noted["kind"] == "run"
    assert noted["seed"] == 1
    assert noted["scenario"]["labs"]["Alpha"]["training"]["growth"] == 2.5
    assert {"python", "mesa", "numpy"} <= set(noted["versions"])
    assert "commit" in noted


def test_two_saves_are_the_same_bytes(small_run, tmp_path):
    one, two = small_run.save(tmp_path / "one"), small_run.save(tmp_path / "two")
    for file in one.iterdir():
        assert file.read_bytes() == (two / file.name).read_bytes(), file.name


def test_an_existing_folder_needs_force_and_must_be_ours(small_run, tmp_path):
    folder = small_run.save(tmp_path / "run")
    with pytest.raises(InputError, match="exists already"):
        small_run.save(folder)
    small_run.save(folder, force=True)
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="is not replaced"):
        small_run.save(tmp_path / "theirs", force=True)
    assert (tmp_path / "theirs" / "thesis.txt").read_text() == "years of work"
    (tmp_path / "theirs" / "manifest.json").write_text("{}")  # a name is not enough
    with pytest.raises(InputError, match="is not replaced"):
        small_run.save(tmp_path / "theirs", force=True)


def test_a_failure_or_an_interrupt_leaves_nothing(tmp_path):
    for error in (RuntimeError, KeyboardInterrupt):
        with pytest.raises(error), Place(tmp_path / "new", "run").filled() as folder:
            (folder / "half.txt").write_text("half")
            raise error
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_what_was_there(small_run, tmp_path):
    folder = small_run.save(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt), Place(folder, "run", force=True).filled():
        raise KeyboardInterrupt
    assert market.open_run(folder).seed == 1


def test_unwritable_places_get_one_line(small_run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is not a folder"):
        small_run.save(tmp_path / "file" / "run")


def test_broken_runs_are_refused(small_run, tmp_path):
    with pytest.raises(InputError, match="is no complete run"):
        market.open_run(tmp_path)
    folder = small_run.save(tmp_path / "run")
    for name in (MANIFEST, "offers.parquet", "models.csv"):
        whole = (folder / name).read_bytes()
        half = len(whole) // 2
        for damaged in (whole[:half], whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :], b""):
            (folder / name).write_bytes(damaged)
            assert_one_line(folder, name)
        (folder / name).unlink()
        assert_one_line(folder, name)
        (folder / name).write_bytes(whole)
    market.open_run(folder)


@pytest.mark.parametrize("name", ["s3:x", "file:x", "http:x", "~root", "memory:"])
def test_no_name_of_a_folder_is_taken_for_an_address(name, small_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert market.open_run(small_run.save(name)).seed == small_run.seed
    os.mkdir("sweep:x")
    small_run.offers.to_parquet(tmp_path / "sweep:x" / "table.parquet")
    assert len(open_sweep("sweep:x")) == len(small_run.offers)


def test_a_table_with_other_columns_is_refused_when_a_run_is_opened(small_run, tmp_path):
    folder = small_run.save(tmp_path / "run")
    noted = json.loads((folder / MANIFEST).read_text())
    old = {key: noted[key] for key in ("kind", "seed", "scenario", "versions", "commit")}  # as version 0.1 wrote it
    (folder / MANIFEST).write_text(json.dumps(old))
    for name, schema in SCHEMAS.items():
        if not schema.saved or schema.beside:
            continue
        columns, table = [column.name for column in schema.columns if not column.later], small_run.table(name)
        table[columns].to_parquet(folder / f"{name}.parquet")
        market.open_run(folder)
        table.rename(columns={columns[-1]: "other"}).to_parquet(folder / f"{name}.parquet")
        assert_one_line(folder, f"{name}.parquet has no column '{columns[-1]}'")
        table.to_parquet(folder / f"{name}.parquet")
    texts = small_run.segments.astype({"surplus": "str"})
    texts.to_parquet(folder / "segments.parquet")
    assert_one_line(folder, "segments.parquet has a column 'surplus' that is text, not a number")
    small_run.segments.to_parquet(folder / "segments.parquet")
    (folder / "companies.parquet").unlink()
    pd.testing.assert_frame_equal(market.open_run(folder).companies, small_run.companies)  # derived anew
    (folder / "models.parquet").unlink()
    assert_one_line(folder, "models.parquet: no such file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_is_not_waited_for(small_run, tmp_path):
    folder = small_run.save(tmp_path / "run")
    for name in ("models.csv", MANIFEST):
        (folder / name).unlink()
        os.mkfifo(folder / name)
        assert_one_line(folder, f"{name}: is no regular file")


def assert_one_line(folder, named):
    """Opening a folder fails in one line that names a file."""
    with pytest.raises(InputError) as refused:
        market.open_run(folder)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_foreign_deep_and_mismatched_manifests_get_one_line(small_run, tmp_path):
    folder = small_run.save(tmp_path / "run")
    noted = json.loads((folder / MANIFEST).read_text())
    old = {key: noted[key] for key in ("kind", "seed", "scenario", "versions", "commit")}
    other = market.load("monopoly").model_dump(mode="json")
    deep = '{"kind": "run", "seed": 0, "scenario": ' + "[" * 5000 + "]" * 5000 + "}"
    for text in (
        "[]", "{}", deep, deep.replace("[", '{"a":').replace("]", "}"), json.dumps(old | {"seed": None}),
        json.dumps(old | {"kind": "sweep"}), json.dumps(old | {"scenario": 3}), json.dumps(old | {"scenario": other}),
        json.dumps(old | {"scenario": old["scenario"] | {"months": 7}}), json.dumps(noted | {"seed": 2}),
    ):  # fmt: skip
        (folder / MANIFEST).write_text(text)
        assert_one_line(folder, MANIFEST)
    (folder / MANIFEST).write_text(json.dumps(old))  # as version 0.1 wrote it
    assert market.open_run(folder).scenario == small_run.scenario


def test_what_a_saved_scenario_could_not_say_is_as_it_was(small_run, tmp_path):
    """A parameter that is not there, or null as lives could be, has the value that does what version 0.1 did."""
    folder = small_run.save(tmp_path / "run")
    whole = json.loads((folder / MANIFEST).read_text())
    noted = {key: whole[key] for key in ("kind", "seed", "scenario", "versions", "commit")}  # as version 0.1 wrote it
    for lab in noted["scenario"]["labs"].values():
        lab["life"] = None
        del lab["unpaid"]
    del noted["scenario"]["demand"]["luck_by_release"]
    (folder / MANIFEST).write_text(json.dumps(noted))
    opened = market.open_run(folder).scenario
    assert {(lab.life, lab.unpaid) for lab in opened.labs.values()} == {(0, 0.0)}
    assert opened.demand.luck_by_release


def test_a_run_so_far_is_the_run_with_that_horizon():
    scenario = market.load("duopoly").vary({"customers": 300, "months": 18})
    whole = market.simulate(scenario.vary({"months": 10}))
    for state in unfolding(scenario):
        if state.month == 10:
            run = so_far(state)
            for name in ("models", "companies", "offers", "ledger", "events"):
                pd.testing.assert_frame_equal(run.table(name), whole.table(name))
            break
