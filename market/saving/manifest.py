"""The manifest of a saved result: what it stands on, and the checksum of every file and of the manifest itself."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import platform
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
PACKAGES = ("market-of-models", "mesa", "numpy", "pandas", "numba", "scipy", "pydantic", "pyarrow")
SEAL = b',\n "checksum": "'
"""What stands between the manifest's content and the checksum of that content."""


class DamageError(ValueError):
    """A file is missing, or is not what the manifest says; said in few words that name the file."""


def write_manifest(folder: Path, kind: str, **facts: Any) -> bytes:
    """Write, and return, what a folder's result stands on: its kind, facts, every file's checksum, versions, commit."""
    files = {path.name: checksum(path.read_bytes()) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
    content = manifest(kind, **facts, files=files)
    (folder / MANIFEST).write_bytes(content)
    return content


def manifest(kind: str, **facts: Any) -> bytes:
    """Lay out a manifest, sealed by a checksum of its own content. No clock."""
    noted = {"kind": kind, **facts, "versions": versions(), "commit": _commit()}
    content = json.dumps(noted, indent=1, ensure_ascii=False).removesuffix("\n}").encode("utf-8", "backslashreplace")
    return content + SEAL + _ending(content)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that results depend on."""
    known = {"python": platform.python_version()}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            known[package] = importlib.metadata.version(package)
    return known


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a folder's manifest; version 0.1 wrote it without checksums.

    Raises
    ------
    DamageError
        If it is missing, cannot be read, or is not as it was written.
    """
    text = read_file(folder, MANIFEST)
    try:
        noted = json.loads(text)
    except (ValueError, RecursionError):
        raise DamageError(f"{MANIFEST} is damaged") from None
    if not isinstance(noted, dict) or not isinstance(noted.get("kind"), str):
        raise DamageError(f"{MANIFEST} is not of this program")
    if {"files", "checksum"} & noted.keys():
        content, _, ending = text.rpartition(SEAL)
        if ending != _ending(content):
            raise DamageError(f"{MANIFEST} is damaged")
        if not all(name == Path(name).name and name not in ("", "..", MANIFEST) for name in noted.get("files", {})):
            raise DamageError(f"{MANIFEST} names files outside its folder")
    return noted


def altered(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Name the files that are there but are not as they were written: edited, damaged, or put there by others."""
    names = []
    for name, written in files.items():
        path = folder / name
        if path.is_symlink() or (path.exists() and not (path.is_file() and checksum(path.read_bytes()) == written)):
            names.append(name)
    return names


def read_verified(folder: Path, files: Mapping[str, str | None]) -> dict[str, bytes]:
    """Read files once, and check that they are as they were written; those without a checksum are only read.

    Raises
    ------
    DamageError
        At the first that is not.
    """
    contents = {}
    for name, written in files.items():
        contents[name] = read_file(folder, name)
        if written is not None and checksum(contents[name]) != written:
            raise DamageError(f"{name} is damaged or was changed since")
    return contents


def read_file(folder: Path, name: str) -> bytes:
    """Read a regular file; a pipe of that name could keep its reader waiting for ever.

    Raises
    ------
    DamageError
        If it is missing, cannot be read, or is something else.
    """
    path = folder / name
    try:
        if stat.S_ISREG(path.stat().st_mode):
            return path.read_bytes()
    except OSError as error:
        raise DamageError(f"{name}: {(error.strerror or str(error)).lower()}") from None
    raise DamageError(f"{name}: is no regular file")


def checksum(content: bytes) -> str:
    """SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _ending(content: bytes) -> bytes:
    return f'{checksum(content)}"\n}}\n'.encode()


def _commit() -> str | None:
    """Commit of the source tree this package runs from, with "+" if it has changed; None outside a checkout."""
    here = Path(__file__).resolve().parents[2]
    if not (here / ".git").exists():
        return None
    try:
        ask = ["git", "-C", str(here), "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"]
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None
