"""A sweep's folder: its design and manifest first, then results as they come, each line with its own checksum.

    manifest.json   what the results stand on: scenario, design, seeds, outcomes, code, versions
    design.csv      the design points, in the order in which they are run
    runs/*.jsonl    one file per worker; a line is a checksum and a result, written at once or not at all
    written.txt     checksums of all other files that were written here, noted before they are
    table.parquet, table.csv   the tidy table, made from the lines by `collect`; figures beside it

A line that was cut short or altered fails its checksum: it is put beside its file, as `.kept`, and its run is done
again. So nothing has to be locked, and a process may be killed at any moment. A file that was changed by others is
renamed before its name is written again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import socket
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import TypeAdapter

from market.parameters import InputError
from market.saving import manifest
from market.saving.manifest import MANIFEST
from market.saving.place import Place, said_in_one_line
from market.saving.spreadsheet import csv
from market.saving.staging import NEW, clear, staging, unused
from market.studies.evaluate import Result
from market.studies.identity import Identity, difference, fingerprint

KIND = "sweep"
RUNS = "runs"
DESIGN = "design.csv"
TABLE = "table"
WRITTEN = "written.txt"
SHARD = re.compile(r"[0-9a-f]{8}-.+-\d+-\d+\.jsonl")
"""Names of the files of results, as `Store.append` makes them; other files in the folder are nobody's business."""
RESULT = TypeAdapter(Result)


@dataclass(frozen=True)
class Store:
    """Where results go. Workers carry it along: it holds names only.

    Attributes
    ----------
    folder : the sweep's folder, which workers see too.
    identity : fingerprint of the sweep; lines of another are not read.
    session : names this call's files, so that two calls never write to one.
    """

    folder: Path
    identity: str
    session: str

    def append(self, result: Result) -> None:
        """Write one result to this worker's own file, whole or not at all.

        Raises
        ------
        InputError
            If it cannot be written; what was written before is safe.
        """
        name = f"{self.session}-{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}.jsonl"
        try:
            _append(self.folder / RUNS / name, encode(result, self.identity))
        except OSError as error:
            raise unwritable(self.folder, error) from None

    def collect(self) -> tuple[dict[tuple[int, int], Result], int]:
        """Read all results by point and seed; and how many damaged lines were found, which are taken out.

        Raises
        ------
        InputError
            If a file cannot be read, or not be mended.
        """
        found: dict[tuple[int, int], Result] = {}
        damaged = 0
        try:
            for path in _shards(self.folder):
                good, torn = read_lines(path, self.identity)
                found.update({(result.point, result.seed): result for result in good})
                if torn:
                    damaged += len(torn)
                    _take_out(path, torn)
        except OSError as error:
            raise unwritable(self.folder, error) from None
        return found, damaged

    def write_table(self, table: pd.DataFrame) -> None:
        """Write the tidy table, whole or not at all.

        Raises
        ------
        InputError
            If it cannot be written; the results are safe.
        """
        try:
            for ending, content in (("csv", csv(table).encode()), ("parquet", _parquet(table))):
                write_file(self.folder, f"{TABLE}.{ending}", content)
        except OSError as error:
            raise unwritable(self.folder, error) from None


def prepare(folder: str | Path, identity: Identity, points: pd.DataFrame) -> Store:
    """Make a sweep's folder, or open the one that holds the same sweep. Design and manifest are there before any run.

    Raises
    ------
    InputError
        If the folder holds something else or another sweep (the line says what differs and how to go on), or cannot be
        written.
    """
    folder = Path(folder)
    check(folder, identity)
    try:
        if not folder.exists():
            _make(folder, identity, points)
            _check_same(folder, identity)
        (folder / RUNS).mkdir(exist_ok=True)
        for place in (folder, folder / RUNS):
            clear(place)
        with staging(folder / RUNS):
            pass
        _write_head(folder, identity, points)
    except OSError as error:
        raise unwritable(folder, error) from None
    return Store(folder, fingerprint(identity), os.urandom(4).hex())


def check(folder: str | Path, identity: Identity) -> None:
    """Refuse a folder for a sweep before any work is done. Nothing is made.

    Raises
    ------
    InputError
        As in `prepare`.
    """
    folder = Path(folder)
    with said_in_one_line(folder):
        if folder.exists():
            _check_same(folder, identity)
        else:
            Place(folder, KIND).check()


def open_results(folder: str | Path) -> list[Result]:
    """Read what a sweep's folder holds by now, finished or not; by point and seed.

    Raises
    ------
    InputError
        If it holds no sweep.
    """
    noted = _noted(Path(folder))
    if "identity" not in noted:
        raise InputError(f"{folder}: holds no sweep with an undamaged manifest")
    found = [result for path in _shards(Path(folder)) for result in read_lines(path, noted["fingerprint"])[0]]
    return sorted({(r.point, r.seed): r for r in found}.values(), key=lambda r: (r.point, r.seed))


