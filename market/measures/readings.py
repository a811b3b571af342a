"""The two readings of the same cash in a few numbers: companies by year, and complete lives of models (design §1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Readings:
    """Both readings for the closed labs of a run.

    Attributes
    ----------
    firms : number of labs.   deeper : labs whose result in `last`, or when they failed, is below that in `first`.
    first, last : the years compared; results in dollars, all labs together.
    lives : complete lives of flagship models.   left_out : models that are unfinished or were opened before the start.
    back, back_full : complete lives whose multiple is at least 1, on training and on full R&D.
    multiple, multiple_full : geometric means over complete lives; NaN if there are none or one earned nothing.
    """

    firms: int
    deeper: int
    first: int
    last: int
    first_result: float
    last_result: float
    lives: int
    left_out: int
    back: int
    back_full: int
    multiple: float
    multiple_full: float


def complete_lives(models: pd.DataFrame) -> pd.DataFrame:
    """Flagship models of closed labs that were released and retired within the run."""
    return models[~models["open_weights"] & (models["line"] == "flagship") & models["complete"]]


def geometric_mean(values: pd.Series) -> float:
    """Geometric mean, exp of the mean log; NaN if there are no values or one is not positive."""
    if values.empty or not (values > 0).all():
        return float("nan")
    return float(np.exp(np.log(values).mean()))


def ratio_of_sums(rows: pd.DataFrame, top: str, bottom: str) -> float:
    """Sum of one column over the sum of another; NaN if the lower one is nothing."""
    whole = float(rows[bottom].sum())
    return float(rows[top].sum()) / whole if whole > 0 else float("nan")


def last_in_business(results: pd.DataFrame) -> pd.Series:
    """Each firm's result in the last year in which it booked anything; `results`: a row per firm, a column per year."""
    return results.replace(0.0, np.nan).ffill(axis=1).iloc[:, -1].fillna(0.0)


def two_readings(companies: pd.DataFrame, models: pd.DataFrame, first: int) -> Readings | None:
    """Summarise both books for the closed labs; None if no lab has booked anything.

    Parameters
    ----------
    companies : the company P&L by year.   models : the model P&L.
    first : first calendar year to compare; earlier ones hold only what was spent before the start.
    """
    closed = models[~models["open_weights"]]
    labs = companies[companies["firm"].isin(closed["firm"].unique()) & (companies["year"] >= first)]
    results = labs.pivot_table(index="firm", columns="year", values="result", aggfunc="sum")
    years = list(results.columns)
    if not years:
        return None
    lives = complete_lives(models)
    flagships = closed[closed["line"] == "flagship"]
    return Readings(
        firms=len(results),
        deeper=int((last_in_business(results) < results[years[0]]).sum()),
        first=int(years[0]),
        last=int(years[-1]),
        first_result=float(results[years[0]].sum()),
        last_result=float(results[years[-1]].sum()),
        lives=len(lives),
        left_out=len(flagships) - len(lives),
        back=int((lives["multiple"] >= 1).sum()),
        back_full=int((lives["multiple_full_rd"] >= 1).sum()),
        multiple=geometric_mean(lives["multiple"]),
        multiple_full=geometric_mean(lives["multiple_full_rd"]),
    )
