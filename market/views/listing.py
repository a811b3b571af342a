"""What exists: scenarios, rules, parameters, experiments and more, each found where it is declared.

Heavy imports wait inside the functions: the names of listings are in the help of the command.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from market.registry import Registry

if TYPE_CHECKING:
    from market.declarations import Declaration

Table = tuple[str, Sequence[tuple[str, ...]], tuple[str, ...]]
"""A title, rows of text, and the headings."""

Listing = Callable[[], Table]

LISTINGS: Registry[Listing] = Registry("listing")

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"


def listing(gives: Listing) -> Listing:
    """Register a function as the listing of its name.

    Raises
    ------
    TypeError
        If the name is in use.
    """
    LISTINGS.add(gives.__name__, gives)
    return gives


@listing
def scenarios() -> Table:
    """Scenarios of the catalogue."""
    from market.scenario.load import catalogue

    return "Scenarios: market run NAME", list(catalogue().items()), ("name", "what it is")


@listing
def rules() -> Table:
    """All rules of conduct, with the first line of their docstrings."""
    from market.families import Rule

    rows = [
        (family, name, _first_line(rule.__doc__))
        for family, base in Rule.families().items()
        for name, rule in sorted(base.registry.items())
    ]
    return "Rules: --set 'labs.*.FAMILY.rule=NAME'", rows, ("family", "name", "what it does")


@listing
def interventions() -> Table:
    """All kinds of intervention, with the first line of their docstrings."""
    from market.scenario.interventions import Intervention

    rows = [(name, _first_line(kind.__doc__)) for name, kind in sorted(Intervention.registry.items())]
    title = 'Interventions: interventions = [{month = 3, kind = "NAME", target = …}] in a scenario file'
    return title, rows, ("kind", "what it does")


@listing
def parameters() -> Table:
    """All parameters with default, plausible range, meaning, bounds, unit and source."""
    from market.declarations import declarations
    from market.scenario.schema import Scenario

    rows = [
        (d.path, shown_default(d), shown_range(d), f"{d.meaning}; {d.allowed}{f' [{d.source}]' if d.source else ''}")
        for d in declarations(Scenario)
    ]
    title = "Parameters: --set 'PATH=VALUE'; [rule] in a path says which rule has the parameter and is left out"
    return title, rows, ("path", "default", "plausible", "meaning; allowed [source]")


@listing
def priors() -> Table:
    """Priors of what is uncertain of a market: what each factor moves, and between which ends."""
    from market.studies.levels import Range
    from market.studies.priors import PRIORS

    rows = []
    for name, one in PRIORS.items():
        ends = (one.levels.low, one.levels.high) if isinstance(one.levels, Range) else one.levels
        between = (" to " if isinstance(one.levels, Range) else ", ").join(map(as_text, ends))
        beside = "".join(f"; {path} = {as_text(value)}" for path, value in one.also.items())
        rows.append((f"{one.group}.{name}", one.path, one.kind, between, f"{one.meaning}{beside} [{one.source}]"))
    title = "Priors: market sensitivity or calibrate --factor NAME; those without a source are assumed"
    return title, rows, ("group.name", "path", "prior", "range", "meaning [source]")


@listing
def experiments() -> Table:
    """Experiment scripts beside the package, with the first line of their docstrings."""
    rows = []
    for path in sorted(EXPERIMENTS.glob("*.py")):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        rows.append((f"experiments/{path.name}", _first_line(doc)))
    if not rows:
        rows.append(("–", "experiments come with the source code, not with the installed package"))
    return "Experiments: python experiments/NAME.py [--quick]", rows, ("script", "what it answers")


@listing
def outcomes() -> Table:
    """Outcomes that replications and sweeps can compute."""
    from market.measures.outcomes import OUTCOMES

    rows = []
    for name, one in OUTCOMES.items():
        unit = one.unit if one.level is None else f"{one.unit}; breaks even at {one.level:g}"
        rows.append((name, one.period, f"{one.meaning} [{unit}]{', on request' if one.on_request else ''}"))
    title = "Outcomes of a run; NAME@PERIOD, as in labs_revenue@2026 or @2025-07:2025-12, reads another period"
    return (
        title,
        rows,
        ("name", "period", "what it is [unit; where it breaks even]; on request: computed only if named"),
    )


@listing
def figures() -> Table:
    """Figures, and which of them `market run` and `market sweep` write."""
    from market.views import plots

    rows = [
        (
            one.name,
            one.needs,
            "yes" if one.written and one.needs in ("run", "sweep") else "",
            f"{one.title} [--{', --'.join(one.options)}]" if one.options else one.title,
        )
        for one in plots.ordered()
    ]
    title = "Figures: market plot RESULT NAME, or market.plots.draw(NAME, what it needs)"
    return title, rows, ("name", "needs", "written", "what it shows [option]")


@listing
def tables() -> Table:
    """Tables of a run."""
    from market.schemas import SCHEMAS

    rows = [(name, str(len(schema.columns)), schema.meaning) for name, schema in SCHEMAS.items()]
    return "Tables of a run: run.NAME; docs/DATA.md has their columns", rows, ("name", "columns", "what a row is")


def shown_default(declaration: Declaration) -> str:
    """A default as a scenario file would write it; a dash where a scenario must say."""
    return as_text(declaration.default)


def shown_range(declaration: Declaration) -> str:
    """The plausible range of a parameter as a scenario file would write its ends; a dash where there is none."""
    return as_text(None) if declaration.plausible is None else " to ".join(map(as_text, declaration.plausible))


def as_text(value: object) -> str:
    """A value as a scenario file would write it; a dash for nothing."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) and abs(value) < 1e6 else f"{value:g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_text, value))}]"
    return str(value) or '""'


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0] if (text or "").strip() else ""
