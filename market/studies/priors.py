"""What is uncertain of a market: a declared prior for each parameter that matters, and worlds drawn from them.

A prior is uniform between two ends, or uniform in the logarithm where a positive parameter spans more than a factor
`LOG_FROM`, or one of a few choices. Its range is the declared plausible one unless it says another. Priors are
independent; what moves together does so by construction: one factor scales all segments' volumes, another sets how far
labs lie apart in budgets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from market.declarations import Declaration, declarations, without_rules
from market.parameters import InputError, unknown, whole
from market.registry import Registry
from market.scenario.schema import Scenario
from market.scenario.vary import set_paths
from market.studies.design import MOST_POINTS
from market.studies.levels import Range, last_word
from market.studies.points import found_at

LOG_FROM = 3.0
"""Factor between the ends of a range of a positive parameter from which its prior is even in the logarithm."""
LARGEST_SEED = 2**32 - 1

Data = dict[str, Any]
Move = Callable[[str, Any, Data], Data]
"""What a value does at a path of a scenario's table: new values by path, each name written out."""


class Group(StrEnum):
    """What a parameter is about."""

    ACCOUNTING = "accounting"
    TECHNOLOGY = "technology"
    DEMAND = "demand"
    COMPETITION = "competition"


@dataclass(frozen=True)
class Prior:
    """What one factor may be.

    Attributes
    ----------
    name : of the factor, a column of draws.   group : what it is about.
    path : what it moves; ``*`` stands for every firm or segment.
    levels : a `Range`, in which it is uniform (in the logarithm if `log`), or choices, each as likely as any other.
    meaning, source : for listings.   move : what a value does at the path.   also : what is set beside it, by path.
    """

    name: str
    group: Group
    path: str
    levels: Range | tuple[Any, ...]
    meaning: str
    source: str
    move: Move
    also: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sourced(self) -> bool:
        """Whether the evidence speaks for the range."""
        return not self.source.startswith("assumed")

    @property
    def kind(self) -> str:
        """Name its distribution."""
        if not isinstance(self.levels, Range):
            return "choice"
        return "log-uniform" if self.levels.log else "uniform"

    def at(self, share: float) -> Any:
        """Value below which a share, from 0 to 1, of its distribution lies."""
        if isinstance(self.levels, Range):
            return self.levels.drawn(share)
        return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]

    def paths(self, value: Any, scenario: Scenario) -> Data:
        """Changes of a scenario, by path, in which the factor has a value; none where it moves nothing there."""
        return self.moved(value, scenario.model_dump())

    def moved(self, value: Any, data: Data) -> Data:
        """As `paths`, of a scenario's table."""
        return {**self.also, **self.move(self.path, value, data)} if self.is_in(data) else {}

    def is_in(self, data: Data) -> bool:
        """Whether a scenario's table has what the factor moves."""
        return bool(found_at(data, self.path))


# --------------------------------------------------------------------------------------------------- what a value does


def set_to(path: str, value: Any, data: Data) -> Data:
    """Set every parameter that the path stands for; a rule that is there already keeps its parameters."""
    return {one: value for one, own in found_at(data, path).items() if own != value}


def scaled(path: str, factor: float, data: Data) -> Data:
    """Multiply every parameter that the path stands for, which keeps their ratios, as far as what is allowed goes."""
    declared = _declarations().get(path)
    low, high = (None, None) if declared is None else (declared.low, declared.high)
    ends = (-math.inf if low is None else low, math.inf if high is None else high)
    return {one: min(max(factor * own, ends[0]), ends[1]) for one, own in found_at(data, path).items()}


def spread(path: str, deviation: float, data: Data) -> Data:
    """Set labs apart in a parameter: its logarithm has this standard deviation more, the first lab has most."""
    found = found_at(data, path)
    return {one: own * math.exp(deviation * z) for (one, own), z in zip(found.items(), scores(len(found)), strict=True)}


