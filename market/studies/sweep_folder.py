"""A sweep's folder: its design and manifest first, then a file per run, and the tidy table at the end.

    manifest.json   what the results stand on: scenario, design, seeds, outcomes, code, versions
    design.csv      the design points, in the order in which they are run
    runs/           results as they come, as `market.studies.store` keeps them
    table.parquet, table.csv   the tidy table; figures beside it
    written.txt     checksums of all other files that were written here, noted before they are

A process may be killed at any moment. A file that was changed by others is renamed before its name is written again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from market.parameters import InputError
from market.saving import manifest
from market.saving.manifest import MANIFEST
from market.saving.place import Place, said_in_one_line
from market.saving.spreadsheet import csv
from market.saving.staging import NEW, clear, staging, unused
from market.studies.canonical import fingerprint
from market.studies.identity import Identity, Keys, difference
from market.studies.store import Store, unwritable

KIND = "sweep"
RUNS = "runs"
DESIGN = "design.csv"
TABLE = "table"
WRITTEN = "written.txt"
HOW_TO_GO_ON = "to keep both give another --out; to start anew remove the folder; to go on with the old one undo that"


def prepare(folder: Path, identity: Identity, points: pd.DataFrame, keys: Keys) -> Store:
    """Make a sweep's folder, or open the one that holds the same sweep. Design and manifest are there before any run.

    Parameters
    ----------
    folder : its name.
    identity : all that the results depend on.   points : the design.   keys : of all its results.

    Raises
    ------
    InputError
        If the folder holds something else or another sweep (the line says what differs and how to go on), or cannot be
        written.
    """
    check(folder, identity, keys)
    try:
        if not folder.exists():
            _make(folder, identity, points)
            check(folder, identity, keys)
        (folder / RUNS).mkdir(exist_ok=True)
        for place in (folder, folder / RUNS):
            clear(place)
        with staging(folder / RUNS):
            pass
        _write_head(folder, identity, points)
    except OSError as error:
        raise unwritable(folder, error) from None
    return Store(folder / RUNS)


def check(folder: Path, identity: Identity, keys: Keys) -> None:
    """Refuse a folder for a sweep before any work. Nothing is made; a damaged manifest is judged by the results."""
    with said_in_one_line(folder):
        if not folder.exists():
            Place(folder, KIND).check()
            return
    noted = _noted(folder)
    if noted.get("kind", KIND) != KIND:
        raise InputError(f"{folder}: holds results of kind '{noted['kind']}', no sweep; give another --out")
    if "identity" in noted:
        if noted["fingerprint"] != fingerprint(identity):
            raise InputError(
                f"{folder}: holds another sweep: {difference(noted['identity'], identity)}; {HOW_TO_GO_ON}"
            )
        return
    store = Store(folder / RUNS)
    if not len(store):
        raise InputError(f"{folder}: exists and holds no sweep; give another --out")
    if not any(key in store for key in keys):
        raise InputError(f"{folder}: its manifest is damaged and its results are of another sweep; {HOW_TO_GO_ON}")


def write_table(folder: Path, table: pd.DataFrame) -> None:
    """Write the tidy table, whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written; the results are safe.
    """
    try:
        for ending, content in (("csv", csv(table).encode()), ("parquet", _parquet(table))):
            write_file(folder, f"{TABLE}.{ending}", content)
    except OSError as error:
        raise unwritable(folder, error) from None


def write_file(folder: Path, name: str, content: bytes) -> None:
    """Write a file of a sweep, whole or not at all. One of this name that others made or changed is renamed before.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path = folder / name
    if os.path.lexists(path):
        there = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        if there == content:
            return
        if there is None or _note(name, there) not in _written(folder):
            path.rename(unused(path.with_name(f"{name}.kept")))
    with (folder / WRITTEN).open("ab") as notes:
        notes.write(_note(name, content) + b"\n")
    with staging(folder) as staged:
        beside = staged / NEW / name
        beside.write_bytes(content)
        beside.replace(path)


def _make(folder: Path, identity: Identity, points: pd.DataFrame) -> None:
    """Make a sweep's folder with design and manifest; another process that does the same may be faster."""
    real = Path(os.path.realpath(folder))
    real.parent.mkdir(parents=True, exist_ok=True)
    with staging(real.parent) as staged:
        (staged / NEW / RUNS).mkdir()
        _write_head(staged / NEW, identity, points)
        try:
            (staged / NEW).rename(real)
        except OSError:
            if not real.is_dir():
                raise


def _write_head(folder: Path, identity: Identity, points: pd.DataFrame) -> None:
    """Write design and manifest if they are not there undamaged."""
    write_file(folder, DESIGN, csv(points).encode())
    if _noted(folder).get("fingerprint") != fingerprint(identity):
        write_file(folder, MANIFEST, manifest.manifest(KIND, fingerprint=fingerprint(identity), identity=identity))


def _noted(folder: Path) -> dict[str, Any]:
    """Read the manifest; without its identity if that is damaged, empty if it is no manifest at all."""
    try:
        noted = manifest.read_manifest(folder)
        if noted["kind"] != KIND:
            return {"kind": noted["kind"]}
        return noted if noted["fingerprint"] == fingerprint(noted["identity"]) else {}
    except (manifest.DamageError, KeyError, RecursionError):
        return {}


def _written(folder: Path) -> set[bytes]:
    """Read what was written into a sweep's folder."""
    path = folder / WRITTEN
    return set(path.read_bytes().splitlines()) if path.is_file() else set()


def _note(name: str, content: bytes) -> bytes:
    return f"{manifest.checksum(content)}  {name}".encode()


def _parquet(table: pd.DataFrame) -> bytes:
    bare = table.copy(deep=False)
    bare.attrs = {}
    return bytes(bare.to_parquet(index=False))
