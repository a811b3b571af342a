"""How a firm decides: functions of a frozen view."""

from market.strategies import funding, price_search, pricing, training, view

__all__ = ["funding", "price_search", "pricing", "training", "view"]
