"""How far open weights are behind: every new open record, and how old the closed frontier was that it reached.

And the same seen from a closed model: how long until open weights have reached it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.measures.forms import releases_of_run
from market.tables import Run


def open_records(releases: pd.DataFrame) -> pd.DataFrame:
    """Every release that made the best open model better, one record per release date: the best of that day.

    Parameters
    ----------
    releases : the form `releases`; models without a capability are left out.

    Returns
    -------
    DataFrame
        model, released, year, capability; closed_model, the first closed model at or above it that was released by
        then, and lag_months, its age; gap, the best closed capability by then less the record's. A record above
        everything closed has a lag of 0 and no closed_model; one before any closed model has NaN.
    """
    known = releases.dropna(subset=["capability"]).astype({"capability": "float64"})
    closed = known[~known["open_weights"]].sort_values("released", kind="stable")
    day_best = known[known["open_weights"]].sort_values(["released", "capability"], kind="stable")
    day_best = day_best.groupby("released", as_index=False).last()
    record = day_best["capability"] > day_best["capability"].cummax().shift(fill_value=-np.inf)
    table = day_best.loc[record, ["model", "released", "year", "capability"]].reset_index(drop=True)
    records = zip(table["released"], table["capability"], strict=True)
    reached = [_reached(closed, released, capability) for released, capability in records]
    parts = pd.DataFrame(reached, columns=["closed_model", "lag_months", "gap"])
    return table.join(parts.astype({"closed_model": "str", "lag_months": "float64", "gap": "float64"}))


def open_lag_months(releases: pd.DataFrame, first: float = -np.inf, last: float = np.inf) -> float:
    """Age in months of the first closed model at or above each new open record, median over the records.

    Parameters
    ----------
    releases : the form `releases`.
    first, last : calendar years of the records, both included.
    """
    records = open_records(releases)
    return float(records.loc[records["year"].between(first, last), "lag_months"].median())


def parity(releases: pd.DataFrame) -> pd.DataFrame:
    """How long each closed model was better than everything open.

    Parameters
    ----------
    releases : the form `releases`; models without a capability are left out.

    Returns
    -------
    DataFrame
        model, released; months until an open model at or above it is on sale: 0 if one was there before, infinite if
        none came.
    """
    known = releases.dropna(subset=["capability"])
    opened = known[known["open_weights"]]
    table = known.loc[~known["open_weights"], ["model", "released"]].reset_index(drop=True)
    capability = known.loc[~known["open_weights"], "capability"]
    reached = [opened.loc[opened["capability"] >= points, "released"].min() for points in capability]
    waited = (pd.Series(reached, dtype="float64") - table["released"]).fillna(np.inf)
    return table.assign(months=waited.clip(lower=0.0))


def waits(run: Run) -> pd.Series:
    """Months for which each closed model of a run was better than everything open, by model; see `parity`."""
    table = parity(releases_of_run(run.models, run.scenario.start))
    return table.set_index("model")["months"].rename("equalled_after")


def life(run: Run, firm: str, month: int) -> dict[str, float]:
    """What the family comes to that a firm starts in a month, if its life is complete; when its base is equalled."""
    rows = run.families[(run.families["firm"] == firm) & (run.families["started"] == month) & run.families["complete"]]
    money = ["training", "revenue", "contribution", "multiple", "multiple_full_rd"]
    facts = rows.set_index("family")[[*money, "payback_months", "months_at_frontier"]].astype("float64")
    return {str(name): float(value) for name, value in facts.join(waits(run)).mean().items()}


def _reached(closed: pd.DataFrame, released: float, capability: float) -> tuple[str | None, float, float]:
    """The first closed model at or above a capability by a month, its age then, and the best closed one's lead."""
    by_then = closed[closed["released"] <= released]
    if by_then.empty:
        return None, float("nan"), float("nan")
    gap = float(by_then["capability"].max() - capability)
    above = by_then[by_then["capability"] >= capability]
    if above.empty:
        return None, 0.0, gap
    return str(above["model"].iloc[0]), float(released - above["released"].iloc[0]), gap
