"""How loops are compiled: once, kept on disk between processes where there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop, free of the interpreter's lock.

    The compiled code is kept beside the module or in the user's cache; where neither can be written, as in a read-only
    installation without a home, each process compiles anew.
    """
    try:
        return njit(cache=True, nogil=True)(function)  # type: ignore[no-any-return]
    except (RuntimeError, OSError):  # numba found no place
        return njit(nogil=True)(function)  # type: ignore[no-any-return]
