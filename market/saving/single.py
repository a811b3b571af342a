"""A result in a single file, which is complete or absent and costs nobody a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from market.parameters import InputError
from market.saving.place import said_in_one_line
from market.saving.staging import NEW, staging


@dataclass(frozen=True)
class SingleFile:
    """Where a file goes. One that is there stays, unless `force` lets it be replaced; a folder always stays."""

    path: Path
    force: bool = False

    def check(self) -> None:
        """Refuse a place that cannot be had, before any work is done. Nothing is made."""
        with said_in_one_line(self.path):
            if self.path.is_dir():
                raise InputError(f"{self.path}: is a folder; give the name of a file")
            if os.path.lexists(self.path) and not self.force:
                raise InputError(f"{self.path}: exists already; give another --out, or --force to replace it")
            real = self._real()
            above = next(path for path in real.parents if os.path.lexists(path))
            if not above.is_dir():
                raise InputError(f"{self.path}: cannot be written ({above} is not a folder)")
            with staging(above):
                pass

    def write(self, content: bytes) -> None:
        """Write the file, whole or not at all.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        with said_in_one_line(self.path):
            real = self._real()
            real.parent.mkdir(parents=True, exist_ok=True)
            with staging(real.parent) as staged:
                beside = staged / NEW / "file"
                beside.write_bytes(content)
                if self.force:
                    beside.replace(real)
                else:
                    self._link(beside, real)

    def _link(self, beside: Path, real: Path) -> None:
        """Give a finished file its name, over no other."""
        if os.path.lexists(real):
            raise InputError(f"{self.path}: exists already; give another --out, or --force to replace it")
        beside.rename(real)

    def _real(self) -> Path:
        return Path(os.path.realpath(self.path))
