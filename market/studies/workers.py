"""Who does the runs: any `concurrent.futures.Executor`, by default long-lived processes of one thread each."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import FrameType
from typing import Any, Generic, TypeVar

from threadpoolctl import threadpool_limits

from market.parameters import InputError, plain, shown, whole
from market.studies.sending import packed, packed_work, unpacked, unpacked_work

T = TypeVar("T")
R = TypeVar("R")

PROCESS_DIED = "the process that did this run died; the machine may be out of memory"
CANNOT_START = (
    'workers: their processes cannot start; a script needs `if __name__ == "__main__":` around what does runs, '
    "and must be where it was, with all that it imports"
)
MOST_WORKERS = 1000


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
        self._worked = False
        self._packed: tuple[object, bytes] = (None, b"")
        if self.own:
            _leave_if_starting()
        self._strangers = set(multiprocessing.active_children())
        self._pool = executor or _processes(size)

    def stream(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | BaseException]]:
        """Do tasks, a few in flight at a time; give each with its result, or the error that ended it, as it comes.

        If a process dies, those in flight are tried again one by one, so that only the culprit fails.

        Raises
        ------
        InputError
            If an executor that was given breaks, processes cannot start, or the work cannot be sent to them.
        """
        waiting = iter(tasks)
        first = list(itertools.islice(waiting, 1))
        if first:
            self.check(work)
        flight = _Flight(self, work, itertools.chain(first, waiting))
        while flight.launch():
            done, _ = wait(flight.flying, return_when=FIRST_COMPLETED)
            broken = []
            for future in done:
                task, error = flight.flying.pop(future), future.exception()
                if isinstance(error, BrokenExecutor):
                    broken.append(task)
                else:
                    yield task, error if error is not None else self._received(future)
            if broken:
                self.renew()
                culprit = flight.ground(broken)
                if culprit is not None:
                    yield culprit, RuntimeError(PROCESS_DIED)
                self.check(work)

    def check(self, work: Callable[[T], R]) -> None:
        """Make sure, before any run, that a process starts and can load the work. A caller's executor is trusted.

        Raises
        ------
        InputError
            In one line: what cannot be sent or loaded, or that no process starts.
        KeyboardInterrupt
            If none starts after an interrupt.
        """
        if not self.own:
            return
        sent = self._sent(work)
        try:
            try:
                self._pool.submit(_load, sent).result()
            except BrokenExecutor:
                if not self._worked:
                    raise
                self.renew()  # a process died while it was idle
                self._pool.submit(_load, sent).result()
        except BrokenExecutor:
            if self.stopping:
                raise KeyboardInterrupt from None
            raise InputError(CANNOT_START) from None
        self._worked = True

    def submit(self, work: Callable[[T], R], task: T) -> Future[Any]:
        """Hand a task over; a pool that broke while it was idle is replaced."""
        call = (_do, self._sent(work), packed(task)) if self.own else (work, task)
        try:
            return self._pool.submit(*call)
        except BrokenExecutor:
            self.renew()
            return self._pool.submit(*call)

    def _sent(self, work: Callable[[T], R]) -> bytes:
        """Work as it is sent, packed once for all its tasks."""
        if self._packed[0] is not work:
            self._packed = (work, packed_work(work))
        return self._packed[1]

    def _received(self, future: Future[Any]) -> Any:
        return unpacked(future.result()) if self.own else future.result()

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
        self.flying: dict[Future[Any], T] = {}

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
        If `workers` is not a whole number from 1 to `MOST_WORKERS`, or the executor is none.
    """
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InputError(f"executor: {shown(plain(executor))} is refused; allowed: one of concurrent.futures, or none")
    size = check_workers(workers) or getattr(executor, "_max_workers", None) or os.cpu_count() or 1
    team = Crew(executor, size if runs is None else max(1, min(size, runs)))
    at_once = True
    try:
        with _two_interrupts(team) if patient else contextlib.nullcontext():
            yield team
        at_once = False
    finally:
        team.close(at_once)


def check_workers(workers: int | None) -> int | None:
    """Accept a number of workers, or refuse it before any work is done.

    Raises
    ------
    InputError
        If it is not a whole number from 1 to `MOST_WORKERS`, or None.
    """
    return None if workers is None else whole("workers", workers, 1, MOST_WORKERS)


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


def _load(sent: bytes) -> None:
    """Unpack work in a worker, to see whether that can be done."""
    unpacked_work(sent)


def _do(sent: bytes, task: bytes) -> bytes:
    """Do one task in a worker."""
    return packed(unpacked_work(sent)(unpacked(task)))


def _leave_if_starting() -> None:
    """End a worker that, for want of a guard in its script, is about to do its parent's study while it starts."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SystemExit(1)


class _Afresh(SpawnContext):
    """Processes started afresh: a fork would copy the threads' locks of numerical libraries in whatever state."""

    class Process(SpawnProcess):
        """A process that never hears an interrupt, and does not look for the file of a program that has none."""

        def start(self) -> None:
            """Start it; a program read from standard input, for one, has no file."""
            main = sys.modules["__main__"]
            file = getattr(main, "__file__", None)
            with _interrupts_put_off():
                if file is None or Path(file).exists():
                    return super().start()
                del main.__file__
                try:
                    return super().start()
                finally:
                    main.__file__ = file


@contextlib.contextmanager
def _interrupts_put_off() -> Iterator[None]:
    """Hear an interrupt only at the end; a process that is started meanwhile is deaf from its first moment.

    The terminal interrupts all processes of a command at once, those too that have not yet got as far as `_begin`.
    """
    heard: list[tuple[int, FrameType | None]] = []
    in_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, lambda *what: heard.append(what)) if in_main else None
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if blocked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if in_main:
            signal.signal(signal.SIGINT, before)
    if heard and callable(before):
        before(*heard[0])


def _processes(size: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(size, mp_context=_Afresh(), initializer=_begin)


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
