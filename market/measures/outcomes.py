"""Outcomes by name: numbers of a run, for replications and sweeps.

To add one, decorate a function of a run; listings, `replicate` and sweeps find it. The first line of its docstring is
what listings show.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import pandas as pd

from market.measures.readings import complete_lives, geometric_mean, ratio_of_sums
from market.parameters import InputError, unknown


class Tables(Protocol):
    """What an outcome reads: the tables of a run (design §7)."""

    @property
    def scenario(self) -> Any: ...  # noqa: D102
    @property
    def models(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def companies(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def offers(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def segments(self) -> pd.DataFrame: ...  # noqa: D102


Outcome = Callable[[Tables], float]
OUTCOMES: dict[str, Outcome] = {}
ON_REQUEST: set[str] = set()
"""Outcomes that take a while, and are computed only where they are asked for by name."""


def outcome(function: Outcome) -> Outcome:
    """Register an outcome under its function's name; a name in use or a missing docstring is refused."""
    if function.__name__ in OUTCOMES:
        raise TypeError(f"outcome {function.__name__!r} exists already")
    if not function.__doc__:
        raise TypeError(f"outcome {function.__name__!r} needs a docstring that says what it is and in which unit")
    OUTCOMES[function.__name__] = function
    return function


def on_request(function: Outcome) -> Outcome:
    """Register an outcome that is computed only where it is asked for by name: it would slow a sweep down."""
    ON_REQUEST.add(outcome(function).__name__)
    return function


def usual() -> list[str]:
    """Names of the outcomes that replications and sweeps compute if none is asked for."""
    return [name for name in OUTCOMES if name not in ON_REQUEST]


def compute(run: Tables, names: Iterable[str]) -> dict[str, float]:
    """Compute outcomes by name.

    Raises
    ------
    InputError
        If a name is unknown; the line gives the nearest.
    """
    return {name: float(find(name)(run)) for name in names}


def find(name: str) -> Outcome:
    """Look an outcome up by name.

    Raises
    ------
    InputError
        If the name is unknown; the line gives the nearest.
    """
    if name not in OUTCOMES:
        raise InputError(unknown("outcome", name, OUTCOMES))
    return OUTCOMES[name]


def _labs(run: Tables) -> pd.DataFrame:
    """P&L by year of the closed labs."""
    return run.companies[run.companies["firm"].isin(run.scenario.labs)]


@outcome
def multiple(run: Tables) -> float:
    """Multiple on training, geometric mean over complete lives of labs' flagships (x)."""
    return geometric_mean(complete_lives(run.models)["multiple"])


@outcome
def mean_log_multiple(run: Tables) -> float:
    """Mean log multiple on training over complete lives of labs' flagships (log points)."""
    return math.log(geometric_mean(complete_lives(run.models)["multiple"]))


@outcome
def multiple_full_rd(run: Tables) -> float:
    """Multiple on full R&D, geometric mean over complete lives of labs' flagships (x)."""
    return geometric_mean(complete_lives(run.models)["multiple_full_rd"])


@outcome
def pooled_multiple(run: Tables) -> float:
    """Contribution over training of all complete lives of labs' flagships together (x)."""
    return ratio_of_sums(complete_lives(run.models), "contribution", "training")


@outcome
def pooled_multiple_full_rd(run: Tables) -> float:
    """Contribution over training and research of all complete lives of labs' flagships together (x)."""
    lives = complete_lives(run.models)
    return ratio_of_sums(lives.assign(full_rd=lives["training"] + lives["research"]), "contribution", "full_rd")


@outcome
def lives_profitable(run: Tables) -> float:
    """Part of complete lives of labs' flagships whose multiple on training is at least 1 (share)."""
    return float((complete_lives(run.models)["multiple"] >= 1).mean())


@outcome
def lives_complete(run: Tables) -> float:
    """Number of complete lives of labs' flagships (models)."""
    return float(len(complete_lives(run.models)))


@outcome
def labs_revenue(run: Tables) -> float:
    """Revenue of all labs over the whole run ($)."""
    return float(_labs(run)["revenue"].sum())


@outcome
def labs_result(run: Tables) -> float:
    """Result of all labs over the whole run, spend before the start included ($)."""
    return float(_labs(run)["result"].sum())


@outcome
def labs_gross_margin(run: Tables) -> float:
    """Contribution of all labs over their revenue, whole run (share)."""
    revenue = float(_labs(run)["revenue"].sum())
    return float(_labs(run)["contribution"].sum()) / revenue if revenue > 0 else float("nan")


@outcome
def consumer_surplus(run: Tables) -> float:
    """Consumer surplus over the whole run ($)."""
    return float(run.segments["surplus"].sum())
