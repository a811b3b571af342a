"""Customers in chunks of fixed size, so that sums are the same for any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor

CHUNK = 4096
"""Customers per chunk of sums. Part of the definition of a result: another size rounds differently."""


def spans(count: int) -> list[tuple[int, int]]:
    """First customer of every chunk, and the one after its last."""
    return [(low, min(low + CHUNK, count)) for low in range(0, count, CHUNK)]


def mapper(pool: Executor | None) -> Callable[..., Iterable]:  # type: ignore[type-arg]
    """What applies a function to chunks: in the threads of a pool, or one after another."""
    return map if pool is None else pool.map
