"""What befalls a sweep, to try whether it bears that: it is killed, its files are damaged, it loses a worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from market.economics import luck
from market.studies.store import Store

FILES = ("manifest.json", "design.csv", "table.csv", "table.parquet")
"""A sweep's own files; its results are beside them."""


def kills(call: Sequence[str], times: int, longest: float) -> Iterator[float]:
    """Start a command and kill it, again and again, after at most so many seconds: alone, or with all it started."""
    for number in range(times):
        seconds = longest * luck.uniform(0, "kill", number, "sweep")
        with silent(call) as going:
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


@contextmanager
def on_this_machine(workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and workers of one thread each here; give its address and the workers' processes."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    calls = [["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    calls += workers * [["worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]]
    with ExitStack() as stack:
        started = [stack.enter_context(silent([sys.executable, "-m", "dask", *call])) for call in calls]
        try:
            yield address, started[1:]
        finally:
            for process in started:
                process.kill()


def silent(call: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a command whose output nobody reads, in a session of its own."""
    return subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def noting(used: dict[int, dict[str, float]], *after: int) -> Callable[[int, int], None]:
    """Give a sweep's `progress` that notes, after some numbers of runs, the memory that is in use then."""

    def note(done: int, _total: int) -> None:
        if done in after:
            used[done] = resident()

    return note


def resident() -> dict[str, float]:
    """Memory that this process, the conductor, has in use, and each worker it started, MB; as Linux tells it."""
    pids = [os.getpid(), *sorted(child.pid or 0 for child in multiprocessing.active_children())]
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
    names = ("conductor", *(f"worker {number}" for number in range(1, len(pids))))
    return {name: held * os.sysconf("SC_PAGE_SIZE") / 2**20 for name, held in zip(names, pages, strict=True)}
