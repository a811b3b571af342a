"""Where an experiment puts its results: a folder that is complete or absent, with a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from market.run import complete_folder, write_manifest


@contextmanager
def experiment_folder(out: Path, quick: bool) -> Iterator[Path]:
    """Give an experiment a folder to write to; it replaces the folder of an earlier run when all is written.

    Raises
    ------
    InputError
        If `out` exists and holds something else, or cannot be written.
    """
    with complete_folder(out, force=True) as folder:
        yield folder
        write_manifest(folder, "experiment", name=out.name, quick=quick)
