"""Which code results depend on: the source text of this package, but for what only shows them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
SHOWN_BY = ("views", "commands", "command_line.py", "experiment.py", "cli.py", "__main__.py")
"""What stands above all results: to edit it makes no kept run another."""


@cache
def code_version() -> str:
    """Name the source text, and the data beside it, that runs and what is read off them stand on.

    Read once: what is edited later is not what this process runs.
    """
    digest = hashlib.sha256()
    files = (path for ending in ("py", "toml", "csv", "json") for path in PACKAGE.rglob(f"*.{ending}"))
    for name, path in sorted((path.relative_to(PACKAGE).as_posix(), path) for path in files):
        if name.partition("/")[0] not in SHOWN_BY:
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
