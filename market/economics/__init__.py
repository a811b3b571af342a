"""How the market works: pure functions of arrays."""

from market.economics import adoption, choice, demand, equilibrium, luck, panel, technology

__all__ = ["adoption", "choice", "demand", "equilibrium", "luck", "panel", "technology"]
