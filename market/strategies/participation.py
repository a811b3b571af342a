"""Whether a firm is in the market: when it enters, and when it gives up.

Both turn on one number, what a next base is expected to earn over what it costs. To enter, know-how must be built as
well, which is sunk once it is: so who would not enter may well go on, a band of inaction that is wider the dearer
know-how is (Dixit 1989).
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializeAsAny, WrapValidator

from market.calendar import YEAR
from market.economics.technology import LEAST_RUN
from market.families import Rule
from market.parameters import parameter
from market.strategies.expectations import Forecast, Kind, forecasts, note, outlook
from market.strategies.experience import experience, promise, reckon
from market.strategies.view import FirmView


@dataclass(frozen=True)
class Participation:
    """A decision to be in the market from now on or not to be, and memory for next time.

    Attributes
    ----------
    active : to enter, or to go on; if not, to stay out, or to begin no more bases and updates.
    know_how : dollars of know-how to be built while the first run is under way, for one that enters.
    value : net present value behind the decision, dollars; NaN if none was computed.
    memory : what the rule is given the next time.
    """

    active: bool
    know_how: float = 0.0
    value: float = math.nan
    memory: Mapping[str, Any] = field(default_factory=dict)


class ParticipationRule(Rule):
    """A firm's way to decide whether it is in the market; asked from its `first_start` on until it stops."""

    family = "participation"
    default_name = "always"
    unconditional: ClassVar[bool] = False
    """Whether the firm is in the market from its `first_start` on whatever happens, so that nobody need ask."""
    rule: str

    @abstractmethod
    def decide(self, view: FirmView) -> Participation:
        """Decide whether to enter, for one that has not (see `view.entered`), or whether to go on."""


class Always(ParticipationRule):
    """Enters in its `first_start` and never leaves of its own will: the number of firms is given (Cournot 1838)."""

    unconditional = True
    rule: Literal["always"] = "always"

    def decide(self, view: FirmView) -> Participation:
        """Be there."""
        return Participation(True, memory=view.memory)


