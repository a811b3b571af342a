"""What other seeds give, where a run has been joined by such: the table `seeds_companies`."""

from __future__ import annotations

import pandas as pd

from market.calendar import YEAR
from market.tables import Run
from market.tables.beside import AS_IT_IS


def bands(run: Run, column: str) -> pd.DataFrame | None:
    """Lowest and highest amount of a column of the company P&L over the seeds, in the world of the run.

    Returns
    -------
    DataFrame or None
        firm, year, min, max, of whole years in business; None where no other seeds have joined the run.
    """
    seeds = run.tables.get("seeds_companies")
    if seeds is None or seeds.empty:
        return None
    rows = seeds[(seeds["world"] == AS_IT_IS) & (seeds["months"] == YEAR)]
    return rows.groupby(["firm", "year"], sort=False)[column].agg(["min", "max"]).reset_index()
