"""The books of a replay, where a table says what was sold: what is known of them, and where they stop.

Revenue is modelled: the releases and their prices are given, who bought is simulated. Serving is assumed unless it is
given. Training is as given, an interval gives an interval, and what is unknown is missing, not 0: where it is, a
model's books stop at contribution, and so do its firm's. It is a replay, not accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from market.schemas import Column, Schema
from market.tables.run import derived

if TYPE_CHECKING:
    from market.tables.run import Run

REPLAY = Schema(
    "replay",
    "Models that a supply table lists, as far as their books go: a replay, not accounts. Empty where firms decide.",
    (
        Column("model", "", "its name", "str", "Model"),
        Column("firm", "", "who developed it", "str"),
        Column("revenue", "$", "what it sold in the simulation, hosts included", heading="Revenue"),
        Column("serving", "$", "cost of serving that", heading="Serving"),
        Column("serving_given", "", "whether its unit cost is of the table; else it is assumed", "bool"),
        Column("contribution", "$", "revenue − serving", heading="Contribution"),
        Column("training_low", "$", "least that its training cost; missing if unknown", heading="Training, least"),
        Column("training_high", "$", "most that its training cost; missing if unknown", heading="Training, most"),
        Column("result_low", "$", "contribution − training_high", heading="Result, least"),
        Column("result_high", "$", "contribution − training_low", heading="Result, most"),
    ),
)


@derived(REPLAY)
def replay(run: Run) -> pd.DataFrame:
    """Say of every listed model what is known of its books."""
    supply = run.scenario.supply
    if supply is None:
        return REPLAY.empty
    given = pd.DataFrame([one.model_dump() for one in supply.releases]).set_index("model")
    sold = run.models[run.models["model"].isin(given.index) & run.models["released"].notna()]
    rows = given.loc[sold["model"]]
    low, high = (
        rows[f"training_{end}"].astype("float64").fillna(rows["training"].astype("float64")).to_numpy(float)
        for end in ("low", "high")
    )
    contribution = sold["contribution"].to_numpy(float)
    return REPLAY.frame(
        {
            "model": sold["model"], "firm": sold["firm"], "revenue": sold["revenue"], "serving": sold["serving"],
            "serving_given": rows["unit_cost"].notna().to_numpy(bool), "contribution": contribution,
            "training_low": low, "training_high": high,
            "result_low": contribution - high, "result_high": contribution - low,
        }
    )  # fmt: skip
