"""What is to be done, packed for other processes: what they cannot import, as a notebook's functions, goes as it is."""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
from collections.abc import Callable
from typing import Any

import cloudpickle

from market.families import own, registered
from market.measures import outcomes as named
from market.parameters import InputError
from market.schemas import SCHEMAS
from market.tables.run import DERIVED, own_tables


def packed(thing: object) -> bytes:
    """Pack anything.

    Raises
    ------
    InputError
        If it holds what only its own process has, such as a lock or an open file.
    """
    try:
        return bytes(cloudpickle.dumps(thing))
    except Exception as error:  # whatever an object's own way to be packed raises
        raise InputError(f"workers: what is to be done cannot be sent to other processes ({error})") from None


def unpacked(sent: bytes) -> Any:
    """Unpack something in a worker.

    Raises
    ------
    InputError
        If it needs what this process cannot import.
    """
    try:
        return cloudpickle.loads(sent)
    except Exception as error:  # whatever an import or an object's own way to be unpacked raises
        said = f"{type(error).__name__}: {error}"
        raise InputError(f"workers: a process cannot load what is to be done ({said}); is it in a file?") from None


def packed_work(work: Callable[..., Any]) -> bytes:
    """Pack work with the user's own rules, tables and outcomes that it may meet, and the modules that define them."""
    rules, tables = own(registered()), own_tables()
    outcomes = {name: one for name, one in named.OUTCOMES.items() if own([one.reading])}
    functions = [*(table.make for table in tables.values()), *(one.reading for one in outcomes.values())]
    modules = {one.__module__ for one in (*rules, *functions)} - {"__main__"}
    return packed(
        (
            sorted(modules),
            [rule for rule in rules if rule.__module__ == "__main__"],
            [(SCHEMAS[name], table) for name, table in tables.items() if table.make.__module__ == "__main__"],
            {name: one for name, one in outcomes.items() if one.reading.__module__ == "__main__"},
            work,
        )
    )


def unpacked_work(sent: bytes) -> Callable[..., Any]:
    """Unpack work in a worker, once; the program's own rules, tables and outcomes are put in place, each time anew.

    A worker that lives on may do the work of one program, or of one version of it, in turn with that of another.
    """
    work: Callable[..., Any]
    rules, tables, outcomes, work = _loaded(sent)
    for rule in rules:
        rule.registry[rule.model_fields[rule.word].default] = rule
    for schema, table in tables:
        SCHEMAS[schema.name], DERIVED[schema.name] = schema, table
    named.OUTCOMES.update(outcomes)
    return work


@functools.lru_cache(maxsize=4)
def _loaded(sent: bytes) -> Any:
    """Load what `packed_work` packed; modules of users' own parts are imported, where they can be."""
    modules, *parts = unpacked(sent)
    for module in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    gc.freeze()  # what is loaded by now stays: clearing away after each task need not look at it
    return parts
