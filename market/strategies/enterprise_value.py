"""Training for what the firm is worth: the size and pace of the next base that add most to its enterprise value."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

from market.economics.technology import LEAST_RUN, Updates
from market.parameters import parameter
from market.strategies.appraisal import Appraisal
from market.strategies.expectations import note, outlook
from market.strategies.experience import experience, promise, reckon
from market.strategies.training import Training, TrainingRule, is_due
from market.strategies.view import FirmView

STEP = math.sqrt(2.0)
"""Factor between two sizes that are compared."""


class EnterpriseValue(TrainingRule):
    """Trains what adds most to enterprise value: a forecast period and a continuing value (Copeland et al. 1990).

    On a decision date, `cadence` months after the last start, it compares sizes of the next base, and none, by what
    they add to the contribution of the whole portfolio over `horizon` months of sales, plus the exit multiple times
    what they add to run-rate revenue at the end of those, less what the base, its updates and a year's research cost
    (`strategies/appraisal.py`). So it counts what a base takes from own models (Arrow 1962) and what rivals would take
    without it (Gilbert and Newbery 1982). Rivals release what they have announced, or else advance as they did, and of
    the gains it counts the part that came true of earlier ones. Overhead in proportion to revenue is a marginal cost
    neither here nor in pricing.

    The first run is on the cost path, which plays no part later. From the last size it climbs in steps of √2 while that
    pays, at most to `most` times it or one part in `most`: staff and computers do not come and go at will (adjustment
    costs of R&D, Himmelberg and Petersen 1994), and sizes swing less. Then it compares paces of updates. It starts
    nothing that its cash and a raise could not pay for; a parent pays for anything.
    """

    size_parameter = "exit_multiple"
    on_path = False
    rule: Literal["enterprise_value"] = "enterprise_value"
    exit_multiple: float = parameter(
        7.0, unit="x run-rate revenue", ge=0, le=10_000, plausible=(5.0, 10.0),
        meaning="what it reckons that a buyer pays at the horizon for a dollar of yearly revenue",
    )  # fmt: skip
    horizon: int = parameter(
        12, unit="months", ge=1, le=240, plausible=(12, 24), meaning="months of sales before what a buyer pays counts"
    )
    window: int = parameter(
        12, unit="months", ge=1, le=240, plausible=(6, 36), meaning="months of the past whose trends are to go on"
    )
    experience: float = parameter(
        0.25, unit="share", ge=0, le=10, plausible=(0.15, 0.5),
        meaning="part of a forecast that comes true, before there is a record",
        source="fitted: what came true by the next decision in the baseline's market, in the middle; 0.18 to 0.44",
    )  # fmt: skip
    most: float = parameter(
        6.0, unit="x last run", ge=1, le=1000, plausible=(4.0, 12.0),
        meaning="largest next run considered; the smallest is as many times smaller than the last",
    )  # fmt: skip
    paces: int = parameter(
        3, unit="paces", ge=0, le=12, plausible=(0, 4),
        meaning="paces of updates considered, the fastest that there is, half of it and so on; with 0 it keeps its own",
    )  # fmt: skip
    review: int = parameter(
        3, unit="months", ge=1, le=240, plausible=(1, 6), meaning="months until it looks again where no base would pay"
    )

    def planned(self, start: int, revenue: float, last: float) -> float:  # noqa: ARG002
        """Another run like the last."""
        return self.frontier_cost(start, last)

    def frontier_cost(self, start: int, last: float) -> float:
        """What its last run cost: what it will find worth its while next is known to nobody, itself included."""
        return last if last > 0 else self.run_cost(start)

    def decide(self, view: FirmView) -> Training:
        """Take the size of highest value and then the pace, if a base is due and adds anything."""
        memory = reckon(view, note(view, view.memory, self.window))
        if not is_due(view, self.cadence, self.parallel_runs) or view.month < memory.get("review", view.month):
            return Training(memory=memory)
        if view.last_start is None:
            return Training(view.technology.affordable(self.run_cost(view.month)), memory)
        none = Training(memory={**memory, "review": view.month + self.review})
        sizes = self.sizes(view)
        if sizes[-1] < LEAST_RUN:
            return none
        part = experience(memory, self.experience)
        appraisal = Appraisal(view, outlook(memory, "trend", 1.0), part, self.horizon, self.exit_multiple)
        forecast = cache(appraisal.forecast)
        cost = climb(sizes, lambda size: forecast(size, view.updates).value, view.last_cost)
        updates = max(self.updates(view), key=lambda updates: forecast(cost, updates).value)
        best = forecast(cost, updates)
        if best.value <= 0:
            return none
        pace = updates.interval if updates and updates != view.updates else None
        return Training(cost, promise(memory, view.month, best), best, pace)

    def sizes(self, view: FirmView) -> list[float]:
        """Costs in dollars considered, rising: steps of √2 about the last run, cut where money and computing end."""
        reach = int(math.log(self.most, STEP) + 1e-9)
        last, largest = self.frontier_cost(view.month, view.last_cost), view.technology.affordable(fundable(view))
        return sorted({min(last * STEP**step, largest) for step in range(-reach, reach + 1)})

    def updates(self, view: FirmView) -> list[Updates | None]:
        """Paces of updates considered, its own first."""
        if view.updates is None:
            return [None]
        return [view.updates, *(view.updates.paced(view.updates.shortest * 2**slower) for slower in range(self.paces))]


def fundable(view: FirmView) -> float:
    """Dollars of the largest run that cash and a raise can pay, with its research and after what is committed."""
    money = max(0.0, view.cash + view.grantable() - view.committed)
    in_cash = (1 + view.research) * (1 - view.in_kind)
    return money / in_cash if in_cash > 0 else math.inf


def climb(sizes: Sequence[float], value: Callable[[float], float], start: float) -> float:
    """The size at the top of the hill that begins at `start`: few are valued, as each takes a search for prices."""
    here = min(bisect_left(sizes, start), len(sizes) - 1)
    best = value(sizes[here])
    for way in (1, -1):
        while 0 <= here + way < len(sizes) and (found := value(sizes[here + way])) > best:
            here, best = here + way, found
    return sizes[here]
