"""Which code results depend on: the source text of some modules of this package and of all that they import."""

from __future__ import annotations

import hashlib
import importlib.util
import pkgutil
from functools import cache
from pathlib import Path

from market.studies import origins

ROOTS = ("market.run", "market.measures")
"""What makes a run and what reads it: under every result. Modules below a root count too."""


@cache
def code_version(*modules: str) -> str:
    """Name the source text, and the data beside it, that runs, outcomes and some modules stand on.

    Read once: what is edited later is not what this process runs.

    Parameters
    ----------
    modules : names of further modules of this package, such as those of a reading.
    """
    digest = hashlib.sha256()
    for file in sorted(_files({*ROOTS, *modules}), key=lambda file: file.parts):
        digest.update("/".join(file.parts[-3:]).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def reached(modules: set[str]) -> set[str]:
    """Names of some modules of this package, of those below them, and of all of this package that they import."""
    waiting, known = list(modules), set[str]()
    while waiting:
        name = waiting.pop()
        spec = None if name in known else importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        known.add(name)
        below = pkgutil.iter_modules(spec.submodule_search_locations or ()) if name in modules else ()
        waiting += [f"{name}.{one.name}" for one in below]
        tree = origins.syntax(name)
        imported = origins.imports_of_module(name, tree) if tree is not None else []
        waiting += [one for one in imported if one.startswith(f"{origins.PACKAGE}.") and origins.exists(one)]
    return known


def _files(modules: set[str]) -> set[Path]:
    """Files of the modules that some modules reach, and the data in the folders of packages among these."""
    files = set()
    for name in reached(modules):
        spec = importlib.util.find_spec(name)
        path = Path(spec.origin) if spec is not None and spec.origin is not None else None
        if path is not None:
            files.add(path)
            if path.name == "__init__.py":
                inside = (p for p in path.parent.rglob("*") if p.is_file())
                files |= {p for p in inside if p.suffix in (".toml", ".csv", ".json")}
    return files
