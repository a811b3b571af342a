"""What a scenario holds. Blocks are declared beside the equations and rules that use them; this file composes them."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from market.accounts.ledger import HOSTS
from market.calendar import YEAR
from market.declarations import refusal
from market.economics.added import add_up
from market.economics.adoption import Adoption, Workload
from market.economics.capital import CapitalMarket
from market.economics.demand import Demand, Preferences
from market.economics.panel import PanelSize
from market.economics.technology import FLAGSHIP, Spillover, Technology, Tier, Updates
from market.parameters import (
    OPENING,
    InputError,
    Parameters,
    name_problem,
    parameter,
    plain,
    shown,
    tuples,
    unknown,
)
from market.scenario import magnitudes, supply
from market.scenario.interventions import AnyIntervention
from market.scenario.supply import Supply
from market.scenario.vary import set_paths
from market.strategies.funding import AnyFunding, Patient
from market.strategies.participation import Always, AnyParticipation
from market.strategies.pricing import AnyPricing, BestResponse
from market.strategies.training import AnyTraining, Cadence
from market.wording import shortened

RESERVED = frozenset({HOSTS, "outside", "entry", "*"})
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
NAMES = "a letter, then letters, digits and '_'"
"""What `NAME` allows, in words."""


class FirmSpec(Parameters):
    """What labs and open providers have in common."""

    key: str | None = parameter(
        None, unit="", meaning="name under which its luck is drawn, whatever it is called; by default its name"
    )
    first_start: int = parameter(
        unit="month", ge=-240, le=1200,
        meaning="month in which its first run starts, or may if `participation` decides; negative: before the scenario",
    )  # fmt: skip
    research: float = parameter(
        6.2, unit="x a run, a year", ge=0, le=1000, plausible=(3.7, 19.0),
        meaning="experiments, staff and failed runs: as a flow, in a year, per dollar that a run started then would "
        "cost; where it goes with runs, per dollar of training",
        source="calibration.csv total_RD_over_final_run 7.5, less the run; range 4.7 to 20 of the same",
    )  # fmt: skip
    overhead: float = parameter(
        0.45, unit="share of revenue", ge=0, le=10, plausible=(0.3, 0.6),
        meaning="sales, marketing and administration that grow with revenue",
        source="calibration.csv OpenAI_SM 0.44; range up to that and OpenAI_GA_other",
    )  # fmt: skip
    fixed_overhead: float = parameter(
        0.0, unit="$ per month", ge=0, le=1e12, plausible=(0.0, 5e7), meaning="overhead whatever the revenue"
    )
    unpaid: float = parameter(
        0.36, unit="share of sales", ge=0, le=10, plausible=(0.0, 0.6),
        meaning="use that nobody pays for, such as free tiers and the firm's own, per unit sold: it is served and "
        "booked, but no part of what a further unit sold costs",
        source="API margin 0.55 against company margin 0.40 give about 0.36 (calibration.csv)",
    )  # fmt: skip
    research_flow: bool = parameter(
        True, unit="",
        meaning="whether research is a monthly flow from the first run on, a twelfth of `research` times what a run "
        "started that month would cost, for as long as bases are begun; if not, it is spent while runs are under way",
    )  # fmt: skip
    life: int = parameter(
        18, unit="months", ge=0, le=1200, plausible=(12, 22),
        meaning="months from its release until a model is withdrawn, once it has a successor",
        source="calibration.csv API_life_to_retirement",
    )  # fmt: skip
    retirement: int = parameter(
        0, unit="months", ge=0, le=1200, plausible=(0, 18),
        meaning="months after a successor's release for which a model stays on sale at least",
    )  # fmt: skip
    tiers: dict[str, Tier] = Field({}, description="smaller products of every release beside the flagship, by name")
    updates: Updates | None = Field(
        None, description="post-training releases between two bases; none unless given ({} for the defaults)"
    )
    funding: AnyFunding = Field(Patient(), description="how a shortfall of cash is covered")
    participation: AnyParticipation = Field(
        Always(), description="when it enters, from `first_start` on, and whether it gives up"
    )

    @model_validator(mode="before")
    @classmethod
    def _sibling_is_a_tier(cls, data: Any, info: ValidationInfo) -> Any:
        """Where a scenario saved by version 0.1 is opened, read its smaller sibling as a tier."""
        if not (isinstance(data, Mapping) and "sibling" in data and info.context and info.context.get(OPENING)):
            return data
        given = data["sibling"]
        rest = {key: value for key, value in data.items() if key != "sibling"}
        return rest if given is None else {**rest, "tiers": {"small": given}}

    @field_validator("updates", mode="before")
    @classmethod
    def _on_or_off(cls, value: Any) -> Any:
        """`false` is none, `true` what is so by default."""
        return ({} if value else None) if isinstance(value, bool) else value

    @field_validator("tiers")
    @classmethod
    def _of_one_release(cls, tiers: dict[str, Tier]) -> dict[str, Tier]:
        text = ""
        for name in tiers:
            if name == FLAGSHIP or not NAME.fullmatch(name):
                text = f"'{shortened(name, 60)}' is no name of a tier; allowed: {NAMES}, except {FLAGSHIP}"
        given = add_up(tier.training_share for tier in tiers.values())
        if given >= 1:
            text = f"their training_share add up to {given:g}; allowed: less than 1, the flagship has the rest"
        if text:
            raise PydanticCustomError("input", "{text}", {"text": text})
        return tiers

    @property
    @abstractmethod
    def between(self) -> int:
        """Months that it plans between the starts of two bases."""

    @property
    def research_of_a_run(self) -> float:
        """Dollars of research that go with each dollar of a base: of the months between two, where it is a flow."""
        return self.research * (self.between / YEAR if self.research_flow else 1.0)

    @property
    def opens(self) -> bool:
        """Whether it is in business from its `first_start` on; who need not be is a potential entrant."""
        return self.participation.unconditional or self.first_start < 0

    @property
    def lines(self) -> dict[str, Tier]:
        """Products of every release by line, the flagship first."""
        rest = 1.0 - add_up(tier.training_share for tier in self.tiers.values())
        return {FLAGSHIP: Tier(capability_gap=0.0, cost_ratio=1.0, training_share=rest), **self.tiers}

    @property
    def expected_life(self) -> int:
        """Months for which a model is expected to sell: until its successor, and until it is retired then."""
        return max(1, int(self.withdrawal(0, self.between)))

    def withdrawal(self, released: float, succeeded: float) -> float:
        """Month in which a model is withdrawn that was `released` in one month and `succeeded` in another."""
        return max(succeeded + self.retirement, released + self.life)


class LabSpec(FirmSpec):
    """A closed frontier lab."""

    pricing: AnyPricing = Field(BestResponse(), description="how it prices")
    training: AnyTraining = Field(Cadence(), description="when it trains and what it spends")

    @property
    def between(self) -> int:
        """Months that its training rule plans between the starts of two bases."""
        return self.training.cadence


class OpenProviderSpec(FirmSpec, Spillover):
    """A provider of open weights: trains on a small budget, learns from what is published, cannot set its price."""

    unpaid: float = parameter(
        0.0, unit="share of sales", ge=0, le=10, plausible=(0.0, 0.6),
        meaning="use that nobody pays for, per unit sold; who serves open weights lives on those who pay",
    )  # fmt: skip
    cadence: int = parameter(
        12, unit="months", ge=1, le=240, plausible=(6, 18), meaning="months between the starts of two bases"
    )
    budget: float = parameter(
        0.10, unit="share", ge=0, le=100, plausible=(0.01, 0.2),
        meaning="cost of its run as a share of the labs' cost path in the same month",
        source="calibration.csv open_lab_RD_to_leader_RD, follower_final_run_cost_ratio",
    )  # fmt: skip
    host_margin: float = parameter(
        0.28, unit="share of unit cost", ge=0, le=100, plausible=(0.05, 0.5),
        meaning="price above unit cost; anyone may serve open weights",
    )  # fmt: skip
    hosting: float = parameter(
        0.5, unit="share", ge=0, le=1, plausible=(0.2, 0.8),
        meaning="part of its models' volume that independent hosts serve",
    )  # fmt: skip

    @property
    def between(self) -> int:
        """Months between the starts of two bases."""
        return self.cadence


class SegmentSpec(Workload, Preferences):
    """A group of customers that share parameters."""


class Economy(Parameters):
    """The economy around the market, for one comparison: revenue as a share of world product."""

    product: float = parameter(105e12, unit="$ per year", gt=0, le=1e18, meaning="world product in the first year")
    growth: float = parameter(1.05, unit="x per year", ge=0.5, le=2, meaning="growth of world product")


class Flip(Parameters):
    """Another world that is run beside a scenario's own: the answer to one question about it."""

    said: str = Field("everybody could use open weights", description="what is different, after the word 'if'")
    change: tuple[tuple[str, Any], ...] = Field(
        (("segments.*.open_access", 1.0),), description="[path, value] for each change; none for no other world"
    )

    @field_validator("change", mode="before")
    @classmethod
    def _as_tuples(cls, value: Any) -> Any:
        return tuples(value)


