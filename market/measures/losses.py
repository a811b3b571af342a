"""Outcomes of attribution: who took the revenue of labs' models, and whether they had paid back by then."""

from __future__ import annotations

from market.calendar import Period
from market.measures.outcomes import SHARE, lives, outcome, within
from market.measures.readings import flagships
from market.tables import Run

TAKERS = ("own_newer", "own_older", "rival_closed", "open")
"""Classes that are models."""


def _part(run: Run, period: Period, takers: tuple[str, ...]) -> float:
    """Part of what complete lives lost net to other models, in dollars below the peak, that went to some classes."""
    lost = lives(run, period)[[f"lost_to_{name}" for name in TAKERS]].sum()
    whole = float(lost.sum())
    return float(lost[[f"lost_to_{name}" for name in takers]].sum()) / whole if whole > 0 else float("nan")


@outcome(unit="ratio", on_request=True)
def lost_to_own_newer(run: Run, period: Period) -> float:
    """Part of what labs' flagships lose to other models that own newer generations take, complete lives."""
    return _part(run, period, ("own_newer",))


@outcome(unit="ratio", on_request=True)
def lost_to_rivals(run: Run, period: Period) -> float:
    """Part of what labs' flagships lose to other models that rivals' closed ones take, complete lives."""
    return _part(run, period, ("rival_closed",))


@outcome(unit="ratio", on_request=True)
def lost_to_open(run: Run, period: Period) -> float:
    """Part of what labs' flagships lose to other models that open ones take, complete lives."""
    return _part(run, period, ("open",))


@outcome(unit="x", on_request=True)
def gross_over_net(run: Run, period: Period) -> float:
    """Gross turnover over net losses to other models, labs' flagships, complete lives."""
    complete = lives(run, period)
    net = float(complete[[f"lost_to_{name}" for name in TAKERS]].sum().sum())
    return float(complete["gross_turnover"].sum()) / net if net > 0 else float("nan")


def _succeeded_before(run: Run, period: Period, stakes: tuple[str, ...]) -> float:
    """Share of labs' flagships whose successor came before their contribution had covered some columns of costs."""
    rows = flagships(run.models)
    rows = rows[(rows["released"] >= 0).fillna(False).astype(bool)].sort_values(["firm", "generation"])
    rows = rows.assign(succeeded=rows.groupby("firm")["released"].shift(-1)).dropna(subset=["succeeded"])
    rows = within(rows, period, "released")
    sold = run.offers.merge(rows[["model", "succeeded"]], on="model")
    sold = sold[sold["month"] <= sold["succeeded"]]
    earned = (sold["revenue"] - sold["serving"]).groupby(sold["model"]).sum().reindex(rows["model"], fill_value=0.0)
    early = earned.to_numpy() < rows[list(stakes)].sum(axis=1).to_numpy()
    return float(early.mean()) if len(rows) else float("nan")


@outcome(unit=SHARE, on_request=True)
def succeeded_before_payback(run: Run, period: Period) -> float:
    """Share of labs' flagships whose successor came before they had paid back their training."""
    return _succeeded_before(run, period, ("training",))


@outcome(unit=SHARE, on_request=True)
def succeeded_before_full_payback(run: Run, period: Period) -> float:
    """Share of labs' flagships whose successor came before they had paid back training and research."""
    return _succeeded_before(run, period, ("training", "research"))
