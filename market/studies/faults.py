"""What befalls a sweep, to try whether it bears that: it is killed, its files are damaged, it loses a worker."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from market.economics import luck
from market.studies import processes
from market.studies.cluster import on_this_machine
from market.studies.store import Store

FILES = ("manifest.json", "design.csv", "table.csv", "table.parquet")
"""A sweep's own files; its results are beside them."""


def kills(call: Sequence[str], times: int, longest: float) -> Iterator[float]:
    """Start a command and kill it, again and again, after at most so many seconds: alone, or with all it started."""
    for number in range(times):
        seconds = longest * luck.uniform(0, "kill", number, "sweep")
        with processes.silent(call) as going:
            time.sleep(seconds)
            (os.killpg if number % 2 else os.kill)(going.pid, signal.SIGKILL)
        yield seconds


def damages(sweep: Path, results: int = 3) -> Iterator[str]:
    """Cut short, then alter, each of a sweep's own files and of some results; says what is done, one by one."""
    for path in [*(sweep / name for name in FILES), *Store(sweep / "runs").files()[:results]]:
        whole = path.read_bytes()
        half = len(whole) // 2
        for content in (whole[:half], whole[:half] + b"\xff\x00" + whole[half + 2 :]):
            path.write_bytes(content)
            yield f"{path.name[:12]} damaged, {len(content)} bytes"


@contextmanager
def half_a_cluster() -> Iterator[dict[str, Any]]:
    """Give a sweep's arguments for a cluster of two workers here, of which one is killed when half of it is done."""
    with on_this_machine(workers=2) as (address, workers):

        def lose(done: int, total: int) -> None:
            if done == total // 2:
                workers[0].kill()

        yield {"cluster": address, "progress": lose, "workers": None}
