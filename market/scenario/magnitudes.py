"""How large a scenario's figures get: growth without end is refused before a number is too large to be one.

Each bound of a parameter is sensible by itself; a century of growth at the highest rate is not. So costs of runs,
volumes, unit costs and capability are worked out, in tenfolds, at both ends of the run, where they are largest or
smallest.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from typing import Any

from market.economics.technology import LEAST_RUN, POINTS_PER_TENFOLD, REFERENCE_SPEND, Technology
from market.families import registered_in
from market.strategies.training import TrainingRule

TENFOLDS = 60
"""No cost, volume or unit cost is above 1e60, in dollars and Mtok."""
ALLOWED = f"allowed: at most 1e{TENFOLDS} within the months simulated"
LEAST_TENFOLDS = -100
"""No unit cost is below 1e−100 $ per Mtok."""
MOST_POINTS = 2000
"""No model that its own spend gave is further than this from the reference capability, in points."""


def problems(scenario: Any) -> Iterator[str]:
    """Say, a line each, which figures of a scenario would get too large or too small to count."""
    last = scenario.months - 1
    rules = {f"labs.{name}.training": lab.training for name, lab in scenario.labs.items()}
    for number, change in enumerate(scenario.interventions):
        for rule in registered_in(change):
            if isinstance(rule, TrainingRule):
                rules[f"interventions.{number}.value"] = rule
    for path, rule in rules.items():
        cost = _spend(rule, last)
        if cost > TENFOLDS:
            yield f"{path}.growth: {rule.growth:g} makes a run of month {last} cost 1e{cost:.0f} dollars; {ALLOWED}"
    for name, segment in scenario.segments.items():
        volume = _volume(scenario, segment)
        if volume > TENFOLDS:
            yield (
                f"segments.{name}.volume: with `compute_elasticity` and trend it comes to 1e{volume:.0f} Mtok a month, "
                f"at the hardest or the easiest workload; {ALLOWED}"
            )
    first = min(min(firm.first_start for firm in scenario.firms.values()), 0)
    sizes = [_spend(rule, month) for rule in rules.values() for month in (first, last)]
    spends = max(min(sizes), log10(LEAST_RUN)), max(sizes)
    for month in (first, last):
        yield from _progress(scenario.technology, spends, month + scenario.technology.training_months)


def _progress(technology: Technology, spends: tuple[float, float], release: int) -> Iterator[str]:
    """What technology makes of the smallest and the largest run, in tenfolds of a dollar, for a release in a month."""
    years = release / 12
    compute = years * log10(technology.compute_price_decline)
    points = POINTS_PER_TENFOLD * (compute + log10(technology.algorithms(release)))
    reach = max(abs(points), points + POINTS_PER_TENFOLD * (spends[1] - log10(REFERENCE_SPEND)))
    if reach > MOST_POINTS:
        yield (
            f"technology.algorithmic_progress: with the decline of compute prices it moves capability by {reach:.0f} "
            f"points in month {release}; allowed: at most {MOST_POINTS} points within the months simulated"
        )
    served = log10(technology.reference_cost) - years * log10(technology.serving_gain)
    kept = abs(years) * abs(log10(technology.serving_gain_on_sale))
    for size in spends:
        cost = served + technology.compute_exponent * (compute + size - log10(REFERENCE_SPEND))
        if not LEAST_TENFOLDS <= cost - kept <= cost + kept <= TENFOLDS:
            yield (
                f"technology.serving_progress: a model of $1e{size:.0f} released in month {release} would cost "
                f"1e{cost:.0f} $ per Mtok to serve; allowed: 1e{LEAST_TENFOLDS} to 1e{TENFOLDS}"
            )


def _spend(rule: TrainingRule, month: int) -> float:
    """Cost of a run on a rule's path, in tenfolds of a dollar."""
    return log10(rule.first_cost) + month / 12 * log10(rule.growth)


def _volume(scenario: Any, segment: Any) -> float:
    """Largest volume at any difficulty in any month, in tenfolds of a Mtok a month."""
    demand = scenario.demand
    ends = [demand.difficulty_low - demand.difficulty_reference, demand.difficulty_high - demand.difficulty_reference]
    trend = max(0.0, scenario.months / 12 * log10(segment.volume_trend))
    return float(log10(segment.volume) + max(segment.compute_elasticity * end / 10 for end in ends) + trend)
