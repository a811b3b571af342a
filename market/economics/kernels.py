"""How loops are compiled: once, kept on disk between processes where there is a place for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numba import njit
from numba.core import event

Function = Callable[..., Any]


def kernel(function: Function) -> Function:
    """Compile a loop, free of the interpreter's lock.

    The compiled code is kept beside the module or in the user's cache; where neither can be written, as in a read-only
    installation without a home, each process compiles anew.

    Numba lets a function that is first called by a `lane` take over how that is compiled, and keeps it so for all:
    here everything is said, so that what a kernel gives depends on no caller.
    """
    return _compiled(function, fastmath=False, error_model="python", forceinline=False)


def lane(function: Function) -> Function:
    """Compile arithmetic that a processor does for several customers at once: a loop over them, or what stands in one.

    Such a loop may neither branch nor call, so a lane is written into whatever calls it, chooses by `a if c else b`
    between two numbers that are both there, and divides by zero without complaint. A product and a sum may be rounded
    once instead of twice, so last digits differ between processors: use it where a bound or a tolerance takes that up.
    """
    return _compiled(function, fastmath={"contract", "nsz"}, error_model="numpy", forceinline=True)


@contextmanager
def told_of_compiling(tell: Callable[[], None]) -> Iterator[None]:
    """Call a function once if anything has to be compiled meanwhile; what is kept on disk need not be."""
    listener = _First(tell)
    with event.install_listener("numba:compile", listener):
        yield


class _First(event.Listener):  # type: ignore[misc]
    """Passes on the first start of a compilation that it hears of."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell: Callable[[], None] | None = tell

    def on_start(self, event: Any) -> None:  # noqa: ARG002
        """Tell, if it has not been told."""
        tell, self._tell = self._tell, None
        if tell is not None:
            tell()

    def on_end(self, event: Any) -> None:
        """Nothing is told of the end."""


def _compiled(function: Function, **how: Any) -> Function:
    _name_by_content(function)
    try:
        return njit(cache=True, nogil=True, **how)(function)  # type: ignore[no-any-return]
    except (RuntimeError, OSError):  # numba found no place
        return njit(nogil=True, **how)(function)  # type: ignore[no-any-return]


def _name_by_content(function: Function) -> None:
    """Add to a function's name, under which its compiled code is kept, a hash of all that it may be compiled from.

    That is its module, this one, and the kernels and constants which it has imported; their names tell in turn what
    they are compiled from. Numba looks at the module alone: without this, an edit or an upgrade of another would go
    unnoticed.
    """
    known = dict(function.__globals__)
    for name, used in function.__globals__.items():
        if isinstance(used, ModuleType) and used.__name__.startswith(__package__):
            known |= {f"{name}.{inner}": each for inner, each in vars(used).items()}
    parts = [(name, used.__qualname__) for name, used in known.items() if hasattr(used, "py_func")]
    parts += [(name, repr(used)) for name, used in known.items() if isinstance(used, int | float | np.generic)]
    parts += [(name, repr(used._fields)) for name, used in known.items() if hasattr(used, "_fields")]
    text = repr((function.__qualname__, _content(function.__code__.co_filename), _content(__file__), sorted(parts)))
    function.__qualname__ += f"_{hashlib.sha256(text.encode()).hexdigest()[:12]}"


@cache
def _content(file: str) -> str:
    """Hash of a module's file, or its name if there is no such file to read."""
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError:
        return file
