"""The simulated market beside the real one: moments against their bands, and the revenue of real labs."""

from __future__ import annotations

import pandas as pd

from market import evidence
from market.measures.outcomes import compute
from market.tables import Run

REAL_LABS = {
    "OpenAI_annualised_revenue": "OpenAI", "Anthropic_annualised_revenue": "Anthropic",
}  # fmt: skip
"""Rows of ``calibration.csv`` that hold a lab's annualised revenue on some day, $bn."""


PROVENANCE = ("rank", "published", "ours", "estimator", "grade", "source")
"""Columns of ``targets.csv`` that say where a target comes from."""


def against_evidence(run: Run) -> pd.DataFrame:
    """Every moment of ``targets.csv`` as the run has it, and where that lies in its band.

    Returns
    -------
    DataFrame
        moment, definition, value, target, low, high, unit, period; fitted, whether a calibration may use it, or it is
        held out; place, where the value lies between low (0) and high (1), and target_place; inside, whether within the
        band. Moments that the run has no number for are left out.
    """
    targets = evidence.load("targets")
    found = compute(run, targets["moment"])
    table = targets.assign(value=[found[moment] for moment in targets["moment"]]).dropna(subset=["value"])
    width = table["high"] - table["low"]
    table = table.assign(
        place=(table["value"] - table["low"]) / width,
        target_place=(table["target"] - table["low"]) / width,
        inside=table["value"].between(table["low"], table["high"]),
    )
    kept: pd.DataFrame = table.drop(columns=list(PROVENANCE)).reset_index(drop=True)
    return kept


def real_revenue() -> pd.DataFrame:
    """Annualised revenue of real labs on record: firm, day (the first of the month), revenue ($ a year)."""
    rows = evidence.load("calibration")
    rows = rows[rows["parameter"].isin(REAL_LABS)]
    said = rows["period"].str.replace("end ", "Dec ")
    return pd.DataFrame(
        {
            "firm": rows["parameter"].map(REAL_LABS),
            "day": pd.to_datetime(said, format="%b %Y"),
            "revenue": rows["value"].astype("float64") * 1e9,
        }
    ).reset_index(drop=True)
