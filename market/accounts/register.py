"""The register of models: every model ever put on sale, with its number, dates, launch price and months on sale."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.economics.technology import AIModel

FACTS = {
    "model": "str", "firm": "str", "line": "str", "open_weights": "bool", "generation": "int64", "started": "int64",
    "released": "Int64", "retired": "Int64", "complete": "bool", "capability": "float64", "launch_price": "float64",
    "months_on_sale": "int64", "months_at_frontier": "int64",
}  # fmt: skip


UNBORN = -9
"""The number of a model that is only thought of: nobody uses it."""


class Register:
    """Models in the order of their release; a model's number is its place. `columns` are the firms' columns by name."""

    def __init__(self, columns: dict[str, int]) -> None:
        self.columns = columns
        self.models: list[AIModel] = []
        self.number: dict[str, int] = {}
        self.retired: dict[str, int] = {}
        self.launch_price: dict[str, float] = {}
        self._on_sale: dict[str, int] = {}
        self._at_frontier: dict[str, int] = {}

    def add(self, model: AIModel) -> None:
        """Enter a model that goes on sale."""
        self.number[model.name] = len(self.models)
        self.models.append(model)

    def numbers(self, models: Iterable[AIModel]) -> npt.NDArray[np.int32]:
        """Numbers of some models; `UNBORN` for one that was never on sale."""
        return np.array([self.number.get(m.name, UNBORN) for m in models], np.int32)

    @property
    def makers(self) -> npt.NDArray[np.int32]:
        """Column of every model's developer, by model number."""
        return np.array([self.columns[m.firm] for m in self.models], np.int32)

    def best_closed(self, month: int) -> float | None:
        """Highest closed capability on sale in `month`, points, or None if there was none."""
        found = [
            m.capability
            for m in self.models
            if not m.open_weights and m.released <= month < self.retired.get(m.name, month + 1)
        ]
        return max(found, default=None)

    def count_month(self, on_sale: list[AIModel]) -> None:
        """Count one month on sale, and at the frontier for those of the highest capability."""
        frontier = max((m.capability for m in on_sale), default=0.0)
        for model in on_sale:
            self._on_sale[model.name] = self._on_sale.get(model.name, 0) + 1
            if model.capability >= frontier:
                self._at_frontier[model.name] = self._at_frontier.get(model.name, 0) + 1

    def facts(self, unreleased: Iterable[tuple[str, str, str, bool, int, int, bool]]) -> pd.DataFrame:
        """What is known of each model besides money, by firm, generation and line.

        Parameters
        ----------
        unreleased : model, firm, line, open_weights, generation, started of models without a release, and whether they
            were given up, so that their life is over: complete, though nothing was earned.
        """
        rows: list[tuple[object, ...]] = [
            (
                m.name, m.firm, m.line, m.open_weights, m.generation, m.started, m.released, self.retired.get(m.name),
                m.released >= 0 and m.name in self.retired, m.capability, self.launch_price.get(m.name, np.nan),
                self._on_sale.get(m.name, 0), self._at_frontier.get(m.name, 0),
            )
            for m in self.models
        ]  # fmt: skip
        rows += [(*known, None, None, over, np.nan, np.nan, 0, 0) for *known, over in unreleased]
        rows.sort(key=lambda row: (self.columns[str(row[1])], row[4], row[2]))
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(FACTS)
        return pd.DataFrame({n: pd.Series(c, dtype=t) for (n, t), c in zip(FACTS.items(), columns, strict=True)})
