"""What a run writes down every month; tables are built once, at the end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

OFFERS = {
    "month": "int64", "firm": "str", "model": "str", "open_weights": "bool", "capability": "float64",
    "price": "float64", "unit_cost": "float64", "customers": "int64", "tokens": "float64", "revenue": "float64",
    "serving": "float64",
}  # fmt: skip
SEGMENTS = {
    "month": "int64", "segment": "str", "customers": "int64", "active": "int64", "outside_share": "float64",
    "tokens": "float64", "spending": "float64", "surplus": "float64", "switchers": "int64",
}  # fmt: skip


class Recorder:
    """Rows of the tables `offers`, `segments` and `flows` (design §7). Tokens in Mtok, money in dollars, by month."""

    def __init__(self) -> None:
        self._offers: list[tuple[object, ...]] = []
        self._segments: list[tuple[object, ...]] = []
        self._flows: list[dict[str, npt.NDArray[np.generic]]] = []

    def offer(self, *row: object) -> None:
        """Write one row of `offers`, in the order of its columns."""
        self._offers.append(row)

    def segment(self, *row: object) -> None:
        """Write one row of `segments`, in the order of its columns."""
        self._segments.append(row)

    def flow(
        self,
        month: int,
        segment: str,
        places: Sequence[str],
        customers: npt.NDArray[np.int64],
        tokens: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
        prices: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
    ) -> None:
        """Write who moved where in one segment.

        Parameters
        ----------
        places : K names, models and then "outside" and "entry".
        customers : (K, K) by origin and destination; pairs without customers get no row.
        tokens : (K, K) before and after.   prices : (K,) last month's and this month's, 0 where nothing is bought.
        """
        origin, destination = np.nonzero(customers)
        before, after = (tokens[k][origin, destination] for k in (0, 1))
        self._flows.append(
            {
                "month": np.full(len(origin), month),
                "segment": np.full(len(origin), segment),
                "origin": np.asarray(places)[origin],
                "destination": np.asarray(places)[destination],
                "customers": customers[origin, destination],
                "tokens_before": before,
                "tokens_after": after,
                "revenue_before": before * prices[0][origin],
                "revenue_after": after * prices[1][destination],
            }
        )

    def offers(self) -> pd.DataFrame:
        """Every model on sale by month; an open model has a row for its developer and one for the hosts."""
        return _table(self._offers, OFFERS)

    def segments(self) -> pd.DataFrame:
        """Every segment by month."""
        return _table(self._segments, SEGMENTS)

    def flows(self) -> pd.DataFrame:
        """Every movement of customers by month and segment, stayers included (origin = destination)."""
        names = ("month", "segment", "origin", "destination", "customers")
        amounts = ("tokens_before", "tokens_after", "revenue_before", "revenue_after")
        columns = {name: np.concatenate([rows[name] for rows in self._flows]) for name in (*names, *amounts)}
        table = pd.DataFrame(columns)
        return table.astype({name: "str" for name in ("segment", "origin", "destination")})


def _table(rows: list[tuple[object, ...]], types: dict[str, str]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(types)
    return pd.DataFrame({n: pd.Series(c, dtype=t) for (n, t), c in zip(types.items(), columns, strict=True)})
