"""Outcomes of attribution: who took the revenue of labs' models, and whether they had paid back by then."""

from __future__ import annotations

import pandas as pd

from market.measures.outcomes import Tables, on_request
from market.measures.readings import complete_lives

TAKERS = ("own_newer", "own_older", "rival_closed", "open")
"""Classes that are models."""


def _part(run: Tables, takers: tuple[str, ...]) -> float:
    """Part of what complete lives lost net to other models, in dollars below the peak, that went to some classes."""
    lost = complete_lives(run.models)[[f"lost_to_{name}" for name in TAKERS]].sum()
    whole = float(lost.sum())
    return float(lost[[f"lost_to_{name}" for name in takers]].sum()) / whole if whole > 0 else float("nan")


@on_request
def lost_to_own_newer(run: Tables) -> float:
    """Part of what labs' flagships lose to other models that own newer generations take, complete lives (share)."""
    return _part(run, ("own_newer",))


@on_request
def lost_to_rivals(run: Tables) -> float:
    """Part of what labs' flagships lose to other models that rivals' closed ones take, complete lives (share)."""
    return _part(run, ("rival_closed",))


@on_request
def lost_to_open(run: Tables) -> float:
    """Part of what labs' flagships lose to other models that open ones take, complete lives (share)."""
    return _part(run, ("open",))


@on_request
def gross_over_net(run: Tables) -> float:
    """Gross turnover over net losses to other models, labs' flagships, complete lives (x)."""
    lives = complete_lives(run.models)
    net = float(lives[[f"lost_to_{name}" for name in TAKERS]].sum().sum())
    return float(lives["gross_turnover"].sum()) / net if net > 0 else float("nan")


@on_request
def succeeded_before_payback(run: Tables) -> float:
    """Part of labs' flagships whose successor came before they had paid back their training (share)."""
    rows = run.models[~run.models["open_weights"] & (run.models["line"] == "flagship")]
    rows = rows[(rows["released"] >= 0).fillna(False).astype(bool)].sort_values(["firm", "generation"])
    until = (rows.groupby("firm")["released"].shift(-1) - rows["released"]).astype("Float64")
    known = rows[until.notna()]
    early = known["payback_months"].isna() | (known["payback_months"] > until[until.notna()].astype(float))
    return float(pd.Series(early).mean()) if len(known) else float("nan")
