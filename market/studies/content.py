"""What a function is: its code and all that the code uses, so that a change is noticed and a new name is not.

Code of this package, of Python and of installed packages stands for itself by name; versions are noted elsewhere. All
other code counts by content: instructions, constants, defaults, values of closures, arguments of partials, the
functions, classes and values of its module that it uses, the text of modules that it imports, and so on.
"""

from __future__ import annotations

import copyreg
import functools
import json
import types
from collections.abc import Iterator, Mapping
from dis import get_instructions
from typing import Any

import cloudpickle
import numpy as np
import pandas as pd
from pydantic import BaseModel

from market.parameters import plain
from market.saving.manifest import checksum
from market.studies import origins
from market.studies.canonical import fingerprint

DULL = frozenset(
    f"__{name}__"
    for name in (
        "module", "dict", "weakref", "doc", "name", "qualname", "annotations", "firstlineno", "signature", "slotnames",
    )
)  # fmt: skip
"""Attributes that do not change what a class or function does, that others show already, or that copying adds."""

MACHINERY = ("__pydantic_", "__class_vars__", "__abstractmethods__", "_abc_impl")
"""How attributes begin that pydantic and `abc` derive from the others, some of them with addresses of memory."""

EMPTY = types.CellType()
"""The variable of a closure that has no value yet."""


def content(thing: object) -> str:
    """Name what a function or value is: a plain function of this package by its name, all else by a digest."""
    description = _Reader().read(thing)
    if isinstance(description, list) and description[0] == "by name":
        return str(description[1])
    return fingerprint(description)


