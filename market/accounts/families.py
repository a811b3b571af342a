"""Families: a base with its updates and all their tiers as one life, and who bears the base among its releases.

A release is a base or an update with its tiers. What an update cost is known; what it owes to its base is not, so a
base's training and research are allocated to the releases of its family in three ways, which distribute the same
dollars. What a release returned is a bound over the three.

    first      the base's own release bears it all
    revenue    in proportion to what the releases sold so far; as `first` if nothing was sold
    months     in proportion to the months that they were on sale so far; as `first` if none was
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.accounts import pnl
from market.accounts.ledger import Postings
from market.accounts.sums import Flags, Floats, Integers, total
from market.economics.technology import FLAGSHIP
from market.schemas import Column, Columns, places

ALLOCATIONS = ("first", "revenue", "months")
"""Who bears a base among the releases of its family."""

FAMILY = (
    Column("family", "", "the name of its base", "str", "Family"),
    Column("firm", "", "who developed it", "str"),
    Column("open_weights", "", "whether its weights are open, so that hosts serve it too", "bool"),
    Column("generation", "number", "which of its firm's bases it is of, the first being 1", "int64"),
    Column("started", "month", "start of the training of its base", "int64"),
    Column("released", "month", "first month on sale; missing if its base has not been released", "Int64", "Released"),
    Column("retired", "month", "first month in which nothing of it is on sale again; else missing", "Int64", "Retired"),
    Column(
        "complete", "", "whether its life is on record: every product of it was released and withdrawn, or given up",
        "bool",
    ),
    Column("releases", "number", "its releases that were put on sale: the base and its updates", "int64"),
    Column("products", "number", "its products that were put on sale: releases by their tiers", "int64"),
    Column("capability", "points", "what its base's flagship can do", heading="Points"),
    Column("best_capability", "points", "what the most capable of its products can do"),
    Column("training_base", "$", "part of training that its base cost, all tiers"),
    Column("training_updates", "$", "part of training that its updates cost, all tiers"),
    Column("training_tiers", "$", "part of training that was not of flagships"),
    *pnl.RETURNS,
    Column("months_on_sale", "months", "in how many any product of it has been on sale within the run", "int64"),
    Column("months_at_frontier", "months", "in how many of these nothing was more capable than one of it", "int64"),
)  # fmt: skip
"""What is known of each family."""

_WHO = {
    "first": "the base's release alone", "revenue": "releases by what they sold",
    "months": "releases by their months on sale",
}  # fmt: skip
RELEASE = (
    Column("release", "", "the name of its flagship", "str", "Release"),
    *FAMILY[:4],
    Column("update", "number", "which update of its base it is; 0 for the base", "int64"),
    Column("started", "month", "start of its training", "int64"),
    Column("released", "month", "first month on sale; missing if it has not been released", "Int64", "Released"),
    Column("retired", "month", "first month in which nothing of it is on sale again; else missing", "Int64", "Retired"),
    Column("complete", "", "whether every product of it was released and withdrawn on record, or given up", "bool"),
    Column("months_on_sale", "months", "in how many any product of it has been on sale within the run", "int64"),
    Column("revenue", "$", "what its products sold, hosts included", heading="Revenue", rank=2),
    Column("contribution", "$", "revenue − serving"),
    Column("own_training", "$", "what training it cost, all tiers; the base's is what is allocated"),
    Column("own_research", "$", "what its firm's research came to while it was trained, as in `models`"),
    *(
        Column(f"training_{how}", "$", f"training, where the base is borne by: {who}", heading=f"Training, {how}")
        for how, who in _WHO.items()
    ),
    *(
        Column(f"full_rd_{how}", "$", f"training, and the family's research in proportion, the base borne by: {who}")
        for how, who in _WHO.items()
    ),
    *(
        Column(
            f"multiple_{how}", "x", f"contribution ÷ training_{how}; missing while it is in training, or if it bore "
            "nothing", heading=f"Multiple, {how}",
        )
        for how in _WHO
    ),
    Column("multiple_low", "x", "the least of the three multiples that are defined"),
    Column("multiple_high", "x", "the most of them"),
    Column("multiple_full_rd_low", "x", "the least of contribution ÷ full_rd under the three allocations"),
    Column("multiple_full_rd_high", "x", "the most of them"),
)  # fmt: skip
"""What is known of each release."""


@dataclass(frozen=True)
class Groups:
    """Products in groups, G of them: families, or releases.

    Attributes
    ----------
    of : (K,) the group of each product, in the order in which these come.   first : (G,) the first product of each,
        its flagship.
    """

    of: Integers
    first: Integers

    @classmethod
    def by(cls, *keys: Any) -> Groups:
        """Group products by what they have in common."""
        of = np.zeros(len(keys[0]), np.int64)
        for key in keys:
            code, names = pd.factorize(np.asarray(key))
            of = pd.factorize(of * max(1, len(names)) + code)[0]
        first = np.zeros(int(of.max(initial=-1)) + 1, np.int64)
        first[of[::-1]] = np.arange(len(of))[::-1]
        return cls(of, first)

    def any(self, of_product: Flags) -> Flags:
        """Whether something is so of any product, (G,) of (K,)."""
        return np.bincount(self.of[of_product], minlength=len(self.first)) > 0

    def count(self, of_product: Flags) -> Integers:
        """Of how many products something is so, (G,) of (K,)."""
        return np.bincount(self.of[of_product], minlength=len(self.first))

    def sum(self, of_product: Floats) -> Floats:
        """Dollars of all products, (G,) of (K,)."""
        return total(of_product, (len(self.first),), self.of)

    def most(self, of_product: Floats) -> Floats:
        """The largest that is known of any product, (G,) of (K,); NaN if none is."""
        most = np.full(len(self.first), np.nan)
        np.fmax.at(most, self.of, of_product)
        return most


def families(ledger: Postings, facts: Columns, offers: Columns, research: Floats, until: int) -> dict[str, Any]:
    """What every family cost and returned over its life so far; those in training too.

    Parameters
    ----------
    ledger : all rows. Rows of the hosts count for the product they name.
    facts : what is known of each product: the columns of the table `REGISTER`.   offers : month, model, capability of
        what is on sale.
    research : (K,) dollars by product, as `pnl.research_by_calendar` allocates it.
    until : month before which the record ends.

    Returns
    -------
    dict
        The columns of `FAMILY`, (F,) each, in the order of their first products. Payback counts updates: it is the
        first month in which the family's cash is back at zero.
    """
    known = {name: np.asarray(facts[name]) for name in ("model", "firm", "open_weights", "generation", "started")}
    groups, dates = Groups.by(facts["family"]), _dates(facts)
    rows, names = ledger.before(until)[0].of_models(known["model"]), known["model"][groups.first]
    released, complete = dates["released"][groups.first], ~groups.any(~dates["complete"])
    returned = pnl.returns(pnl.regrouped(rows, groups.of, list(names)), groups.sum(research), released, complete, until)
    update, flagship = np.asarray(facts["update"]) > 0, np.asarray(facts["line"], object) == FLAGSHIP
    training = pnl.trained(rows)
    capability, shown = np.asarray(facts["capability"], float), ~np.isnan(dates["released"])
    out = Groups.by(facts["family"], facts["update"])
    on_sale, leading = _months(offers, known["model"], groups, until)
    columns = (
        names, *(known[name][groups.first] for name in ("firm", "open_weights", "generation", "started")),
        released, _retired(dates, groups), complete,
        groups.count(shown & np.isin(np.arange(len(shown)), out.first)), groups.count(shown),
        capability[groups.first], groups.most(capability),
        groups.sum(np.where(update, 0.0, training)), groups.sum(np.where(update, training, 0.0)),
        groups.sum(np.where(flagship, 0.0, training)), *returned.values(), on_sale, leading,
    )  # fmt: skip
    return {column.name: values for column, values in zip(FAMILY, columns, strict=True)}


def releases(facts: Columns, offers: Columns, returned: Mapping[str, Floats], until: int) -> dict[str, Any]:
    """What every release cost and returned so far, with the base borne by each of `ALLOCATIONS`.

    Parameters
    ----------
    facts, offers, until : as in `families`.   returned : what products returned, as `pnl.models` gives it.

    Returns
    -------
    dict
        The columns of `RELEASE`, (R,) each, in the order of their first products.
    """
    known = {name: np.asarray(facts[name]) for name in ("model", "family", *(c.name for c in FAMILY[1:4]), "update")}
    known["started"] = np.asarray(facts["started"])
    groups, dates = Groups.by(facts["family"], facts["update"]), _dates(facts)
    own = {name: groups.sum(np.asarray(returned[name])) for name in ("revenue", "contribution", "training", "research")}
    released, complete = dates["released"][groups.first], ~groups.any(~dates["complete"])
    on_sale = _months(offers, known["model"], groups, until)[0]
    family, is_base = pd.factorize(known["family"][groups.first])[0], known["update"][groups.first] == 0
    parts = {
        "first": is_base.astype(float), "revenue": _parts(own["revenue"], family, is_base),
        "months": _parts(on_sale.astype(float), family, is_base),
    }  # fmt: skip
    training = [_borne(own["training"], parts[how], family, is_base) for how in ALLOCATIONS]
    research = [_in_proportion(own["research"], cost, family, is_base) for cost in training]
    full = [one + other for one, other in zip(training, research, strict=True)]
    counts = ~np.isnan(released) | complete
    multiples, on_full_rd = (
        np.array([pnl.multiples(own["contribution"], cost, counts) for cost in costs]) for costs in (training, full)
    )
    columns = (
        *(values[groups.first] for values in known.values()),
        released, _retired(dates, groups), complete, on_sale, own["revenue"], own["contribution"], own["training"],
        own["research"], *training, *full, *multiples,
        *(bound.reduce(of, axis=0) for of in (multiples, on_full_rd) for bound in (np.fmin, np.fmax)),
    )  # fmt: skip
    return {column.name: values for column, values in zip(RELEASE, columns, strict=True)}


def _parts(amounts: Floats, family: Integers, is_base: Flags) -> Floats:
    """Part of its family's amount that each release has, (R,); the base has all where there is none."""
    whole = total(amounts, (int(family.max(initial=-1)) + 1,), family)[family]
    return np.where(whole > 0, amounts / np.where(whole > 0, whole, 1.0), is_base)


