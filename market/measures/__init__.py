"""What the market looks like, simulated or real: the same functions measure both."""

from market.measures import (
    catch_up,
    claims,
    conduct,
    fixed_capability,
    forms,
    leader,
    markups,
    moments,
    outcomes,
    price_wars,
    prices,
    readings,
    structure,
    succession,
    welfare,
    yearly,
)

__all__ = [
    "catch_up",
    "claims",
    "conduct",
    "fixed_capability",
    "forms",
    "leader",
    "markups",
    "moments",
    "outcomes",
    "price_wars",
    "prices",
    "readings",
    "structure",
    "succession",
    "welfare",
    "yearly",
]
