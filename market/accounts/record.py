"""What a run writes down every month; tables are built once, at the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.economics.choice import Choices

OFFERS = {
    "month": "int64", "firm": "str", "model": "str", "open_weights": "bool", "capability": "float64",
    "price": "float64", "unit_cost": "float64", "customers": "int64", "tokens": "float64", "revenue": "float64",
    "serving": "float64", "elasticity": "float64", "elasticity_long": "float64",
}  # fmt: skip
SEGMENTS = {
    "month": "int64", "segment": "str", "customers": "int64", "active": "int64", "outside_share": "float64",
    "tokens": "float64", "spending": "float64", "surplus": "float64", "switchers": "int64",
}  # fmt: skip


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

    @property
    def switches(self) -> npt.NDArray[np.bool_]:
        """Moves from one firm to another, shape (K, K) by origin and destination."""
        origin, destination = self.owner[:, None], self.owner[None, :]
        return np.asarray((origin != destination) & (origin >= 0) & (destination >= 0))


BENCHMARKS = {
    "month": "int64", "firm": "str", "profit": "float64", "profit_nash": "float64", "profit_joint": "float64",
    "gain": "float64",
}  # fmt: skip

RUNWAYS = {"month": "int64", "firm": "str", "cash": "float64", "burn": "float64", "runway": "float64"}
PLANS = {
    "started": "int64", "firm": "str", "model": "str", "rule": "str", "cost": "float64", "horizon": "float64",
    "expected_capability": "float64", "forecast_gross": "float64", "forecast_destroyed": "float64",
    "forecast_lead": "float64", "forecast_spend": "float64", "forecast_value": "float64",
}  # fmt: skip


class Recorder:
    """Rows of the tables `offers`, `segments` and `flows`. Tokens in Mtok, money in dollars, by month."""

    def __init__(self) -> None:
        self._offers: list[tuple[object, ...]] = []
        self._segments: list[tuple[object, ...]] = []
        self._benchmarks: list[tuple[object, ...]] = []
        self._runways: list[tuple[object, ...]] = []
        self._plans: list[tuple[object, ...]] = []
        self._flows: list[dict[str, npt.NDArray[np.generic]]] = []

    def offer(self, *row: object) -> None:
        """Write one row of `offers`, in the order of its columns."""
        self._offers.append(row)

    def benchmark(self, *row: object) -> None:
        """Write one row of `benchmarks`, in the order of its columns."""
        self._benchmarks.append(row)

    def runway(self, *row: object) -> None:
        """Write one row of `runways`, in the order of its columns."""
        self._runways.append(row)

    def plan(self, *row: object) -> None:
        """Write one row of `plans`, in the order of its columns; those after the cost are NaN without a forecast."""
        self._plans.append((*row, *[np.nan] * (len(PLANS) - len(row))))

    def segment(self, *row: object) -> None:
        """Write one row of `segments`, in the order of its columns."""
        self._segments.append(row)

    def flow(self, month: int, segment: str, places: Places, made: Choices, factors: tuple[float, float]) -> None:
        """Write who moved where in one segment; `factors` turn month-0 volumes into last month's and this month's."""
        origin, destination = np.nonzero(made.customers)
        volume = made.volume[origin, destination]
        before = volume * factors[0] * (places.before > 0)[origin]
        after = volume * factors[1] * (places.after > 0)[destination]
        names = np.asarray(places.names)
        self._flows.append(
            {
                "month": np.full(len(origin), month),
                "segment": np.full(len(origin), segment),
                "origin": names[origin],
                "destination": names[destination],
                "customers": made.customers[origin, destination],
                "tokens_before": before,
                "tokens_after": after,
                "revenue_before": before * places.before[origin],
                "revenue_after": after * places.after[destination],
            }
        )

    def offers(self) -> pd.DataFrame:
        """Every model on sale by month; an open model has a row for its developer and one for the hosts."""
        return _table(self._offers, OFFERS)

    def benchmarks(self) -> pd.DataFrame:
        """Labs' profits on the panel against Nash and joint-profit prices; empty unless the scenario asks for it."""
        return _table(self._benchmarks, BENCHMARKS)

    def runways(self) -> pd.DataFrame:
        """Every firm's cash, burn and runway at the end of each month, after funding; infinite if it lasts."""
        return _table(self._runways, RUNWAYS)

    def plans(self) -> pd.DataFrame:
        """Every run started, with what its firm expected of it; see `launches` for what came of it."""
        return _table(self._plans, PLANS)

    def segments(self) -> pd.DataFrame:
        """Every segment by month."""
        return _table(self._segments, SEGMENTS)

    def flows(self) -> pd.DataFrame:
        """Every movement of customers by month and segment, stayers included (origin = destination)."""
        columns = {name: np.concatenate([rows[name] for rows in self._flows]) for name in self._flows[0]}
        return pd.DataFrame(columns).astype(dict.fromkeys(("segment", "origin", "destination"), "str"))


def _table(rows: list[tuple[object, ...]], types: dict[str, str]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(types)
    return pd.DataFrame({n: pd.Series(c, dtype=t) for (n, t), c in zip(types.items(), columns, strict=True)})
