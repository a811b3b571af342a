"""What a report is called, and what stands below its name, by the kind of result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from market.formats import four_digits, signed_percent
from market.studies.answers.study import Answers
from market.studies.calibration import Calibration
from market.studies.exploit import Exploitability
from market.studies.hindcast.study import Hindcast
from market.studies.policies import PolicyEquilibrium
from market.studies.sensitivity import Sensitivity
from market.studies.tournament import Tournament
from market.studies.verdict import Verdict
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


def _exploitability(found: Exploitability) -> list[tuple[str, str]]:
    return [
        ("Result", "a search for deviations"), ("Scenario", found.scenario.name), ("Deviations", f"of {found.what}"),
        ("Within", "" if found.within is None else signed_percent(found.within)),
    ]  # fmt: skip


def _policies(found: PolicyEquilibrium) -> list[tuple[str, str]]:
    return [
        ("Result", "best replies in policies"), ("Scenario", found.scenario.name),
        ("Policies", str(len(found.policies))), ("Labs", "all alike" if found.alike else "each its own"),
        ("Seeds", str(found.replications)),
    ]  # fmt: skip


def _tournament(found: Tournament) -> list[tuple[str, str]]:
    return [
        ("Result", "a tournament"), ("Scenario", found.scenario.name), ("Pricing", ", ".join(found.pricing)),
        ("Training", ", ".join(found.training)), ("Seeds", str(found.replications)),
    ]  # fmt: skip


def _sensitivity(found: Sensitivity) -> list[tuple[str, str]]:
    return [
        ("Result", "a sensitivity analysis"), ("Scenario", found.scenario.name), ("Factors", str(len(found.factors))),
        ("Trajectories", str(found.trajectories)), ("Samples", str(found.samples)), ("Seeds", str(found.replications)),
    ]  # fmt: skip


def _verdict(found: Verdict) -> list[tuple[str, str]]:
    return [
        ("Result", "a verdict"), ("Scenario", found.scenario.name), ("Worlds", str(found.count)),
        ("Seeds of each", str(found.seeds)),
    ]  # fmt: skip


def _answers(found: Answers) -> list[tuple[str, str]]:
    return [
        ("Result", "answers to the claims under test"), ("Questions", str(len(found.answers))),
        ("Worlds", str(found.count)), ("Seeds of each", str(found.seeds)),
    ]  # fmt: skip


def _hindcast(found: Hindcast) -> list[tuple[str, str]]:
    return [
        ("Result", "a hindcast"), ("Scenario", found.scenario.name), ("Fitted to data until", found.fit_until),
        ("Known", found.supply), ("Customers", f"{found.customers:,}"), ("Seed", str(found.seed)),
    ]  # fmt: skip


def _calibration(found: Calibration) -> list[tuple[str, str]]:
    return [
        ("Result", "a calibration"), ("Scenario", found.scenario.name), ("Evidence", f"to {found.until}"),
        ("Factors", str(len(found.priors))), ("Worlds", f"{len(found.worlds):,}"),
        ("Posterior", f"{len(found.posterior)} worlds that count as {found.effective:.0f}"),
        ("Seeds", str(len(found.seeds))),
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
    Exploitability: lambda found: f"{found.scenario.name}: what a lab gains by deviating",
    PolicyEquilibrium: lambda found: f"{found.scenario.name}: where best replies lead",
    Tournament: lambda found: f"{found.scenario.name}: which conduct survives",
    Sensitivity: lambda found: f"{found.scenario.name}: what answers turn on",
    Verdict: lambda found: f"{found.scenario.name}: the verdict over worlds",
    Answers: lambda found: f"The claims under test, in {found.count} worlds",
    Hindcast: lambda found: f"{found.scenario.name}: how well a router's shares are forecast",
    Calibration: lambda found: f"{found.scenario.name}: which worlds agree with the evidence to {found.until}",
    Inquired: lambda inquired: f"Experiment {inquired.name.replace('_', ' ')}{', quick form' * inquired.quick}",
}

_FACTS: Mapping[type, Callable[[Any], list[tuple[str, str]]]] = {
    Run: _run, Swept: _sweep, Compared: _comparison, Crossed: _break_even, Inquired: _experiment,
    Exploitability: _exploitability, PolicyEquilibrium: _policies, Tournament: _tournament,
    Sensitivity: _sensitivity, Verdict: _verdict, Hindcast: _hindcast,
    Calibration: _calibration, Answers: _answers,
}  # fmt: skip
