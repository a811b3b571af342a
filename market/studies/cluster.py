"""A Dask cluster as a place to run: its workers need this program installed, and no disk in common."""

from __future__ import annotations

import platform
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from market.parameters import InputError
from market.studies.code import code_version
from market.studies.extras import needing

SECONDS = 15
"""How long to wait for an answer."""


@contextmanager
def connected(address: str) -> Iterator[tuple[Executor, int]]:
    """Give a cluster as an executor, and the number of runs that it does at a time.

    Parameters
    ----------
    address : of the scheduler, as "tcp://HOST:PORT".

    Raises
    ------
    InputError
        If dask.distributed is not installed, nothing answers, there is no worker, or the workers have another version
        of Python or of this program.
    """
    with needing("cluster", "dask.distributed", "cluster"):
        import distributed
    if "://" not in address:
        raise InputError(f"cluster: '{address}' is no address; allowed: tcp://HOST:PORT, as `dask scheduler` prints it")
    client = _client(distributed, address)
    try:
        _check(client)
        yield client.get_executor(pure=False), sum(client.nthreads().values())
    finally:
        client.close()


def _client(distributed: Any, address: str) -> Any:
    """Connect to a scheduler, and wait for its first worker."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # versions are compared later, in one line
        try:
            client = distributed.Client(address, timeout=SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            said = (str(error).splitlines() or [type(error).__name__])[0]
            raise InputError(f"cluster: {address} does not answer ({said}); start one with `dask scheduler`") from None
    try:
        client.wait_for_workers(1, timeout=SECONDS)
    except TimeoutError:
        client.close()
        raise InputError(f"cluster: {address} has no worker; start some with `dask worker {address}`") from None
    return client


def _check(client: Any) -> None:
    """Refuse a cluster whose workers would not do the same as this process."""
    own = _made_of()
    for worker, there in client.run(_made_of, on_error="return").items():
        if isinstance(there, BaseException):
            said = (str(there).splitlines() or [type(there).__name__])[0]
            raise InputError(
                f"cluster: worker {worker} cannot load this program ({said}); install the same version there"
            )
        differs = next((name for name in own if there.get(name) != own[name]), None)
        if differs is not None:
            raise InputError(
                f"cluster: worker {worker} has {differs} {there.get(differs)}, this process {own[differs]}; "
                "install the same version there"
            )


def _made_of() -> dict[str, str]:
    """What a process runs: the version of Python and the code of this program."""
    return {"Python": platform.python_version(), "program": code_version()}
