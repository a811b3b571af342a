"""Results kept as they come: one file per run, named by all that the result depends on.

    FOLDER/3f/3f09…e1.json    a checksum, then the result as JSON

A file is written beside and renamed, so its name always holds a whole result; one that was altered fails its checksum
and is renamed to `.kept`, and its run is done again. Nothing is locked: a process may be killed at any moment, and two
that do the same study write the same files. Only the process that conducts a study writes; workers see no folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from market.parameters import InputError
from market.saving.manifest import checksum, read_file
from market.saving.staging import unused
from market.studies.result import Result, decoded

NAME = re.compile(r"[0-9a-f]{32}\.json")


@dataclass
class Store:
    """A folder of results.

    Attributes
    ----------
    folder : is made with the first result.
    damaged : how many files were found damaged and put aside.
    """

    folder: Path
    damaged: int = field(default=0, init=False)

    def get(self, key: str, point: int) -> Result | None:
        """Read the result of a key, None if there is none, or none undamaged.

        Raises
        ------
        InputError
            If a file that is damaged, or cannot be read, cannot be put aside.
        """
        path = self._path(key)
        if os.path.lexists(path):
            with suppress(ValueError, RecursionError):
                return decoded(_checked(read_file(path.parent, path.name)), point, kept=True)
            self._put_aside(path)
        return None

    def put(self, key: str, content: bytes) -> None:
        """Keep a result, whole or not at all.

        Raises
        ------
        InputError
            If it cannot be written; what was written before is safe.
        """
        path = self._path(key)
        beside = path.with_name(f".{key}.{os.getpid()}.unfinished")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                beside.write_bytes(_checksum(content) + b" " + content + b"\n")
                beside.replace(path)
            except OSError:
                with suppress(OSError):
                    beside.unlink()
                raise
        except OSError as error:
            raise unwritable(self.folder, error) from None

    def __iter__(self) -> Iterator[Result]:
        """All undamaged results, in the order of their keys."""
        for path in self.files():
            with suppress(ValueError, RecursionError, OSError):
                yield decoded(_checked(path.read_bytes()), 0, kept=True)

    def __contains__(self, key: str) -> bool:
        return self._path(key).is_file()

    def __len__(self) -> int:
        return len(self.files())

    def files(self) -> list[Path]:
        """Files of results, in the order of their keys."""
        return sorted(path for path in self.folder.glob("[0-9a-f][0-9a-f]/*") if NAME.fullmatch(path.name))

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def _put_aside(self, path: Path) -> None:
        """Rename a damaged file: it may be a user's."""
        try:
            path.rename(unused(path.with_name(f"{path.name}.kept")))
        except OSError as error:
            raise unwritable(self.folder, error) from None
        self.damaged += 1


def unwritable(folder: Path, error: OSError) -> InputError:
    """Say in one line that a folder cannot be written, and that nothing is lost."""
    why = (error.strerror or str(error)).lower()
    return InputError(
        f"{folder}: cannot be written ({why}); finished runs are safe, and the same command goes on from them"
    )


def _checked(content: bytes) -> bytes:
    """The text of a file without its checksum; a `ValueError` says that it is cut short, altered, or none of ours."""
    check, _, text = content.removesuffix(b"\n").partition(b" ")
    if not content.endswith(b"\n") or check != _checksum(text):
        raise ValueError("altered")
    return text


def _checksum(text: bytes) -> bytes:
    return checksum(text)[:16].encode()
