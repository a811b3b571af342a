"""How what is added is found: registered by name where it is written, imported because its file is in the folder."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TypeVar

Thing = TypeVar("Thing")


class Registry(dict[str, Thing]):
    """Things of a kind by name, in the order in which they were registered."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def add(self, name: str, thing: Thing) -> None:
        """Register a thing.

        Raises
        ------
        TypeError
            If the name is in use.
        """
        if name in self:
            raise TypeError(f"{self.kind} {name!r} exists already")
        self[name] = thing


def import_all(package: str) -> None:
    """Import every module in the folder of a package, in alphabetical order."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        importlib.import_module(f"{package}.{module.name}")
