"""Packages that only some studies need: one that is missing gets a line that says how to install it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from market.parameters import InputError


@contextmanager
def needing(study: str, package: str, extra: str = "study") -> Iterator[None]:
    """Import a package within this.

    Parameters
    ----------
    study : what needs it.   package : its name, as it is installed.   extra : of this program that brings it.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        yield
    except ImportError:
        how = f"pip install 'market-of-models[{extra}]'"
        raise InputError(f"{study}: needs {package}; install it with {how}") from None
