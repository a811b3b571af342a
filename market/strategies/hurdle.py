"""Training as an investment: a run starts when what it is expected to add to the portfolio clears a hurdle."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from market.parameters import parameter
from market.strategies.expectations import Kind, forecasts, note, outlook
from market.strategies.experience import experience, promise, reckon, sobered
from market.strategies.training import Training, TrainingRule
from market.strategies.view import FirmView


class Hurdle(TrainingRule):
    """Trains when a launch is expected to add enough to the portfolio: a hurdle rate in capital budgeting (Dean 1951).

    Each month with room for a run it forecasts runs of several sizes, from the cost path downwards, and takes the one
    of highest net present value among those whose incremental portfolio value is at least `hurdle` times the spend:
    gross contribution of the new model − own revenue destroyed (Arrow 1962) + what rivals' lead would cost (Gilbert and
    Newbery 1982). Rivals' progress and prices and the market's growth are expected to be nil (static), as far as they
    have been learned (adaptive) or as they were (trend); overhead is no marginal cost here either. The first run starts
    without a calculation.
    """

    rule: Literal["hurdle"] = "hurdle"
    hurdle: float = parameter(
        1.0, unit="x spend", ge=0, le=1000, plausible=(0.8, 2.0),
        meaning="incremental portfolio value below which nothing starts",
    )  # fmt: skip
    count_research: bool = parameter(
        True, unit="", meaning="whether the spend includes the research that goes with training"
    )
    expectations: Kind = Field(
        "trend",
        description="static, adaptive or trend: how rivals' progress, prices and the market's growth are expected",
        json_schema_extra={"unit": "", "source": "assumed"},
    )
    speed: float = parameter(
        0.1, unit="per month", ge=0, le=1, plausible=(0.03, 0.5),
        meaning="part of the last error that adaptive expectations correct",
    )  # fmt: skip
    window: int = parameter(
        12, unit="months", ge=1, le=240, plausible=(6, 36), meaning="months of the past that expectations rest on"
    )
    horizon: int = parameter(24, unit="months", ge=1, le=240, plausible=(12, 48), meaning="months of sales counted")
    experience: float = parameter(
        0.3, unit="share", ge=0, le=10, plausible=(0.1, 1.0),
        meaning="part of a forecast that comes true, before there is a record",
        source="fitted: without it launches in the baseline's market earn 0.15 to 0.3 of what is forecast",
    )  # fmt: skip
    sizes: int = parameter(
        4, unit="sizes", ge=1, le=12, plausible=(2, 6),
        meaning="sizes considered, each half of the one before, the first on the cost path",
    )  # fmt: skip

    def decide(self, view: FirmView) -> Training:
        """Forecast the sizes and take the best that clears the hurdle, if there is room and one does."""
        memory = reckon(view, note(view, view.memory, self.window))
        if view.in_training >= self.parallel_runs:
            return Training(memory=memory)
        path = view.technology.affordable(self.run_cost(view.month))
        if view.last_start is None:
            return Training(path, memory)
        if not self.count_research:
            view = view._replace(research=0.0)
        costs = [path / 2**step for step in range(self.sizes)]
        expected, part = outlook(memory, self.expectations, self.speed), experience(memory, self.experience)
        options = [sobered(f, part) for f in forecasts(view, costs, self.horizon, expected)]
        clearing = [n for n, f in enumerate(options) if f.incremental >= self.hurdle * f.spend]
        if not clearing:
            return Training(memory=memory)
        best = max(clearing, key=lambda n: options[n].value)
        return Training(costs[best], promise(memory, view.month, options[best]), options[best])
