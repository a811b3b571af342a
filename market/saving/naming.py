"""Names of result folders: readable, safe on every system, of bounded length."""

from __future__ import annotations

import re
from collections.abc import Iterable

from market.saving.manifest import checksum

LONGEST = 80
"""Bytes that a name has at most; longer ones are cut and end with a short hash of the whole."""


def folder_name(*parts: str) -> str:
    """Join parts with hyphens to a name of letters, digits and ``_ . , + = -``."""
    text = "-".join(parts)
    name = re.sub(r"[^\w.,+=-]+", "-", re.sub(r"""[\s"'{}\[\]]""", "", text)).strip("-.") or "result"
    if len(name.encode()) <= LONGEST:
        return name
    return f"{name.encode()[: LONGEST - 9].decode(errors='ignore')}-{checksum(text.encode())[:8]}"


def changes_in_words(changes: Iterable[str]) -> list[str]:
    """Shorten changes such as "segments.*.open_access=1" to what is read in a name: "open_access=1"."""
    said = []
    for change in changes:
        path, _, value = change.partition("=")
        said.append(f"{path.strip().rsplit('.', 1)[-1]}={value.strip()}")
    return said
