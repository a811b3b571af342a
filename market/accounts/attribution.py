"""Who took a model's revenue: net by class, month by month and over its life.

For every model j and month t, exactly, with R its revenue (the hosts' part of open models included):

    R_j(t) − R_j(t−1) = Σ_classes (joiners − leavers) + own price + volume + withdrawal

    leavers      what customers who left j for the class paid for j in t−1
    joiners      what customers who came to j from the class pay for j in t
    own price    (p_t − p_{t−1}) × tokens in t, over customers who stayed
    volume       p_{t−1} × (tokens in t − tokens in t−1), over customers who stayed
    withdrawal   the same as joiners − leavers, of customers whose model is withdrawn in t; they are in no class

A model is withdrawn in the first month in which it is no longer on sale. In that month the model withdrawn loses its
last revenue to `withdrawal`, wherever its customers go; a model that takes them in gains what they pay by `withdrawal`,
whoever withdrew the model. So a class holds customers who had the choice to stay, only. Flows are gross, these are net:
customers who wander between two unchanged models cancel out. Classes are seen from j:

    own_update    a newer release of the same family in the same tier
    own_tier      the same family in another tier, whatever the release
    own_next      anything of a newer base of its developer
    own_older     an older release of the same family and tier, or anything of an older base
    rival_closed, open    other firms' closed models, and their open ones
    outside, entry        no model; customers who enter the market
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from market.accounts.ledger import CENT
from market.accounts.sums import Flags, Floats, Integers
from market.schemas import Column, Columns, places

OWN = ("own_update", "own_tier", "own_next", "own_older")
"""Classes of the developer's own models."""

CLASSES = (*OWN, "rival_closed", "open", "outside", "entry")
CAUSES = (*CLASSES, "own_price", "volume", "withdrawal")
"""Every term of the identity, in the order of its columns."""

IN_WORDS = {
    "own_update": "own update", "own_tier": "own other tier", "own_next": "own next base",
    "own_older": "own older model", "rival_closed": "rival closed models", "open": "open models",
    "outside": "buying nothing", "entry": "customers entering", "own_price": "its own price",
    "volume": "volume of those who stayed", "withdrawal": "models withdrawn",
}  # fmt: skip
"""Causes in words."""

LIFE = (
    Column("peak_month", "month", "the one of its highest revenue", "Int64", later=True),
    Column("peak_revenue", "$ per month", "its highest revenue, hosts included", later=True),
    *(
        Column(
            f"gained_{'from' if cause in CLASSES else 'by'}_{cause}", "$ per month",
            f"part of its peak revenue that it owes to: {words}", later=True,
        )
        for cause, words in IN_WORDS.items()
    ),
    Column("below_peak", "$", "revenue less than at its peak, over the months on sale after it", later=True),
    *(
        Column(f"lost_to_{cause}", "$", f"part of `below_peak` that it owes to: {words}", later=True)
        for cause, words in IN_WORDS.items()
    ),
    Column("gross_turnover", "$", "what leavers alone carry below the peak, joiners not set against them", later=True),
    Column("revenue_withdrawn", "$ per month", "its last revenue, if it was withdrawn within the run", later=True),
)  # fmt: skip
"""What a model's life owes to each cause: the columns that `over_lives` adds."""

WITHDRAWAL = len(CAUSES) - 1
PLACES = ("outside", "entry")
"""Where customers can be besides a model, numbered after the models."""


