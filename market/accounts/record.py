"""What a run writes down every month; a table is made of it when it is asked for."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from market.accounts.rows import Rows
from market.schemas import Column, Schema, recorded

OFFERS = recorded(
    "offers",
    "Every model on sale in a month and what it sold. An open model has a row for its developer and one for the "
    "hosts, each with its part of the sales.",
    (
        Column("month", "month", "counted from the start", "int64"),
        Column("firm", "", "who sold it; `hosts` for the independent hosts of open models", "str"),
        Column("model", "", "what was sold", "str"),
        Column("open_weights", "", "whether its weights are open", "bool"),
        Column("capability", "points", "what the model can do"),
        Column("price", "$ per Mtok", "its price in the month"),
        Column("unit_cost", "$ per Mtok", "what it costs to serve"),
        Column("customers", "customers", "who use it; counted in the developer's row only", "int64"),
        Column("tokens", "Mtok", "what was sold"),
        Column("revenue", "$", "tokens × price"),
        Column("serving", "$", "tokens × unit cost"),
        Column(
            "elasticity",
            "% per %",
            "of its tokens to all prices of its firm's tier within the month; missing if unsold or not measured then",
        ),
        Column("elasticity_long", "% per %", "the same once every customer has reconsidered"),
    ),
)
SEGMENTS = recorded(
    "segments",
    "Every segment of customers in a month.",
    (
        Column("month", "month", "counted from the start", "int64"),
        Column("segment", "", "its name", "str"),
        Column("customers", "customers", "who have entered the market", "int64"),
        Column("active", "customers", "who use a model", "int64"),
        Column("outside_share", "share", "who use none, of those who have entered; missing if nobody has"),
        Column("tokens", "Mtok", "what they bought"),
        Column("spending", "$", "what they paid, added up from customers and not from models"),
        Column(
            "surplus",
            "$",
            "consumer surplus over buying nothing, without switching costs; missing if not measured",
        ),
        Column("switchers", "customers", "who moved from one firm's model to another's", "int64"),
        Column("open_access", "share", "part of its customers who can use open weights", later=True),
    ),
)
BENCHMARKS = recorded(
    "benchmarks",
    "Labs' profits on the research panel against those at Nash and at joint-profit prices; empty unless the scenario "
    "asks for it (`record_benchmarks`). In none of the months compared does a lab release anything.",
    (
        Column("month", "month", "counted from the start", "int64"),
        Column("firm", "", "the lab", "str"),
        Column("profit", "$", "contribution of the month at the prices at work"),
        Column("profit_nash", "$", "the same at prices from which no lab gains by moving alone"),
        Column("profit_joint", "$", "the same at the prices of a cartel of all labs"),
        Column("gain", "part", "(profit − nash) ÷ (joint − nash): 0 is competition, 1 the cartel, if there is room"),
    ),
)
WELFARE = recorded(
    "welfare",
    "Consumer surplus and all labs' profits on the research panel at three sets of prices: those at work, Nash prices "
    "and the prices of a cartel of all labs; in the months of `benchmarks`.",
    (
        Column("month", "month", "counted from the start", "int64"),
        Column("prices", "", "`at work`, `Nash` or `joint profit`", "str"),
        Column("surplus", "$", "consumer surplus of the month over buying nothing, what customers are used to kept"),
        Column("profit", "$", "contribution of the month of all labs"),
    ),
    later=True,
)
RUNWAYS = recorded(
    "runways",
    "Every firm in business at the end of a month, after funding.",
    (
        Column("month", "month", "counted from the start", "int64"),
        Column("firm", "", "the firm", "str"),
        Column("cash", "$", "what it holds"),
        Column("burn", "$ per month", "by how much its cash shrinks without funding; 0 if it grows"),
        Column("runway", "months", "how long its cash lasts at that rate; infinite if it lasts"),
    ),
)


class Recorder(dict[str, Rows]):
    """Rows of tables by name."""

    def of(self, schema: Schema) -> Rows:
        """The rows of one table."""
        if schema.name not in self:
            self[schema.name] = Rows(schema)
        return self[schema.name]

    def add(self, schema: Schema, *row: object) -> None:
        """Write one row of a table, in the order of its columns."""
        self.of(schema).add(*row)

    def extend(self, schema: Schema, *columns: npt.NDArray[Any]) -> None:
        """Write many rows of a table at once, as one array for every column in their order."""
        self.of(schema).extend(*columns)