def _borne(own: Floats, part: Floats, family: Integers, is_base: Flags) -> Floats:
    """Dollars that each release bears, (R,): its own, those of the base by its part in that."""
    base = np.zeros(int(family.max(initial=-1)) + 1)
    base[family[is_base]] = own[is_base]
    return np.where(is_base, 0.0, own) + part * base[family]


def _in_proportion(research: Floats, training: Floats, family: Integers, is_base: Flags) -> Floats:
    """A family's research by what each of its releases bears of its training, (R,); the base has all without any."""
    count = int(family.max(initial=-1)) + 1
    whole = total(research, (count,), family)[family]
    return whole * _parts(training, family, is_base)


def _dates(facts: Columns) -> dict[str, npt.NDArray[Any]]:
    """Months of release and withdrawal of each product, NaN if there is none, and whether its life is complete."""
    dates: dict[str, Any] = {name: np.asarray(facts[name], float) for name in ("released", "retired")}
    return dates | {"complete": np.asarray(facts["complete"], bool)}


def _retired(dates: Mapping[str, npt.NDArray[Any]], groups: Groups) -> Floats:
    """Month in which the last product of each group went off sale, (G,); NaN if one is on sale, or none ever was."""
    still = ~np.isnan(dates["released"]) & np.isnan(dates["retired"])
    return np.where(groups.any(still), np.nan, groups.most(dates["retired"]))


def _months(offers: Columns, models: Any, groups: Groups, until: int) -> tuple[Integers, Integers]:
    """In how many months anything of each group was on sale, (G,), and nothing on sale was more capable than it."""
    model, month = places(offers["model"], models), np.asarray(offers["month"], np.int64)
    capability = np.asarray(offers["capability"], float)
    best = np.full(until, -np.inf)
    np.maximum.at(best, month, capability)
    counted = []
    for rows in (model >= 0, (model >= 0) & (capability >= best[month])):
        seen = np.zeros((len(groups.first), until), bool)
        seen[groups.of[model[rows]], month[rows]] = True
        counted.append(seen.sum(axis=1))
    return counted[0], counted[1]
