"""What a report is called, and what stands below its name, by the kind of result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from market.formats import four_digits
from market.tables import Run
from market.views.results import Compared, Crossed, Inquired, Swept


def heading(result: Any) -> str:
    """Name a result."""
    return _HEADINGS[type(result)](result)


def facts(result: Any) -> list[tuple[str, str]]:
    """What a result is of, in a few terms."""
    return _FACTS[type(result)](result)


def _run(run: Run) -> list[tuple[str, str]]:
    scenario, calendar = run.scenario, run.calendar
    return [
        ("Result", "a run"), ("Scenario", scenario.name), ("Seed", str(run.seed)),
        ("Months", f"{calendar.date(0)} to {calendar.date(scenario.months - 1)}"),
        ("Labs", ", ".join(scenario.labs)), ("Open providers", ", ".join(scenario.open_providers) or "none"),
        ("Customers", f"{scenario.customers:,}"),
    ]  # fmt: skip


def _sweep(swept: Swept) -> list[tuple[str, str]]:
    scenario = [("Scenario", swept.scenario.name)] if swept.scenario is not None else []
    return [
        ("Result", "a sweep"), *scenario, ("Design", swept.design.kind.replace("_", " ")),
        ("Factors", ", ".join(swept.design.factors)), ("Design points", str(len(swept.design.points))),
        ("Seeds", str(len(swept.seeds))),
    ]  # fmt: skip


def _comparison(compared: Compared) -> list[tuple[str, str]]:
    a, b = compared.names
    return [("Result", "a comparison"), ("A", a), ("B", b), ("Seeds", f"{len(compared.seeds)}, the same in both")]


def _break_even(crossed: Crossed) -> list[tuple[str, str]]:
    return [
        ("Result", "a search for a break-even"), ("Scenario", crossed.scenario.name), ("Parameter", crossed.path),
        ("Outcome", crossed.outcome), ("Level", four_digits(crossed.level)),
    ]  # fmt: skip


def _experiment(inquired: Inquired) -> list[tuple[str, str]]:
    return [("Result", "an experiment"), ("Name", inquired.name), ("Seeds", str(inquired.seeds))]


_HEADINGS: Mapping[type, Callable[[Any], str]] = {
    Run: lambda run: f"{run.scenario.name}, seed {run.seed}",
    Swept: lambda swept: (
        f"{swept.scenario.name if swept.scenario else 'scenarios'} over {' and '.join(swept.design.factors)}"
    ),
    Compared: lambda compared: f"{compared.names[0]} and {compared.names[1]} under the same luck",
    Crossed: lambda crossed: f"{crossed.scenario.name}: where {crossed.outcome} crosses {crossed.level:g}",
    Inquired: lambda inquired: f"Experiment {inquired.name.replace('_', ' ')}{', quick form' * inquired.quick}",
}

_FACTS: Mapping[type, Callable[[Any], list[tuple[str, str]]]] = {
    Run: _run, Swept: _sweep, Compared: _comparison, Crossed: _break_even, Inquired: _experiment,
}  # fmt: skip
