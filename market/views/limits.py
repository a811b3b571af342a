"""What the market assumes and cannot tell, declared once: each limit with what it affects."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """Something that is assumed or left out, and what depends on it."""

    says: str
    affects: str


LIMITS = (
    Limit("It is a model of a market and no forecast; after 2025 it extrapolates.", "every number after 2025"),
    Limit(
        "Starting values have sources where there are any; all others are assumed, and say so.",
        "every number; market list parameters shows which",
    ),
    Limit(
        "One run is one draw of luck. An interval over seeds covers luck, and not the assumptions.",
        "what is said of one run; every interval",
    ),
    Limit(
        "Most training dollars of a run are in models whose life is not complete within it.",
        "the multiples of complete lives: read the bounds beside them",
    ),
    Limit(
        "How long a model is sold, research per dollar of training, the cadence and the length of the run are set.",
        "every multiple, and which of the two readings looks better",
    ),
    Limit(
        "Research is a fixed multiple of training, and is allocated to models by their training.",
        "the multiple on full R&D, which is the one on training divided by a constant, but for what is shared",
    ),
    Limit(
        "The cheapest closed model at the open frontier costs about twelve times what open models do; in reality one "
        "to four times.",
        "prices and shares of the cheapest models",
    ),
    Limit(
        "Labs raise money on terms that are partly assumed, and capital.in_kind is fitted.",
        "failures, runways, and the cash that labs hold",
    ),
)
