"""Who bears research: what is trained meanwhile, as the books have it, or the base that comes of it.

The books allocate a month's research to what its firm trains in that month, and between two runs to the last base
(`market.accounts.pnl.research_by_calendar`). It may as well be said to be for the base that is released next. Both
readings distribute the same dollars; where costs grow, the second leaves less to those whose lives are complete.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.accounts.ledger import Account
from market.calendar import Period
from market.measures.outcomes import lives, outcome
from market.measures.readings import closed
from market.tables import Run


def borne_by_the_next(run: Run) -> pd.Series:
    """Research of the labs by the family whose base is released next, in dollars, by family.

    Without a next release a month's research is for a base that is still to come, and is left out.
    """
    rows = run.postings
    spent = rows.where(rows.on(Account.RESEARCH))
    borne = {}
    of_labs = closed(run.families)
    for firm, own in of_labs[of_labs["released"].notna()].groupby("firm"):
        order = own.sort_values("released", kind="stable")
        mine = spent.where(spent.by([str(firm)]))
        place = np.searchsorted(order["released"].to_numpy(float), mine.month, side="right")
        for at, family in enumerate(order["family"]):
            borne[str(family)] = float(-mine.amount[place == at].sum())
    return pd.Series(borne, dtype=float)


@outcome(unit="x", level=1.0)
def multiple_full_rd_next(run: Run, period: Period) -> float:
    """The multiple on full R&D, each month's research borne by the base that its lab releases next."""
    complete = lives(run, period)
    full = float(complete["training"].sum() + borne_by_the_next(run).reindex(complete["family"]).sum())
    return float(complete["contribution"].sum()) / full if full > 0 else float("nan")
