"""The market-research panel: the demand that labs price against.

One panel serves all labs. It over-samples customers who matter for revenue and undoes that by weights; membership rests
on permanent random numbers (Ohlsson 1995, sequential Poisson sampling), so it hardly changes from month to month.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.adoption import Customers
from market.economics.exponential import exponential, softplus
from market.economics.kernels import kernel
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


class Panel(NamedTuple):
    """R panelists. `weights` (R,) are the Mtok a month that each stands for.

    `current`, `home` and `line` (R,) are number of the model, column of the firm and number of the tier line that each
    uses, or −1; `reconsideration`, `reconsideration_at_release` and `turnover` (R,) its chances a month to reconsider,
    to do so if its firm releases anything, and to have its work replaced.

    A NamedTuple of arrays, so that compiled kernels take it whole.
    """

    difficulty: Floats
    value: Floats
    choice_scale: Floats
    firm_switching_cost: Floats
    model_switching_cost: Floats
    taste: Floats
    reconsideration: Floats
    reconsideration_at_release: Floats
    turnover: Floats
    access: npt.NDArray[np.bool_]
    current: npt.NDArray[np.int32]
    home: npt.NDArray[np.int32]
    line: npt.NDArray[np.int32]
    weights: Floats
    success_scale: float

    @property
    def alpha(self) -> Floats:
        """Price coefficients α = 1/(τ w), shape (R,)."""
        return 1.0 / (self.choice_scale * self.value)

    def utilities(
        self,
        capability: Floats,
        firm: npt.NDArray[np.int32],
        open_weights: npt.NDArray[np.bool_],
        line: npt.NDArray[np.int32],
    ) -> tuple[Floats, Floats]:
        """V without the price term, if nobody used anything and given what each panelist uses now.

        Both (R, J); −inf where it cannot be used. They are stored product by product, as searches for prices read them.

        Parameters
        ----------
        capability : (J,) points.   firm : (J,) columns of the developers.
        open_weights : (J,) whether anyone may serve it.   line : (J,) numbers of the tier lines.
        """
        unattached, attached = np.empty((2, len(capability), len(self.weights)))
        _utilities(self, capability, firm, open_weights, line, unattached, attached)
        return unattached.T, attached.T


@kernel
def _utilities(panel, capability, firm, open_weights, line, unattached, attached):  # type: ignore[no-untyped-def]
    """Set (J, R) each to the one utility at price 0, in which reconsideration and turnover play no part."""
    per_point, scale = 1.0 / panel.success_scale, 1.0 / panel.choice_scale
    for j in range(len(capability)):
        taste = np.ascontiguousarray(panel.taste[:, firm[j]])
        _set_values(
            firm[j], line[j], open_weights[j], capability[j], per_point, panel.difficulty, scale, taste, panel.access,
            panel.home, panel.line, panel.firm_switching_cost, panel.model_switching_cost, unattached[j], attached[j],
        )  # fmt: skip


@kernel
def _set_values(  # type: ignore[no-untyped-def]
    firm, line, open_weights, capability, per_point, difficulty, scale, taste, access, home, now, psi, phi,
    unattached, attached,
):  # fmt: skip
    """Set values (R,) of one product, without and with what the panelists' use adds."""
    for r in range(len(scale)):
        value = (1.0 - softplus((difficulty[r] - capability) * per_point)) * scale[r] + taste[r]
        value = value if access[r] or not open_weights else -np.inf
        of_firm, of_line = psi[r], phi[r]
        pull = of_firm if home[r] == firm else 0.0
        pull += of_line if now[r] == line else 0.0
        unattached[r], attached[r] = value, value + pull