def encode(result: Result, identity: str) -> bytes:
    """Write a result as one line: its checksum, then JSON."""
    text = json.dumps({"sweep": identity, **asdict(result)}, ensure_ascii=True).encode()
    return _checksum(text) + b" " + text + b"\n"


def read_lines(path: Path, identity: str) -> tuple[list[Result], list[bytes]]:
    """Read the results in a file that belong to a sweep; and the lines that are no results, as they are."""
    good: list[Result] = []
    torn: list[bytes] = []
    for line in path.read_bytes().splitlines(keepends=True):
        owner, result = _decode(line)
        if result is None:
            torn.append(line)
        elif owner == identity:
            good.append(result)
    return good, torn


def _decode(line: bytes) -> tuple[str, Result | None]:
    """Read a line as the sweep that it belongs to and its result; None if it is cut short, altered, or none of ours."""
    check, _, text = line.removesuffix(b"\n").partition(b" ")
    if line.endswith(b"\n") and check == _checksum(text):
        with suppress(ValueError, RecursionError):
            data = json.loads(text)
            if isinstance(data, dict) and isinstance(data.get("sweep"), str):
                return data["sweep"], RESULT.validate_python(data)
    return "", None


def _take_out(path: Path, torn: list[bytes]) -> None:
    """Take lines out of a file and keep them beside it: they may be a user's."""
    whole = [line for line in path.read_bytes().splitlines(keepends=True) if line not in torn]
    kept = path.with_name(f"{path.name}.kept")
    if b"".join(torn) not in (other.read_bytes() for other in path.parent.glob(f"{kept.name}*") if other.is_file()):
        replace_file(unused(kept), b"".join(torn))
    replace_file(path, b"".join(whole))


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
    _append(folder / WRITTEN, _note(name, content) + b"\n")
    replace_file(path, content)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file beside and rename it, so that its name always holds a whole file."""
    with staging(path.parent) as staged:
        beside = staged / NEW / path.name
        beside.write_bytes(content)
        beside.replace(path)


def unwritable(folder: Path, error: OSError) -> InputError:
    """Say in one line that a folder cannot be written, and that nothing is lost."""
    why = (error.strerror or str(error)).lower()
    return InputError(
        f"{folder}: cannot be written ({why}); finished runs are safe, and the same command goes on from them"
    )


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


def _check_same(folder: Path, identity: Identity) -> None:
    """Refuse a folder that holds another sweep or something else; a damaged manifest is judged by the results."""
    noted = _noted(folder)
    if noted.get("kind", KIND) != KIND:
        raise InputError(f"{folder}: holds results of kind '{noted['kind']}', no sweep; give another --out")
    if "identity" not in noted:
        owners = _owners(folder)
        if not owners:
            raise InputError(f"{folder}: exists and holds no sweep; give another --out")
        if owners != {fingerprint(identity)}:
            raise InputError(f"{folder}: its manifest is damaged and its results are of another sweep; {HOW_TO_GO_ON}")
    elif noted["fingerprint"] != fingerprint(identity):
        raise InputError(f"{folder}: holds another sweep: {difference(noted['identity'], identity)}; {HOW_TO_GO_ON}")


def _noted(folder: Path) -> dict[str, Any]:
    """Read the manifest; without its identity if that is damaged, empty if it is no manifest at all."""
    try:
        noted = manifest.read_manifest(folder)
        if noted["kind"] != KIND:
            return {"kind": noted["kind"]}
        return noted if noted["fingerprint"] == fingerprint(noted["identity"]) else {}
    except (manifest.DamageError, KeyError, RecursionError):
        return {}


HOW_TO_GO_ON = "to keep both give another --out; to start anew remove the folder; to go on with the old one undo that"


def _shards(folder: Path) -> list[Path]:
    """List the files of results in a sweep's folder."""
    return sorted(path for path in (folder / RUNS).glob("*.jsonl") if SHARD.fullmatch(path.name) and path.is_file())


def _owners(folder: Path) -> set[str]:
    """Name the sweeps that the undamaged lines of a folder belong to."""
    owners: set[str] = set()
    for path in _shards(folder):
        decoded = map(_decode, path.read_bytes().splitlines(keepends=True))
        owners |= {owner for owner, result in decoded if result is not None}
    return owners


def _written(folder: Path) -> set[bytes]:
    """Read what was written into a sweep's folder."""
    path = folder / WRITTEN
    return set(path.read_bytes().splitlines()) if path.is_file() else set()


def _note(name: str, content: bytes) -> bytes:
    return f"{manifest.checksum(content)}  {name}".encode()


def _append(path: Path, line: bytes) -> None:
    """Append a line with one system call; take back what a full disk cut short."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        before = os.fstat(descriptor).st_size
        try:
            if os.write(descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, before)
            raise
    finally:
        os.close(descriptor)


def _checksum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:16].encode()


def _parquet(table: pd.DataFrame) -> bytes:
    bare = table.copy(deep=False)
    bare.attrs = {}
    return bytes(bare.to_parquet(index=False))
