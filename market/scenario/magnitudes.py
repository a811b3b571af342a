"""How large a scenario's figures get: growth without end is refused before a number is too large to be one.

Each bound of a parameter is sensible by itself; a century of growth at the highest rate is not. So costs of runs,
volumes, unit costs and capability are worked out, in tenfolds, at both ends of the run, where they are largest or
smallest.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from typing import Any

from market.economics.technology import POINTS_PER_TENFOLD, REFERENCE_SPEND, Technology
from market.strategies.training import TrainingRule

TENFOLDS = 30
"""No cost, volume or unit cost is above 1e30 or, if that matters, below 1e−30, in dollars and Mtok."""
MOST_POINTS = 1000
"""No model that its own spend gave is further than this from the reference capability, in points."""


def problems(scenario: Any) -> Iterator[str]:
    """Say, a line each, which figures of a scenario would get too large or too small to count."""
    last = scenario.months - 1
    rules = {f"labs.{name}.training": lab.training for name, lab in scenario.labs.items()}
    for number, change in enumerate(scenario.interventions):
        if change.kind == "change_rule" and change.target.endswith(".training"):
            rules[f"interventions.{number}.value"] = change.new_rule()
    for path, rule in rules.items():
        cost = _spend(rule, last)
        if cost > TENFOLDS:
            yield f"{path}.growth: {rule.growth:g} makes a run of month {last} cost 1e{cost:.0f} dollars; {_most()}"
    for name, segment in scenario.segments.items():
        volume = _volume(scenario, segment)
        if volume > TENFOLDS:
            yield (
                f"segments.{name}.volume: with its unlock and trend it comes to 1e{volume:.0f} Mtok a month, "
                f"at the hardest or the easiest workload; {_most()}"
            )
    first = min(min(firm.first_start for firm in scenario.firms.values()), 0)
    spend = max((_spend(rule, month) for rule in rules.values() for month in (first, last)), default=0.0)
    for month in (first, last):
        yield from _progress(scenario.technology, spend, month + scenario.technology.training_months)


def _progress(technology: Technology, spend: float, release: int) -> Iterator[str]:
    """What technology makes of a dollar and of the largest run, for a release in a month."""
    years = release / 12
    compute = years * log10(technology.compute_price_decline)
    points = POINTS_PER_TENFOLD * (compute + years * log10(technology.algorithmic_progress))
    reach = max(abs(points), points + POINTS_PER_TENFOLD * (spend - log10(REFERENCE_SPEND)))
    if reach > MOST_POINTS:
        yield (
            f"technology.algorithmic_progress: with the decline of compute prices it moves capability by {reach:.0f} "
            f"points in month {release}; allowed: at most {MOST_POINTS} points within the months simulated"
        )
    served = log10(technology.reference_cost) - years * log10(technology.serving_progress)
    kept = abs(years) * abs(log10(technology.serving_progress_on_sale))
    for size in (0.0, spend):
        cost = served + technology.compute_exponent * (compute + size - log10(REFERENCE_SPEND))
        if not -TENFOLDS <= cost - kept <= cost + kept <= TENFOLDS:
            yield (
                f"technology.serving_progress: a model of ${10.0**size:.0e} released in month {release} would cost "
                f"1e{cost:.0f} $ per Mtok to serve; allowed: 1e-{TENFOLDS} to 1e{TENFOLDS} within the months simulated"
            )


def _spend(rule: TrainingRule, month: int) -> float:
    """Cost of a run on a rule's path, in tenfolds of a dollar."""
    return log10(rule.first_cost) + month / 12 * log10(rule.growth)


def _volume(scenario: Any, segment: Any) -> float:
    """Largest volume at any difficulty in any month, in tenfolds of a Mtok a month."""
    demand = scenario.demand
    ends = [demand.difficulty_low - demand.difficulty_reference, demand.difficulty_high - demand.difficulty_reference]
    trend = max(0.0, scenario.months / 12 * log10(segment.volume_trend))
    return float(log10(segment.volume) + max(segment.unlock * end / 10 for end in ends) + trend)


def _most() -> str:
    return f"allowed: at most 1e{TENFOLDS} within the months simulated"
