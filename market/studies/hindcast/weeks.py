"""What a hindcast is held against: a router's weekly list, and the real supply in each of its weeks.

The list has the nine or ten entries of most tokens; variants of a model count as the model. A model that is on sale and
not on the list sold something between nothing and the last entry's tokens: it is censored, and never counted as 0. A
preview that is on the list before its model's day of release counts as the model, which is on sale from that week on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from market import evidence
from market.economics.technology import FLAGSHIP
from market.parameters import InputError
from market.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

WEEK = pd.Timedelta(days=7)
FIT_UNTIL = pd.Timestamp("2025-06-30")
"""Last day of the data that anything is fitted to; what is later is forecast and held against the forecasts only."""


@dataclass(frozen=True, eq=False)
class Weeks:
    """T weeks of a router, and J models by release. Weeks before the first, numbered below 0, have supply only.

    Attributes
    ----------
    days : (T,) last day of each week.
    model, firm, tier : (J,) names.   open_weights : (J,).   capability : (J,) points.
    released : (J,) week of release.   predecessor : (J,) place of the model that it follows, −1 for none.
    tokens : (T, J) of what is on the list; NaN for what is not.
    least : (T,) tokens of the last entry of the list: what is not on it sold no more.
    launch : (J,) list price at release, $ per Mtok.   changes : (week, place, $ per Mtok), in order.
    unmatched : part of the list's tokens that belongs to no model with a price and a score.
    """

    days: pd.DatetimeIndex
    model: tuple[str, ...]
    firm: tuple[str, ...]
    tier: tuple[str, ...]
    open_weights: Flags
    capability: Floats
    released: Integers
    predecessor: Integers
    tokens: Floats
    least: Floats
    launch: Floats
    changes: tuple[tuple[int, int, float], ...]
    unmatched: float

    def on_sale(self, week: int) -> Integers:
        """Places of the models on sale in a week: nobody knows of withdrawals."""
        return np.flatnonzero(self.released <= week)

    def prices(self, week: int) -> Floats:
        """List prices of a week, (J,), $ per Mtok."""
        price = self.launch.copy()
        for since, place, changed in self.changes:
            if since <= week:
                price[place] = changed
        return price

    @cached_property
    def shares(self) -> Floats:
        """Shares of the list's tokens, (T, J); NaN for what is not on it."""
        return np.asarray(self.tokens / np.nansum(self.tokens, axis=1, keepdims=True))

    @cached_property
    def end_of_list(self) -> Floats:
        """Share of the last entry, (T,): what is not on the list has no more."""
        return np.asarray(self.least / np.nansum(self.tokens, axis=1))

    @cached_property
    def firms(self) -> list[str]:
        """Firms, in the order of their names."""
        return sorted(set(self.firm))

    @cached_property
    def authors(self) -> Integers:
        """Place of each model's firm among `firms`, (J,)."""
        return np.array([self.firms.index(one) for one in self.firm])

    @property
    def last_fitted(self) -> int:
        """Last week of which the data may be fitted to."""
        return int(np.flatnonzero(self.days <= FIT_UNTIL)[-1])

    def until(self, week: int) -> Weeks:
        """The same with nothing after a week: what is fitted is given this, and so cannot see more."""
        kept = np.flatnonzero(self.released <= week)
        place = {int(was): now for now, was in enumerate(kept)}
        names: dict[str, Any] = {
            name: tuple(getattr(self, name)[at] for at in kept) for name in ("model", "firm", "tier")
        }
        facts = {name: getattr(self, name)[kept] for name in ("open_weights", "capability", "released", "launch")}
        return replace(
            self,
            **names,
            **facts,
            days=self.days[: week + 1],
            predecessor=np.array([place.get(int(one), -1) for one in self.predecessor[kept]], np.int64),
            tokens=self.tokens[: week + 1, kept],
            least=self.least[: week + 1],
            changes=tuple(
                (since, place[at], cost) for since, at, cost in self.changes if since <= week and at in place
            ),
        )


def router_weeks(scenario: Scenario) -> Weeks:
    """The router's weeks with the supply of a scenario, by calendar days.

    Raises
    ------
    InputError
        If the scenario has no supply table, or none of its models is on the router's list.
    """
    supply = scenario.supply
    if supply is None:
        raise InputError(f"{scenario.name}: has no supply table; a hindcast needs one, as the scenario history has")
    listed, unmatched = _listed([one.model for one in supply.releases])
    days = pd.DatetimeIndex(sorted(listed["period_end"].unique()))
    rows = sorted(supply.releases, key=lambda one: (one.released, one.model))
    places = {one.model: place for place, one in enumerate(rows)}
    tokens = np.full((len(days), len(rows)), np.nan)
    for day, model, amount in listed.groupby(["period_end", "model"])["tokens"].sum().reset_index().to_numpy():
        tokens[days.get_loc(day), places[model]] = amount / 1e6
    released = np.array([_week(one.released, days[0]) for one in rows])
    seen = np.where(np.isnan(tokens), len(days), np.arange(len(days))[:, None]).min(axis=0)
    changes = sorted((_week(one.date, days[0]), places[one.model], one.price) for one in supply.prices)
    return Weeks(
        days,
        tuple(one.model for one in rows),
        tuple(one.firm for one in rows),
        tuple(one.tier or FLAGSHIP for one in rows),
        np.array([one.open_weights for one in rows]),
        np.array([supply.points(one) for one in rows]),
        np.minimum(released, seen),  # a preview is on the list before the day of its release
        np.array([places.get(one.predecessor or "", -1) for one in rows]),
        tokens,
        listed.groupby("period_end")["last"].first().loc[days].to_numpy(float) / 1e6,
        np.array([one.price for one in rows]),
        tuple(changes),
        unmatched,
    )


def _listed(models: list[str]) -> tuple[pd.DataFrame, float]:
    """Rows of the list that are of some models, with the last entry's tokens; and the part of tokens of all others."""
    table = evidence.load("token_shares")
    names = evidence.load("router_models").set_index("entity")["model"]
    table["model"] = table["entity"].str.split(":").str[0].map(names)
    table["last"] = table.groupby("period_end")["tokens"].transform("min")
    known = table[table["model"].isin(models)]
    if known.empty:
        raise InputError("supply: none of its models is on the router's list; names: router_models.csv")
    return known, 1 - float(known["tokens"].sum()) / float(table["tokens"].sum())


def _week(day: str, first: pd.Timestamp) -> int:
    """Number of the week that a day is in; week 0 ends on `first`."""
    return -int((first - pd.Timestamp(day)) // WEEK)
