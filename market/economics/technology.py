"""Supply: what a training run costs, how capable its model is, and what serving that model costs.

    effective compute  E = spend / compute price(release) × algorithmic efficiency(release)
    capability         q = q_ref + 10·log10(E / E_ref) + shock
    unit cost          c(t) = c_ref · (physical compute / ref)^κ · G^(−release/12) · G_old^(−(t − release)/12)

Where serving follows compute, G and G_old are progress besides, and both are multiplied by the factor h by which
compute gets cheaper: c(t) = c_ref · F^κ · h^(−t/12) · G^(−release/12) · G_old^(−(t − release)/12).

E_ref and the reference physical compute are those of $1e8 at month-0 prices and algorithms. Two limits are off unless
given: dollars beyond `largest_run` buy no compute, and no model gets better than `capability_ceiling`. A known limit is
planned with; any other is expected only after it first binds: once the first model that it holds back is on sale.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from market.economics.added import add_up
from market.parameters import Parameters, parameter, tuples

REFERENCE_SPEND = 1e8
"""Dollars, at month-0 prices and algorithms, that buy the reference compute and the reference capability."""

LIMITS = ("largest_run", "capability_ceiling")
"""Names of the limits, each a parameter of `Technology`."""

POINTS_PER_TENFOLD = 10.0
"""The capability scale itself: 10 points are 10× effective training compute (calibration.csv, ECI_per_OOM)."""

FLAGSHIP = "flagship"
"""The tier that every release has."""

LEAST_RUN = 1e-30
"""Dollars below which a run is none: it is not started and stands in no book, where its parts would vanish."""

MOST_TENFOLDS = 100
"""Spend of more than this many tenfolds of the reference is out of reach."""


class Technology(Parameters):
    """Progress in compute, algorithms and serving, common to all firms."""

    compute_price_decline: float = parameter(
        1.4, unit="x per year", ge=0.1, le=100, plausible=(1.3, 1.5),
        meaning="factor by which a unit of compute gets cheaper",
        source="calibration.csv hardware_price_performance",
    )  # fmt: skip
    algorithmic_progress: float = parameter(
        3.0, unit="x per year", ge=0.1, le=1000, plausible=(1.8, 5.3),
        meaning="factor by which the same compute trains a better model",
        source="calibration.csv algorithmic_efficiency, to 2023",
    )  # fmt: skip
    algorithmic_schedule: tuple[tuple[int, Annotated[float, Field(ge=0.1, le=1000)]], ...] = Field(
        ((15, 5.0),),
        description="[month, x per year] from each month on, in their order; `algorithmic_progress` holds before",
        json_schema_extra={
            "unit": "x per year",
            "source": "calibration.csv algorithmic_efficiency_recent, from April 2024, where ECI_slope breaks",
        },
    )  # fmt: skip
    reference_capability: float = parameter(
        10.0, unit="points", ge=-1000, le=1000, meaning="q_ref: capability of $1e8 of month-0 compute",
        source="sets the origin of the scale",
    )  # fmt: skip
    shock_sd: float = parameter(
        0.5, unit="points", ge=0, le=50, plausible=(0.3, 3.0),
        meaning="σ: standard deviation of a base's shock, which its family keeps",
    )  # fmt: skip
    reference_cost: float = parameter(
        8.2, unit="$ per Mtok", ge=1e-6, le=1e6, plausible=(4.0, 20.0),
        meaning="c_ref: unit cost of a model of $1e8 of month-0 compute",
        source="frontier price and gross margin of 2023 (models.csv, calibration.csv OpenAI_2024_margin_check)",
    )  # fmt: skip
    compute_exponent: float = parameter(
        0.88, unit="exponent", ge=0, le=3, plausible=(0.5, 1.1),
        meaning="κ: elasticity of unit cost to physical training compute",
    )  # fmt: skip
    serving_progress: float = parameter(
        2.0, unit="x per year", ge=0.1, le=1000, plausible=(1.2, 7.0),
        meaning="G: factor by which new models get cheaper to serve",
        source="fitted to targets.csv price_decline_fixed_capability",
    )  # fmt: skip
    serving_progress_on_sale: float = parameter(
        1.0, unit="x per year", ge=0.1, le=1000, plausible=(0.8, 1.5),
        meaning="G_old: factor by which a model on sale gets cheaper to serve",
        source="calibration.csv price_decline_matched_model",
    )  # fmt: skip
    serving_follows_compute: bool = parameter(
        True, unit="",
        meaning="whether serving gets cheaper with compute, beside its own progress; if not, that progress holds all",
    )  # fmt: skip
    training_months: int = parameter(
        6, unit="months", ge=1, le=60, plausible=(3, 9), meaning="L: length of a training run, paid in equal parts",
        source="calibration.csv max_useful_run_length 9",
    )  # fmt: skip
    largest_run: float | None = parameter(
        None, unit="$", ge=1, le=1e15, meaning="cost beyond which a run buys no more compute; no limit unless given"
    )
    largest_run_known: bool = parameter(
        True,
        unit="",
        meaning="whether labs know the largest run in advance and never spend more; "
        "if not, it is expected only after it first binds",
    )
    capability_ceiling: float | None = parameter(
        None, unit="points", ge=-1000, le=1000, meaning="capability that no model exceeds; no limit unless given"
    )
    capability_ceiling_known: bool = parameter(
        True, unit="",
        meaning="whether labs know the ceiling in advance; if not, it is expected only after it first binds",
    )  # fmt: skip

    @field_validator("algorithmic_schedule", mode="before")
    @classmethod
    def _as_tuples(cls, value: Any) -> Any:
        rows = tuples(value)
        months = [one[0] for one in rows if isinstance(one, tuple) and len(one) == 2]
        if any(a >= b for a, b in pairwise(months)):
            raise PydanticCustomError("input", "{text}", {"text": "its months must rise from row to row"})
        return rows

    def algorithms(self, month: float) -> float:
        """A(t): algorithmic efficiency in a month, as a factor over that of month 0.

        Progress is piecewise constant: the factor a year that holds in a month is that of the last row of the schedule
        before it.
        """
        if not self.algorithmic_schedule:
            return float(self.algorithmic_progress ** (month / 12))
        begins, factors = zip((-math.inf, self.algorithmic_progress), *self.algorithmic_schedule, strict=True)
        spells = zip(begins, (*begins[1:], math.inf), factors, strict=True)
        logs = ((_within(month, low, high) - _within(0.0, low, high)) * math.log(rate) for low, high, rate in spells)
        return math.exp(add_up(logs) / 12)

    @property
    def serving_gain(self) -> float:
        """Factor a year by which new models get cheaper to serve, all causes together."""
        return self.serving_progress * (self.compute_price_decline if self.serving_follows_compute else 1.0)

    @property
    def serving_gain_on_sale(self) -> float:
        """Factor a year by which a model on sale gets cheaper to serve, all causes together."""
        return self.serving_progress_on_sale * (self.compute_price_decline if self.serving_follows_compute else 1.0)

    def expected(self, struck: Collection[str] = ()) -> Technology:
        """Progress as firms expect it, without limits that they do not know before these first bind.

        `struck` names limits that have held a model back.
        """
        hidden = {name: None for name in LIMITS if not getattr(self, f"{name}_known") and name not in struck}
        return self.model_copy(update=hidden) if hidden else self

    def affordable(self, cost: float) -> float:
        """What a firm that knows the largest run spends when it would spend `cost` dollars."""
        return cost if self.largest_run is None else min(cost, self.largest_run)

    def attainable(self, points: float) -> float:
        """Capability in points under the ceiling."""
        return points if self.capability_ceiling is None else min(points, self.capability_ceiling)

    def strikes(self, cost: float, points: float) -> dict[str, str]:
        """Limits that hold back a model of `cost` dollars and `points` of capability, with words for each."""
        struck = {}
        if self.largest_run is not None and cost > self.largest_run:
            struck["largest_run"] = f"models cannot get larger than ${self.largest_run:,.0f} buys"
        if self.capability_ceiling is not None and points >= self.capability_ceiling:
            struck["capability_ceiling"] = f"models do not get better than {self.capability_ceiling:g} points"
        return struck


def _within(month: float, low: float, high: float) -> float:
    return min(max(month, low), high)


class Tier(Parameters):
    """A smaller product of every release, distilled from its flagship and released with it.

    A release costs the same with and without tiers: their part of the training is booked on them.
    """

    capability_gap: float = parameter(
        unit="points", ge=0, le=100, plausible=(2.6, 8.0), meaning="capability below the flagship's, in the mean",
        source="pairs in models.csv: 2.6 to 4.7 points at a quarter of the price, 4 to 8 at a tenth",
    )  # fmt: skip
    cost_ratio: float = parameter(
        unit="share", ge=1e-6, le=1, plausible=(0.08, 0.25), meaning="unit cost as a share of the flagship's",
        source="launch prices of pairs in models.csv",
    )  # fmt: skip
    training_share: float = parameter(
        unit="share", ge=0, le=1, plausible=(0.02, 0.2),
        meaning="part of a release's training that is the tier's; the flagship has the rest",
    )  # fmt: skip
    shock_sd: float = parameter(
        0.0, unit="points", ge=0, le=50, plausible=(0.0, 2.0),
        meaning="standard deviation of the tier's own shock, which its family keeps",
    )  # fmt: skip


class Updates(Parameters):
    """Post-training releases on a base, from its release until the next base is out.

    Update k of a base of cost C, released in month t, has the capability

        q = q_base + 10·log10(1 + v·k·u) + 10·ρ·[log10 A(t) − log10 A(t_base)] + shock,

    k·u·C being all that has been spent on it. It runs on the base's physical compute, so its unit cost is the base's.
    """

    spend: float = parameter(
        0.08, unit="share", ge=1e-6, le=10, plausible=(0.05, 0.3),
        meaning="u: cost of an update as a share of its base's",
    )  # fmt: skip
    effect: float = parameter(
        4.0, unit="ratio", ge=0, le=1000, plausible=(1.0, 10.0),
        meaning="v: how much more a dollar does after training than in it",
    )  # fmt: skip
    absorbed: float = parameter(
        0.6, unit="share", ge=0, le=1, plausible=(0.3, 0.9),
        meaning="ρ: part of the algorithmic progress since its base that it takes in",
    )  # fmt: skip
    interval: int = parameter(
        3, unit="months", ge=1, le=240, plausible=(2, 4),
        meaning="months from one release of a family to the next, in the mean",
        source="models.csv: a lab's flagship is replaced every three to four months",
    )  # fmt: skip
    spread: int = parameter(
        1, unit="months", ge=0, le=120, plausible=(0, 2),
        meaning="months by which that is shorter or longer, drawn for each update",
    )  # fmt: skip
    months: int = parameter(
        2, unit="months", ge=1, le=60, plausible=(1, 3), meaning="months over which an update is paid for"
    )
    shock_sd: float = parameter(
        0.4, unit="points", ge=0, le=50, plausible=(0.2, 1.0), meaning="standard deviation of an update's shock"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.interval < self.shortest:
            text = (
                f"interval: {self.interval} is refused; allowed: at least {self.shortest}, which is months "
                f"{self.months} and spread {self.spread} together"
            )
            raise PydanticCustomError("input", "{text}", {"text": text})
        return self

    @property
    def shortest(self) -> int:
        """Fewest months that may be between two updates in the mean, as one is begun when the last is out."""
        return self.months + self.spread

    def paced(self, interval: int) -> Updates:
        """The same at another pace: `interval` months from one to the next in the mean, no fewer than the shortest."""
        return self.model_copy(update={"interval": max(interval, self.shortest)})

    def wait(self, uniform: float) -> int:
        """Months until the next update, from a uniform number: interval − spread to interval + spread, all alike."""
        return self.interval - self.spread + int(uniform * (2 * self.spread + 1))

    def gain(self, technology: Technology, number: int, month: int, base: int) -> float:
        """Points by which an update is better than its base, without luck.

        Parameters
        ----------
        technology : progress.   number : of the update in its family, from 1.
        month, base : months of its release and of its base's.
        """
        trained = math.log10(1.0 + self.effect * self.spend * number)
        learned = self.absorbed * math.log10(technology.algorithms(month) / technology.algorithms(base))
        return POINTS_PER_TENFOLD * (trained + learned)


class Spillover(Parameters):
    """What an open provider learns from what closed labs have published."""

    spillover: float = parameter(
        0.75, unit="share", ge=0, le=1, plausible=(0.3, 0.9),
        meaning="part of the gap to the best closed model that is closed by imitation",
    )  # fmt: skip
    spillover_delay: int = parameter(
        4, unit="months", ge=0, le=120, plausible=(1, 10),
        meaning="months until a closed model on sale can be learned from",
        source="open lag in models.csv (targets.csv open_lag_months); range: open_lag_* in calibration.csv",
    )  # fmt: skip


@dataclass(frozen=True)
class AIModel:
    """One AI model on sale: a tier of a release, from that on.

    Attributes
    ----------
    name, firm, firm_key : label, its developer's label, and the key under which the developer's luck is drawn.
    generation : number of its family, the firm's bases counted from 1, so that a suppressed launch renumbers nothing.
    update : number of its release in the family, 0 for the base.
    line : its tier, "flagship" or a name in the firm's table of tiers.
    open_weights : whether anyone may serve it.
    base_started : month in which its family's base was begun.
    started, released : month of the first training payment and of the release.
    capability : points.
    release_cost : unit cost in the release month, $ per Mtok.
    """

    name: str
    firm: str
    firm_key: str
    generation: int
    update: int
    line: str
    open_weights: bool
    base_started: int
    started: int
    released: int
    capability: float
    release_cost: float

    def unit_cost(self, technology: Technology, month: int) -> float:
        """Cost of serving a million tokens in `month`, in dollars (the factor in G_old)."""
        return float(self.release_cost * technology.serving_gain_on_sale ** (-(month - self.released) / 12))


def release_name(firm: str, generation: int, update: int = 0) -> str:
    """Name a release: ``Alpha-3`` for a base, which is also its family's name, and ``Alpha-3.2`` for an update."""
    return f"{firm}-{generation}" + (f".{update}" if update else "")


