"""What is to be done, packed for other processes: what they cannot import, as a notebook's functions, goes as it is."""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import io
import types
from collections.abc import Callable
from typing import Any

import cloudpickle

from market.families import Registered, own, registered
from market.parameters import InputError


def packed(thing: object) -> bytes:
    """Pack anything.

    Raises
    ------
    InputError
        If it holds what only its own process has, such as a lock or an open file.
    """
    target = io.BytesIO()
    try:
        _Packer(target).dump(thing)
    except Exception as error:  # whatever an object's own way to be packed raises
        raise InputError(f"workers: what is to be done cannot be sent to other processes ({error})") from None
    return target.getvalue()


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
    """Pack work with the rules of the user's own that it may meet: their modules, and those of the program itself.

    Raises
    ------
    InputError
        As in `packed`.
    """
    mine = own(registered())
    modules = sorted({rule.__module__ for rule in mine if rule.__module__ != "__main__"})
    return packed((modules, [rule for rule in mine if rule.__module__ == "__main__"], work))


@functools.lru_cache(maxsize=4)
def unpacked_work(sent: bytes) -> Callable[..., Any]:
    """Unpack work in a worker, once; modules of users' own rules are imported first, where they can be.

    Raises
    ------
    InputError
        As in `unpacked`.
    """
    modules, _, work = unpacked(sent)
    for module in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    gc.freeze()  # what is loaded by now stays: clearing away after each task need not look at it
    return work  # type: ignore[no-any-return]


class _Packer(cloudpickle.Pickler):  # type: ignore[misc]
    """Packs rules of a program without a file by what they were made of: pydantic's classes do not pack by value."""

    def reducer_override(self, obj: Any) -> Any:
        """Take over for such rules."""
        if isinstance(obj, type) and issubclass(obj, Registered) and obj.__module__ == "__main__":
            return _define, (obj.__name__, obj.__bases__, obj.model_fields[obj.word].default, _body(obj))
        return super().reducer_override(obj)


def _body(rule: type[Registered]) -> dict[str, Any]:
    """What stood in the body of a rule's class."""
    kinds = (types.FunctionType, classmethod, staticmethod, property)
    own = {name: one for name, one in vars(rule).items() if isinstance(one, kinds) and "pydantic" not in name}
    annotations = vars(rule).get("__annotations__", {})
    fields = {name: rule.model_fields[name] for name in annotations if name in rule.model_fields}
    space = {"__module__": "__main__", "__qualname__": rule.__qualname__, "__doc__": rule.__doc__}
    return {**space, "__annotations__": annotations, **own, **fields}


def _define(name: str, bases: tuple[type[Registered], ...], rule: str, body: dict[str, Any]) -> type[Registered]:
    """Define a rule in a worker, unless the worker has it, as it does if the program has a file."""
    known = bases[0].registry.get(rule)
    if known is not None and known.__qualname__ == body["__qualname__"]:
        return known
    return types.new_class(name, bases, exec_body=lambda space: space.update(body))
