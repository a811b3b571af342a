"""How the market works: pure functions of arrays."""

from market.economics import (
    adoption,
    best_response,
    choice,
    demand,
    deviations,
    equilibrium,
    luck,
    panel,
    technology,
)

__all__ = [
    "adoption",
    "best_response",
    "choice",
    "demand",
    "deviations",
    "equilibrium",
    "luck",
    "panel",
    "technology",
]
