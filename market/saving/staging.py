"""Where a result is written before it is in its place, and what killed processes left of such places.

    .market-1a2b3c4d.unfinished/
        owner.json   host and process
        new/         the new result
        old/         the files that it replaces, while they change places

The old manifest is the first file to move out and the new one the last to move in: what a killed process left tells
how far it came, and the next start goes on from there. Files of others are never moved.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from market.saving.manifest import MANIFEST, read_manifest

OWNER, NEW, OLD = "owner.json", "new", "old"
PROGRAM = "market of models"


@contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """Make a place to write to within `parent`; at the end it is gone, unless files are left that it must not lose."""
    staged = parent / f".market-{os.urandom(4).hex()}.unfinished"
    staged.mkdir()
    try:
        owner = {"program": PROGRAM, "host": socket.gethostname(), "pid": os.getpid()}
        (staged / OWNER).write_text(json.dumps(owner), encoding="utf-8")
        (staged / NEW).mkdir()
        (staged / OLD).mkdir()
        yield staged
    finally:
        if not any((staged / OLD).glob("*")) and (staged / OWNER).exists():
            shutil.rmtree(staged, ignore_errors=True)


def swap(staged: Path, folder: Path) -> None:
    """Replace the files that a folder's manifest names by the new ones: all of them or, at an error, none.

    Raises
    ------
    OSError
        If a file cannot be moved, or a file of others has a name that is needed.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        for move in _moves(staged, folder):
            moved.append(move)
            _rename(*move)
    except BaseException:
        for source, target in reversed(moved):
            if os.path.lexists(target) and not os.path.lexists(source):
                target.rename(source)
        raise
    shutil.rmtree(staged / OLD, ignore_errors=True)


def keep(staged: Path, *names: Path) -> Path:
    """Give a finished result that has no place the first of some names that can be had, numbered if taken."""
    for name in names:
        kept = unused(name)
        with suppress(OSError):
            (staged / NEW).rename(kept)
            return kept
    (staged / OWNER).unlink()  # what has no owner is never cleared away
    return staged / NEW


def unused(path: Path) -> Path:
    """Number a name until nothing has it: NAME, NAME-2 and so on."""
    tried, number = path, 1
    while os.path.lexists(tried):
        number += 1
        tried = path.with_name(f"{path.name}-{number}")
    return tried


def clear(folder: Path) -> None:
    """Clear away what killed processes of this host left in a folder; finish a replacement that they had begun.

    Raises
    ------
    OSError
        If a replacement cannot be finished.
    """
    for left in folder.glob(".market-*.unfinished"):
        if _owner_is_dead(left):
            if (left / OLD / MANIFEST).exists():
                for move in _moves(left, folder):
                    _rename(*move)
            shutil.rmtree(left)


def _moves(staged: Path, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Say what is still to be moved, from whatever point: old files out, then new ones in, their manifest last."""
    new, old = staged / NEW, staged / OLD
    if not (old / MANIFEST).exists():
        yield folder / MANIFEST, old / MANIFEST
    if not (new / MANIFEST).exists():
        return
    arriving = [*_files(new), MANIFEST]
    for name in _files(old):
        waiting = name not in arriving or os.path.lexists(new / name)
        if waiting and os.path.lexists(folder / name) and not os.path.lexists(old / name):
            yield folder / name, old / name
    for name in arriving:
        if os.path.lexists(new / name):
            yield new / name, folder / name


def _files(folder: Path) -> list[str]:
    return list(read_manifest(folder).get("files", {}))


def _rename(source: Path, target: Path) -> None:
    """Rename a file; unlike the system's call, never over another one."""
    if os.path.lexists(target):
        raise FileExistsError(f"{target.name} is there already and not of this program")
    source.rename(target)


def _owner_is_dead(left: Path) -> bool:
    """Whether a folder was made by a process of this program, on this host, that has ended."""
    try:
        owner: Any = json.loads((left / OWNER).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    if left.is_symlink() or not isinstance(owner, dict) or owner.get("program") != PROGRAM:
        return False
    return owner.get("host") == socket.gethostname() and isinstance(owner.get("pid"), int) and _ended(owner["pid"])


def _ended(pid: int) -> bool:
    """Whether no process has this number. On Windows asking would end it, so nothing counts as ended there."""
    if os.name == "nt" or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
