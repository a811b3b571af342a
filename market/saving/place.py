"""The place of a result: a folder that appears when all is written, and that never costs anybody else a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from market.parameters import InputError
from market.saving.manifest import MANIFEST, DamageError, altered, read_file, read_manifest
from market.saving.staging import NEW, clear, keep, staging, swap

LONGEST = 255
"""Bytes that file systems allow for a name."""


ROOM = 150
"""Bytes that the names within a result's folder need at most."""


class NotPlacedError(InputError):
    """A finished result could not be put in its place; the line says where it is kept."""

    status = 1


@dataclass(frozen=True)
class Place:
    """Where a result goes, and what it may replace there.

    Of a folder that is replaced only the files go that its manifest names; all others stay as they are. A link is
    written through.

    Attributes
    ----------
    folder : its name.
    kind : "run", "comparison" …; only a result of the same kind is ever replaced.
    force : replace one, even if its files were changed by hand.
    again : facts of the manifest by which an earlier save of the same result is known; that is replaced without
        `force`, unless a file in it was changed by hand.
    names : files that will be written, as far as known, so that a clash is seen before any work.
    """

    folder: Path
    kind: str
    force: bool = False
    again: Mapping[str, Any] | None = None
    names: Collection[str] = ()

    def check(self) -> None:
        """Refuse a place that cannot be written, before any work is done. Nothing is made."""
        with said_in_one_line(self.folder):
            real = _real(self.folder)
            if os.path.lexists(real):
                self._check_replaceable(real)
            with suppress(FileNotFoundError, NotADirectoryError):
                os.lstat(real / ("x" * ROOM))  # a path that is too long is an error of its own
            above = next(path for path in (real, *real.parents) if os.path.lexists(path))
            if not above.is_dir():
                raise InputError(f"{self.folder}: cannot be written ({above} is not a folder)")
            clear(above)
            with staging(above):
                pass

    @contextmanager
    def filled(self) -> Iterator[Path]:
        """Give a folder to write to, manifest last, that takes its place when all is written; else nothing is left.

        Raises
        ------
        NotPlacedError
            If all was written but its place cannot be had any more; it is kept elsewhere.
        InputError
            If it cannot be written.
        """
        with said_in_one_line(self.folder), ExitStack() as stack:
            staged = stack.enter_context(staging(self._writable()))
            yield staged / NEW
            self._put(staged)

    def holds(self, manifest: bytes) -> bool:
        """Whether the result with this manifest is in this place."""
        with suppress(DamageError):
            return read_file(self.folder, MANIFEST) == manifest
        return False

    def is_free_or_same(self) -> bool:
        """Whether there is nothing in this place, or an earlier save of the same result."""
        with said_in_one_line(self.folder):
            real = _real(self.folder)
            if not os.path.lexists(real):
                return True
            clear(real)
            with suppress(DamageError):
                noted = read_manifest(real)
                return "files" in noted and self._same(noted)
            return False

    def _check_replaceable(self, real: Path) -> None:
        """Refuse what may not be replaced; the line says why."""
        folder = self.folder
        if not self.force and self.again is None:
            raise InputError(f"{folder}: exists already; give another --out, or --force to replace it")
        if real.is_dir():
            clear(real)
        try:
            noted = read_manifest(real)
        except DamageError:
            raise InputError(
                f"{folder}: holds no result of this program and is not replaced; give another --out"
            ) from None
        if noted["kind"] != self.kind:
            raise InputError(
                f"{folder}: holds a result of kind '{noted['kind']}', which no {self.kind} replaces; give another --out"
            )
        if not self._same(noted):
            raise InputError(f"{folder}: holds another {self.kind} and is not replaced; give another --out")
        if "files" not in noted:
            raise InputError(
                f"{folder}: was saved by version 0.1, which did not note its files, and is not replaced; "
                "give another --out, or move it away"
            )
        changed = altered(real, noted["files"])
        if changed and not self.force:
            raise InputError(
                f"{folder / changed[0]}: was changed since it was saved and is not replaced; rename it, "
                "give another --out, or --force where there is one"
            )
        for name in {*noted["files"], *self.names}:
            if os.path.lexists(real / name) and (name not in noted["files"] or (real / name).is_dir()):
                raise InputError(f"{folder / name}: is not of this program, which needs the name; rename it")

    def _same(self, noted: Mapping[str, Any]) -> bool:
        """Whether a manifest is of the same result, as far as `again` tells."""
        return noted["kind"] == self.kind and all(noted.get(key) == fact for key, fact in (self.again or {}).items())

    def _writable(self) -> Path:
        """Find where the result can be written first: in its folder if it exists, else beside it, else anywhere."""
        real = _real(self.folder)
        if not real.is_dir():
            with suppress(OSError):
                real.parent.mkdir(parents=True, exist_ok=True)
        for parent in (real, real.parent, Path.cwd()):
            if parent.is_dir() and os.access(parent, os.W_OK | os.X_OK):
                return parent
        return Path(tempfile.gettempdir())

    def _put(self, staged: Path) -> None:
        """Put a finished result in its place, or keep it elsewhere."""
        real = _real(self.folder)
        try:
            if os.path.lexists(real):
                self._check_replaceable(real)
                swap(staged, real)
            else:
                (staged / NEW).rename(real)
        except (OSError, ValueError) as error:
            name = f"{real.name[:200]}-kept"
            kept = keep(staged, *(parent / name for parent in (self.folder.parent, real.parent, staged.parent)))
            why = str(error) if isinstance(error, InputError) else f"{self.folder}: cannot be written ({_why(error)})"
            raise NotPlacedError(f"{why}; the new result is kept in {kept}") from None


def first_free(place: Place) -> Place:
    """Number a place's folder until it is free or holds the same result: NAME, NAME-2 and so on."""
    tried, number = place, 1
    while not tried.is_free_or_same():
        number += 1
        tried = replace(place, folder=place.folder.with_name(f"{place.folder.name}-{number}"))
    return tried


@contextmanager
def said_in_one_line(folder: Path) -> Iterator[None]:
    """Say in one line why a folder cannot be read or written.

    Raises
    ------
    InputError
        In place of the system's error; one that is raised within passes as it is.
    """
    long = next((part for part in folder.parts if len(os.fsencode(part)) > LONGEST), None)
    if long is not None:
        raise InputError(f"{long[:60]}…: cannot be written (a name has at most {LONGEST} bytes)")
    try:
        yield
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({_why(error)})") from None
    except ValueError as error:
        if "embedded null" not in str(error):  # byte or character, by Python
            raise
        raise InputError(f"{folder}: cannot be written (it contains a null byte)") from None


def _real(folder: Path) -> Path:
    """Follow links, also dangling ones, to where a folder really is or will be."""
    return Path(os.path.realpath(folder))


def _why(error: Exception) -> str:
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()
