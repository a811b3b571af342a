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
from pydantic import field_validator, model_validator

from market.families import Registered, own, registered
from market.parameters import InputError
from market.schemas import SCHEMAS, Schema
from market.studies.content import content
from market.tables.run import DERIVED, Derived, own_tables


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
    """Pack work with the user's own rules and tables that it may meet: their modules, and those of the program itself.

    Raises
    ------
    InputError
        As in `packed`.
    """
    rules, tables = own(registered()), own_tables()
    modules = {one.__module__ for one in (*rules, *(table.make for table in tables.values()))}
    here = [rule for rule in rules if rule.__module__ == "__main__"]
    defined = [(SCHEMAS[name], table) for name, table in tables.items() if table.make.__module__ == "__main__"]
    return packed((sorted(modules - {"__main__"}), here, defined, work))


def unpacked_work(sent: bytes) -> Callable[..., Any]:
    """Unpack work in a worker, once; the program's own rules and tables are put in place, each time anew.

    A worker that lives on may do the work of one program, or of one version of it, in turn with that of another.

    Raises
    ------
    InputError
        As in `unpacked`.
    """
    rules, tables, work = _loaded(sent)
    for rule in rules:
        rule.registry[rule.model_fields[rule.word].default] = rule
    for schema, table in tables:
        SCHEMAS[schema.name], DERIVED[schema.name] = schema, table
    return work


@functools.lru_cache(maxsize=4)
def _loaded(sent: bytes) -> tuple[list[type[Registered]], list[tuple[Schema, Derived]], Callable[..., Any]]:
    """Load what `packed_work` packed; modules of users' own parts are imported, where they can be."""
    modules, rules, tables, work = unpacked(sent)
    for module in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    gc.freeze()  # what is loaded by now stays: clearing away after each task need not look at it
    return rules, tables, work


class _Packer(cloudpickle.Pickler):  # type: ignore[misc]
    """Packs rules of a program without a file by what they were made of: pydantic's classes do not pack by value."""

    def reducer_override(self, obj: Any) -> Any:
        """Take over for such rules."""
        if isinstance(obj, type) and issubclass(obj, Registered) and obj.__module__ == "__main__":
            name = obj.model_fields[obj.word].default
            return _define, (obj.__name__, obj.__bases__, name, content(obj), _body(obj), _checks(obj))
        return super().reducer_override(obj)


def _body(rule: type[Registered]) -> dict[str, Any]:
    """What stood in the body of a rule's class."""
    kinds = (types.FunctionType, classmethod, staticmethod, property)
    own: dict[str, Any] = {n: one for n, one in vars(rule).items() if isinstance(one, kinds) and "pydantic" not in n}
    annotations = vars(rule).get("__annotations__", {})
    fields = {name: rule.model_fields[name] for name in annotations if name in rule.model_fields}
    constants = {name: vars(rule)[name] for name in rule.__class_vars__ if name in vars(rule)}
    inherited = {name for base in rule.__bases__ for name in getattr(base, "__private_attributes__", ())}
    private = {name: one for name, one in rule.__private_attributes__.items() if name not in inherited}
    space = {"__module__": "__main__", "__qualname__": rule.__qualname__, "__doc__": rule.__doc__}
    return {**space, "__annotations__": annotations, **constants, **private, **own, **fields}


def _checks(rule: type[Registered]) -> dict[str, tuple[tuple[str, ...], Any]]:
    """Validators of a rule's own by name: the fields that they check, none for the whole, and the mode."""
    marks = rule.__pydantic_decorators__
    fields = {name: (one.info.fields, one.info.mode) for name, one in marks.field_validators.items()}
    whole = {name: ((), one.info.mode) for name, one in marks.model_validators.items()}
    return {name: check for name, check in {**fields, **whole}.items() if name in vars(rule)}


_DEFINED: dict[str, type[Registered]] = {}
"""Classes defined in a worker, by their content: one that lives on may meet a rule before and after it was edited."""


def _define(
    name: str, bases: tuple[type[Registered], ...], rule: str, what: str, body: dict[str, Any], checks: dict[str, Any]
) -> type[Registered]:
    """Define a rule in a worker, unless the worker has read the program's file, or defined the very same."""
    family = next(base for base in bases if hasattr(base, "registry"))
    known = family.registry.get(rule)
    if known is not None and known.__module__ == "__mp_main__" and known.__qualname__ == body["__qualname__"]:
        return known
    if what not in _DEFINED:
        marked: dict[str, Any] = {}
        for one, (fields, mode) in checks.items():
            mark: Any = field_validator(*fields, mode=mode) if fields else model_validator(mode=mode)
            marked[one] = mark(body[one])
        _DEFINED[what] = types.new_class(name, bases, exec_body=lambda space: space.update(body | marked))
    family.registry[rule] = _DEFINED[what]
    return _DEFINED[what]
