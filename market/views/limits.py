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
        "How long a model is sold, what is served unpaid, research per dollar of training, the cadence and the length "
        "of the run are set.",
        "every multiple, and which of the two readings looks better",
    ),
    Limit(
        "Research is a steady flow that goes with what a run would cost, allocated by what is trained meanwhile.",
        "the multiple on full R&D",
    ),
    Limit(
        "What a release returned depends on who bears its base; families bear all of theirs.",
        "every multiple of a single release: read its bounds",
    ),
    Limit(
        "What an update brings, how often it comes and who is moved to it is assumed.",
        "how long a family sells, and what a lab takes from itself",
    ),
    Limit(
        "Open models are cheaper beside closed ones of equal capability than in reality, and prices at a fixed "
        "capability fall more slowly.",
        "prices and shares of the cheapest models",
    ),
    Limit(
        "Labs raise money on terms that are partly assumed, and capital.in_kind is fitted.",
        "failures, runways, and the cash that labs hold",
    ),
)
