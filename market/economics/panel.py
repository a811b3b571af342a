"""The market-research panel: the demand that labs price against.

One panel serves all labs. It over-samples customers who matter for revenue and undoes that by weights; membership rests
on permanent random numbers (Ohlsson 1995, sequential Poisson sampling), so it hardly changes from month to month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.economics.adoption import Customers
from market.economics.demand import log_success
from market.economics.options import Habits
from market.parameters import Parameters, parameter

Floats = npt.NDArray[np.float64]

REACH = 20.0
"""Points above the frontier beyond which nobody is asked: such workloads cannot be done."""


class PanelSize(Parameters):
    """How many customers the labs' market research asks."""

    size: int = parameter(1500, unit="customers", ge=10, le=10_000_000, meaning="panelists, or everybody if fewer")
    draw: int = parameter(
        0, unit="", ge=0, le=1_000_000,
        meaning="number of the draw: another one asks other customers, all else the same",
    )  # fmt: skip


@dataclass(frozen=True)
class SegmentState:
    """One segment as the panel sees it: customers, habits, what they use, and numbers that never change.

    `volume_factor` turns month-0 volumes into this month's; `permanent` (N,) are uniform; `current` (N,) model
    numbers.
    """

    customers: Customers
    habits: Habits
    current: npt.NDArray[np.int32]
    volume_factor: float
    permanent: Floats


@dataclass(frozen=True)
class Panel:
    """R panelists. `weights` (R,) are the Mtok a month that each stands for; `home` (R,) its firm's column or −1."""

    difficulty: Floats
    value: Floats
    choice_scale: Floats
    firm_switching_cost: Floats
    model_switching_cost: Floats
    taste: Floats
    access: npt.NDArray[np.bool_]
    home: npt.NDArray[np.int32]
    current: npt.NDArray[np.int32]
    weights: Floats
    success_scale: float

    @property
    def alpha(self) -> Floats:
        """Price coefficients α = 1/(τ w), shape (R,)."""
        return 1.0 / (self.choice_scale * self.value)

    def utility(
        self,
        capability: Floats,
        firm: npt.NDArray[np.int32],
        open_weights: npt.NDArray[np.bool_],
        model: npt.NDArray[np.int32],
    ) -> Floats:
        """V without the price term, given what each panelist uses now. Shape (R, J); −inf where it cannot be used.

        Parameters
        ----------
        capability : (J,) points.   firm : (J,) columns of the developers.
        open_weights : (J,) whether anyone may serve it.   model : (J,) numbers in the register.
        """
        quality = 1.0 + log_success(capability[None, :], self.difficulty[:, None], self.success_scale)
        value = quality / self.choice_scale[:, None] + self.taste[:, firm]
        value += self.firm_switching_cost[:, None] * (firm[None, :] == self.home[:, None])
        value += self.model_switching_cost[:, None] * (model[None, :] == self.current[:, None])
        value[~self.access[:, None] & open_weights[None, :]] = -np.inf
        return value


def draw_panel(
    segments: Sequence[SegmentState],
    maker: npt.NDArray[np.int32],
    size: int,
    frontier: float,
    reference_cost: float,
    month: int,
) -> Panel:
    """Draw the panel: entered before `month`, difficulty below frontier + 20, ∝ volume × (1 − exp(−w/c_ref)).

    Parameters
    ----------
    segments : the segments as they are.   size : number of panelists asked for.
    maker : (register,) column of each model's developer.
    frontier : highest capability that the asking firm sees, points.
    reference_cost : c_ref, $ per Mtok.
    month : this month; in month 0 those present at the start are asked.
    """
    rows = [
        np.flatnonzero((s.customers.entry < max(month, 0)) & (s.customers.difficulty < frontier + REACH))
        for s in segments
    ]

    def gather(pick: str) -> npt.NDArray[np.generic]:
        return np.concatenate([getattr(s.customers, pick)[r] for s, r in zip(segments, rows, strict=True)])

    def spread(pick: str) -> Floats:
        values = [np.full(len(r), getattr(s.habits, pick)) for s, r in zip(segments, rows, strict=True)]
        return np.concatenate(values)

    volume = np.concatenate([s.customers.volume[r] * s.volume_factor for s, r in zip(segments, rows, strict=True)])
    value = gather("value").astype(float)
    permanent = np.concatenate([s.permanent[r] for s, r in zip(segments, rows, strict=True)])
    chance = inclusion(volume * -np.expm1(-value / reference_cost), size)
    chosen = np.sort(np.argsort(np.where(chance < 1, permanent / chance, 0.0), kind="stable")[:size])
    current = np.concatenate([s.current[r] for s, r in zip(segments, rows, strict=True)])[chosen]
    return Panel(
        difficulty=gather("difficulty").astype(float)[chosen],
        value=value[chosen],
        choice_scale=spread("choice_scale")[chosen],
        firm_switching_cost=spread("firm_switching_cost")[chosen],
        model_switching_cost=spread("model_switching_cost")[chosen],
        taste=gather("taste").astype(float)[chosen],
        access=gather("access").astype(bool)[chosen],
        home=np.where(current >= 0, np.append(maker, -1)[np.maximum(current, -1)], -1).astype(np.int32),
        current=current,
        weights=volume[chosen] / chance[chosen],
        success_scale=segments[0].habits.success_scale,
    )


def inclusion(size_measure: Floats, size: int) -> Floats:
    """Inclusion chances ∝ `size_measure` that add up to `size`, none above 1. Shape (N,); all 1 if N ≤ size.

    Who has no size is hardly included, and if nobody has any, they do not add up.
    """
    if len(size_measure) <= size:
        return np.ones_like(size_measure)
    certain = np.zeros(len(size_measure), bool)
    while True:
        rest = size_measure[~certain].sum()
        if rest <= 0:
            return np.where(certain, 1.0, np.finfo(float).tiny)
        chance = np.where(certain, 1.0, size_measure * (size - certain.sum()) / rest)
        if not (chance > 1.0).any():
            return np.maximum(chance, np.finfo(float).tiny)
        certain |= chance >= 1.0
