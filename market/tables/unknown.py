"""Where the books of a replay stop: what a table leaves unknown is missing in the P&Ls, not 0."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from market.scenario.schema import Scenario
from market.schemas import Columns

UNKNOWN = (
    "training", "own_training", "research", "own_research", "full_rd", "overhead", "result", "cost_per_revenue_dollar",
    "raised", "cash", "multiple", "payback_months",
)  # fmt: skip
"""How columns of P&Ls begin that training, or what goes with it, is part of."""


def without_unknown(table: pd.DataFrame, of: str, untold: Iterable[str]) -> pd.DataFrame:
    """A P&L that stops at contribution in the rows of which training is unknown.

    Parameters
    ----------
    table : P&L of companies, models, families or releases.
    of : its column that says whose P&L a row is.   untold : those of which training is unknown.
    """
    rows = table[of].isin(list(untold))
    if not rows.any():
        return table
    names = [name for name in map(str, table) if name.startswith(UNKNOWN)]
    return table.assign(**{name: table[name].where(~rows, np.nan) for name in names})


def untold_families(scenario: Scenario, facts: Columns) -> set[str]:
    """Families with a product whose training a table leaves unknown, by the name of their base."""
    told = zip(facts["model"], facts["family"], strict=True)
    return {str(family) for model, family in told if model in scenario.untold}
