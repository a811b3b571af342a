"""The life of one model, gathered: who made it for what, when it led, who overtook it, who took its customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from market.accounts import attribution
from market.accounts.counterparties import counterparties, takers
from market.accounts.ledger import HOSTS, Account
from market.parameters import InputError, unknown
from market.tables import Run


@dataclass(frozen=True)
class Event:
    """Another model and the month in which it mattered."""

    month: int
    model: str
    capability: float


@dataclass(frozen=True)
class Life:
    """What is known of a model's life. Money in dollars, months as indices.

    Attributes
    ----------
    facts : its row of the table of models.
    reigns : first and last month of each spell at the frontier, ties included.
    overtaken : the first model of another firm that was more capable while this one was on sale.
    successor : its developer's next release of its tier.
    failed : month in which its developer failed, if it did.
    first : first month in which it was on sale on record; None if it never was.
    takers : as `market.accounts.counterparties.takers`.
    ledger, research : its ledger rows; its developer's RESEARCH, of each month by what was being trained then.
    flows : as `market.accounts.counterparties.counterparties`; empty if it was never on sale.
    family, releases : of a base with updates or tiers its row of the table of families, and the family's releases; of
        any other model None, and empty.
    """

    facts: pd.Series
    reigns: tuple[tuple[int, int], ...]
    overtaken: Event | None
    successor: Event | None
    failed: int | None
    first: int | None
    takers: pd.DataFrame
    ledger: pd.DataFrame
    research: pd.DataFrame
    flows: pd.DataFrame
    family: pd.Series | None
    releases: pd.DataFrame

    @property
    def sold(self) -> bool:
        """Whether it was ever on sale."""
        return not self.flows.empty

    def causes(self, prefix: str) -> pd.Series:
        """Parts of its peak ("gained_from_" and "gained_by_", given "gained_") or of what it lost ("lost_to_")."""
        causes = self.facts[[name for name in self.facts.index if str(name).startswith(prefix)]].astype(float)
        return causes.set_axis(
            [name.removeprefix(prefix).removeprefix("from_").removeprefix("by_") for name in causes.index]
        )


def life(run: Run, model: str) -> Life:
    """Gather the life of a model from a run's tables.

    Raises
    ------
    InputError
        If there is no such model; the line gives the nearest name.
    """
    models = run.models
    if model not in set(models["model"]):
        raise InputError(unknown("model", model, models["model"]))
    facts = models[models["model"] == model].iloc[0]
    ledger = run.ledger[run.ledger["model"] == model]
    spent = (run.ledger["firm"] == facts["firm"]) & (run.ledger["account"] == Account.RESEARCH.value)
    offers = run.offers[run.offers["firm"] != HOSTS]
    own = offers[offers["model"] == model]
    rows = counterparties(run.flows, run.offers, models, model) if len(own) else pd.DataFrame()
    larger = int((models["family"] == model).sum()) > 1
    return Life(
        facts=facts,
        reigns=_reigns(offers, own),
        overtaken=_overtaken(offers, own),
        successor=_successor(models, facts),
        failed=run.failed.get(facts["firm"]),
        first=int(own["month"].min()) if len(own) else None,
        takers=takers(rows) if len(own) else pd.DataFrame(),
        ledger=ledger.reset_index(drop=True),
        research=run.ledger[spent].reset_index(drop=True),
        flows=rows,
        family=run.families[run.families["family"] == model].iloc[0] if larger else None,
        releases=run.releases[run.releases["family"] == model] if larger else pd.DataFrame(),
    )


def largest_complete(run: Run) -> str | None:
    """Name the model of a lab that sold most, of those whose life is complete.

    One whose life is not complete where there is none; None where no lab's model was ever on sale.
    """
    sold = run.models[~run.models["open_weights"] & (run.models["months_on_sale"] > 0)]
    sold = sold.sort_values(["complete", "revenue"], kind="stable")
    return str(sold["model"].iloc[-1]) if len(sold) else None


def carried(run: Run, of: Life) -> pd.DataFrame:
    """What a model sold month by month, and what it has lost since its peak, net, by who took it.

    Returns
    -------
    DataFrame
        Month as index, while it was on sale; revenue, then a column per cause, dollars a month. After the peak revenue
        and all causes add up to the peak in every month; a cause below 0 has brought revenue.
    """
    own = run.offers[run.offers["model"] == of.facts["model"]].groupby("month")["revenue"].sum()
    since = of.flows[of.flows["month"] > int(of.facts["peak_month"])]
    lost = since.pivot_table(index="month", columns="cause", values="amount", aggfunc="sum", fill_value=0.0)
    lost = -lost.reindex(index=own.index, columns=list(attribution.CAUSES), fill_value=0.0).cumsum() + 0.0
    table: pd.DataFrame = pd.concat([own.rename("revenue"), lost], axis=1)
    return table


def _reigns(offers: pd.DataFrame, own: pd.DataFrame) -> tuple[tuple[int, int], ...]:
    """Spells in which no model on sale was more capable."""
    best = offers.groupby("month")["capability"].max()
    led = own["month"].to_numpy()[own["capability"].to_numpy() >= best.reindex(own["month"]).to_numpy()]
    spells = np.split(led, np.flatnonzero(np.diff(led) > 1) + 1) if len(led) else []
    return tuple((int(spell[0]), int(spell[-1])) for spell in spells)


def _overtaken(offers: pd.DataFrame, own: pd.DataFrame) -> Event | None:
    if own.empty:
        return None
    rivals = offers[(offers["firm"] != own["firm"].iloc[0]) & offers["month"].isin(own["month"])]
    above = rivals[rivals["capability"] > own["capability"].iloc[0]]
    if above.empty:
        return None
    first = above[above["month"] == above["month"].min()].sort_values("capability").iloc[-1]
    return Event(int(first["month"]), str(first["model"]), float(first["capability"]))


def _successor(models: pd.DataFrame, facts: pd.Series) -> Event | None:
    same = (models["firm"] == facts["firm"]) & (models["line"] == facts["line"]) & models["released"].notna()
    order = ["generation", "update"]
    newer = (models["generation"] == facts["generation"]) & (models["update"] > facts["update"])
    later = models[same & (newer | (models["generation"] > facts["generation"]))].sort_values(order)
    if later.empty:
        return None
    first = later.iloc[0]
    return Event(int(first["released"]), str(first["model"]), float(first["capability"]))
