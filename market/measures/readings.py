"""The two readings of the same cash in a few numbers: companies by year, and complete lives of families.

A family is a base with its updates and all their tiers. Where there are neither updates nor tiers it is a flagship.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from market.accounts.ledger import Account
from market.calendar import YEAR, Calendar, Period
from market.economics.technology import FLAGSHIP
from market.schemas import places
from market.tables import Run
from market.tables.run import once


@dataclass(frozen=True)
class Bounds:
    """What all dollars of training returned, complete lives or not: labs' families of a period.

    Attributes
    ----------
    selling : whether any model is on sale at the horizon.
    complete, unfinished, in_training : parts of the training dollars so far that are of complete lives, of families
        released whose life is not complete on record (still on sale, or opened before the start), and of those whose
        base is still training.
    so_far, full_so_far : contribution so far over training so far, and over training and research; what is in training
        counts with its cost.
    if_held, full_if_held : the same if each month left of the expected lives of what is on sale earned like the last.
    """

    selling: bool
    complete: float
    unfinished: float
    in_training: float
    so_far: float
    if_held: float
    full_so_far: float
    full_if_held: float


@dataclass(frozen=True)
class Readings:
    """Both readings for the closed labs of a run.

    Attributes
    ----------
    firms : labs that booked anything.
    compared : labs with two whole calendar years in business.   deeper : those whose result in the last of these years
        is below that in the first; a lab that failed is compared up to its failure.
    first, last : the earliest and the latest of the years compared, None if no lab is.   same_years : whether they are
        those of every lab compared.   first_result, last_result :
        results of the labs compared in their first and in their last whole year in business, dollars.
    lives : complete lives of families.   back, back_full : those that returned training and full R&D.
    without_earnings : those that earned nothing.
    multiple, multiple_full : pooled over complete lives; NaN if there are none.   typical, typical_full : geometric
        means over those that earned something.
    bounds : complete lives among all training dollars, and what these returned so far.
    """

    firms: int
    compared: int
    deeper: int
    first: int | None
    last: int | None
    same_years: bool
    first_result: float
    last_result: float
    lives: int
    back: int
    back_full: int
    without_earnings: int
    multiple: float
    multiple_full: float
    typical: float
    typical_full: float
    bounds: Bounds


def closed(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of closed labs of the families, or of the releases, in whatever state."""
    return table[~table["open_weights"]]


def complete_lives(table: pd.DataFrame) -> pd.DataFrame:
    """Families, or releases, of closed labs whose life is over and on record: nothing of it is on sale any more."""
    return table[~table["open_weights"] & table["complete"]]


def flagships(models: pd.DataFrame) -> pd.DataFrame:
    """Flagships of closed labs, of bases and of updates, in whatever state."""
    return models[~models["open_weights"] & (models["line"] == FLAGSHIP)]


def by_release(models: pd.DataFrame) -> pd.DataFrame:
    """Models that were put on sale, each firm's tiers one after the other, in the order in which they were released."""
    out = models[models["released"].notna()]
    return out.sort_values(["firm", "line", "generation", "update"], kind="stable")


def with_next(lives: pd.DataFrame, families: pd.DataFrame) -> pd.DataFrame:
    """Add to families the release, costs, revenue and completeness of the next ones, as `…_next`; missing without."""
    later, named = families.reset_index(drop=True), ("released", "complete", "training", "research", "revenue")
    known = zip(later["firm"], later["generation"], later["open_weights"], strict=True)
    place = {(firm, generation - 1): at for at, (firm, generation, is_open) in enumerate(known) if not is_open}
    heirs = [place.get(life, -1) for life in zip(lives["firm"], lives["generation"], strict=True)]
    return lives.assign(**{f"{name}_next": later[name].reindex(heirs).array for name in named}).reset_index(drop=True)