class Scenario(Parameters):
    """Everything a run needs besides its seed."""

    name: str = Field("scenario", description="name, used for the results folder")
    description: str = Field("", description="one line that listings show")
    start: str = Field("2023-01", description="calendar month of month 0, as YYYY-MM")
    months: int = parameter(72, unit="months", ge=1, le=1200, meaning="length of the run")
    customers: int = parameter(20_000, unit="agents", ge=100, le=10_000_000, meaning="customer agents in all segments")
    discount_rate: float = parameter(
        0.15, unit="per year", ge=0, le=10, plausible=(0.10, 0.20), meaning="discount rate of present values",
        source="calibration.csv systematic_cost_of_capital",
    )  # fmt: skip
    world: Economy = Field(Economy(), description="the economy around the market")
    technology: Technology = Field(Technology(), description="supply")
    demand: Demand = Field(Demand(), description="the scale of difficulty")
    adoption: Adoption = Field(Adoption(), description="entry of customers")
    panel: PanelSize = Field(PanelSize(), description="the labs' market research")
    capital: CapitalMarket = Field(CapitalMarket(), description="the terms on which labs raise money")
    record_benchmarks: int = parameter(
        0, unit="months", ge=0, le=1200,
        meaning="months between two comparisons with Nash and joint-profit prices, each in the first month from then "
        "on in which no lab releases; 0 for none, they take time",
    )  # fmt: skip
    record_responses: int | None = parameter(
        None, unit="months", ge=0, le=1200,
        meaning="months between two measurements of consumer surplus and price elasticities, which take time; 0 for "
        "none; unless given once a year, and every month where what is read needs it",
    )  # fmt: skip
    segments: dict[str, SegmentSpec] = Field(description="groups of customers by name")
    labs: dict[str, LabSpec] = Field(description="closed labs by name")
    open_providers: dict[str, OpenProviderSpec] = Field({}, description="providers of open weights by name")
    supply: Supply | None = Field(
        None, description="what some firms sell and at what price, where that is given instead of decided by them"
    )
    interventions: tuple[AnyIntervention, ...] = Field((), description="changes from outside")
    flip: Flip = Field(Flip(), description="the other world of which `market run` says what is different in it")

    @field_validator("interventions", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("supply", mode="before")
    @classmethod
    def _none_of_it(cls, value: Any) -> Any:
        """`false` and an empty table are none; saved scenarios may have an empty list."""
        if value and not isinstance(value, Mapping | Supply):
            text = f"{shown(value)} is refused; allowed: a table such as market.evidence.read_supply gives"
            raise PydanticCustomError("input", "{text}", {"text": text})
        return value or None

    @field_validator("name")
    @classmethod
    def _folder_name(cls, value: str) -> str:
        problem = name_problem(value)
        if problem:
            text = f"'{shortened(value, 60)}' {problem}; allowed: what can be part of a folder's name"
            raise PydanticCustomError("input", "{text}", {"text": text})
        return value

    @field_validator("start")
    @classmethod
    def _calendar_month(cls, value: str) -> str:
        if not re.fullmatch(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", value, re.ASCII):
            text = f"'{shortened(value, 60)}' is no calendar month such as '2023-01', from 1900 to 2199"
            raise PydanticCustomError("input", "{text}", {"text": text})
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for problem in self._problems():
            raise PydanticCustomError("input", "{text}", {"text": problem})
        return self

    def _problems(self) -> list[str]:
        problems = []
        if not self.labs:
            problems.append("labs: there is no lab; a market needs at least one, as in [labs.Alpha] first_start = -12")
        if not self.segments:
            problems.append("segments: there is no segment; a market needs at least one")
        for table in ("labs", "open_providers", "segments"):
            for name in getattr(self, table):
                if name in RESERVED or not NAME.fullmatch(name):
                    problems.append(
                        f"{table}.{name}: '{shortened(name, 60)}' is no usable name; "
                        f"allowed: {NAMES}, except {', '.join(sorted(RESERVED))}"
                    )
        for name in self.open_providers:
            if name in self.labs:
                problems.append(f"open_providers.{name}: the name '{name}' is taken by a lab; names must differ")
        owners: dict[str, str] = {}
        for name, firm in self.firms.items():
            other = owners.setdefault(firm.key or name, name)
            if other != name:
                problems.append(f"{name}: its key '{firm.key or name}' is taken by '{other}'; keys must differ")
        first = min((firm.first_start for firm in self.firms.values()), default=0)
        if first >= self.months:
            problems.append(
                f"months: {self.months} end before any firm starts, in month {first}; nothing would be booked"
            )
        if self.demand.difficulty_low >= self.demand.difficulty_high:
            low, high = self.demand.difficulty_low, self.demand.difficulty_high
            problems.append(f"demand.difficulty_high: {high:g} is not above difficulty_low, which is {low:g}")
        for name, segment in self.segments.items():
            strangers = [one for one in segment.firm_taste if one not in self.firms]
            problems += [f"segments.{name}.firm_taste: {unknown('firm', one, self.firms)}" for one in strangers]
        for number, intervention in enumerate(self.interventions):
            wrong = intervention.problem({name: firm.lines for name, firm in self.firms.items()}, list(self.labs))
            if wrong:
                problems.append(f"interventions.{number}: {intervention.kind}: {wrong}")
        problems += [] if self.supply is None else supply.problems(self.supply, self.firms, self.start)
        share = add_up(segment.agents for segment in self.segments.values())
        if self.segments and abs(share - 1) > 1e-6:
            problems.append(f"segments.*.agents: the parts add up to {share:g}; they must add up to 1")
        return problems or list(magnitudes.problems(self))

    @property
    def firms(self) -> dict[str, FirmSpec]:
        """All firms by name, in the order of their keys, which is the order of everything in a run."""
        firms: dict[str, FirmSpec] = {**self.labs, **self.open_providers}
        return dict(sorted(firms.items(), key=lambda item: item[1].key or item[0]))

    @property
    def potential(self) -> dict[str, FirmSpec]:
        """Firms that are in the market only if they enter; none of those of which a table says what they sell."""
        return {name: firm for name, firm in self.firms.items() if not (firm.opens or name in self.listed)}

    @property
    def listed(self) -> frozenset[str]:
        """Firms of which a table says what they sell; they decide nothing."""
        return frozenset() if self.supply is None else self.supply.firms

    @property
    def untold(self) -> dict[str, str]:
        """Firm by model, of models that a table lists and whose training it leaves unknown."""
        rows = () if self.supply is None else self.supply.releases
        return {one.model: one.firm for one in rows if one.known_training is None}

    def vary(self, changes: Mapping[str, Any]) -> Scenario:
        """Return a copy with some paths changed, shorter paths first, and validated again.

        Parameters
        ----------
        changes : values by dotted path, as ``{"labs.*.training.growth": 3.0}``; see `market.scenario.vary`. NumPy's and
            pandas' numbers will do.

        Raises
        ------
        InputError
            If a path does not exist or a value is refused; the line names the path, the value and what is allowed.
        """
        if not isinstance(changes, Mapping):
            raise InputError(f"changes: {shown(plain(changes))} is refused; allowed: a table of values by path")
        return build(set_paths(self.model_dump(), plain(changes)))

    def responses_in(self, month: int) -> bool:
        """Whether consumer surplus and price elasticities are measured in a month: the middle one of every so many."""
        every = YEAR if self.record_responses is None else self.record_responses
        return every > 0 and month % every == every // 2

    def with_responses(self) -> Scenario:
        """The same with these measured every month, unless it says itself how often."""
        return self if self.record_responses is not None else self.model_copy(update={"record_responses": 1})


def build(data: Mapping[str, Any], opening: bool = False) -> Scenario:
    """Validate a table into a scenario. NumPy's and pandas' numbers, booleans and arrays will do.

    Parameters
    ----------
    opening : the table belongs to a saved run; what is of a module that is not imported stays as data, by its name.
    """
    if not isinstance(data, Mapping):
        raise InputError(f"scenario: {shown(plain(data))} is refused; allowed: a table")
    table = plain(data)
    try:
        return Scenario.model_validate(table, context={OPENING: opening})
    except ValidationError as error:
        raise refusal(error, Scenario, table) from None
