"""An agent-based market of AI models, with two sets of books: each model's and each company's.

The public names are lazy: importing `market` loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market import accounts, economics, measures, strategies, studies, views
    from market.parameters import InputError
    from market.run import Run, open_run, simulate
    from market.scenario.load import load
    from market.scenario.schema import Scenario
    from market.studies.break_even import break_even
    from market.studies.compare import compare
    from market.studies.replicate import replicate
    from market.studies.sweep import sweep
    from market.views import plots

_NAMES = {
    "InputError": "market.parameters",
    "Run": "market.run",
    "Scenario": "market.scenario.schema",
    "break_even": "market.studies.break_even",
    "compare": "market.studies.compare",
    "load": "market.scenario.load",
    "open_run": "market.run",
    "replicate": "market.studies.replicate",
    "simulate": "market.run",
    "sweep": "market.studies.sweep",
}
_PACKAGES = ("accounts", "economics", "measures", "strategies", "studies", "views")

__all__ = [
    "InputError",
    "Run",
    "Scenario",
    "accounts",
    "break_even",
    "compare",
    "economics",
    "load",
    "measures",
    "open_run",
    "plots",
    "replicate",
    "simulate",
    "strategies",
    "studies",
    "sweep",
    "views",
]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    if name == "plots":
        return importlib.import_module("market.views.plots")
    if name in _PACKAGES:
        return importlib.import_module(f"market.{name}")
    raise AttributeError(f"module 'market' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