def due_in(run: Run, table: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Families, releases or models that were released in a period, or were to be; all where it is the whole record."""
    if not np.isfinite(period.first):
        return table
    length = pd.Series(float(run.scenario.technology.training_months), table.index)
    if "update" in table:
        updates = {name: firm.updates.months for name, firm in run.scenario.firms.items() if firm.updates is not None}
        length = length.mask(table["update"] > 0, table["firm"].map(updates).astype("float64"))
    months = table["released"].astype("Float64").fillna(table["started"] + length).astype("float64")
    due: pd.DataFrame = table[period.covers(months)]
    return due


def geometric_mean(values: pd.Series) -> float:
    """Geometric mean of the values above 0; 0 if none is, NaN if there are no values. How many are left out is said."""
    known = values.dropna()
    if known.empty:
        return float("nan")
    earned = known[known > 0]
    return float(np.exp(np.log(earned).mean())) if len(earned) else 0.0


def median_wait(waits: pd.Series) -> float:
    """Median of waiting times, those without an end (NaN or infinite) counting as for ever; NaN if half have none."""
    median = float(waits.astype("float64").fillna(np.inf).median()) if len(waits) else np.nan
    return median if np.isfinite(median) else float("nan")


def ratio_of_sums(rows: pd.DataFrame, top: str, bottom: str) -> float:
    """Sum of one column over the sum of another; NaN if the lower one is nothing."""
    whole = float(rows[bottom].sum())
    return float(rows[top].sum()) / whole if whole > 0 else float("nan")


def pooled(lives: pd.DataFrame, full_rd: bool = False) -> float:
    """Contribution over training of some lives together, every dollar once; `full_rd`: over research as well.

    Lives whose costs are unknown, of a replay, are left out.
    """
    costs = lives["training"] + (lives["research"] if full_rd else 0.0)
    spent, known = float(costs.sum()), costs.notna()
    return float(lives.loc[known, "contribution"].sum()) / spent if spent > 0 else float("nan")


def dollars_of(families: pd.DataFrame, part: Any) -> float:
    """Part of the training dollars of some families that a part of them is; NaN if nothing was spent."""
    spent = float(families["training"].sum())
    return float(families.loc[part, "training"].sum()) / spent if spent > 0 else float("nan")


def bounds(run: Run, period: Period) -> Bounds:
    """Hold complete lives of labs' families against all training dollars spent on such, of those due in a period."""
    rows = due_in(run, closed(run.families), period)
    coming = held(run, rows)
    later = rows.assign(contribution=rows["contribution"] + coming.fillna(0.0))
    released = rows[rows["released"].notna() | rows["complete"]]
    complete, out = (dollars_of(rows, part) for part in (rows["complete"], rows.index.isin(released.index)))
    return Bounds(
        selling=bool(coming.notna().any()),
        complete=complete,
        unfinished=out - complete,
        in_training=1.0 - out,
        so_far=pooled(rows),
        if_held=pooled(later),
        full_so_far=pooled(rows, full_rd=True),
        full_if_held=pooled(later, full_rd=True),
    )


def held(run: Run, families: pd.DataFrame) -> pd.Series:
    """What families would earn yet, if each month left of what is on sale earned like the last; NaN if nothing is."""
    products = run.models[run.models["family"].isin(families["family"])]
    coming = still_to_come(run, products).groupby(products["family"]).sum(min_count=1)
    return coming.reindex(families["family"]).set_axis(families.index)


def still_to_come(run: Run, models: pd.DataFrame) -> pd.Series:
    """What models on sale at the horizon would earn yet, if each month left of their lives earned like the last; $.

    NaN for models that are not on sale. A life lasts until the retirement that a successor has set, which is the next
    release of its tier, or as long as its firm expects of any model.
    """
    now, firms = run.scenario.months, run.scenario.firms
    last = run.offers[run.offers["month"] == now - 1].groupby("model")[["revenue", "serving"]].sum()
    monthly = (last["revenue"] - last["serving"]).reindex(models["model"]).to_numpy(float)
    order = by_release(run.models)
    heirs = order.groupby(["firm", "line"])["released"].shift(-1).astype("float64").reindex(models.index)
    released = models["released"].astype("float64")
    until = [
        firms[firm].withdrawal(born, heir) if pd.notna(heir) else born + firms[firm].expected_life
        for firm, heir, born in zip(models["firm"], heirs, released, strict=True)
    ]
    left = (pd.Series(until, index=models.index, dtype="float64") - now).clip(lower=0.0).fillna(0.0)
    return pd.Series(left * monthly)


def whole_years(companies: pd.DataFrame, calendar: Calendar, period: Period | None = None) -> pd.DataFrame:
    """Rows of the company P&L of years that are simulated whole and in which the firm was in business to the end.

    Parameters
    ----------
    companies : by year, with `months`.   period : the years must lie in it, if given.
    """
    return companies[companies["year"].isin(calendar.whole_years(period)) & (companies["months"] == YEAR)]


@once
def by_year(run: Run, column: str, period: Period | None = None) -> pd.DataFrame:
    """One column of the labs' P&L: firm as index, whole calendar years as columns; NaN where a lab was not in business.

    Labs without any whole year in business have a row too, of NaN.
    """
    labs = run.companies[run.companies["firm"].isin(run.scenario.labs)]
    firms, years = pd.Index(labs["firm"].unique(), name="firm"), pd.Index(run.calendar.whole_years(period), name="year")
    whole, wide = whole_years(labs, run.calendar, period), np.full((len(firms), len(years)), np.nan)
    wide[places(whole["firm"], firms), places(whole["year"], years)] = whole[column]
    return pd.DataFrame(wide, firms, years)


def first_and_last(results: pd.DataFrame) -> pd.DataFrame:
    """Each firm's result in its first and in its last whole year in business; firms with two such years only.

    Parameters
    ----------
    results : as `by_year` gives them.

    Returns
    -------
    DataFrame
        Index firm; first_year, last_year, first, last.
    """
    rows = {}
    for firm, amounts in zip(results.index, results.to_numpy(float), strict=True):
        known = np.flatnonzero(~np.isnan(amounts))
        if len(known) > 1:
            first, last = int(known[0]), int(known[-1])
            rows[firm] = (results.columns[first], results.columns[last], amounts[first], amounts[last])
    return pd.DataFrame.from_dict(rows, orient="index", columns=["first_year", "last_year", "first", "last"])


def failures(run: Run) -> dict[str, str]:
    """Date of each lab's failure, in their order."""
    return {firm: run.calendar.date(month) for firm, month in run.failed.items() if firm in run.scenario.labs}


def departures(run: Run) -> dict[str, str]:
    """Date at which each lab left the market of its own will, in their order."""
    return {firm: run.calendar.date(month) for firm, month in run.left.items() if firm in run.scenario.labs}


def gone(run: Run) -> dict[str, str]:
    """Date at which each lab failed or left that did."""
    return failures(run) | departures(run)


def up_to_failure(run: Run) -> pd.DataFrame:
    """Labs' results over whole years in business and, for a lab that failed, over its last twelve months.

    Returns
    -------
    DataFrame
        firm; year, where the sum of twelve months belongs on the axis of years: 2026.0 for those of 2026; result,
        dollars; failed, in the row of the last twelve months before a failure its date, with the number of months if
        the lab did not live for twelve; else missing.
    """
    labs = run.companies[run.companies["firm"].isin(run.scenario.labs)]
    table = whole_years(labs, run.calendar)[["firm", "year", "result"]].astype({"year": "float64"}).assign(failed=None)
    rows = []
    for firm, month in run.failed.items():
        if firm not in run.scenario.labs:
            continue
        lived = min(YEAR, month + 1 - run.entered.get(firm, run.scenario.labs[firm].first_start))
        last = run.ledger[(run.ledger["firm"] == firm) & run.ledger["month"].between(month - YEAR + 1, month)]
        result = float(last.loc[last["account"] != Account.FUNDING.value, "amount"].sum())
        said = run.calendar.date(month) + (f" after {lived} months" if lived < YEAR else "")
        rows.append((firm, (run.calendar.origin + month + 1) / YEAR - 1, result, said))
    failed = pd.DataFrame(rows, columns=list(table.columns))
    both = pd.concat([failed, table]) if rows else table  # a failure in December is the whole year's row too
    order = {name: place for place, name in enumerate(labs["firm"].unique())}
    both = both.drop_duplicates(["firm", "year"])
    return both.sort_values(["firm", "year"], key=lambda column: column.map(order) if column.name == "firm" else column)


def two_readings(run: Run) -> Readings | None:
    """Summarise both books for the closed labs of a run; None if no lab has booked anything."""
    results = by_year(run, "result")
    if not len(results.index):
        return None
    pairs = first_and_last(results)
    lives = complete_lives(run.families)
    return Readings(
        firms=len(results),
        compared=len(pairs),
        deeper=int((pairs["last"] < pairs["first"]).sum()),
        first=int(pairs["first_year"].min()) if len(pairs) else None,
        last=int(pairs["last_year"].max()) if len(pairs) else None,
        same_years=len(pairs[["first_year", "last_year"]].drop_duplicates()) <= 1,
        first_result=float(pairs["first"].sum()),
        last_result=float(pairs["last"].sum()),
        lives=len(lives),
        back=int((lives["contribution"] >= lives["training"]).sum()),
        back_full=int((lives["contribution"] >= lives["training"] + lives["research"]).sum()),
        without_earnings=int((lives["contribution"] <= 0).sum()),
        multiple=pooled(lives),
        multiple_full=pooled(lives, full_rd=True),
        typical=geometric_mean(lives["multiple"]),
        typical_full=geometric_mean(lives["multiple_full_rd"]),
        bounds=bounds(run, run.calendar.record),
    )
