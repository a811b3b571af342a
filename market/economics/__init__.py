"""How the market works: pure functions of arrays."""

from market.economics import (
    adoption,
    benchmarks,
    best_response,
    capital,
    choice,
    demand,
    deviations,
    equilibrium,
    kernels,
    luck,
    panel,
    q_learning,
    technology,
)

__all__ = [
    "adoption",
    "benchmarks",
    "best_response",
    "capital",
    "choice",
    "demand",
    "deviations",
    "equilibrium",
    "kernels",
    "luck",
    "panel",
    "q_learning",
    "technology",
]
