"""A sweep's folder: its design and manifest first, then results as they come, each line with its own checksum.

    manifest.json   what the results stand on: scenario, design, seeds, outcomes, code, versions
    design.csv      the design points, in the order in which they are run
    runs/*.jsonl    one file per worker; a line is a checksum and a result, written at once or not at all
    table.parquet, table.csv   the tidy table, made from the lines by `collect`

A line that was cut short or altered fails its checksum and its run is done again; so nothing has to be locked, and a
process may be killed at any moment.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from market.parameters import InputError
from market.run import MANIFEST, check_folder, complete_folder, write_manifest
from market.studies.evaluate import Result
from market.studies.identity import Identity, difference, fingerprint

KIND = "sweep"
RUNS = "runs"
DESIGN = "design.csv"
TABLE = "table"


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
            for path in sorted((self.folder / RUNS).glob("*.jsonl")):
                good, bad = read_lines(path, self.identity)
                found.update({(result.point, result.seed): result for result in good})
                if bad:
                    damaged += bad
                    replace_file(path, b"".join(encode(result, self.identity) for result in good))
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
            for ending, write in (("csv", _csv), ("parquet", _parquet)):
                replace_file(self.folder / f"{TABLE}.{ending}", write(table))
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
    store = Store(folder, fingerprint(identity), os.urandom(4).hex())
    if not folder.exists():
        check_folder(folder)
        with complete_folder(folder) as unfinished:
            (unfinished / RUNS).mkdir()
            _write_head(unfinished, identity, points)
        return store
    _check_same(folder, identity)
    try:
        (folder / RUNS).mkdir(exist_ok=True)
        for left_over in folder.glob(".*"):  # a killed process cannot clear up
            shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
        with tempfile.TemporaryFile(dir=folder / RUNS) as probe:
            probe.write(b"probe")
        _write_head(folder, identity, points)
    except OSError as error:
        raise unwritable(folder, error) from None
    return store


def check(folder: str | Path, identity: Identity) -> None:
    """Refuse a folder for a sweep before any work is done. Nothing is made.

    Raises
    ------
    InputError
        As in `prepare`.
    """
    if Path(folder).exists():
        _check_same(Path(folder), identity)
    else:
        check_folder(Path(folder))


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
    paths = sorted((Path(folder) / RUNS).glob("*.jsonl"))
    found = [result for path in paths for result in read_lines(path, noted["fingerprint"])[0]]
    return sorted({(r.point, r.seed): r for r in found}.values(), key=lambda r: (r.point, r.seed))


def encode(result: Result, identity: str) -> bytes:
    """Write a result as one line: its checksum, then JSON."""
    text = json.dumps({"sweep": identity, **asdict(result)}, ensure_ascii=True).encode()
    return _checksum(text) + b" " + text + b"\n"


def read_lines(path: Path, identity: str) -> tuple[list[Result], int]:
    """Read the results in a file that belong to a sweep; and the number of damaged lines."""
    good: list[Result] = []
    damaged = 0
    for line in path.read_bytes().splitlines(keepends=True):
        check, _, text = line.rstrip(b"\n").partition(b" ")
        if not line.endswith(b"\n") or check != _checksum(text):
            damaged += 1
            continue
        data = json.loads(text)
        if data.pop("sweep") == identity:
            good.append(Result(**data))
    return good, damaged


def replace_file(path: Path, content: bytes) -> None:
    """Write a file beside and rename it, so that its name always holds a whole file."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    finally:
        Path(beside).unlink(missing_ok=True)


def unwritable(folder: Path, error: OSError) -> InputError:
    """Say in one line that a folder cannot be written, and that nothing is lost."""
    why = (error.strerror or str(error)).lower()
    return InputError(
        f"{folder}: cannot be written ({why}); finished runs are safe, and the same command goes on from them"
    )


def _write_head(folder: Path, identity: Identity, points: pd.DataFrame) -> None:
    """Write design and manifest if they are not there undamaged."""
    replace_file(folder / DESIGN, _csv(points))
    if _noted(folder).get("fingerprint") == fingerprint(identity):
        return
    with tempfile.TemporaryDirectory(prefix=".head-", dir=folder) as beside:
        write_manifest(Path(beside), KIND, fingerprint=fingerprint(identity), identity=identity)
        (Path(beside) / MANIFEST).replace(folder / MANIFEST)


def _check_same(folder: Path, identity: Identity) -> None:
    """Refuse a folder that holds another sweep or something else; a damaged manifest is judged by the results."""
    noted = _noted(folder)
    if noted.get("kind", KIND) != KIND:
        raise InputError(f"{folder}: holds results of kind '{noted['kind']}', no sweep; give another --out")
    if not (folder / RUNS).is_dir() and "identity" not in noted:
        raise InputError(f"{folder}: exists and holds no sweep; give another --out")
    if "identity" not in noted:
        if not _all_of(folder, fingerprint(identity)):
            raise InputError(f"{folder}: its manifest is damaged and its results are of another sweep; {HOW_TO_GO_ON}")
    elif noted["fingerprint"] != fingerprint(identity):
        raise InputError(f"{folder}: holds another sweep: {difference(noted['identity'], identity)}; {HOW_TO_GO_ON}")


def _noted(folder: Path) -> dict[str, Any]:
    """Read the manifest; without its identity if that is damaged, empty if it is no manifest at all."""
    try:
        noted = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(noted, dict):
        return {}
    intact = isinstance(noted.get("identity"), dict) and noted.get("fingerprint") == fingerprint(noted["identity"])
    return noted if intact else {key: noted[key] for key in ("kind",) if key in noted and noted[key] != KIND}


HOW_TO_GO_ON = "to keep both give another --out; to start anew remove the folder; to go on with the old one undo that"


def _all_of(folder: Path, mark: str) -> bool:
    """Say whether every undamaged line of a folder belongs to a sweep."""
    needle = b'{"sweep": "' + mark.encode() + b'"'
    for path in (folder / RUNS).glob("*.jsonl"):
        for line in path.read_bytes().splitlines():
            check, _, text = line.partition(b" ")
            if check == _checksum(text) and not text.startswith(needle):
                return False
    return True


def _append(path: Path, line: bytes) -> None:
    """Append a line with one system call; take back what a full disk cut short."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
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


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def _parquet(table: pd.DataFrame) -> bytes:
    bare = table.copy(deep=False)
    bare.attrs = {}
    return bytes(bare.to_parquet(index=False))
