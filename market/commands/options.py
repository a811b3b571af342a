"""Options that several commands have, and how scenarios and values are read from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from market.scenario.schema import Scenario

Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a parameter; may be repeated. * stands for every firm or segment. "
        "Example: --set 'labs.*.training.growth=3'. Paths: market list parameters. No world of --worlds changes it.",
    ),
]
Replications = Annotated[int, typer.Option(help="Seeds 0, 1, …: the same at every design point or in both worlds.")]
SeedsOfEach = Annotated[
    int | None,
    typer.Option(
        "--seeds", min=1, help="Seeds of each world of --worlds, 1 by default; two or more tell luck from parameters."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder for the tables; none by default. Runs are kept beside it as they come, in a folder of that name "
        "with -runs, so that the same command goes on from them."
    ),
]
Asked = Annotated[
    list[str] | None,
    typer.Option("--outcome", metavar="NAME", help="An outcome; may be repeated. Names: market list outcomes."),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Replace a result of the same kind in the folder given by --out; files of yours beside it always stay.",
    ),
]


def scenario_names() -> list[str]:
    """Names of the catalogue, for completion on the command line."""
    from market.scenario.load import catalogue

    return list(catalogue())


ScenarioName = Annotated[
    str, typer.Argument(help="A name from `market list scenarios`, or a TOML file.", autocompletion=scenario_names)
]


def small_scenario_of(source: str, changes: list[str] | None, size: Mapping[str, Any] | None = None) -> Scenario:
    """As `scenario_of`, of a market of few customers, or of another size by path, unless an option says how many."""
    from market.scenario.load import load
    from market.studies.profiles import SMALL

    return load(source).vary({**(SMALL if size is None else size), **assignments(changes)})


def scenario_of(source: str, changes: list[str] | None) -> Scenario:
    """Load a scenario and apply the --set options to it."""
    from market.scenario.load import load

    setting = load(source)
    return setting.vary(assignments(changes)) if changes else setting


def assignments(changes: list[str] | None) -> dict[str, Any]:
    """Read the --set options."""
    from market.parameters import InputError

    values: dict[str, Any] = {}
    for path, value in map(assignment, changes or []):
        if path in values:
            raise InputError(f"--set {path}: is given twice; give it once")
        values[path] = value
    return values


def fixed_by(changes: list[str] | None) -> tuple[str, ...]:
    """Paths of the values that the --set options give: no world moves them."""
    from market.scenario.vary import values_set

    return values_set(assignments(changes))


def runs_of(replications: int, worlds: int, seeds: int | None) -> int:
    """How many seeds --replications ask for, or --worlds with --seeds of each."""
    from market.parameters import InputError
    from market.studies.apart import several

    if seeds is not None and not worlds:
        raise InputError(f"--seeds: {seeds} is refused without --worlds; allowed: with it; else give --replications")
    return several(worlds) * (seeds or 1) or replications


def assignment(text: str) -> tuple[str, Any]:
    """Split PATH=VALUE; the value is TOML, and a bare word is text."""
    from market.parameters import InputError
    from market.scenario import toml

    path, equals, value = text.partition("=")
    if not (path.strip() and equals and value.strip()):
        raise InputError(f"--set {text}: is not of the form PATH=VALUE, such as --set labs.*.overhead=0.3")
    return path.strip(), toml.value(value.strip())
