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
    from market.studies.replicate import replicate

_NAMES = {
    "InputError": "market.parameters",
    "Run": "market.run",
    "Scenario": "market.scenario.schema",
    "load": "market.scenario.load",
    "open_run": "market.run",
    "replicate": "market.studies.replicate",
    "simulate": "market.run",
}
_PACKAGES = ("accounts", "economics", "measures", "strategies", "studies", "views")

__all__ = [
    "InputError",
    "Run",
    "Scenario",
    "accounts",
    "economics",
    "load",
    "measures",
    "open_run",
    "replicate",
    "simulate",
    "strategies",
    "studies",
    "views",
]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    if name in _PACKAGES:
        return importlib.import_module(f"market.{name}")
    raise AttributeError(f"module 'market' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
