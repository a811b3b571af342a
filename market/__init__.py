"""An agent-based market of AI models, with two sets of books: each model's and each company's.

The public names are lazy: importing `market` loads nothing heavy.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.parameters import InputError as InputError
    from market.run import simulate as simulate
    from market.scenario.load import load as load
    from market.scenario.schema import Scenario as Scenario
    from market.studies.break_even import break_even as break_even
    from market.studies.compare import compare as compare
    from market.studies.draws import posterior as posterior
    from market.studies.replicate import replicate as replicate
    from market.studies.sweep import sweep as sweep
    from market.tables import Run as Run
    from market.tables import open_run as open_run
    from market.views import plots as plots

_NAMES = {
    "InputError": "market.parameters",
    "Run": "market.tables",
    "Scenario": "market.scenario.schema",
    "break_even": "market.studies.break_even",
    "compare": "market.studies.compare",
    "load": "market.scenario.load",
    "open_run": "market.tables",
    "posterior": "market.studies.draws",
    "replicate": "market.studies.replicate",
    "simulate": "market.run",
    "sweep": "market.studies.sweep",
}
_MODULES = {
    "plots": "market.views.plots",
    **{package.name: f"market.{package.name}" for package in pkgutil.iter_modules(__path__) if package.ispkg},
}

__all__ = sorted([*_NAMES, *_MODULES])


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    raise AttributeError(f"module 'market' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
