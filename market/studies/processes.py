"""Processes for studies: long-lived, of one thread each, started afresh, deaf to interrupts, gone with their parent."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

from loky import ProcessPoolExecutor

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables that say how many threads numerical libraries take."""

ROOM = {"LOKY_MAX_MEMORY_LEAK_SIZE": "1e9"}
"""Bytes that a process may take in more than with its first work, which may be tiny, before it is thought to leak."""


class Processes(ProcessPoolExecutor):  # type: ignore[misc]
    """A pool of processes, which start when there is work.

    They know nothing of the program that starts them but what is sent: it needs no file, and no guard in it.
    """

    def __init__(self, size: int) -> None:
        alive, self._alive = multiprocessing.Pipe(duplex=False)
        super().__init__(size, initializer=_begin, initargs=(alive,), env={**dict.fromkeys(THREADS, "1"), **ROOM})

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand something over to be done."""
        with _interrupts_put_off():
            given: Future[Any] = super().submit(function, *arguments)
            return given


@contextlib.contextmanager
def _interrupts_put_off() -> Iterator[None]:
    """Hear an interrupt only at the end; a process that is started meanwhile is deaf from its first moment.

    The terminal interrupts all processes of a command at once, those too that have not yet got as far as `_begin`.
    """
    heard: list[tuple[int, FrameType | None]] = []
    in_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, lambda *what: heard.append(what)) if in_main else None
    blocked = None
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # to start it with the first process would let interrupts in again
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if blocked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if in_main:
            signal.signal(signal.SIGINT, before)
    if heard and callable(before):
        before(*heard[0])


def _begin(alive: Connection) -> None:
    """Set up a worker: no interrupts of its own, and no life after its parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(alive,), daemon=True).start()


def _end_with(alive: Connection) -> None:
    """End this process when its parent is gone: a killed parent cannot say so, and its workers would wait for ever."""
    with contextlib.suppress(EOFError, OSError):
        alive.recv_bytes()
    os._exit(1)