def product_name(release: str, line: str) -> str:
    """Name a product of a release: the flagship bears its name, a tier adds its own, as in ``Alpha-3.2-mini``."""
    return release if line == FLAGSHIP else f"{release}-{line}"


def cost_path(first_cost: float, growth: float, start: int) -> float:
    """Cost in dollars of a run that starts in month `start`: first_cost · growth^(start/12)."""
    return float(first_cost * growth ** (start / 12))


def physical_compute(technology: Technology, spend: float, release: int) -> float:
    """Physical compute bought by `spend` dollars for a release in month `release`, in units of the reference."""
    spend = technology.affordable(spend)
    return float(spend / REFERENCE_SPEND * technology.compute_price_decline ** (release / 12))


def capability(technology: Technology, spend: float, release: int, shock: float = 0.0) -> float:
    """Capability, in points, of a model trained with `spend` dollars and released in month `release`.

    Zero spend has no capability: the result is −inf.

    Parameters
    ----------
    technology : progress.   spend : dollars of the run.   release : month of the release.
    shock : luck of the base, points.
    """
    effective = physical_compute(technology, spend, release) * technology.algorithms(release)
    if effective <= 0:
        return -math.inf
    return technology.attainable(technology.reference_capability + POINTS_PER_TENFOLD * math.log10(effective) + shock)


