"""Who does the runs: any `concurrent.futures.Executor`, by default long-lived processes of one thread each."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from types import FrameType
from typing import Any, Generic, TypeVar

from threadpoolctl import threadpool_limits

from market.parameters import InputError

T = TypeVar("T")
R = TypeVar("R")

PROCESS_DIED = "the process that did this run died; the machine may be out of memory"


class Crew:
    """Workers for one study. Use `crew` to make one.

    Attributes
    ----------
    size : how many runs are done at a time.
    own : whether the workers are processes of its own, to be started; a caller's executor has its own ways.
    stopping : no further run is started; those in flight finish.
    """

    def __init__(self, executor: Executor | None, size: int) -> None:
        self.size = size
        self.stopping = False
        self.own = executor is None
        self._given = executor
        self._strangers = set(multiprocessing.active_children())
        self._pool = executor or _processes(size)

    def stream(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | BaseException]]:
        """Do tasks, a few in flight at a time; give each with its result, or the error that ended it, as it comes.

        If a process dies, those in flight are tried again one by one, so that only the culprit fails.

        Raises
        ------
        InputError
            If an executor that was given breaks.
        """
        flight = _Flight(self, work, iter(tasks))
        while flight.launch():
            done, _ = wait(flight.flying, return_when=FIRST_COMPLETED)
            broken = []
            for future in done:
                task, error = flight.flying.pop(future), future.exception()
                if isinstance(error, BrokenExecutor):
                    broken.append(task)
                else:
                    yield task, error if error is not None else future.result()
            if broken:
                self.renew()
                culprit = flight.ground(broken)
                if culprit is not None:
                    yield culprit, RuntimeError(PROCESS_DIED)

    def submit(self, work: Callable[[T], R], task: T) -> Future[R]:
        """Hand a task over; a pool that broke while it was idle is replaced."""
        try:
            return self._pool.submit(work, task)
        except BrokenExecutor:
            self.renew()
            return self._pool.submit(work, task)

    def renew(self) -> None:
        """Replace a broken pool.

        Raises
        ------
        InputError
            If the executor was the caller's.
        """
        if self._given is not None:
            raise InputError("executor: it broke; results so far are kept, and the same call goes on with a new one")
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = _processes(self.size)

    def close(self, at_once: bool) -> None:
        """Let the processes go; `at_once` ends them in the middle of a run. A caller's executor is left alone."""
        if self._given is not None:
            return
        if at_once:
            for process in set(multiprocessing.active_children()) - self._strangers:
                process.terminate()
        self._pool.shutdown(wait=not at_once, cancel_futures=True)


class _Flight(Generic[T, R]):
    """Tasks of one stream: those that wait, those in flight, and those suspected of having killed a process."""

    def __init__(self, crew: Crew, work: Callable[[T], R], waiting: Iterator[T]) -> None:
        self._crew, self._work, self._waiting = crew, work, waiting
        self._suspects: deque[T] = deque()
        self._alone = False
        self.flying: dict[Future[R], T] = {}

    def launch(self) -> bool:
        """Fill up the flight: two tasks for each worker, so that none waits; a suspect flies alone."""
        if self._crew.stopping:
            self._suspects.clear()
        elif self._suspects:
            self._alone = True
            self._send(self._suspects.popleft())
        else:
            self._alone = False
            while len(self.flying) < 2 * self._crew.size:
                try:
                    self._send(next(self._waiting))
                except StopIteration:
                    break
        return bool(self.flying)

    def ground(self, broken: list[T]) -> T | None:
        """Take back what was in flight when a process died; return the culprit if it was alone."""
        if self._alone:
            return broken[0]
        self._suspects.extend([*broken, *self.flying.values()])
        self.flying.clear()
        return None

    def _send(self, task: T) -> None:
        self.flying[self._crew.submit(self._work, task)] = task


@contextlib.contextmanager
def crew(
    executor: Executor | None = None, workers: int | None = None, runs: int | None = None, patient: bool = False
) -> Iterator[Crew]:
    """Give workers for a study and let them go at its end.

    Parameters
    ----------
    executor : where the runs go; if None, processes that are started afresh (spawn) and live as long as the study.
        Scripts then need the usual ``if __name__ == "__main__":`` guard.
    workers : how many runs at a time; by default what the executor says, or one per core.
    runs : how many there are to do; no more processes than that.
    patient : the first interrupt lets the runs in flight finish, the second stops.

    Raises
    ------
    InputError
        If `workers` is not a whole number of at least 1.
    """
    check_workers(workers)
    size = workers or getattr(executor, "_max_workers", None) or os.cpu_count() or 1
    team = Crew(executor, size if runs is None else max(1, min(size, runs)))
    at_once = True
    try:
        with _two_interrupts(team) if patient else contextlib.nullcontext():
            yield team
        at_once = False
    finally:
        team.close(at_once)


def check_workers(workers: int | None) -> None:
    """Refuse a number of workers before any work is done.

    Raises
    ------
    InputError
        If it is not a whole number of at least 1, or None.
    """
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise InputError(f"workers: {workers!r} is refused; allowed: a whole number, at least 1")


@contextlib.contextmanager
def _two_interrupts(team: Crew) -> Iterator[None]:
    """Let the first interrupt set `stopping`, the second raise; outside the main thread nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(_number: int, _frame: FrameType | None) -> None:
        if team.stopping:
            raise KeyboardInterrupt
        team.stopping = True

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _processes(size: int) -> ProcessPoolExecutor:
    """Processes started afresh: a fork would copy the threads' locks of numerical libraries in whatever state."""
    return ProcessPoolExecutor(size, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Set up a worker: one thread, no interrupts of its own, and no life after its parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(limits=1)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: Any) -> None:
    """End this process when its parent is gone: a killed parent cannot say so, and its workers would wait for ever."""
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
