"""Whether the simulation won: three conditions, set before anything was tried, all at the longest horizon."""

from __future__ import annotations

from typing import NamedTuple

from market.studies.hindcast.study import HORIZONS, LOGIT, MIXED, SIMULATION, Hindcast

LONGEST = max(HORIZONS)
INSIDE = (0.7, 0.9)
"""Part of authors' shares that an interval of 80% has to cover."""


class Condition(NamedTuple):
    """One condition: what it says, and whether it held."""

    said: str
    held: bool


def conditions(found: Hindcast) -> list[Condition]:
    """The conditions with their numbers.

    The simulation is no worse than the dynamic logit; mixed with it, it is better than the logit alone; and its 80%
    intervals cover 70 to 90% of authors' shares.
    """
    logit, alone, mixed = (found.score(name, LONGEST) for name in (LOGIT, SIMULATION, MIXED))
    covered = found.score(SIMULATION, LONGEST, "coverage_80")
    return [
        Condition(f"alone {alone:.2f} against the logit's {logit:.2f}", alone <= logit),
        Condition(f"mixed with it {mixed:.2f}", mixed < logit),
        Condition(f"80% intervals cover {covered:.0%}", INSIDE[0] <= covered <= INSIDE[1]),
    ]
