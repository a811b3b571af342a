"""How a firm decides: functions of a frozen view."""

from market.strategies import expectations, funding, hurdle, price_search, pricing, training, view

__all__ = ["expectations", "funding", "hurdle", "price_search", "pricing", "training", "view"]