class _Reader:
    """One reading of a graph of functions and values, as JSON."""

    def __init__(self) -> None:
        self._seen: dict[int | str, int] = {}
        self._held: list[object] = []

    def read(self, thing: Any) -> Any:
        """Describe anything; what comes again is named by its number."""
        value = plain(thing) if isinstance(thing, np.generic) else thing
        if value is None or isinstance(value, bool | str):
            return value if type(value) in (bool, str, type(None)) else [type(value).__name__, str(value)]
        if isinstance(value, int):
            return value if type(value) is int and abs(value) < 2**63 else [type(value).__name__, hex(value)]
        if isinstance(value, float | complex):
            return [type(value).__name__, repr(value)]
        if id(value) in self._seen:
            return ["again", self._seen[id(value)]]
        self._seen[id(value)] = len(self._seen)
        self._held.append(value)
        return self._compound(value)

    def _apart(self, thing: Any) -> str:
        """Describe a thing and forget what was met in it, so that nothing shows in which order things are read."""
        before = len(self._seen)
        description = json.dumps(self.read(thing), sort_keys=True)
        while len(self._seen) > before:
            self._seen.popitem()
        return description

    def _compound(self, value: Any) -> Any:
        if isinstance(value, list | tuple | Mapping | set | frozenset):
            return self._collection(value)
        if isinstance(value, types.FunctionType):
            return self._function(value)
        if isinstance(value, types.MethodType):
            return ["method", self.read(value.__func__), self.read(value.__self__)]
        if isinstance(value, type):
            return self._class(value)
        if isinstance(value, types.ModuleType):
            return self._module(value.__name__)
        return self._value(value)

    def _collection(self, value: Any) -> Any:
        """Describe what holds others; tables and sets in an order of their own, which no process changes."""
        if isinstance(value, list | tuple):
            held = [type(value).__name__, *map(self.read, value)]
        elif isinstance(value, Mapping):
            pairs = sorted(((self._apart(key), key, inner) for key, inner in value.items()), key=lambda pair: pair[0])
            held = ["table", *([self.read(key), self.read(inner)] for _, key, inner in pairs)]
        else:
            held = ["set", *sorted(map(self._apart, value))]
        if origins.installed(type(value).__module__):
            return held
        return ["object", self.read(type(value)), held, self.read(getattr(value, "__dict__", None))]

    def _function(self, function: types.FunctionType) -> Any:
        name = origins.installed_name(function)
        if name is not None:
            return ["by name", name]
        filled = (cell for cell in function.__closure__ or () if cell != EMPTY)
        kept = [self.read(cell.cell_contents) for cell in filled]
        code = self._code(function.__code__, function.__doc__, function.__globals__)
        defaults = [self.read(function.__defaults__), self.read(function.__kwdefaults__)]
        attributes = {name: one for name, one in vars(function).items() if name not in DULL}
        return ["function", code, *defaults, kept, self.read(attributes)]

    def _code(self, code: types.CodeType, doc: str | None, space: Mapping[str, Any]) -> Any:
        """Describe code, the values of the names that it looks up, and what it imports; a docstring is no code."""
        constants = [
            self._code(one, None, space) if isinstance(one, types.CodeType) else self.read(one)
            for place, one in enumerate(code.co_consts)
            if not (place == 0 and isinstance(one, str) and one == doc)
        ]
        outer = dict.fromkeys(i.argval for i in get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
        used = [self._looked_up(space[name], code) if name in space else ["builtin", name] for name in outer]
        modules = [self._module(name) for name in origins.imports_of_code(code, space) if origins.exists(name)]
        names = [name for name in code.co_names if name not in space or name not in outer]
        shape = [code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags]
        arguments = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        exceptions = code.co_exceptiontable.hex()
        return ["code", code.co_code.hex(), exceptions, shape, arguments, names, constants, used, modules]

    def _looked_up(self, value: Any, code: types.CodeType) -> Any:
        """Describe what code finds under a name of its module: of a package, the modules that it reaches through it."""
        if isinstance(value, types.ModuleType):
            return [self._module(name) for name in origins.submodules(value, code.co_names)]
        return self.read(value)

    def _module(self, name: str) -> Any:
        """Describe a module: one's own by its code, and by the modules that it imports."""
        if origins.installed(name):
            return ["module", name]
        if name in self._seen:
            return ["again", self._seen[name]]
        self._seen[name] = len(self._seen)
        code = origins.code_of(name)
        if code is None:
            return ["module", name]
        return ["module", self._code(code, None, {"__package__": origins.package_of(name)})]

    def _class(self, cls: type) -> Any:
        name = origins.installed_name(cls)
        if name is not None:
            return ["by name", name]
        bases = [self.read(base) for base in (type(cls), *cls.__bases__)]
        return ["class", bases, [[name, self._attribute(one)] for name, one in _attributes(cls)], self._fields(cls)]

    def _attribute(self, one: Any) -> Any:
        if isinstance(one, classmethod | staticmethod):
            return [type(one).__name__, self.read(one.__func__)]
        if isinstance(one, property):
            return ["property", self.read(one.fget)]
        return self.read(one)

    def _fields(self, cls: type) -> Any:
        """Describe the parameters that a class declares; what is said about them changes nothing."""
        if not issubclass(cls, BaseModel):
            return None
        return [
            [name, *map(self.read, (one.annotation, one.default, one.default_factory, one.metadata))]
            for name, one in cls.model_fields.items()
        ]

    def _value(self, value: Any) -> Any:
        name = origins.installed_name(value)
        if name is not None:
            return ["by name", name]
        kind = self.read(type(value))
        if type(value).__module__.startswith("numba.") and hasattr(value, "py_func"):
            return ["compiled", self.read(value.py_func), self.read(getattr(value, "targetoptions", None))]
        if isinstance(value, functools._lru_cache_wrapper):
            return ["cached", self.read(value.__wrapped__)]
        if isinstance(value, types.BuiltinFunctionType | np.ufunc):
            return ["builtin", value.__name__, self.read(getattr(value, "__self__", None))]
        if isinstance(value, bytes | bytearray | memoryview):
            return ["bytes", kind, _digest(bytes(value))]
        if isinstance(value, BaseModel):
            return ["model", kind, self.read(value.model_dump())]
        if isinstance(value, pd.DataFrame | pd.Series | pd.Index):
            return self._table(value)
        return ["object", kind, self._made(value)]

    def _table(self, value: pd.DataFrame | pd.Series | pd.Index) -> Any:
        names = list(map(str, value.columns)) if isinstance(value, pd.DataFrame) else [str(value.name)]
        try:
            return ["pandas", names, _digest(pd.util.hash_pandas_object(value).to_numpy().tobytes())]
        except TypeError:  # it holds lists, tables and the like
            index = [] if isinstance(value, pd.Index) else value.index.tolist()
            return ["pandas", names, self.read(index), self.read(value.to_numpy(object).tolist())]

    def _made(self, value: Any) -> Any:
        """Describe what a thing is made from when it is copied: its class, its attributes, what it holds."""
        try:
            reduce = copyreg.dispatch_table.get(type(value))
            made = reduce(value) if reduce is not None else value.__reduce_ex__(4)
        except Exception:  # it cannot be copied, or says so in a way of its own
            return _packed(value)
        if isinstance(made, str):
            return made
        function, arguments, state, items, pairs = (*made, None, None, None)[:5]
        return [*map(self.read, (function, arguments, state, list(items or ()), dict(pairs or ())))]


def _attributes(cls: type) -> Iterator[tuple[str, Any]]:
    own = ((name, one) for name, one in vars(cls).items() if name not in DULL and not name.startswith(MACHINERY))
    yield from sorted(own, key=lambda pair: pair[0])


def _packed(value: Any) -> str | None:
    try:
        return _digest(cloudpickle.dumps(value))
    except Exception:  # what cannot be packed, such as a lock, is known by its class alone
        return None


def _digest(data: bytes) -> str:
    return checksum(data)[:16]