@dataclass(frozen=True)
class Parts:
    """Terms of the identity as arrays of K models × T months (× causes), dollars a month.

    Attributes
    ----------
    models : (K,) names, as in the table of models.
    revenue, on_sale : (K, T), from `offers`, so the identity compares two tables.
    joined, left : (K, T, causes), joiners and leavers by class; price and volume changes are in `joined`, either sign.
    """

    models: tuple[str, ...]
    revenue: Floats
    on_sale: Flags
    joined: Floats
    left: Floats

    @property
    def net(self) -> Floats:
        """What each cause adds to revenue, (K, T, causes)."""
        return np.asarray(self.joined - self.left)

    @property
    def change(self) -> Floats:
        """Change of revenue on the month before, (K, T); before month 0 nothing was sold."""
        return np.diff(self.revenue, axis=1, prepend=0.0)

    @property
    def last(self) -> Integers:
        """Last month on sale, (K,); −1 if there is none."""
        months = self.on_sale.shape[1]
        return np.where(self.on_sale.any(axis=1), months - 1 - self.on_sale[:, ::-1].argmax(axis=1), -1)

    @property
    def peak(self) -> Integers:
        """Month on sale of the highest revenue, the first of several, (K,)."""
        return np.asarray(np.where(self.on_sale, self.revenue, -1.0).argmax(axis=1))

    @property
    def carried(self) -> Integers:
        """Months on sale in which a month's change still counts below the peak, (K, T); 0 up to the peak."""
        month, peak, last = np.arange(self.on_sale.shape[1])[None, :], self.peak[:, None], self.last[:, None]
        return np.where((month > peak) & (month <= last), last - month + 1, 0)

    def check(self) -> None:
        """Assert the identity to the cent for every model in every month.

        Raises
        ------
        AssertionError
            With the first model and month for which it fails.
        """
        gap = self.net.sum(axis=2) - self.change
        scale = np.abs(self.joined).sum(axis=2) + self.left.sum(axis=2) + self.revenue
        wrong = np.argwhere(np.abs(gap) > CENT + 1e-12 * scale)
        if len(wrong):
            model, month = wrong[0]
            raise AssertionError(
                f"{self.models[model]}, month {month}: revenue changed by {self.change[model, month]:.2f}, "
                f"its parts add up to {self.net[model, month].sum():.2f}"
            )


@dataclass(frozen=True)
class Moves:
    """Rows of `flows` as numbers.

    Attributes
    ----------
    month, origin, destination : (N,); places are rows of the table of models, then `PLACES`.
    lost_to, gained_from : (N,) the cause by which the origin loses the customers and the destination gains them.
    on_sale : (K, T) whether each model is on sale in each month.   sold : (M,) each offer's place among K × T.
    """

    month: Integers
    origin: Integers
    destination: Integers
    lost_to: Integers
    gained_from: Integers
    on_sale: Flags
    sold: Integers


def moves(flows: Columns, offers: Columns, models: Columns) -> Moves:
    """Number the rows of `flows` and find the cause of each.

    Parameters
    ----------
    flows, offers : the tables of a run.
    models : model, firm, generation, update, line, open_weights; a run's models or facts.

    Raises
    ------
    ValueError
        If a table names a model that `models` does not.
    """
    everywhere, count = [*models["model"], *PLACES], len(models["model"])
    origin, destination = (_number(flows, name, everywhere) for name in ("origin", "destination"))
    month, shown = np.asarray(flows["month"]), np.asarray(offers["month"])
    months = 1 + int(max(month.max(initial=0), shown.max(initial=0)))
    sold = _number(offers, "model", everywhere) * months + shown
    on_sale = np.zeros((count, months), bool)
    on_sale.reshape(-1)[sold] = True
    elsewhere = np.ones((1, months), bool)
    gone = ~np.vstack([on_sale, elsewhere])[np.minimum(origin, count), month]
    seen = _classes(models)
    lost_to = np.where(gone, WITHDRAWAL, seen[origin, destination])
    gained_from = np.where(gone, WITHDRAWAL, seen[destination, origin])
    return Moves(month, origin, destination, lost_to, gained_from, on_sale, sold)


def parts(flows: Columns, offers: Columns, models: Columns) -> Parts:
    """Split every model's change of revenue in every month; parameters as in `moves`.

    Raises
    ------
    AssertionError
        If the parts do not add up to it, to the cent.
    """
    moved = moves(flows, offers, models)
    count, months = moved.on_sale.shape
    before, after = np.asarray(flows["revenue_before"]), np.asarray(flows["revenue_after"])
    same = moved.origin == moved.destination
    stays, leaves, comes = same & (moved.origin < count), ~same & (moved.origin < count), ~same
    comes &= moved.destination < count

    def total(rows: Flags, place: Integers, cause: Integers, amount: Floats) -> Floats:
        at = (place[rows] * months + moved.month[rows]) * len(CAUSES) + cause[rows]
        size = count * months * len(CAUSES)
        return np.bincount(at, amount[rows], size).astype(float).reshape(count, months, len(CAUSES))

    joined = total(comes, moved.destination, moved.gained_from, after)
    price, volume = stayers(flows, before, after)
    for name, amount in (("own_price", price), ("volume", volume)):
        joined += total(stays, moved.origin, np.full(len(amount), CAUSES.index(name)), amount)
    left = total(leaves, moved.origin, moved.lost_to, before)
    revenue = np.bincount(moved.sold, np.asarray(offers["revenue"]), count * months).astype(float)
    split = Parts(tuple(models["model"]), revenue.reshape(count, months), moved.on_sale, joined, left)
    split.check()
    return split


