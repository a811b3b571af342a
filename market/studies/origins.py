"""Where code comes from: this package, Python and installed packages, or modules of one's own and what they import."""

from __future__ import annotations

import dis
import functools
import importlib.machinery
import importlib.util
import sys
import sysconfig
import types
from collections.abc import Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

PACKAGE = __name__.partition(".")[0]
STORES = frozenset(("site-packages", "dist-packages"))
"""Folders into which packages are installed, for all or for one user."""


@functools.cache
def installed(module: str | None) -> bool:
    """Whether a module belongs to this package, to Python, or to an installed package."""
    if module is None or module in ("__main__", "__mp_main__"):
        return False
    if module.partition(".")[0] == PACKAGE or module in sys.builtin_module_names:
        return True
    place = _place(module)
    if place is None:
        return module.partition(".")[0] in sys.stdlib_module_names
    return bool(STORES & set(place.parts)) or place.is_relative_to(sysconfig.get_path("stdlib"))


def installed_name(thing: Any) -> str | None:
    """Name under which every process finds a function or class that is installed, or None.

    What a thing says of itself is not enough: `functools.wraps` makes one's own function say that it is another.
    """
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if not (isinstance(module, str) and isinstance(name, str) and installed(module)):
        return None
    if isinstance(thing, types.FunctionType):
        if not installed(thing.__globals__.get("__name__")):
            return None
        if thing.__globals__["__name__"] == module and thing.__code__.co_qualname == name and not thing.__closure__:
            return f"{module}.{name}"  # found even where a decorator has put something else under the name
    try:
        there = attrgetter(name)(sys.modules[module])
    except (KeyError, AttributeError):
        return None
    return f"{module}.{name}" if getattr(there, "__func__", there) is thing else None


def code_of(module: str) -> types.CodeType | None:
    """What a module does when it is imported; None if it has no code that can be read."""
    loader: Any = getattr(_spec(module), "loader", None)
    try:
        code: types.CodeType | None = loader.get_code(module)
    except Exception:  # whatever a loader raises, or a file that is no Python
        return None
    return code


def package_of(module: str) -> str:
    """The package from which a module imports relatively."""
    spec = _spec(module)
    return (spec.parent if spec is not None else None) or ""


def imports_of_code(code: types.CodeType, space: Mapping[str, Any]) -> list[str]:
    """Names of the modules that code imports when it runs; some may be no modules."""
    modules: list[str] = []
    steps = list(dis.get_instructions(code))
    for place, step in enumerate(steps):
        if step.opname == "IMPORT_NAME":
            level, names = steps[place - 2].argval, steps[place - 1].argval
            package = space.get("__package__") or ""
            modules += _imported(step.argval, level if isinstance(level, int) else 0, package, names or ())
    return list(dict.fromkeys(modules))


def submodules(module: types.ModuleType, names: tuple[str, ...]) -> Iterator[str]:
    """Names of a module and of those below it that code reaches through it, as in ``module.below.function``."""
    reached = [module.__name__]
    for name in names:
        reached += [below for above in reached if (below := f"{above}.{name}") in sys.modules]
    yield from dict.fromkeys(reached)


def exists(module: str) -> bool:
    """Whether there is such a module, imported or not."""
    return module in sys.modules or _spec(module) is not None


def _imported(name: str, level: int, package: str, names: Any) -> list[str]:
    """Modules that one import may load: what it names, the packages above, and names that it takes from there."""
    if level:
        try:
            name = importlib.util.resolve_name("." * level + name, package)
        except ImportError:
            return []
    return [*_with_parents(name), *(f"{name}.{one}" for one in names)]


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _place(module: str) -> Path | None:
    """Where a module's file is, or the folder of a package without one."""
    known = sys.modules.get(module)
    spec = None if known is not None else _spec(module)
    file = getattr(known, "__file__", None) or (spec.origin if spec is not None and spec.has_location else None)
    folders = getattr(known, "__path__", None) or getattr(spec, "submodule_search_locations", None)
    place = file or next(iter(folders or ()), None)
    return Path(place) if isinstance(place, str) else None


def _spec(module: str) -> importlib.machinery.ModuleSpec | None:
    """How a module is found, without running any; None if it is not."""
    if module in sys.modules:
        return getattr(sys.modules[module], "__spec__", None)
    above = module.rpartition(".")[0]
    try:
        if not above:
            return importlib.util.find_spec(module)
        package = _spec(above)
        folders = None if package is None else package.submodule_search_locations
        return None if folders is None else importlib.machinery.PathFinder.find_spec(module, folders)
    except (ImportError, ValueError, AttributeError):
        return None
