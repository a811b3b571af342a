"""Sections of a run on families: what they returned, what releases did, tiers, and access to open weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from market.accounts.families import FAMILY, RELEASE
from market.formats import percent, times
from market.measures import access
from market.measures.families import returns
from market.measures.readings import closed, complete_lives
from market.measures.releases import costs
from market.measures.tiers import by_tier
from market.schemas import Column, Schema
from market.tables import Run
from market.views.report.blocks import Block, Fold, Words
from market.views.report.drawn import figure_of
from market.views.report.runs import LONG
from market.views.report.sections import Reported, section
from market.views.report.sheets import of_schema


def _headed(name: str, columns: tuple[Column, ...], headings: Mapping[str, str]) -> Schema:
    """Columns of a table, in the order of the headings that they have on the page."""
    known = {column.name: column for column in columns}
    shown = (known[one] for one in headings)
    return Schema(name, "", tuple(Column(c.name, c.unit, c.meaning, c.dtype, headings[c.name]) for c in shown))


BOUNDS = (
    Column("if_held", "x", "the same as the multiple if each month left of what is on sale earned like the last"),
    Column("if_held_full_rd", "x", "the same on training and research"),
    Column("low", "x", "the least that any of its releases returned on training, whoever bears the base"),
    Column("high", "x", "the most that any of its releases returned on training, whoever bears the base"),
)
FAMILIES = _headed(
    "families_returned", (*FAMILY, *BOUNDS),
    {
        "family": "Family", "released": "Released", "retired": "Retired", "complete": "Complete",
        "releases": "Releases", "training_updates": "Updates $M",
        "training": "Training $M", "research": "Research $M", "contribution": "Contribution $M",
        "multiple": "Multiple", "if_held": "If held", "low": "Releases, least", "high": "Releases, most",
        "multiple_full_rd": "On full R&D", "if_held_full_rd": "If held, full R&D", "payback_months": "Payback mo.",
    },
)  # fmt: skip
RELEASES = _headed(
    "releases_returned", RELEASE,
    {
        "release": "Release", "family": "Family", "released": "Released", "retired": "Retired", "complete": "Complete",
        "own_training": "Own training $M", "contribution": "Contribution $M", "multiple_first": "Base on first",
        "multiple_revenue": "By revenue", "multiple_months": "By months", "multiple_low": "Least",
        "multiple_high": "Most", "multiple_full_rd_low": "Least, full R&D", "multiple_full_rd_high": "Most, full R&D",
    },
)  # fmt: skip
TIERS = Schema(
    "tiers_by_year", "",
    (
        Column("year", "", "the calendar year", "int64", "Year"),
        Column("tier", "", "flagship, or a name in the firms' tables of tiers", "str", "Tier"),
        Column("products", "products", "on sale, mean of months", heading="Products"),
        Column("selling", "products", "of these, that sold anything, mean of months", heading="Selling"),
        Column("revenue", "$", "what labs sold in the tier", heading="Revenue $M"),
        Column("share", "share", "part of the labs' revenue", heading="Share"),
        Column("price", "$ per Mtok", "median of list prices, mean of months", heading="List price $/Mtok"),
    ),
)  # fmt: skip


@section("run", title="What families returned", place=22, figures=("families",))
def families(reported: Reported) -> Iterator[Block]:
    """The second reading of the ledger by its unit, the family, with its bounds."""
    run: Run = reported.result
    rows, known = closed(run.families), returns(run).set_index("family")
    if rows.empty:
        return
    yield Words(
        ["A family is a base with its updates and all their tiers. Its life is complete once all are off sale."]
    )
    yield from figure_of("families", run)
    names = {"if_held": "if_held_training", "if_held_full_rd": "if_held_full_rd", "low": "low_training"}
    names["high"] = "high_training"
    rows = rows.assign(**{name: known[of].reindex(rows["family"]).array for name, of in names.items()})
    caption = "Families of the labs over their lives so far"
    yield of_schema(FAMILIES, rows, caption, FAMILIES.dated(rows, run.calendar.date))


@section("run", title="What releases returned", place=24)
def releases(reported: Reported) -> Iterator[Block]:
    """Releases with the base's cost allocated in three ways; nothing where every family is one release."""
    run: Run = reported.result
    rows = closed(run.releases)
    rows = rows[rows["released"].notna()]
    if not (rows["update"] > 0).any():
        return
    yield Words(
        [
            "What an update owes to its base is not known, so a base's cost is borne by the releases of its family in "
            "three ways: all by the first, in proportion to what they sold, or to their months on sale. What a release "
            "returned lies between the least and the most of the three.",
            *_pooled(complete_lives(run.releases)),
        ]
    )
    table = of_schema(RELEASES, rows, "Releases of the labs, $M", RELEASES.dated(rows, run.calendar.date))
    yield Fold("Every release by itself", [table]) if len(rows) > LONG else table


