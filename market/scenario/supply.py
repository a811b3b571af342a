"""Supply as data: models that some firms sell, with dates, prices and scores, where these are given, not decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from pydantic import Field, field_validator

from market.calendar import Calendar
from market.economics.technology import FLAGSHIP
from market.parameters import Parameters, parameter, unknown

LEAST_COST = 1e-6
"""Unit cost, $ per Mtok, that is assumed of a model that is given away."""
FAR_PRICE = 100.0
"""Factor from the median of what else is on sale from which a price is doubted."""
FAR_AHEAD = 15.0
"""Points above everything released before from which a capability is doubted."""


class Scale(Parameters):
    """How the scores of a test become points: linearly, through an anchor."""

    anchor_score: float = parameter(unit="score", ge=-1e6, le=1e6, meaning="score of a model whose points are known")
    anchor_points: float = parameter(unit="points", ge=-1000, le=2000, meaning="its points")
    per_100: float = parameter(unit="points", gt=0, le=1e5, meaning="points for every 100 of the score")

    def points(self, score: float) -> float:
        """Capability of a score, points."""
        return self.anchor_points + (score - self.anchor_score) * self.per_100 / 100


class Release(Parameters):
    """A row of a table of releases; `market.evidence.read_supply` reads it. What is unknown is not there."""

    model: str = Field(description="its name")
    firm: str = Field(description="the lab or the open provider whose model it is")
    released: str = Field(description="day of its release, as YYYY-MM-DD; it is on sale from that month on")
    withdrawn: str | None = Field(None, description="day from whose month on it is off sale, if any")
    open_weights: bool = Field(description="whether its weights are open")
    price: float = parameter(unit="$ per Mtok", ge=0, le=1e12, meaning="list price at release")
    capability: float | None = parameter(None, unit="points", ge=-1000, le=2000, meaning="what it can do")
    score: float | None = parameter(None, unit="score", ge=-1e6, le=1e6, meaning="or its score on a scale")
    scale: str | None = Field(None, description="name of that scale, in `supply.scale`")
    unit_cost: float | None = parameter(
        None, unit="$ per Mtok", gt=0, le=1e12,
        meaning="what serving costs in the month of its release; it falls from then on",
    )  # fmt: skip
    training: float | None = parameter(
        None, unit="$", ge=0, le=1e15, meaning="cost of its training, spent evenly over the months before its release"
    )
    training_low: float | None = parameter(None, unit="$", ge=0, le=1e15, meaning="lowest that it may have been")
    training_high: float | None = parameter(None, unit="$", ge=0, le=1e15, meaning="highest that it may have been")
    predecessor: str | None = Field(None, description="the model that it follows")
    tier: str | None = Field(None, description="its tier among its firm's models; flagship unless given")
    base: str | None = Field(None, description="the model of which it is an update or a tier, if any")
    source: str | None = Field(None, description="where what is said of it is from")
    row: int | None = Field(None, description="its row in the file")

    @property
    def known_training(self) -> float | None:
        """Dollars of its training: as given, or the middle of an interval; None if unknown."""
        if self.training is not None or self.training_low is None or self.training_high is None:
            return self.training
        return (self.training_low + self.training_high) / 2


class PriceChange(Parameters):
    """A row of a table of prices."""

    model: str = Field(description="the model")
    date: str = Field(description="day from whose month on the price holds, as YYYY-MM-DD")
    price: float = parameter(unit="$ per Mtok", ge=0, le=1e12, meaning="list price from then on")
    row: int | None = Field(None, description="its row in the file")


class Product(NamedTuple):
    """A release as the months of a scenario see it.

    Attributes
    ----------
    model, firm, tier, open_weights : as in the table.
    generation, update : number of its base among its firm's, from 1; and of its release in the family, 0 for the base.
    released, retired : first month on sale, and first off sale, None if none.
    capability : points.   unit_cost : $ per Mtok at release.   training : $, 0 where nothing is known.
    prices : (month, $ per Mtok) from its release on, each until the next.
    """

    model: str
    firm: str
    tier: str
    open_weights: bool
    generation: int
    update: int
    released: int
    retired: int | None
    capability: float
    unit_cost: float
    training: float
    prices: tuple[tuple[int, float], ...]

    def price(self, month: int) -> float:
        """Its price in a month, $ per Mtok."""
        return [price for since, price in self.prices if since <= month][-1]

    def on_sale(self, month: int) -> bool:
        """Whether it is on sale in a month."""
        return self.released <= month and (self.retired is None or month < self.retired)


class Supply(Parameters):
    """A supply table: what some firms release, at what price. All other firms go on deciding."""

    releases: tuple[Release, ...] = Field(description="the releases; in a scenario file the name of a CSV file")
    prices: tuple[PriceChange, ...] = Field((), description="changes of price since; in a file likewise")
    scale: dict[str, Scale] = Field({}, description="scales of scores, by name")
    cost_share: float = parameter(
        0.45, unit="share of price", gt=0, le=10, plausible=(0.3, 0.7),
        meaning="unit cost over price, both at release, of a model whose unit cost is unknown",
        source="calibration.csv: API gross margin 0.55",
    )  # fmt: skip
    files: dict[str, str] = Field({}, description="SHA-256 of the files that were read, by name")

    @field_validator("releases", "prices", mode="before")
    @classmethod
    def _as_tuples(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @property
    def firms(self) -> frozenset[str]:
        """Firms whose models it lists; they decide nothing."""
        return frozenset(one.firm for one in self.releases)

    def products(self, start: str) -> tuple[Product, ...]:
        """What it says by month, where month 0 is `start`; by release, and else in the order of the table."""
        origin = Calendar(start, 0).origin
        order = sorted(self.releases, key=lambda one: one.released)
        families: dict[str, int] = {}
        numbered, counts = Counter[str](), Counter[tuple[str, int, str]]()
        changes: dict[str, list[tuple[int, float]]] = {}
        for change in sorted(self.prices, key=lambda one: one.date):
            changes.setdefault(change.model, []).append((Calendar(change.date, 0).origin - origin, change.price))
        found = []
        for one in order:
            base = families.get(one.base or "")
            if base is None:
                numbered[one.firm] += 1
                base = numbered[one.firm]
            families[one.model] = base
            line = one.firm, base, one.tier or FLAGSHIP
            released = Calendar(one.released, 0).origin - origin
            prices = {released: one.price} | dict(changes.get(one.model, ()))
            off = None if one.withdrawn is None else max(released + 1, Calendar(one.withdrawn, 0).origin - origin)
            cost = one.unit_cost if one.unit_cost is not None else max(LEAST_COST, self.cost_share * one.price)
            found.append(
                Product(
                    one.model, one.firm, line[2], one.open_weights, base, counts[line], released, off,
                    self.points(one), cost, one.known_training or 0.0, tuple(prices.items()),
                )
            )  # fmt: skip
            counts[line] += 1
        return tuple(found)

    def points(self, one: Release) -> float:
        """Capability of a release, points: as given, or by the scale that its score is on."""
        if one.capability is not None:
            return one.capability
        assert one.score is not None
        assert one.scale is not None
        return self.scale[one.scale].points(one.score)

    def row(self, place: int) -> str:
        """How a message names a release: by its file and row where it was read from one."""
        one = self.releases[place]
        return (
            f"{next(iter(self.files), 'supply')}: row {one.row}" if one.row else f"supply.releases.{place}: {one.model}"
        )


def problems(supply: Supply, firms: Mapping[str, Any], start: str) -> Iterator[str]:
    """Say, a line each, what is wrong with a table in a scenario."""
    seen: set[str] = set()
    for place, one in enumerate(supply.releases):
        wrong = None
        if one.firm not in firms:
            wrong = unknown("firm", one.firm, firms)
        elif not one.model or one.model in seen:
            wrong = "it needs a name that no other model has"
        elif one.capability is None and (one.score is None or one.scale is None):
            wrong = f"has neither capability nor score and scale; scales known: {', '.join(supply.scale) or 'none'}"
        elif one.capability is None and one.scale not in supply.scale:
            wrong = unknown("scale", one.scale, supply.scale)
        seen.add(one.model)
        if wrong:
            yield f"{supply.row(place)}: {wrong}"
    for change in supply.prices:
        if change.model not in seen:
            yield f"supply.prices: {unknown('model', change.model, seen)}"
    first = Calendar(start, 0).date(0)
    others = any(firm.first_start < 0 for name, firm in firms.items() if name not in supply.firms)
    there = any(one.released[:7] <= first and not (one.withdrawn or "9")[:7] <= first for one in supply.releases)
    if not (there or others):
        earliest = min((one.released for one in supply.releases), default="never")
        yield f"{next(iter(supply.files), 'supply')}: nothing is on sale in month 0, {first}; first release: {earliest}"


def doubts(products: Sequence[Product]) -> Iterator[str]:
    """Say, a line each, what of a table is hard to believe: a price out of all proportion, a leap in capability."""
    frontier = -float("inf")
    for one in products:
        for month, price in one.prices:
            others = [two.price(month) for two in products if two is not one and two.on_sale(month)]
            usual = median([other for other in others if other > 0] or [0.0])
            if price > 0 < usual and not usual / FAR_PRICE <= price <= usual * FAR_PRICE:
                yield (
                    f"{one.model} costs ${price:,.6g} per Mtok where others cost ${usual:,.4g}: "
                    "is that per thousand tokens?"
                )
        ahead = one.capability - frontier
        if FAR_AHEAD < ahead < float("inf"):
            yield f"{one.model} has {one.capability:.1f} points, {ahead:.1f} more than any before it"
        frontier = max(frontier, one.capability)
