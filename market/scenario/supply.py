"""Supply as data: the products that are sold, with their dates and prices, where these are given instead of decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field, field_validator

from market.parameters import Parameters, parameter, tuples, unknown


class Product(Parameters):
    """A model whose release, capability, cost and prices are given."""

    firm: str = Field(description="the lab or the open provider whose model it is")
    model: str = Field(description="its name")
    released: int = parameter(unit="month", ge=-240, le=1200, meaning="first month on sale; negative: before the start")
    retired: int | None = parameter(None, unit="month", ge=-239, le=1200, meaning="first month off sale, if any")
    capability: float = parameter(unit="points", ge=-1000, le=2000, meaning="what it can do")
    unit_cost: float = parameter(
        unit="$ per Mtok",
        gt=0,
        le=1e12,
        meaning="what serving costs in the month of its release; it falls from then on",
    )
    training: float = parameter(
        0.0, unit="$", ge=0, le=1e15, meaning="cost of its training, spent evenly over the months before its release"
    )
    prices: tuple[tuple[int, float], ...] = Field(
        description="[month, $ per Mtok] from its release on, each price until the next"
    )

    @field_validator("prices", mode="before")
    @classmethod
    def _as_tuples(cls, value: Any) -> Any:
        return tuples(value)

    def price(self, month: int) -> float:
        """Its price in a month, $ per Mtok."""
        return [price for since, price in self.prices if since <= month][-1]

    def problem(self) -> str | None:
        """What is wrong with it by itself, if anything is."""
        months = [month for month, _ in self.prices]
        if not months or months[0] != self.released or months != sorted(set(months)):
            return "its prices must begin in the month of its release, and go forward from there"
        if not all(0 < price <= 1e12 for _, price in self.prices):
            return "its prices must be above 0 and at most 1e12"
        if self.retired is not None and self.retired <= self.released:
            return f"it is retired in month {self.retired}, but must be on sale for a month at least"
        return None


def problems(supply: Sequence[Product], firms: Mapping[str, Any]) -> Iterator[str]:
    """Say, a line each, what is wrong with a table of products."""
    seen: set[str] = set()
    for number, product in enumerate(supply):
        wrong = product.problem()
        if product.firm not in firms:
            wrong = unknown("firm", product.firm, firms)
        elif not product.model or product.model in seen:
            wrong = "it needs a name that no other model has"
        seen.add(product.model)
        if wrong:
            yield f"supply.{number}: {product.model}: {wrong}"