def over_lives(split: Parts) -> dict[str, Floats]:
    """What models' lives owe to each cause.

    A life is the months on sale. Revenue of a month after the peak is below the peak by the parts cumulated since, so
    Σ_t (peak − actual) = −Σ_s part(s) × (months on sale from s on): dollars by cause that add up exactly.

    Returns
    -------
    dict
        The columns of `LIFE`, (K,) each, NaN for models never on sale. What was gained adds up to the peak, what was
        lost to what is below it.

    Raises
    ------
    AssertionError
        If they do not, which would be a bug.
    """
    months, rows = split.on_sale.shape[1], np.arange(len(split.models))
    sold, net, carried, last = split.on_sale.any(axis=1), split.net, split.carried.astype(float), split.last
    rising = (np.arange(months)[None, :] <= split.peak[:, None]).astype(float)
    top = split.revenue[rows, split.peak]
    gains, losses = np.einsum("kt,ktc->ck", rising, net), np.einsum("kt,ktc->ck", carried, -net) + 0.0
    below = ((top[:, None] - split.revenue) * (carried > 0)).sum(axis=1)
    for whole, amount, causes in (("its peak", top * sold, gains * sold), ("what is below it", below, losses)):
        gap = np.abs(causes.sum(axis=0) - amount)
        wrong = np.flatnonzero(gap > CENT + 1e-11 * np.abs(causes).sum(axis=0))
        if len(wrong):
            raise AssertionError(f"{split.models[wrong[0]]}: causes miss {whole} by {gap[wrong[0]]:.2f}")
    turnover = np.einsum("kt,ktc->k", carried, split.left[:, :, : len(CLASSES)])
    withdrawn = np.where(last < months - 1, split.revenue[rows, last], np.nan)
    amounts = np.array((split.peak, top, *gains, below, *losses, turnover, withdrawn), float)
    amounts[:, ~sold] = np.nan
    return {column.name: amount for column, amount in zip(LIFE, amounts, strict=True)}


def _classes(models: Columns) -> Integers:
    """Class of every place seen from every place, (K + 2, K + 2); seen from no model it is never read."""
    firm, line = (pd.factorize(models[name])[0] for name in ("firm", "line"))
    generation, update = (np.asarray(models[name], np.int64) for name in ("generation", "update"))
    count, place = len(firm), {name: at for at, name in enumerate(CLASSES)}

    def seen_from(of: Integers) -> tuple[Integers, Integers]:
        return of[None, :], of[:, None]

    (base, mine), (release, my_release), (tier, my_tier) = map(seen_from, (generation, update, line))
    within = np.where(release > my_release, place["own_update"], place["own_older"])
    within = np.where(tier == my_tier, within, place["own_tier"])
    own = np.where(base > mine, place["own_next"], np.where(base < mine, place["own_older"], within))
    rival = np.where(np.asarray(models["open_weights"], bool), place["open"], place["rival_closed"])
    seen = np.zeros((count + 2, count + 2), np.int64)
    seen[:count, :count] = np.where(firm[None, :] == firm[:, None], own, rival[None, :])
    seen[:, count], seen[:, count + 1] = place["outside"], place["entry"]
    return seen


def _number(table: Columns, column: str, everywhere: Sequence[str]) -> Integers:
    """Place of every name in a column."""
    place = places(table[column], everywhere)
    if (place < 0).any():
        unknown = list(table[column])[int((place < 0).argmax())]
        raise ValueError(f"{column} names a model that is not in the table of models: {unknown}")
    return place


def stayers(flows: Columns, before: Floats, after: Floats) -> tuple[Floats, Floats]:
    """Price and volume change of each row, were its customers stayers, (N,) each; together after − before."""
    tokens_before, tokens_after = (np.asarray(flows[f"tokens_{when}"], float) for when in ("before", "after"))
    last_price = np.divide(before, tokens_before, out=np.zeros(len(before)), where=tokens_before > 0)
    at_last_price = tokens_after * last_price
    return after - at_last_price, at_last_price - before
