"""Where a result is written before it is in its place, and what killed processes left of such places.

    .market-9f86d081-4711-1a2b3c4d.unfinished/    a hash of the host, the process, a random number
        new/    the new result
        old/    the files that it replaces, while they change places

The name tells whose it is from the first moment to the last; a folder that holds anything else is none of ours. The old
manifest is the first file to move out and the new one the last to move in: what a killed process left tells how far it
came, and the next start goes on from there. Files of others are never moved.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from market.saving.manifest import MANIFEST, DamageError, checksum, read_manifest

NEW, OLD, KEPT = "new", "old", "kept"
NAME = re.compile(r"\.market-([0-9a-f]{8})-([0-9]+)-[0-9a-f]{8}\.unfinished")
"""The host and the process of a place to write to."""


@contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """Make a place to write to within `parent`; at the end it is gone, unless files are left that it must not lose."""
    staged = parent / f".market-{_host()}-{os.getpid()}-{os.urandom(4).hex()}.unfinished"
    try:
        staged.mkdir()
        (staged / NEW).mkdir()
        (staged / OLD).mkdir()
        yield staged
    finally:
        if _holds_only_ours(staged) and not any((staged / OLD).glob("*")):
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
    return (staged / NEW).rename(staged / KEPT)  # by this name it is never cleared away


def unused(path: Path) -> Path:
    """Number a name until nothing has it: NAME, NAME-2 and so on."""
    tried, number = path, 1
    while os.path.lexists(tried):
        number += 1
        tried = path.with_name(f"{path.name}-{number}")
    return tried


def clear(folder: Path) -> None:
    """Clear away what killed processes of this host left in a folder.

    A replacement that they had begun is finished; if a manifest is damaged, the old files are put back. What can be
    neither is left alone: it may hold the only copy of a file, and is in nobody's way.
    """
    for left in folder.glob(".market-*.unfinished"):
        if _owner_is_dead(left):
            with suppress(OSError, DamageError):
                if (left / OLD / MANIFEST).exists():
                    _settle(left, folder)
                shutil.rmtree(left)


def _settle(left: Path, folder: Path) -> None:
    """Finish a replacement that was cut short, or undo it."""
    try:
        moves = list(_moves(left, folder))
    except DamageError:
        back = sorted((left / OLD).iterdir(), key=lambda path: path.name == MANIFEST)
        moves = [(path, folder / path.name) for path in back]
        if any(os.path.lexists(target) for _, target in moves):
            raise
    for move in moves:
        _rename(*move)


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
    owner = NAME.fullmatch(left.name)
    if owner is None or left.is_symlink() or not _holds_only_ours(left):
        return False
    return owner[1] == _host() and _ended(int(owner[2]))


def _holds_only_ours(staged: Path) -> bool:
    """Whether there is a folder that holds what `staging` makes in it, or by now less of that."""
    try:
        return all(path.name in (NEW, OLD) and path.is_dir() for path in staged.iterdir())
    except OSError:
        return False


def _host() -> str:
    return checksum(os.fsencode(socket.gethostname()))[:8]


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
