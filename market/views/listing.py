"""What exists: scenarios, rules, parameters, experiments and outcomes, each found where it is declared."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

from market.declarations import Declaration, declarations
from market.measures.outcomes import OUTCOMES
from market.registry import Rule
from market.scenario.interventions import Intervention
from market.scenario.load import catalogue
from market.scenario.schema import Scenario

Listing = tuple[str, Sequence[tuple[str, ...]], tuple[str, ...]]
"""A title, rows of text, and the headings."""

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"


def scenarios() -> Listing:
    """Scenarios of the catalogue."""
    return "Scenarios: market run NAME", list(catalogue().items()), ("name", "what it is")


def rules() -> Listing:
    """All rules of conduct, with the first line of their docstrings."""
    rows = [
        (family, name, _first_line(rule.__doc__))
        for family, base in Rule.families().items()
        for name, rule in sorted(base.registry.items())
    ]
    return "Rules: --set 'labs.*.FAMILY.rule=NAME'", rows, ("family", "name", "what it does")


def interventions() -> Listing:
    """All kinds of intervention, with the first line of their docstrings."""
    rows = [(name, _first_line(kind.__doc__)) for name, kind in sorted(Intervention.registry.items())]
    title = 'Interventions: interventions = [{month = 3, kind = "NAME", target = …}] in a scenario file'
    return title, rows, ("kind", "what it does")


def parameters() -> Listing:
    """All parameters with unit, bounds, default, meaning and source."""
    rows = [
        (d.path, shown_default(d), d.allowed, f"{d.meaning} [{d.source}]" if d.source else d.meaning)
        for d in declarations(Scenario)
    ]
    title = "Parameters: --set 'PATH=VALUE'; [rule] in a path says which rule has the parameter and is left out"
    return title, rows, ("path", "default", "allowed", "meaning [source]")


def experiments() -> Listing:
    """Experiment scripts beside the package, with the first line of their docstrings."""
    rows = []
    for path in sorted(EXPERIMENTS.glob("*.py")):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        rows.append((f"experiments/{path.name}", _first_line(doc)))
    if not rows:
        rows.append(("–", "experiments come with the source code, not with the installed package"))
    return "Experiments: python experiments/NAME.py [--quick]", rows, ("script", "what it answers")


def outcomes() -> Listing:
    """Outcomes that replications and sweeps can compute."""
    rows = [
        (name, found.period, f"{found.meaning} [{found.unit}]{', on request' if found.on_request else ''}")
        for name, found in OUTCOMES.items()
    ]
    title = "Outcomes of a run; NAME@PERIOD, as in labs_revenue@2026 or @2025-07:2025-12, reads another period"
    return title, rows, ("name", "period", "what it is [unit]; on request: computed only if named")


def shown_default(declaration: Declaration) -> str:
    """A default as a scenario file would write it; a dash where a scenario must say."""
    value = declaration.default
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) >= 1e6 else f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return str(value) or '""'


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0] if (text or "").strip() else ""
