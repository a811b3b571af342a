"""A run as data: its tables by name, made, saved and opened again.

A derived table is one decorated function; building, saving, opening, CSV, listings and the data dictionary find it::

    @derived(Schema("leaders", "Who leads.", (Column("month", "month", "…", "int64"), Column("firm", "", "…", "str"))))
    def leaders(run: Run) -> pd.DataFrame:
        return run.offers.loc[run.offers.groupby("month")["revenue"].idxmax(), ["month", "firm"]]
"""

from market.registry import import_all
from market.tables.opening import open_run
from market.tables.run import Run, derived

__all__ = ["Run", "derived", "open_run"]

import_all(__name__)