def spend_for(technology: Technology, points: float, release: int) -> float:
    """Dollars that buy an expected capability of `points` in month `release`, were there no limits.

    The scaling law of `capability` turned round: spend = $1e8 · 10^((q − q_ref)/10) · compute price ÷ algorithms;
    infinite where no sum would do.
    """
    progress = release / 12 * math.log10(technology.compute_price_decline) + math.log10(technology.algorithms(release))
    tenfolds = (points - technology.reference_capability) / POINTS_PER_TENFOLD - progress
    return math.inf if tenfolds > MOST_TENFOLDS else REFERENCE_SPEND * 10.0**tenfolds


def learned_capability(own: float, best_closed: float | None, spillover: float) -> float:
    """Capability of an open model: own + spillover · max(0, best closed − own), in points.

    `best_closed` is the best closed capability that was on sale `spillover_delay` months before the release, or None.
    """
    return own if best_closed is None else own + spillover * max(0.0, best_closed - own)


def release_cost(technology: Technology, spend: float, release: int) -> float:
    """Unit cost at release, $ per Mtok. Only compute that was paid for counts, not what was learned from others."""
    compute = physical_compute(technology, spend, release)
    progress = technology.serving_gain ** (-release / 12)
    return float(technology.reference_cost * compute**technology.compute_exponent * progress)
