"""How well the evidence knows a moment of the real market: quantiles over models drawn anew with replacement."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from market.calendar import Calendar, Period
from market.economics import luck
from market.measures import forms
from market.measures.moments import MEASURES
from market.measures.record import Record, real

RESAMPLES = 400
ENDS = (0.05, 0.95)
"""Quantiles that a band reaches from and to, as in ``targets.csv``."""


class Band(NamedTuple):
    """A figure, and the quantiles `ENDS` of it."""

    target: float
    low: float
    high: float


def band(moment: str, period: str, resamples: int = RESAMPLES, seed: int = 1) -> Band:
    """A moment of the real market over a period, mean over the scores of capability, with its band (Efron 1979).

    The band is over both scores together. It holds for moments that read releases and what was on sale; drawing models
    anew leaves nothing of pairs of a model and its successor.

    Parameters
    ----------
    moment : of `market.measures.moments.MEASURES`.   period : such as "2023:2024".
    resamples : how often models are drawn anew.   seed : of the draws.
    """
    months = Calendar(forms.START[:7], 36).period(period)
    measure, records = MEASURES[moment], [known_by(real(score), months) for score in forms.SCORES]
    found = [measure(drawn_anew(record, seed, place), months) for record in records for place in range(resamples)]
    low, high = np.nanquantile(found, ENDS)
    return Band(float(np.mean([measure(record, months) for record in records])), float(low), float(high))


def known_by(record: Record, period: Period) -> Record:
    """What of a record was known at the end of a period."""
    return replace(
        record,
        releases=record.releases[record.releases["released"] < period.until],
        on_sale=record.on_sale[record.on_sale["month"] < period.until],
    )


def drawn_anew(record: Record, seed: int, place: int) -> Record:
    """As many models as a record has, drawn from it with replacement; one that is drawn again is another model."""
    models = record.releases["model"].to_numpy()
    places = (luck.uniforms(len(models), seed, "models drawn anew", place) * len(models)).astype(int)
    chosen = pd.DataFrame({"model": models[places]})
    chosen["copy"] = chosen.groupby("model").cumcount().astype(str)
    return replace(
        record, releases=_copies(record.releases, chosen).sort_values("released", kind="stable", ignore_index=True),
        on_sale=_copies(record.on_sale, chosen),
    )  # fmt: skip


def _copies(rows: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Rows of chosen models, under a name for each copy."""
    table = chosen.merge(rows, on="model")
    return table.assign(model=table["model"] + " " + table["copy"]).drop(columns="copy")
