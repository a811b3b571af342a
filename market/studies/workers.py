"""Who does the runs: any `concurrent.futures.Executor`, by default long-lived processes of one thread each."""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from types import FrameType
from typing import Any, TypeVar

from market.parameters import InputError, plain, shown, whole
from market.studies.cluster import connected
from market.studies.processes import Processes
from market.studies.sending import packed, packed_work, unpacked, unpacked_work

T = TypeVar("T")
R = TypeVar("R")

PROCESS_DIED = "the process that did this run died; the machine may be out of memory"
CANNOT_START = "workers: their processes cannot start; the machine may be out of memory"
MOST_WORKERS = 1000


class Crew:
    """Workers for one study. Use `crew` to make one.

    Attributes
    ----------
    size : how many runs are done at a time.
    own : whether the workers are processes of its own, to be started; a caller's executor has its own ways.
    apart : whether workers share no memory with this process, so that work is packed for them.
    stopping : no further run is started; those in flight finish.
    """

    def __init__(self, executor: Executor | None, size: int, apart: bool = False) -> None:
        self.size = size
        self.stopping = False
        self.own = executor is None
        self.apart = apart or self.own
        self._given = executor
        self._packed: tuple[object, bytes] = (None, b"")
        self._pool = executor or Processes(size)

    def stream(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | BaseException]]:
        """Do tasks, a few in flight at a time; give each with its result, or the error that ended it, as it comes.

        If a process dies, those in flight are tried again one by one, so that only the culprit fails.

        Raises
        ------
        InputError
            If an executor that was given breaks, processes cannot start, or the work cannot be sent to them.
        """
        waiting, flying, suspects = iter(tasks), dict[Future[Any], T](), deque[T]()
        first = list(itertools.islice(waiting, 1))
        if first:
            self.check(work)
        waiting = itertools.chain(first, waiting)
        while True:
            alone = bool(suspects)
            source, most = ([suspects.popleft()], 1) if alone else (waiting, 2 * self.size)  # so that no worker waits
            for task in () if self.stopping else itertools.islice(source, most - len(flying)):
                flying[self.submit(work, task)] = task
            if not flying:
                return
            broken = False
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                error = None if future.cancelled() else future.exception()
                if future.cancelled() or isinstance(error, BrokenExecutor):
                    broken = True
                else:
                    yield flying.pop(future), error if error is not None else future.result()
            if broken:
                self.renew()
                if alone:
                    yield flying.popitem()[1], RuntimeError(PROCESS_DIED)
                suspects.extend(flying.values())
                flying.clear()
                self.check(work)

    def check(self, work: Callable[[T], R]) -> None:
        """Make sure, before any run, that a process starts and can load the work. A caller's executor is trusted."""
        if not self.apart:
            return
        try:
            self._submit(_load, self._sent(work)).result()
        except BrokenExecutor:
            raise InputError(CANNOT_START) from None

    def submit(self, work: Callable[[T], R], task: T) -> Future[Any]:
        """Hand a task over."""
        if self.apart:
            return self._submit(_do, self._sent(work), packed(task))
        return self._submit(work, task)

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand a call over; a pool that broke while it was idle is replaced."""
        try:
            return self._pool.submit(function, *arguments)
        except BrokenExecutor:
            self.renew()
            return self._pool.submit(function, *arguments)

    def _sent(self, work: Callable[[T], R]) -> bytes:
        """Work as it is sent, packed once for all its tasks."""
        if self._packed[0] is not work:
            self._packed = (work, packed_work(work))
        return self._packed[1]

    def renew(self) -> None:
        """Replace a broken pool; one that was the caller's is refused."""
        if self._given is not None:
            raise InputError("executor: it broke; what was to be kept is, and the same call goes on with a new one")
        self._pool.shutdown(wait=False)
        self._pool = Processes(self.size)

    def close(self, at_once: bool) -> None:
        """Let the processes go; `at_once` ends them in the middle of a run. A caller's executor is left alone."""
        if isinstance(self._pool, Processes):
            self._pool.shutdown(kill_workers=at_once)


@contextlib.contextmanager
def crew(
    executor: Executor | None = None,
    workers: int | None = None,
    patient: bool = False,
    cluster: str | None = None,
) -> Iterator[Crew]:
    """Give workers for a study and let them go at its end.

    Parameters
    ----------
    executor : where the runs go; if None, processes that are started afresh and live as long as the study.
    workers : how many runs at a time; by default what the executor says, or one per core.
    patient : the first interrupt lets the runs in flight finish, the second stops.
    cluster : address of a Dask scheduler, as "tcp://HOST:PORT", whose workers do the runs.

    Raises
    ------
    InputError
        If `workers` is not a whole number from 1 to `MOST_WORKERS`, the executor is none, or the cluster cannot be
        used.
    """
    if cluster is not None and executor is not None:
        raise InputError("cluster: is given beside an executor; give one or the other")
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InputError(f"executor: {shown(plain(executor))} is refused; allowed: one of concurrent.futures, or none")
    asked = None if workers is None else whole("workers", workers, 1, MOST_WORKERS)
    with connected(cluster) if cluster is not None else contextlib.nullcontext(None) as remote:
        threads = remote[1] if remote is not None else getattr(executor, "_max_workers", None)
        size = asked or threads or os.cpu_count() or 1
        team = Crew(executor, size) if remote is None else Crew(remote[0], size, apart=True)
        at_once = True
        try:
            with _two_interrupts(team) if patient else contextlib.nullcontext():
                yield team
            at_once = False
        finally:
            team.close(at_once)


@contextlib.contextmanager
def _two_interrupts(team: Crew) -> Iterator[None]:
    """Let the first interrupt set `stopping`, and the second do what one does elsewhere."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        if not team.stopping:
            team.stopping = True
        else:
            before(number, frame)

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is handle:  # else the second has said what those that follow do
            signal.signal(signal.SIGINT, before)


def _load(sent: bytes) -> None:
    """Unpack work in a worker, to see whether that can be done."""
    unpacked_work(sent)


def _do(sent: bytes, task: bytes) -> Any:
    """Do one task in a worker, and clear away what it leaves: a run's parts know each other in circles."""
    done = unpacked_work(sent)(unpacked(task))
    gc.collect()
    return done
