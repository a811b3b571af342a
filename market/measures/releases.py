"""Outcomes by release, which are bounds: nobody knows what an update owes to its base.

The base's cost is allocated to the releases of its family in three ways (`market.accounts.families`); each release is
judged by the one that is least favourable to it, and by the one that is most. Where no base has updates, both bounds
are the multiple of the family.
"""

from __future__ import annotations

import pandas as pd

from market.accounts.families import ALLOCATIONS
from market.calendar import Period
from market.measures.outcomes import SHARE, outcome, release_lives
from market.tables import Run


def costs(releases: pd.DataFrame, of: str) -> pd.DataFrame:
    """Least and most dollars that each release bears.

    Parameters
    ----------
    of : `training`, or `full_rd`.

    Returns
    -------
    DataFrame
        The index of the releases; low, high.
    """
    borne = releases[[f"{of}_{how}" for how in ALLOCATIONS]]
    return pd.DataFrame({"low": borne.min(axis=1), "high": borne.max(axis=1)})


def returned(releases: pd.DataFrame, bound: str, times: float = 1.0) -> pd.Series:
    """Whether each release returned so many times the training that it bears at least ("low"), or at most ("high").

    One that earned nothing did not, whatever it bears: by revenue it bears nothing of its base.
    """
    earned = releases["contribution"]
    return (earned > 0) & (earned >= times * costs(releases, "training")[bound])


def _pooled(run: Run, period: Period, of: str) -> list[float]:
    """Contribution of complete releases over what they bear at least, and at most, in order; a loss is worse on less.

    NaN where they bear nothing.
    """
    rows = release_lives(run, period)
    borne, contribution = costs(rows, of).sum().to_numpy(), float(rows["contribution"].sum())
    return sorted(contribution / cost for cost in borne if cost > 0) or [float("nan")]


def _profitable(run: Run, period: Period, bound: str) -> float:
    """Share of complete releases that returned the training that they bear at least, or at most."""
    return float(returned(release_lives(run, period), bound).mean())


@outcome(unit="x", level=1.0)
def release_multiple_low(run: Run, period: Period) -> float:
    """Contribution over training, labs' complete releases, each bearing as much of its base as any allocation says."""
    return _pooled(run, period, "training")[0]


@outcome(unit="x", level=1.0)
def release_multiple_high(run: Run, period: Period) -> float:
    """Contribution over training, labs' complete releases, each bearing as little of its base as any allocation."""
    return _pooled(run, period, "training")[-1]


@outcome(unit="x", level=1.0)
def release_multiple_full_rd_low(run: Run, period: Period) -> float:
    """The same over training and research, each bearing as much of its base as any allocation says."""
    return _pooled(run, period, "full_rd")[0]


@outcome(unit="x", level=1.0)
def release_multiple_full_rd_high(run: Run, period: Period) -> float:
    """The same over training and research, each bearing as little of its base as any allocation says."""
    return _pooled(run, period, "full_rd")[-1]


@outcome(unit="x", level=1.0, on_request=True)
def bases_multiple(run: Run, period: Period) -> float:
    """Contribution of labs' complete bases, without their updates, over training, each bearing the whole of its run."""
    rows = release_lives(run, period)
    bases = rows[rows["update"] == 0]
    borne = float(bases["training_first"].sum())
    return float(bases["contribution"].sum()) / borne if borne > 0 else float("nan")


@outcome(unit=SHARE)
def releases_profitable_low(run: Run, period: Period) -> float:
    """Share of labs' complete releases that return their training under every allocation of the base."""
    return _profitable(run, period, "high")


@outcome(unit=SHARE)
def releases_profitable_high(run: Run, period: Period) -> float:
    """Share of labs' complete releases that return their training under some allocation of the base."""
    return _profitable(run, period, "low")