def tastes(path: str, deviation: float, data: Data) -> Data:
    """Set labs apart in how customers like them: a mean taste with this standard deviation, highest for the first."""
    mean = dict(zip(data["labs"], scores(len(data["labs"])), strict=True))
    return {
        one: {**own, **{lab: own.get(lab, 0.0) + deviation * z for lab, z in mean.items()}}
        for one, own in found_at(data, path).items()
    }


def scores(count: int) -> list[float]:
    """Normal scores of so many ranks, highest first, with mean 0 and standard deviation 1; 0 of one alone."""
    raw = -ndtri((np.arange(count) + 0.5) / count)
    return [float(score) for score in raw / (raw.std() or 1.0)]


# --------------------------------------------------------------------------------------------------------- declared


PRIORS: Registry[Prior] = Registry("prior")


def _declared(group: Group, path: str, name: str = "", also: Mapping[str, Any] | None = None) -> None:
    """Add the prior of a parameter over its declared plausible range."""
    one = _declarations()[path]
    name = name or last_word(path)
    if one.plausible is None:
        raise TypeError(f"prior {name!r}: {path} has no plausible range")
    levels = _between(*one.plausible, counts=one.kind == "a whole number")
    PRIORS.add(name, Prior(name, group, path, levels, one.meaning, one.source, set_to, also or {}))


def _assumed(name: str, group: Group, path: str, levels: Range | tuple[Any, ...], meaning: str, move: Move) -> None:
    """Add a prior for which nothing but judgement speaks."""
    PRIORS.add(name, Prior(name, group, path, levels, meaning, "assumed", move))


def _together(name: str, path: str, low: float, high: float, meaning: str) -> None:
    """Add a factor on a parameter of all segments, whose differences are kept."""
    path, meaning = f"segments.*.{path}", f"factor on {meaning} of all segments"
    _assumed(name, Group.DEMAND, path, _between(low, high), meaning, scaled)


def _between(low: float, high: float, counts: bool = False) -> Range:
    """A range, even in the logarithm where it is wide."""
    return Range(low, high, log=not counts and low > 0 and high / low > LOG_FROM, whole=counts)


@cache
def _declarations() -> dict[str, Declaration]:
    """Declared parameters by the path that sets them."""
    return {without_rules(one.path): one for one in declarations(Scenario)}


_declared(Group.ACCOUNTING, "labs.*.research")
_declared(Group.ACCOUNTING, "labs.*.overhead")
_declared(Group.ACCOUNTING, "labs.*.unpaid")
_declared(Group.ACCOUNTING, "capital.in_kind")

_declared(Group.TECHNOLOGY, "technology.compute_price_decline")
# one pace in all months, which a schedule would replace
_declared(Group.TECHNOLOGY, "technology.algorithmic_progress", also={"technology.algorithmic_schedule": []})
_declared(Group.TECHNOLOGY, "technology.compute_exponent")
_declared(Group.TECHNOLOGY, "technology.serving_progress")
_declared(Group.TECHNOLOGY, "technology.reference_cost")
_declared(Group.TECHNOLOGY, "technology.shock_sd")
_declared(Group.TECHNOLOGY, "labs.*.updates.effect", "update_effect")

_together("volumes", "volume", 0.4, 2.5, "the volume")
_together("volume_trends", "volume_trend", 0.96, 1.2, "the growth of volume")
_together("values", "value_median", 0.6, 2.0, "the median value")
_together("switching_costs", "firm_switching_cost", 0.0, 2.0, "the cost of leaving a firm")
_together("choice_scales", "choice_scale", 0.5, 2.0, "the scale of the logit")
_together("reconsiderations", "reconsideration", 0.5, 1.4, "the chance to reconsider")
_declared(Group.DEMAND, "demand.success_scale")