def _pooled(lives: pd.DataFrame) -> Iterator[str]:
    """Say what complete releases returned together, bases and updates apart."""
    for what, rows in (("bases", lives[lives["update"] == 0]), ("updates", lives[lives["update"] > 0])):
        borne = costs(rows, "training").sum()
        earned = float(rows["contribution"].sum())
        if borne["low"] > 0:
            low, high = sorted(earned / borne[bound] for bound in ("low", "high"))
            yield f"{len(rows)} complete {what}: together {times(low)} to {times(high)} times their training."


@section("run", title="Products and tiers", place=26, figures=("tiers",))
def tiers(reported: Reported) -> Iterator[Block]:
    """How many products labs have on sale in each tier, and what these sell; nothing if none ever was."""
    run: Run = reported.result
    monthly = by_tier(run)
    if monthly.empty:
        return
    yield from figure_of("tiers", run)
    monthly = monthly.assign(year=[run.calendar.year(month) for month in monthly["month"]])
    months = monthly.groupby("year")["month"].nunique()
    groups = monthly.groupby(["year", "tier"])
    table = groups[["products", "selling", "revenue"]].sum().join(groups["price"].mean()).reset_index()
    for column in ("products", "selling"):
        table[column] = table[column] / table["year"].map(months)
    whole = table.groupby("year")["revenue"].transform("sum")
    table["share"] = table["revenue"] / whole.where(whole > 0)
    years = {"year": [run.calendar.label(year) for year in table["year"]]}
    yield of_schema(TIERS, table, "Products of the labs by year and tier", years)


@section("run", title="Access to open weights", place=28, figures=("access",))
def access_to_open_weights(reported: Reported) -> Iterator[Block]:
    """Who can use open weights, at the end of each year, and what open models sell; nothing without open providers."""
    run: Run = reported.result
    if not run.scenario.open_providers:
        return
    every, by_segment, sold = access.of_all(run), access.by_segment(run), access.open_shares(run)
    if access.spreads(run):
        yield Words(
            [
                f"Access to open weights rose from {percent(every.iloc[0])} to {percent(every.iloc[-1])} of customers, "
                "segments weighted by what they buy over the whole run."
            ]
        )
    yield from figure_of("access", run)
    table = by_segment.assign(all=every, open_tokens=sold["tokens"], open_revenue=sold["revenue"])
    ends = table.groupby([run.calendar.year(month) for month in table.index]).tail(1)
    meanings = {str(name): f"part of the customers of {name} who can use open weights" for name in by_segment}
    meanings |= {"all": "the same of all customers", "open_tokens": "open models' part of all tokens in that month"}
    meanings["open_revenue"] = "open models' part of all revenue in that month"
    columns = [Column("year", "", "the calendar year", "int64", "Last month of")]
    columns += [Column(n, "share", said, heading=n.replace("_", " ").capitalize()) for n, said in meanings.items()]
    ends = ends.assign(year=[run.calendar.year(month) for month in ends.index])
    labels = {"year": [run.calendar.label(year) for year in ends["year"]]}
    yield of_schema(Schema("access_by_year", "", tuple(columns)), ends, "Access at the end of each year", labels)
