"""How a firm decides: functions of a frozen view."""

from market.strategies import funding, pricing, training, view

__all__ = ["funding", "pricing", "training", "view"]
