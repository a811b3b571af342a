"""One form for all equal values, as JSON, and digests of that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from market.saving.manifest import checksum
from market.wording import told


def canonical(value: Any) -> Any:
    """Give a value the one form, as JSON, that all equal values have: numbers to their last bit, 2.0 as 2."""
    if isinstance(value, BaseModel):
        return canonical(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {told(key, str): canonical(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(inner) for inner in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, int) and abs(value) >= 2**64:  # JSON would write it in decimals, which Python refuses
        return hex(value)
    return value if value is None or isinstance(value, str | bool | int | float) else told(value, str)


def repeated(values: Iterable[Any]) -> tuple[int, int] | None:
    """Places of the first two of some values that are equal, or None."""
    places: dict[str, int] = {}
    for place, value in enumerate(values):
        first = places.setdefault(digest(canonical(value)), place)
        if first != place:
            return first, place
    return None


def fingerprint(value: Any) -> str:
    """Name what JSON can hold in 16 hexadecimal digits."""
    return digest(value)[:16]


def digest(value: Any) -> str:
    """Name what JSON can hold in 64 hexadecimal digits."""
    return checksum(json.dumps(value, sort_keys=True).encode())
