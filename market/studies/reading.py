"""Readings: what is read off a run. Outcomes by name, or any function of a run that gives figures or tables."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, SupportsFloat

import numpy as np

from market.families import own
from market.measures import outcomes as named
from market.parameters import InputError, plain, shown
from market.scenario.schema import Scenario
from market.studies.content import content
from market.studies.sending import packed
from market.tables import Run
from market.wording import escaped

Function = Callable[[Run], float]
Outcomes = Iterable[str | Function] | Mapping[str, str | Function]
"""What a caller may ask for: names from `market.measures.outcomes`, functions of a `Run`, or either by column name."""

Reading = Callable[[Run], Any]
"""A function of a `Run` that gives figures by name, a table, or tables by name. It may simulate other worlds under the
run's own seed, such as counterfactual ones."""

TAKEN = ("point", "seed", "status", "error", "world", "prices")
"""Columns of the tables of studies; no outcome's."""


@dataclass(frozen=True)
class Asked:
    """The reading that gives outcomes: `outcomes` by column name, each a name or a function.

    `responses` says whether one reads consumer surplus or price elasticities, which are then measured every month.
    """

    outcomes: Mapping[str, str | Function]
    responses: bool = False

    def __call__(self, run: Run) -> dict[str, float]:
        """Outcomes of a run by column name."""
        return {name: _number(name, one(run)) for name, one in functions(self).items()}

    def __iter__(self) -> Any:
        return iter(self.outcomes)

    def readable(self, scenario: Scenario) -> Scenario:
        """Return a scenario in which what these outcomes read is measured, unless it says itself what is."""
        return scenario.with_responses() if self.responses else scenario


def asked(outcomes: Outcomes | None) -> Asked:
    """Check what outcomes are asked for; the usual named ones if None.

    Raises
    ------
    InputError
        If a name is unknown or used twice or no column, or there is none.
    """
    outcomes = plain(outcomes)
    if isinstance(outcomes, str):
        outcomes = [outcomes]
    known: dict[str, str | Function] = {}
    responses = False
    for name, one in _pairs(named.usual() if outcomes is None else outcomes):
        if not isinstance(one, str) and not callable(one):
            raise InputError(f"outcome {shown(plain(one))}: is neither a name nor a function of a run")
        if not isinstance(name, str) or not name or name in TAKEN or escaped(name) != name:
            raise InputError(f"outcome: {shown(plain(name))} names no column; allowed: text, but {', '.join(TAKEN)}")
        if name in known:
            raise InputError(f"outcome '{name}': is asked for twice; give columns by name, as in {{'mine': function}}")
        meant = _function(one)
        known[name] = one if _is_named(one) else meant
        responses |= isinstance(meant, named.Outcome) and meant.responses
    if not known:
        raise InputError("outcomes: there is none; at least one is needed")
    return Asked(known, responses)


def functions(reading: Reading) -> dict[str, Reading]:
    """The functions of a reading: those of its outcomes by name, or itself under no name."""
    return (
        {name: _function(one) for name, one in reading.outcomes.items()}
        if isinstance(reading, Asked)
        else {"": reading}
    )


def described(reading: Reading) -> Any:
    """What a reading is, as JSON: outcomes by their names, all else by its content."""
    if not isinstance(reading, Asked):
        return content(reading)
    return {name: one if isinstance(one, str) else content(one) for name, one in reading.outcomes.items()}


def _is_named(one: str | Function) -> bool:
    """Whether an outcome is asked for by a name that means the same everywhere: one of this package."""
    return isinstance(one, str) and not own([named.find(one).reading])


def check_portable(reading: Reading) -> None:
    """Refuse readings that cannot be sent to other processes."""
    for name, one in functions(reading).items():
        try:
            packed(one)
        except InputError as error:
            raise InputError(f"outcome '{name}': {error}" if name else str(error)) from None


def _function(one: str | Function) -> Function:
    """The function that an outcome asked for stands for."""
    return named.find(one) if isinstance(one, str) else one


def _pairs(outcomes: Outcomes) -> Iterable[tuple[Any, Any]]:
    """Outcomes with their column names; a function's own name where none is given."""
    if isinstance(outcomes, Mapping):
        return outcomes.items()
    if not isinstance(outcomes, Iterable):
        raise InputError(f"outcomes: {shown(plain(outcomes))} is refused; allowed: names or functions")
    return [(one if isinstance(one, str) else _own_name(one), one) for one in outcomes]


def _own_name(one: Any) -> str:
    inner = one.func if isinstance(one, functools.partial) else one
    return str(getattr(inner, "__name__", type(inner).__name__))


def _number(name: str, given: Any) -> float:
    """Take what an outcome gave, if it is a number; Python would make one of text such as "3" too."""
    value = plain(given)
    if not isinstance(value, SupportsFloat) or isinstance(value, np.generic):
        raise TypeError(f"outcome '{name}': {shown(value)} is no number")
    return float(value)
