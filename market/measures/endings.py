"""How it ends for labs: when a limit of technology is reached, what is still lost then, and when profits stay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.measures.claims import by_year
from market.measures.outcomes import Tables


def limit_reached(run: Tables) -> int | None:
    """Month in which a lab's model comes out that has the largest cost or the highest capability there can be."""
    technology, models = run.scenario.technology, run.models[run.models["firm"].isin(run.scenario.labs)]
    held = pd.Series(False, index=models.index)
    if technology.largest_run is not None:  # a run may cost more before labs know; the cent is for rounding
        held |= models["training"] >= technology.largest_run - 0.01
    if technology.capability_ceiling is not None:
        held |= models["capability"] >= technology.capability_ceiling
    months = models.loc[held, "released"].dropna()
    return int(months.min()) if len(months) else None


def still_lost(results: pd.Series, month: int) -> tuple[float, int]:
    """What is lost from a month on until the worst is over, and for how many months.

    Parameters
    ----------
    results : result by month, dollars.

    Returns
    -------
    tuple
        The depth of the trough of the cumulated result, dollars, 0 if there is none, and the months until then.
    """
    since = results[results.index >= month].cumsum()
    if since.empty or since.min() >= 0:
        return 0.0, 0
    return -float(since.min()), int(np.argmin(since)) + 1


def lasting_profits(run: Tables) -> pd.DataFrame:
    """When each lab turns a profit for good, and what that took.

    Returns
    -------
    DataFrame
        firm; year, the first calendar year from which every year of the record is in profit (NaN if there is none: the
        last one is not); funding, dollars it took in before that year, in cash and in kind, before the start included.
    """
    positive = by_year(run, "result") > 0
    rows = []
    for firm, years in positive.iterrows():
        unbroken = years[::-1].cummin()[::-1].to_numpy(bool)
        first = float(positive.columns.to_numpy()[unbroken.argmax()]) if unbroken.any() else np.nan
        paid = run.companies[(run.companies["firm"] == firm) & (run.companies["year"] < first)]
        rows.append((firm, first, float(paid["raised"].sum()) if unbroken.any() else np.nan))
    return pd.DataFrame(rows, columns=["firm", "year", "funding"])
