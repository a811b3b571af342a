"""What a function is: its code and all that the code uses, so that a change is noticed and a new name is not.

Code of this package, of Python and of installed packages stands for itself by name; versions are noted elsewhere. All
other code counts by content: instructions, constants, defaults, values of closures, arguments of partials, and the
functions, classes and values of its module that it uses, and so on.
"""

from __future__ import annotations

import ast
import dis
import functools
import hashlib
import inspect
import json
import sys
import sysconfig
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pandas as pd
from pydantic import BaseModel

from market.parameters import plain

PACKAGE = __name__.partition(".")[0]
DULL = frozenset(
    f"__{name}__" for name in ("module", "dict", "weakref", "doc", "qualname", "annotations", "firstlineno")
)
"""Attributes of a class that do not change what it does, or that others show already."""


def content(thing: object) -> str:
    """Name what a function or value is: a plain function of this package by its name, all else by a digest."""
    found = _Reader().read(thing)
    if isinstance(found, list) and found[0] == "by name" and len(found) == 2:
        return str(found[1])
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]


def is_packaged(function: object) -> bool:
    """Whether all code that a function uses is installed, so that any process finds it by name."""
    reader = _Reader()
    reader.read(function)
    return not reader.foreign


class _Reader:
    """One reading of a graph of functions and values, as JSON.

    Attributes
    ----------
    foreign : whether code that is not installed was met.
    """

    def __init__(self) -> None:
        self.foreign = False
        self._seen: dict[int, int] = {}
        self._held: list[object] = []

    def read(self, thing: Any) -> Any:
        """Describe anything; what comes again is named by its number."""
        value = plain(thing) if isinstance(thing, np.generic) else thing
        if value is None or isinstance(value, bool | int | str):
            return value if type(value) in (bool, int, str, type(None)) else [type(value).__name__, str(value)]
        if isinstance(value, float | complex):
            return [type(value).__name__, repr(value)]
        if id(value) in self._seen:
            return ["again", self._seen[id(value)]]
        self._seen[id(value)] = len(self._seen)
        self._held.append(value)
        return self._compound(value)

    def _compound(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [type(value).__name__, *map(self.read, value)]
        if isinstance(value, Mapping):
            return ["table", *sorted(([self.read(k), self.read(v)] for k, v in value.items()), key=json.dumps)]
        if isinstance(value, set | frozenset):
            return ["set", *sorted(map(self.read, value), key=json.dumps)]
        if isinstance(value, types.FunctionType):
            return self._function(value)
        if isinstance(value, types.MethodType):
            return ["method", self.read(value.__func__), self.read(value.__self__)]
        if isinstance(value, functools.partial):
            return ["partial", self.read(value.func), self.read(value.args), self.read(value.keywords)]
        if isinstance(value, type):
            return self._class(value)
        if isinstance(value, types.ModuleType):
            return self._module(value)
        return self._value(value)

    def _function(self, function: types.FunctionType) -> Any:
        kept = [self.read(cell.cell_contents) for cell in function.__closure__ or () if _filled(cell)]
        if _installed(function.__module__):
            name = f"{function.__module__}.{function.__qualname__}"
            return ["by name", name, *([kept] if kept else [])]
        self.foreign = True
        code = self._code(function.__code__, function.__doc__, function.__globals__)
        return ["function", code, self.read(function.__defaults__), self.read(function.__kwdefaults__), kept]

    def _code(self, code: types.CodeType, doc: str | None, space: Mapping[str, Any]) -> Any:
        """Describe code and the values of the names that it looks up in its module; a docstring is no code."""
        constants = [
            self._code(one, None, space) if isinstance(one, types.CodeType) else self.read(one)
            for place, one in enumerate(code.co_consts)
            if not (place == 0 and isinstance(one, str) and one == doc)
        ]
        outer = dict.fromkeys(i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
        used = [self.read(space[name]) if name in space else ["builtin", name] for name in outer]
        names = [name for name in code.co_names if name not in space or name not in outer]
        shape = [code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags]
        arguments = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        return ["code", code.co_code.hex(), code.co_exceptiontable.hex(), shape, arguments, names, constants, used]

    def _class(self, cls: type) -> Any:
        if _installed(cls.__module__):
            return ["by name", f"{cls.__module__}.{cls.__qualname__}"]
        self.foreign = True
        bases = [self.read(base) for base in cls.__bases__]
        return ["class", bases, [[name, self._attribute(one)] for name, one in _attributes(cls)]]

    def _attribute(self, one: Any) -> Any:
        if isinstance(one, classmethod | staticmethod):
            return [type(one).__name__, self.read(one.__func__)]
        if isinstance(one, property):
            return ["property", self.read(one.fget)]
        return self.read(one)

    def _module(self, module: types.ModuleType) -> Any:
        """Describe a module that code reaches into: one's own by what its file says, without comments."""
        if _installed(module.__name__):
            return ["module", module.__name__]
        self.foreign = True
        try:
            return ["module", _digest(ast.dump(ast.parse(inspect.getsource(module))).encode())]
        except (OSError, TypeError, SyntaxError):
            return ["module", module.__name__]

    def _value(self, value: Any) -> Any:
        inner = getattr(value, "__wrapped__", getattr(value, "py_func", None))
        kind = self.read(type(value))
        if inner is not None:
            return ["wrapped", kind, self.read(inner)]
        if isinstance(value, types.BuiltinFunctionType | np.ufunc):
            return ["builtin", getattr(value, "__module__", None), value.__name__]
        if isinstance(value, BaseModel):
            return ["model", kind, self.read(value.model_dump())]
        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            return ["array", value.dtype.str, list(value.shape), _digest(np.ascontiguousarray(value).tobytes())]
        if isinstance(value, np.ndarray):
            return ["array", list(value.shape), self.read(value.tolist())]
        if isinstance(value, pd.DataFrame | pd.Series | pd.Index):
            names = list(map(str, value.columns)) if isinstance(value, pd.DataFrame) else [str(value.name)]
            return ["pandas", names, _digest(pd.util.hash_pandas_object(value).to_numpy().tobytes())]
        if is_dataclass(value):
            return ["object", kind, [[one.name, self.read(getattr(value, one.name))] for one in fields(value)]]
        if not _installed(type(value).__module__) and hasattr(value, "__dict__"):
            return ["object", kind, self.read(vars(value))]
        try:
            return ["value", kind, _digest(cloudpickle.dumps(value))]
        except Exception:  # what cannot be pickled, such as a lock, is known by its class alone
            return ["value", kind]


def _attributes(cls: type) -> Iterator[tuple[str, Any]]:
    yield from sorted(((name, one) for name, one in vars(cls).items() if name not in DULL), key=lambda pair: pair[0])


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _filled(cell: types.CellType) -> bool:
    """Whether a closure's variable has a value by now."""
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


@functools.cache
def _installed(module: str | None) -> bool:
    """Whether a module belongs to this package, to Python, or to an installed package."""
    if module is None or module in ("__main__", "__mp_main__"):
        return False
    if module.partition(".")[0] in {PACKAGE, *sys.stdlib_module_names}:
        return True
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        return module in sys.modules and getattr(sys.modules[module], "__spec__", None) is not None
    return any(Path(file).is_relative_to(sysconfig.get_paths()[place]) for place in ("purelib", "platlib", "stdlib"))
