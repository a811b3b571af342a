"""Outcomes of attribution: who took the revenue of labs' models, and whether they had paid back by then."""

from __future__ import annotations

from market.accounts.attribution import OWN
from market.calendar import Period
from market.measures.outcomes import SHARE, flagship_lives, outcome, within
from market.measures.readings import closed
from market.tables import Run

TAKERS = (*OWN, "rival_closed", "open")
"""Classes that are models."""

NEW = ("own_update", "own_tier", "own_next")
"""Those of the developer's own models that are no older than what they take from: what it takes from itself."""


def _part(run: Run, period: Period, takers: tuple[str, ...]) -> float:
    """Part of what complete lives lost net to other models, in dollars below the peak, that went to some classes."""
    lost = flagship_lives(run, period)[[f"lost_to_{name}" for name in TAKERS]].sum()
    whole = float(lost.sum())
    return float(lost[[f"lost_to_{name}" for name in takers]].sum()) / whole if whole > 0 else float("nan")


@outcome(unit="ratio", on_request=True)
def lost_to_own(run: Run, period: Period) -> float:
    """Part of what labs' flagships lose to other models that own updates, tiers and newer bases take, complete lives.

    What own older models take is no part of it, and is among the losses that it is a part of.
    """
    return _part(run, period, NEW)


@outcome(unit="ratio", on_request=True)
def lost_to_own_update(run: Run, period: Period) -> float:
    """Part of what labs' flagships lose to other models that newer flagships of their families take, complete lives."""
    return _part(run, period, ("own_update",))


@outcome(unit="ratio", on_request=True)
def lost_to_own_tier(run: Run, period: Period) -> float:
    """Part of what labs' flagships lose to other models that other tiers of their families take, complete lives."""
    return _part(run, period, ("own_tier",))


@outcome(unit="ratio", on_request=True)
def lost_to_own_next(run: Run, period: Period) -> float:
    """Part of what labs' flagships lose to other models that their developer's newer bases take, complete lives."""
    return _part(run, period, ("own_next",))


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
    complete = flagship_lives(run, period)
    net = float(complete[[f"lost_to_{name}" for name in TAKERS]].sum().sum())
    return float(complete["gross_turnover"].sum()) / net if net > 0 else float("nan")


def _succeeded_before(run: Run, period: Period, stakes: tuple[str, ...]) -> float:
    """Share of labs' families whose next base came before their contribution had covered some columns of costs."""
    rows = closed(run.families)
    rows = rows[(rows["released"] >= 0).fillna(False).astype(bool)].sort_values(["firm", "generation"])
    rows = rows.assign(succeeded=rows.groupby("firm")["released"].shift(-1)).dropna(subset=["succeeded"])
    rows = within(rows, period, "released")
    of = run.models.set_index("model")["family"]
    sold = run.offers.assign(family=run.offers["model"].map(of)).merge(rows[["family", "succeeded"]], on="family")
    sold = sold[sold["month"] <= sold["succeeded"]]
    earned = (sold["revenue"] - sold["serving"]).groupby(sold["family"]).sum().reindex(rows["family"], fill_value=0.0)
    early = earned.to_numpy() < rows[list(stakes)].sum(axis=1).to_numpy()
    return float(early.mean()) if len(rows) else float("nan")


@outcome(unit=SHARE, on_request=True)
def succeeded_before_payback(run: Run, period: Period) -> float:
    """Share of labs' families whose next base came before they had paid back their training."""
    return _succeeded_before(run, period, ("training",))


@outcome(unit=SHARE, on_request=True)
def succeeded_before_full_payback(run: Run, period: Period) -> float:
    """Share of labs' families whose next base came before they had paid back training and research."""
    return _succeeded_before(run, period, ("training", "research"))
