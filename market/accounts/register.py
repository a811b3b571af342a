"""The register of models: every model ever put on sale, with its number, dates, launch price and months on sale."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.accounts.rows import Rows
from market.economics.technology import FLAGSHIP, AIModel
from market.schemas import Column, Schema

REGISTER = Schema(
    "register",
    "What is known of each model besides money.",
    (
        Column("model", "", "its name: firm, generation, update if any, and tier if no flagship", "str", "Model"),
        Column("firm", "", "who developed it", "str"),
        Column("family", "", "the base that it is, or is an update of, with all tiers", "str", later=True),
        Column("line", "", "its tier: `flagship`, or a name in the firm's table of tiers", "str"),
        Column("open_weights", "", "whether its weights are open, so that hosts serve it too", "bool"),
        Column("generation", "number", "which of its firm's bases it is of, the first being 1", "int64"),
        Column("update", "number", "which update of that base it is; 0 for the base", "int64", later=True),
        Column("started", "month", "start of its training", "int64"),
        Column("released", "month", "first month on sale; missing if it has not been released", "Int64", "Released"),
        Column("retired", "month", "first month off sale; missing if it is on sale at the end", "Int64", "Retired"),
        Column("complete", "", "whether its life is on record from release to withdrawal, or given up", "bool"),
        Column("capability", "points", "what it can do; 10 more is tenfold effective compute", heading="Points"),
        Column("launch_price", "$ per Mtok", "its first price", heading="Launch $/Mtok"),
        Column("months_on_sale", "months", "how long it has been on sale within the run", "int64"),
        Column("months_at_frontier", "months", "how many of these nothing on sale was more capable", "int64"),
    ),
)


UNBORN = -9
"""The number of a model that is only thought of: nobody uses it."""


class Unreleased(NamedTuple):
    """A product that was never on sale.

    `over` says that it was given up: its life is complete, though nothing was earned.
    """

    model: str
    firm: str
    line: str
    open_weights: bool
    generation: int
    update: int
    started: int
    over: bool


class Register:
    """Models in the order of their release; a model's number is its place.

    `columns` are the firms' columns by name, `makers` (register,) those of the models' developers, by model number;
    `lines` (register,) are the numbers of their tier lines, the products of one tier and family.
    """

    def __init__(self, columns: dict[str, int]) -> None:
        self.columns = columns
        self.models: list[AIModel] = []
        self.makers = np.empty(0, np.int32)
        self.lines = np.empty(0, np.int32)
        self._line: dict[tuple[str, int, str], int] = {}
        self.number: dict[str, int] = {}
        self.retired: dict[str, int] = {}
        self.launch_price: dict[str, float] = {}
        self._on_sale: dict[str, int] = {}
        self._at_frontier: dict[str, int] = {}

    def add(self, model: AIModel) -> None:
        """Enter a model that goes on sale."""
        self.number[model.name] = len(self.models)
        self.models.append(model)
        self.makers = np.append(self.makers, np.int32(self.columns[model.firm]))
        line = self._line.setdefault((model.firm, model.generation, model.line), len(self._line))
        self.lines = np.append(self.lines, np.int32(line))

    def numbers(self, models: Iterable[AIModel]) -> npt.NDArray[np.int32]:
        """Numbers of some models; `UNBORN` for one that was never on sale."""
        return np.array([self.number.get(m.name, UNBORN) for m in models], np.int32)

    def line_numbers(self, models: Iterable[AIModel]) -> npt.NDArray[np.int32]:
        """Numbers of the tier lines of some models; `UNBORN` for one that was never on sale."""
        return np.append(self.lines, np.int32(UNBORN))[np.maximum(self.numbers(models), -1)]

    def best_closed(self, month: int) -> float | None:
        """Highest closed capability on sale in `month`, points, or None if there was none."""
        closed = [
            m.capability
            for m in self.models
            if not m.open_weights and m.released <= month < self.retired.get(m.name, month + 1)
        ]
        return max(closed, default=None)

    def count_month(self, on_sale: list[AIModel]) -> None:
        """Count one month on sale, and at the frontier for those of the highest capability."""
        frontier = max((m.capability for m in on_sale), default=0.0)
        for model in on_sale:
            self._on_sale[model.name] = self._on_sale.get(model.name, 0) + 1
            if model.capability >= frontier:
                self._at_frontier[model.name] = self._at_frontier.get(model.name, 0) + 1

    def facts(self, unreleased: Iterable[Unreleased]) -> Rows:
        """What is known of each model besides money, by firm, generation, update and line."""
        bases = {(m.firm, m.generation): m.name for m in reversed(self.models)}  # the first, where a table has no other
        bases |= {(m.firm, m.generation): m.name for m in self.models if m.update == 0 and m.line == FLAGSHIP}
        known = list(unreleased)
        bases |= {(u.firm, u.generation): u.model for u in known if u.update == 0 and u.line == FLAGSHIP}
        rows: list[tuple[object, ...]] = [
            (
                m.name, m.firm, bases[m.firm, m.generation], m.line, m.open_weights, m.generation, m.update,
                m.started, m.released, self.retired.get(m.name),
                m.released >= 0 and m.name in self.retired, m.capability, self.launch_price.get(m.name, np.nan),
                self._on_sale.get(m.name, 0), self._at_frontier.get(m.name, 0),
            )
            for m in self.models
        ]  # fmt: skip
        rows += [
            (
                u.model, u.firm, bases[u.firm, u.generation], u.line, u.open_weights, u.generation, u.update,
                u.started, None, None, u.over, np.nan, np.nan, 0, 0,
            )
            for u in known
        ]  # fmt: skip
        rows.sort(key=lambda row: (self.columns[str(row[1])], row[5], row[6], row[3] != FLAGSHIP, row[3]))
        return Rows(REGISTER, rows)
