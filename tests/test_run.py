"""Saving and opening: folders are complete or absent."""

import json

import pandas as pd
import pytest

import market
from market.parameters import InputError
from market.run import MANIFEST, TABLES, complete_folder


def test_a_saved_run_opens_as_it_was(small_run, tmp_path):
    folder = small_run.save(tmp_path / "deep" / "run")
    again = market.open_run(folder)
    assert again.scenario == small_run.scenario
    assert again.seed == small_run.seed
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(small_run, name))
    assert (folder / "companies.csv").read_text().startswith("firm,year,months,revenue")
    assert len(list(tmp_path.glob("deep/.*"))) == 0


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
        with pytest.raises(error), complete_folder(tmp_path / "new") as folder:
            (folder / "half.txt").write_text("half")
            raise error
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_what_was_there(small_run, tmp_path):
    folder = small_run.save(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt), complete_folder(folder, force=True):
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
    (folder / "offers.parquet").write_bytes(b"PAR1 cut short")
    with pytest.raises(InputError, match="is no complete run"):
        market.open_run(folder)
