"""The claims that a verdict is about, each with what it rests on that no data here test."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from market.registry import Registry

FAMILIES = (
    "families that are not complete yet, which are most of the training dollars, will do as those that are",
    "a base's cost is sunk in its family: what the next base learns from it is not booked as a return",
    "prices are list prices; discounts to large customers, and subscriptions apart from use, are not in the data",
    "demand of 2026 and after grows as it did to 2025; no data say when it is sated",
)
RESEARCH = (
    *FAMILIES,
    "research is a constant multiple of training; one lab's accounts say so, and nobody publishes another's",
)
FIRMS = (
    *RESEARCH,
    "the capital market grants a multiple of run-rate; what it did in 2026 is not used, and nobody knows the next year",
    "nothing here is bought out, bundled or paid for by another business, as some labs are",
)


@dataclass(frozen=True)
class Claim:
    """A sentence that is true in a world, or not.

    Attributes
    ----------
    name : word for it, a column.   says : the sentence, without what it is true of.
    outcome, level : it is true where the outcome is at least the level.
    untested : assumptions under it that no data here test.
    below : it is true where the outcome is less than the level instead.
    """

    name: str
    says: str
    outcome: str
    level: float
    untested: tuple[str, ...]
    below: bool = field(default=False, kw_only=True)

    def true(self, outcomes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Where it is true, of outcomes of any shape; one that is not defined makes it untrue."""
        return outcomes < self.level if self.below else outcomes >= self.level


CLAIMS: Registry[Claim] = Registry("claim")

for _one in (
    Claim("training", "complete families together return their training", "multiple", 1.0, FAMILIES),
    Claim("twice", "complete families together return their training twice", "multiple", 2.0, FAMILIES),
    Claim("full_rd", "complete families return training and all research", "multiple_full_rd", 1.0, RESEARCH),
    Claim("bases", "bases return their runs without their updates", "bases_multiple", 1.0, FAMILIES),
    Claim("sooner", "half the families are succeeded before payback", "succeeded_before_payback", 0.5, FAMILIES),
    Claim("company", "half the labs are in profit in the last whole year", "labs_in_profit", 0.5, FIRMS),
    Claim("all_spent", "labs together have earned all that they spent", "labs_result", 0.0, FIRMS),
):
    CLAIMS.add(_one.name, _one)
