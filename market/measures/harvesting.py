"""Invest in customers, then harvest them: what closed models cost at launch, and margins early and late in their lives.

Where customers are dear to win back a low price at launch buys months of use (Farrell and Klemperer 2007): a launch is
then cheaper, and the margin lower in a model's first months than later. Models that opened the market count in neither.
"""

from __future__ import annotations

import pandas as pd

from market.calendar import Period
from market.measures.markups import closed_models
from market.measures.outcomes import outcome, within
from market.tables import Run

EARLY = 3
"""Months of a model's life that are early, that of its release included."""


def _aged(run: Run, period: Period) -> pd.DataFrame:
    """Closed models released after month 0, by month of a period, with their log markup and age in months."""
    rows = within(closed_models(run.offers), period)
    born = rows["model"].map(run.models.set_index("model")["released"]).astype("float64")
    aged: pd.DataFrame = rows.assign(age=rows["month"] - born)[born > 0]
    return aged


def _margin(rows: pd.DataFrame) -> float:
    """Contribution over revenue of some rows together."""
    revenue = float(rows["revenue"].sum())
    return 1 - float(rows["serving"].sum()) / revenue if revenue > 0 else float("nan")


@outcome(unit="log points", on_request=True)
def launch_markup(run: Run, period: Period) -> float:
    """Log price over unit cost of closed models in the month of their release, mean over models; after month 0."""
    rows = _aged(run, period)
    return float(rows.loc[rows["age"] == 0, "markup"].mean())


@outcome(unit="share of revenue", on_request=True)
def early_margin(run: Run, period: Period) -> float:
    """Gross margin of closed models in the first three months of their lives, of those released after month 0."""
    rows = _aged(run, period)
    return _margin(rows[rows["age"] < EARLY])


@outcome(unit="share of revenue", on_request=True)
def later_margin(run: Run, period: Period) -> float:
    """Gross margin of closed models from the fourth month of their lives on, of those released after month 0."""
    rows = _aged(run, period)
    return _margin(rows[rows["age"] >= EARLY])
