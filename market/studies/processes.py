"""Processes for studies: long-lived, of one thread each, started afresh, deaf to interrupts, gone with their parent."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import FrameType
from typing import Any

from threadpoolctl import threadpool_limits


def leave_if_starting() -> None:
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


def processes(size: int) -> ProcessPoolExecutor:
    """Give a pool of processes, which start when there is work."""
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
