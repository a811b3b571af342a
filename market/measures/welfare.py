"""Who gains by year: customers' surplus, what firms earn before and after R&D, and the sum."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from market.calendar import year_of
from market.measures.forms import years


def welfare(segments: pd.DataFrame, companies: pd.DataFrame, dates: Sequence[str]) -> pd.DataFrame:
    """Consumer surplus, R&D and total welfare by calendar year, in dollars.

    Parameters
    ----------
    segments, companies : tables of a run, companies by year, open providers and hosts included.
    dates : calendar month of each simulated month, such as "2023-01".

    Returns
    -------
    DataFrame
        year; months, how many of the year are simulated (sums of fewer than 12 are not a year's); consumer_surplus,
        which is dollars over buying nothing, switching costs left out; contribution, overhead,
        rd (training and research) and result of all firms together; total = consumer_surplus + result. Funding moves
        money and adds nothing. In years before month 0, when only early R&D is booked, surplus and total are NaN.
    """
    firms = companies.groupby("year")[["contribution", "overhead", "training", "research", "result"]].sum()
    simulated = pd.Series([year_of(date) for date in dates], dtype="int64").value_counts()
    surplus = segments.groupby(years(segments["month"], dates))["surplus"].sum()
    table = pd.DataFrame({"consumer_surplus": surplus.reindex(firms.index)})
    table.insert(0, "months", simulated.reindex(firms.index, fill_value=0))
    table["contribution"] = firms["contribution"]
    table["overhead"] = firms["overhead"]
    table["rd"] = firms["training"] + firms["research"]
    table["result"] = firms["result"]
    table["total"] = table["consumer_surplus"] + table["result"]
    return table.reset_index()