class NetValue(ParticipationRule):
    """Enters if a first base is worth its cost and that of know-how, stops if a next one is not: Dixit's (1989) rule.

    Every `interval` months it forecasts, as `hurdle` does, a base that would start now. Worth is the contribution over
    the `horizon` and `terminal` years of it after that, times what came true of forecasts so far: firms learn by being
    there how good they are (Jovanovic 1982). Own models that are withdrawn by the middle of the horizon sell until then
    whether or not it goes on, so they count in neither. Cost is training, research and fixed overhead; overhead that
    grows with revenue counts in no decision. It enters where worth is at least `hurdle` times the cost with know-how,
    and stops after `patience` looks in a row at which worth was less than the cost. Then nothing new begins, runs under
    way are completed, and what is on sale is sold until its life is over. What know-how costs a firm is drawn, or
    firms that are alike would all enter at once or never (Doraszelski and Satterthwaite 2010).
    """

    rule: Literal["net_value"] = "net_value"
    know_how: float = parameter(
        2.0, unit="x a run", ge=0, le=1e6, plausible=(0.5, 5.0),
        meaning="cost of the know-how that an entrant must build, median of firms, per dollar that its first run costs",
        source="assumed: new labs took in $0.1bn to 2bn before a first model, when a frontier run cost $0.1bn to 1bn",
    )  # fmt: skip
    know_how_sd: float = parameter(
        0.5, unit="log points", ge=0, le=5, plausible=(0.2, 1.0),
        meaning="standard deviation of the log of that cost between firms",
    )  # fmt: skip
    hurdle: float = parameter(
        1.5, unit="x cost", ge=0, le=1000, plausible=(1.0, 2.0),
        meaning="worth per dollar of cost from which it enters; above 1 as it could wait and see",
        source="assumed; it is 2 in the base case of Dixit and Pindyck (1994)",
    )  # fmt: skip
    interval: int = parameter(
        12, unit="months", ge=1, le=240, plausible=(3, 12), meaning="months from one look to the next"
    )
    patience: int = parameter(
        2, unit="looks", ge=1, le=100, plausible=(1, 4),
        meaning="looks in a row at which going on is not worth its cost before it stops",
    )  # fmt: skip
    expectations: Kind = Field(
        "adaptive",
        description="static, adaptive or trend: how rivals' progress, prices and the market's growth are expected",
        json_schema_extra={"unit": "", "source": "assumed"},
    )
    speed: float = parameter(
        0.1, unit="per month", ge=0, le=1, plausible=(0.03, 0.5),
        meaning="part of the last error that adaptive expectations correct",
    )  # fmt: skip
    window: int = parameter(
        12, unit="months", ge=1, le=240, plausible=(6, 36),
        meaning="months of the past that expectations rest on, which it watches before its first look",
    )  # fmt: skip
    horizon: int = parameter(
        12, unit="months", ge=1, le=240, plausible=(6, 24),
        meaning="months of sales counted, as long as it is the newest base",
    )  # fmt: skip
    terminal: float = parameter(
        8.0, unit="years", ge=0, le=100, plausible=(0.0, 12.0),
        meaning="terminal value: years of contribution that the business is worth at the end of the horizon",
        source="assumed; `capital.low_exit_multiple` is 12 of them where contribution is 0.4 of revenue",
    )  # fmt: skip
    experience: float = parameter(
        0.2, unit="share", ge=0, le=10, plausible=(0.1, 1.0),
        meaning="part of a forecast that comes true, before there is a record",
        source="assumed: labs' bases in the baseline's market earn 0.1 to 0.3 of what is forecast",
    )  # fmt: skip

    def decide(self, view: FirmView) -> Participation:
        """Watch the market, and look into the business in the months for that."""
        memory = self._watched(view)
        if view.month < memory["look"]:
            return Participation(view.entered, memory=memory)
        memory["look"] = view.month + self.interval
        memory["forecast"], worth, cost = self._business(view, memory)
        if not view.entered:
            know_how = self._know_how(view, memory)
            sunk = know_how * (1 + view.discount_rate) ** (-view.technology.training_months / (2 * YEAR))
            enters = worth >= self.hurdle * (cost + sunk)
            return Participation(enters, know_how if enters else 0.0, worth - cost - sunk, memory)
        memory["doubts"] = memory["doubts"] + 1 if worth < cost else 0
        return Participation(memory["doubts"] < self.patience, value=worth - cost, memory=memory)

    def _watched(self, view: FirmView) -> dict[str, Any]:
        """Note what is seen, and hold the last forecast against what the base begun after it earns."""
        memory = reckon(view, note(view, view.memory, self.window))
        if "look" not in memory:  # firms look in different months, so that later ones see who has entered
            first = view.month + self.window + int(view.luck("first look") * self.window)
            memory |= {"look": first, "doubts": 0, "draw": NormalDist().inv_cdf(view.luck("know-how"))}
        if view.last_start != memory.get("begun"):
            memory["begun"] = view.last_start
            if "forecast" in memory and view.last_start is not None:
                memory = promise(memory, view.last_start, memory["forecast"])
        return memory

    def _business(self, view: FirmView, memory: Mapping[str, Any]) -> tuple[Forecast, float, float]:
        """Forecast a base that starts now; its worth, sobered, and its cost, present values in dollars."""
        months = view.technology.training_months + self.horizon
        middle = months - self.horizon / 2
        lasting = tuple(own for own in view.own if own.model.released + view.life > view.month + middle)
        expected = outlook(memory, self.expectations, self.speed)
        forecast = forecasts(view._replace(own=lasting), [_next_cost(view)], self.horizon, expected)[0]
        later = (1 + view.discount_rate) ** (-self.horizon / (2 * YEAR))
        whole = 1 + self.terminal * YEAR / self.horizon * later
        worth = experience(memory, self.experience) * forecast.incremental * whole
        harvest = max((own.model.released + view.life - view.month for own in view.own), default=0)
        overhead = view.fixed_overhead * max(0, months - harvest) * (1 + view.discount_rate) ** (-middle / YEAR)
        return forecast, worth, forecast.spend + overhead

    def _know_how(self, view: FirmView, memory: Mapping[str, Any]) -> float:
        """Dollars that this firm would spend on know-how."""
        return self.know_how * math.exp(self.know_how_sd * memory["draw"]) * _next_cost(view)


def _next_cost(view: FirmView) -> float:
    """Dollars of a next base; of one on the labs' cost path where the firm's rule plans none yet."""
    return view.next_cost if view.next_cost >= LEAST_RUN else view.cost_path


AnyParticipation = Annotated[SerializeAsAny[ParticipationRule], WrapValidator(ParticipationRule.parse)]
"""A field that takes any registered participation rule, users' own included."""