def draw_panel(
    segments: Sequence[SegmentState],
    maker: npt.NDArray[np.int32],
    line: npt.NDArray[np.int32],
    size: int,
    frontier: float,
    reference_cost: float,
    month: int,
) -> Panel:
    """Draw the panel: entered before `month`, difficulty below frontier + 20, ∝ volume × (1 − exp(−w/c_ref)).

    Parameters
    ----------
    segments : the segments as they are.   size : number of panelists asked for.
    maker, line : (register,) column of each model's developer, and number of its tier line.
    frontier : highest capability that the asking firm sees, points.
    reference_cost : c_ref, $ per Mtok.
    month : this month; in month 0 those present at the start are asked.
    """
    rows = [_reached(s.customers, frontier, month) for s in segments]
    known = list(zip(segments, rows, strict=True))
    volume = np.concatenate([s.customers.volume[r] * s.volume_factor for s, r in known])
    worth = np.concatenate([s.customers.value[r] for s, r in known], dtype=float)
    chance = inclusion(_appeal(volume, worth, reference_cost), size)
    order = np.concatenate([s.permanent[r] for s, r in known])
    order /= chance
    order[chance >= 1.0] = 0.0
    chosen = smallest(order, size)
    starts = np.cumsum([0, *(len(r) for r in rows)])
    cuts = np.searchsorted(chosen, starts)
    parts = [r[chosen[a:b] - start] for r, a, b, start in zip(rows, cuts, cuts[1:], starts, strict=False)]
    segment = np.repeat(np.arange(len(segments)), np.diff(cuts))

    def gather(pick: Callable[[SegmentState], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.concatenate([pick(s).take(part, axis=0) for s, part in zip(segments, parts, strict=True)])

    shared: Any = Habits(*np.array([s.habits for s in segments], float).T.take(segment, axis=1))  # (R,) each
    current = gather(lambda s: s.current)
    return Panel(
        difficulty=gather(lambda s: s.customers.difficulty).astype(float),
        value=worth[chosen],
        choice_scale=shared.choice_scale,
        firm_switching_cost=shared.firm_switching_cost,
        model_switching_cost=shared.model_switching_cost,
        taste=gather(lambda s: s.customers.taste).astype(float),
        reconsideration=shared.reconsideration,
        reconsideration_at_release=shared.reconsideration_at_release,
        turnover=shared.turnover,
        access=gather(lambda s: s.customers.access),
        current=np.maximum(current, -1),
        home=np.append(maker, np.int32(-1))[np.maximum(current, -1)],
        line=np.append(line, np.int32(-1))[np.maximum(current, -1)],
        weights=volume[chosen] / chance[chosen],
        success_scale=segments[0].habits.success_scale,
    )


def _reached(customers: Customers, frontier: float, month: int) -> npt.NDArray[np.int64]:
    """Customers who may be asked; they stand in the order of their difficulty."""
    able = customers.difficulty.searchsorted(np.float32(frontier + REACH))
    return np.flatnonzero(customers.entry[:able] < max(month, 0))


@kernel
def _appeal(volume, worth, reference_cost):  # type: ignore[no-untyped-def]
    """What membership is in proportion to: volume × (1 − exp(−w/c_ref)), (N,), in one pass as N may be millions."""
    appeal = np.empty(len(volume))
    for i in range(len(volume)):
        appeal[i] = volume[i] * (1.0 - exponential(-worth[i] / reference_cost))
    return appeal


def smallest(numbers: Floats, count: int) -> npt.NDArray[np.int64]:
    """Places of the `count` smallest numbers, rising; of equal ones the first, and all places if there are fewer."""
    if len(numbers) <= count:
        return np.arange(len(numbers))
    last = np.partition(numbers, count - 1)[count - 1]
    below, level = np.flatnonzero(numbers < last), np.flatnonzero(numbers == last)
    return np.sort(np.concatenate([below, level[: count - len(below)]]))


def inclusion(size_measure: Floats, size: int) -> Floats:
    """Inclusion chances ∝ `size_measure` that add up to `size`, none above 1. Shape (N,); all 1 if N ≤ size.

    Who has no size is hardly included, and if nobody has any, they do not add up.
    """
    count, least = len(size_measure), np.finfo(float).tiny
    chances = np.ones(count)
    if count <= size:
        return chances
    uncertain, sizes = np.arange(count), size_measure.copy()
    while True:
        rest, parts = sizes.sum(), np.empty(len(sizes))
        if rest <= 0:
            chances[uncertain] = least
            return chances
        left = _share_out(float(size - count + len(sizes)), rest, sizes, uncertain, parts)
        if left == len(sizes):
            chances[uncertain] = np.maximum(parts, least)
            return chances
        uncertain, sizes = uncertain[:left], sizes[:left]


@kernel
def _share_out(seats, rest, sizes, places, parts):  # type: ignore[no-untyped-def]
    """Set everybody's part of some seats in proportion to size, and move those to the front whose part is below 1.

    Nobody moves if no part is above 1. Returns how many are in front then: all, or those who share out what is left.

    Parameters
    ----------
    seats : how many there are.   rest : sum of the sizes.   sizes, places : (n,) to be moved.   parts : (n,) to be set.
    """
    most = 0.0
    for i in range(len(sizes)):
        parts[i] = sizes[i] * seats / rest
        most = max(most, parts[i])
    if most <= 1.0:
        return len(sizes)
    left = 0
    for i in range(len(sizes)):
        sizes[left], places[left] = sizes[i], places[i]
        left += parts[i] < 1.0
    return left
