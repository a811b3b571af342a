"""Customers in chunks of fixed size, so that sums are the same for any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor

CHUNK = 4096
"""Customers per chunk of sums. Part of the definition of a result: another size rounds differently."""
RUN = 8 * CHUNK
"""Customers that a thread goes through at a time: few calls, and enough of them for all threads of a large market."""


def runs(count: int) -> tuple[range, list[int]]:
    """First customer of every run of chunks, and the one after its last."""
    starts = range(0, count, RUN)
    return starts, [min(low + RUN, count) for low in starts]


def chunks_in(low: int, high: int) -> int:
    """Chunks that a run consists of, the last of which may be short."""
    return -(-(high - low) // CHUNK)


def mapper(pool: Executor | None) -> Callable[..., Iterable]:  # type: ignore[type-arg]
    """What applies a function to runs of chunks: in the threads of a pool, or one after another."""
    return map if pool is None else pool.map
