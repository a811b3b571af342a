"""Outcomes of attribution: who took the revenue of labs' models, and whether they had paid back by then."""

from __future__ import annotations

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


def _succeeded_before(run: Tables, stakes: tuple[str, ...]) -> float:
    """Part of labs' flagships whose successor came before their contribution had covered some columns of costs."""
    rows = run.models[~run.models["open_weights"] & (run.models["line"] == "flagship")]
    rows = rows[(rows["released"] >= 0).fillna(False).astype(bool)].sort_values(["firm", "generation"])
    rows = rows.assign(succeeded=rows.groupby("firm")["released"].shift(-1)).dropna(subset=["succeeded"])
    sold = run.offers.merge(rows[["model", "succeeded"]], on="model")
    sold = sold[sold["month"] <= sold["succeeded"]]
    earned = (sold["revenue"] - sold["serving"]).groupby(sold["model"]).sum().reindex(rows["model"], fill_value=0.0)
    early = earned.to_numpy() < rows[list(stakes)].sum(axis=1).to_numpy()
    return float(early.mean()) if len(rows) else float("nan")


@on_request
def succeeded_before_payback(run: Tables) -> float:
    """Part of labs' flagships whose successor came before they had paid back their training (share)."""
    return _succeeded_before(run, ("training",))


@on_request
def succeeded_before_full_payback(run: Tables) -> float:
    """Part of labs' flagships whose successor came before they had paid back training and research (share)."""
    return _succeeded_before(run, ("training", "research"))
