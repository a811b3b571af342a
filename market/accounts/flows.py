"""Who moved where: every movement of customers by month and segment, stayers included."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from market.economics.choice import Choices
from market.schemas import Column, recorded

Floats = npt.NDArray[np.float64]

FLOWS = recorded(
    "flows",
    "Every movement of customers in a month, stayers included (origin = destination).",
    (
        Column("month", "month", "counted from the start", "int64"),
        Column("segment", "", "whose customers they are", "str"),
        Column("origin", "", "the model used last month; `outside` for none, `entry` if not yet there", "str"),
        Column("destination", "", "the model they use this month; `outside` for none", "str"),
        Column("customers", "customers", "how many", "int64"),
        Column("tokens_before", "Mtok", "what they bought last month"),
        Column("tokens_after", "Mtok", "what they buy this month"),
        Column("revenue_before", "$", "what they paid for it last month"),
        Column("revenue_after", "$", "what they pay for it this month"),
    ),
)


@dataclass(frozen=True)
class Places:
    """Where a customer can be in a month: K models by name, those withdrawn included, then "outside" and "entry".

    `owner` (K,) is the developer's column, −1 for the last two; `before` and `after` (K,) are last month's and this
    month's prices, 0 where nothing is bought.
    """

    names: tuple[str, ...]
    owner: npt.NDArray[np.int64]
    before: npt.NDArray[np.float64]
    after: npt.NDArray[np.float64]

    @cached_property
    def labels(self) -> npt.NDArray[np.object_]:
        """The names as an array."""
        return np.array(self.names, object)

    @cached_property
    def sold(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Where something is paid for, last month and this month, (K,) each."""
        return self.before > 0, self.after > 0

    @cached_property
    def switches(self) -> npt.NDArray[np.bool_]:
        """Moves from one firm to another, shape (K, K) by origin and destination."""
        origin, destination = self.owner[:, None], self.owner[None, :]
        return np.asarray((origin != destination) & (origin >= 0) & (destination >= 0))


def moved(
    month: int, segments: npt.NDArray[np.object_], places: Places, made: Choices, earlier: Floats, now: Floats
) -> tuple[npt.NDArray[Any], ...]:
    """Columns of `FLOWS` for one month, segment by segment.

    Parameters
    ----------
    month : which.   segments : (S,) names.   places : where customers can be.   made : what they chose, (S, K, K).
    earlier, now : (S,) factors that turn month-0 volumes into last month's and this month's.
    """
    cells = np.nonzero(made.customers)
    segment, origin, destination = cells
    volume = made.volume[cells]
    bought, buys = places.sold
    before = volume * earlier[segment] * bought[origin]
    after = volume * now[segment] * buys[destination]
    return (
        np.full(len(origin), month),
        segments[segment],
        places.labels[origin],
        places.labels[destination],
        made.customers[cells],
        before,
        after,
        before * places.before[origin],
        after * places.after[destination],
    )