_declared(Group.COMPETITION, "labs.*.training.first_cost", "budgets")
_declared(Group.COMPETITION, "labs.*.training.growth", "budget_growth")
_assumed(
    "budget_spread", Group.COMPETITION, "labs.*.training.first_cost", Range(0.0, 1.0),
    "standard deviation of log budgets among labs; the first lab has most", spread,
)  # fmt: skip
_assumed(
    "taste_spread", Group.COMPETITION, "segments.*.firm_taste", Range(0.0, 0.5),
    "standard deviation of mean tastes for labs, logit units; the first lab is liked most", tastes,
)  # fmt: skip
_assumed(
    "pricing", Group.COMPETITION, "labs.*.pricing.rule", ("forward", "best_response", "cost_plus"),
    "rule by which all labs price", set_to,
)  # fmt: skip
_declared(Group.COMPETITION, "labs.*.life")
_declared(Group.COMPETITION, "open_providers.*.budget", "open_budget")
_declared(Group.COMPETITION, "open_providers.*.spillover")
_declared(Group.COMPETITION, "open_providers.*.spillover_delay")
_assumed(
    "open_access", Group.COMPETITION, "segments.*.open_access", Range(0.4, 2.0, log=True),
    "factor on the part who can use open weights of all segments", scaled,
)  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- drawn


def known(scenario: Scenario, names: Iterable[str] | None = None) -> list[Prior]:
    """Priors of a scenario: those named, else all that move something in it.

    Raises
    ------
    InputError
        If a name is unknown or given twice, moves nothing there, or there is none.
    """
    data = scenario.model_dump()
    if names is None:
        return [one for one in PRIORS.values() if one.is_in(data)]
    chosen: dict[str, Prior] = {}
    for name in names:
        if name not in PRIORS:
            raise InputError(unknown("factor", name, PRIORS))
        if name in chosen:
            raise InputError(f"factor '{name}': is given twice; give it once")
        if not PRIORS[name].is_in(data):
            raise InputError(f"factor '{name}': moves nothing in {scenario.name}, which has no {PRIORS[name].path}")
        chosen[name] = PRIORS[name]
    if not chosen:
        raise InputError("factors: there is none; at least one is needed")
    return list(chosen.values())


def draw(priors: Sequence[Prior], count: int, seed: int = 0) -> pd.DataFrame:
    """Draw worlds: points of a scrambled Sobol' sequence (Owen 1998), of which powers of 2 are the most even.

    Returns
    -------
    DataFrame
        A row per world, a column per factor.
    """
    return valued(priors, shares(len(priors), count, seed))


def shares(factors: int, count: int, seed: int = 0) -> npt.NDArray[np.float64]:
    """Points of a scrambled Sobol' sequence, (count, factors), each from 0 to 1."""
    from scipy.stats import qmc

    count = whole("count", count, 1, MOST_POINTS)
    points = qmc.Sobol(factors, scramble=True, rng=whole("seed", seed, 0, LARGEST_SEED))
    drawn: npt.NDArray[np.float64] = points.random_base2(math.ceil(math.log2(count)))[:count]
    return drawn


def valued(priors: Sequence[Prior], shares: Any) -> pd.DataFrame:
    """Values of factors at shares, (n, factors), of their distributions: a row per world, a column per factor."""
    columns = zip(priors, np.asarray(shares, float).T, strict=True)
    return pd.DataFrame({one.name: [one.at(float(share)) for share in column] for one, column in columns})


def rows(values: pd.DataFrame) -> list[Data]:
    """Values by factor, a world each, with whole numbers as such."""
    return [{str(name): value for name, value in row.items()} for row in values.to_dict("records")]


def changes(priors: Sequence[Prior], row: Mapping[str, Any], scenario: Scenario) -> Data:
    """Changes of a scenario, for `Scenario.vary`, that make the world of a row of draws.

    Priors of one parameter act one after the other, in their order: a spread of budgets is about the budget drawn.
    """
    data, made = scenario.model_dump(), Data()
    for one in priors:
        moved = one.moved(row[one.name], data)
        data = set_paths(data, moved)
        made |= moved
    return made
