"""Manifests vouch for every byte of a result and of themselves; names and tables are safe."""

import pandas as pd
import pytest

from market.saving.manifest import MANIFEST, DamageError, read_manifest, read_verified, write_manifest
from market.saving.naming import LONGEST, changes_in_words, folder_name
from market.saving.spreadsheet import csv, write_csv


def test_any_flipped_bit_is_found(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    write_manifest(tmp_path, "run", scenario={"name": "x"}, seed=0)
    text = (tmp_path / MANIFEST).read_bytes()
    for place in range(len(text)):
        (tmp_path / MANIFEST).write_bytes(text[:place] + bytes([text[place] ^ 4]) + text[place + 1 :])
        with pytest.raises(DamageError, match="manifest"):
            read_manifest(tmp_path)
    (tmp_path / MANIFEST).write_bytes(text)
    noted = read_manifest(tmp_path)
    read_verified(tmp_path, noted["files"])
    (tmp_path / "a").write_bytes(b"content ")
    with pytest.raises(DamageError, match="a is damaged"):
        read_verified(tmp_path, noted["files"])
    (tmp_path / "a").unlink()
    with pytest.raises(DamageError, match="a: no such file"):
        read_verified(tmp_path, noted["files"])


def test_a_folder_is_named_by_what_was_changed():
    changes = changes_in_words(["segments.*.open_access=1", 'labs.*.funding={rule="patient"}'])
    assert folder_name("baseline", *changes[:1], "0") == "baseline-open_access=1-0"
    assert folder_name("baseline", changes[1], "0") == "baseline-funding=rule=patient-0"
    assert folder_name("../x", "0") == "x-0"
    long = {folder_name("baseline", f"a={'ü' * size}", "0") for size in (100, 200, 300)}
    assert len(long) == 3
    assert all(len(name.encode()) <= LONGEST for name in long)


def test_a_spreadsheet_runs_nothing(tmp_path):
    table = pd.DataFrame({"=1+1": ["=cmd()", "-x", None], "n": [-1.5, 2.0, -3.0], "ok": ["a", "@b", "\tc"]})
    assert csv(table).splitlines() == ["'=1+1,n,ok", "'=cmd(),-1.5,a", "'-x,2.0,'@b", ",-3.0,'\tc"]
    assert table.loc[0, "=1+1"] == "=cmd()"
    write_csv(table, tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes() == csv(table).encode()
