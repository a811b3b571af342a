"""The moments of ``targets.csv``, each an outcome under the name it has there, over the period that it has there.

A moment of prices, releases or tokens is a function of a market's record, and is read by it from a run and from the
evidence alike; one of accounts is a function of a run, as nobody publishes a lab's ledger. A run that ends before a
moment's period does, or starts after it began, gives NaN. Other moments have no target; their periods are declared with
them. Among these are what says nothing of a market: `training_cost_growth` is what a scenario asks for,
`capability_slope` and `leader_operating_result_per_revenue` follow from inputs and from other moments, and
`successor_overtakes_weeks` cannot be below half a month.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd

from market import evidence
from market.accounts.ledger import Account
from market.calendar import YEAR, Calendar, Period
from market.measures import catch_up, fixed_capability, forms, prices, structure, succession
from market.measures.outcomes import PART, Outcome, Reading, outcome, within
from market.measures.readings import closed, flagships, median_wait, whole_years
from market.measures.record import SPECIAL, Record, real, simulated
from market.tables import Run

Measure = Callable[[Record, Period], float]

MEASURES: dict[str, Measure] = {}
"""Moments of a market's record by name: those that the evidence may have too."""


def target_period(moment: str) -> str:
    """Period of a moment of ``targets.csv``, whose "FY2024-FY2025" is our "2024:2025"."""
    table = evidence.load("targets").set_index("moment")
    return str(table.loc[moment, "period"]).replace("FY", "").replace("-", ":")


def target(*, unit: str, responses: bool = False) -> Callable[[Reading], Outcome]:
    """Register a moment of ``targets.csv``; other arguments as in `outcome`."""

    def register(reading: Reading) -> Outcome:
        period = target_period(reading.__name__)
        return outcome(unit=unit, period=period, on_request=True, responses=responses)(reading)

    return register


def measure(*, unit: str, period: str | None = None) -> Callable[[Measure], Outcome]:
    """Register a function of a record as a moment: of ``targets.csv``, or with a `period` of its own."""

    def register(function: Measure) -> Outcome:
        @functools.wraps(function)
        def reading(run: Run, months: Period) -> float:
            return function(simulated(run), months)

        MEASURES[function.__name__] = function
        asked = target_period(function.__name__) if period is None else period
        return outcome(unit=unit, period=asked, on_request=True)(reading)

    return register


def measured(moment: str, period: str | None = None) -> dict[str, float]:
    """A moment of the real market by the function that reads it from a run, by score of capability; empty without.

    Parameters
    ----------
    moment : of `MEASURES`; any other has no such reading.
    period : if another than that of ``targets.csv``.
    """
    if moment not in MEASURES:
        return {}
    months = Calendar(forms.START[:7], 36).period(period or target_period(moment))
    return {score: MEASURES[moment](real(score), months) for score in forms.SCORES}


def _labs(run: Run, period: Period) -> pd.DataFrame:
    """Labs' P&L by whole year of a period, where they sold anything."""
    books = whole_years(run.companies, run.calendar, period)
    rows: pd.DataFrame = books[books["firm"].isin(run.scenario.labs) & (books["revenue"] > 0)]
    return rows


def _leader(run: Run, period: Period, *amounts: str) -> float:
    """What some amounts of the lab of highest revenue are over that, mean over the whole years of a period."""
    labs = _labs(run, period).reset_index(drop=True)
    top = labs.loc[labs.groupby("year")["revenue"].idxmax()]
    return float((top[list(amounts)].sum(axis=1) / top["revenue"]).mean())


def _released(record: Record, period: Period) -> pd.DataFrame:
    """Releases up to the end of a period."""
    rows: pd.DataFrame = record.releases[record.releases["released"] < period.until]
    return rows


def _spells(record: Record, period: Period) -> pd.DataFrame:
    """List prices of closed models in a period, up to their successors."""
    released = _released(record, period)
    return prices.price_spells(record.list_prices, released, period.until, since=period.first)


def _of_closed(pairs: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Pairs of a closed successor, released in a period, and its predecessor."""
    rows = within(pairs, period, "released")
    return rows[~rows["open_weights"].astype("bool")]


def _mean(by_month: pd.Series, period: Period) -> float:
    """Mean over the months of a period of a series by month."""
    return float(by_month[period.covers(by_month.index)].mean())


@outcome(unit="x per year", period="2016:2025", on_request=True, early=True)
def training_cost_growth(run: Run, period: Period) -> float:
    """Growth of the cost of labs' final runs, of bases, by their start, of those released, least squares on logs."""
    bases = closed(run.families)
    runs = within(bases[bases["released"].notna()], period, "started")
    runs = runs[runs["training_base"] > 0]
    started, cost = runs["started"].to_numpy(float), runs["training_base"].to_numpy()
    return float(np.exp(YEAR * structure.slope(started, np.log(cost))))


@target(unit="ratio")
def leader_rd_per_revenue(run: Run, period: Period) -> float:
    """Training and research of the largest lab over its revenue."""
    return _leader(run, period, "training", "research")


@outcome(unit="ratio", period="2024:2025", on_request=True)
def leader_operating_result_per_revenue(run: Run, period: Period) -> float:
    """Operating result of the largest lab over its revenue, mean over the years."""
    return _leader(run, period, "result")


@target(unit="share of revenue")
def leader_gross_margin(run: Run, period: Period) -> float:
    """Contribution of the largest lab over its revenue."""
    return _leader(run, period, "contribution")


@target(unit="x per year")
def leader_revenue_growth(run: Run, period: Period) -> float:
    """Revenue of the largest lab of the last year over its revenue of the first, a year."""
    years = run.calendar.whole_years(period)
    wide = _labs(run, period).pivot_table(index="firm", columns="year", values="revenue").reindex(columns=years)
    if len(years) < 2 or not (wide[years[-1]] > 0).any():
        return float("nan")
    largest = wide.loc[[wide[years[-1]].idxmax()]]
    first, last = (float(largest[year].iloc[0]) for year in (years[0], years[-1]))
    return float((last / first) ** (1 / (years[-1] - years[0]))) if first > 0 else float("nan")


@target(unit="elasticity", responses=True)
def own_price_elasticity_short_run(run: Run, period: Period) -> float:
    """One-month response of closed models' tokens to their own price, weighted by tokens."""
    return _elasticity(run, period, "elasticity")


@outcome(unit="elasticity", period="2024:2025", on_request=True, responses=True)
def own_price_elasticity_long_run(run: Run, period: Period) -> float:
    """The same if everybody reconsidered without attachments."""
    return _elasticity(run, period, "elasticity_long")


def _elasticity(run: Run, period: Period, column: str) -> float:
    """Mean over closed models by tokens; NaN if it was not measured every month. Who is wanted by nobody has none."""
    rows = within(run.offers, period)
    sold = rows[~rows["open_weights"] & (rows["tokens"] > 0)]
    known = sold[sold[column].notna()]
    total = float(known["tokens"].sum())
    return (
        float((known[column] * known["tokens"]).sum()) / total
        if total > 0 and sold["elasticity"].notna().all()
        else np.nan
    )


@measure(unit="log per year")
def same_model_price_drift(record: Record, period: Period) -> float:
    """Yearly change of the log list price of closed models until their successor."""
    return prices.matched_model_drift(_spells(record, period))


@measure(unit="log per year")
def quality_adjusted_price_drift(record: Record, period: Period) -> float:
    """Yearly change of the log hedonic price index."""
    return prices.hedonic_drift(within(record.on_sale, period))


@measure(unit="ratio")
def open_discount(record: Record, period: Period) -> float:
    """1 − open price ÷ closed price at equal capability."""
    return prices.open_discount(within(record.on_sale, period))


@target(unit=PART)
def open_token_share(run: Run, period: Period) -> float:
    """Open models' part of tokens, mean over the months."""
    return _mean(structure.open_share(run.offers), period)


@measure(unit="months")
def open_lag_months(record: Record, period: Period) -> float:
    """Age of the first closed model at or above each new open record, median."""
    return float(within(catch_up.open_records(_released(record, period)), period, "released")["lag_months"].median())


@measure(unit="points per year", period="2024:2025")
def capability_slope(record: Record, period: Period) -> float:
    """Yearly rise of the frontier."""
    return structure.capability_slope(within(record.on_sale, period))


@measure(unit="x per year")
def price_decline_fixed_capability(record: Record, period: Period) -> float:
    """Fall of the cheapest launch price at a fixed capability, median over levels; earlier launches count too."""
    points = fixed_capability.launches(_released(record, period))
    declines = fixed_capability.price_declines(points, fixed_capability.frontier_levels(_released(record, period)))
    return float(declines["factor"].median()) if len(declines) else float("nan")


@target(unit="x per year")
def token_growth(run: Run, period: Period) -> float:
    """A month's tokens over those a year before, mean over the months."""
    return _mean(structure.token_growth(run.offers), period)


@measure(unit="per model-year")
def price_cuts_per_model_year(record: Record, period: Period) -> float:
    """List-price cuts of closed models before their successor."""
    return prices.cuts_per_model_year(_spells(record, period))


@measure(unit="ratio")
def successor_launch_price_ratio(record: Record, period: Period) -> float:
    """Launch price of a closed successor over its predecessor's, median."""
    return float(within(prices.launch_price_ratios(_released(record, period)), period, "released")["ratio"].median())


@measure(unit="weeks", period="2025")
def successor_overtakes_weeks(record: Record, period: Period) -> float:
    """Weeks until a closed successor's tokens exceed its predecessor's, median, if more than half do."""
    pairs = succession.overtaking(_released(record, period), record.sales)
    return median_wait(_of_closed(pairs, period)["weeks"])


@measure(unit="ratio")
def self_cannibalised_share(record: Record, period: Period) -> float:
    """Share points the predecessor lost over those the successor gained in four weeks, median."""
    pairs = succession.self_cannibalisation(_released(record, period), record.sales)
    return float(_of_closed(pairs, period)["share"].median())


@measure(unit="index, 0 to 1")
def token_hhi(record: Record, period: Period) -> float:
    """Herfindahl–Hirschman index of developers' tokens among the nine best-selling models, mean over the record."""
    return float(structure.hhi(_sold(record, period), "tokens").mean())


@measure(unit=PART)
def leader_token_share(record: Record, period: Period) -> float:
    """Largest developer's part of the tokens of the nine best-selling models, mean over the record."""
    return float(structure.leader_share(_sold(record, period), "tokens").mean())


@measure(unit="per year")
def leadership_changes(record: Record, period: Period) -> float:
    """Changes of the firm with the most capable model, from month to month."""
    return structure.leadership_changes(within(record.leaders, period))


@measure(unit=PART)
def flagship_token_share(record: Record, period: Period) -> float:
    """Flagships' part of the tokens of closed models among the nine best-selling ones."""
    sold = _in_tiers(record, period)
    return _part(sold["tokens"], sold["line"] == "flagship")


@measure(unit=PART)
def flagship_revenue_share(record: Record, period: Period) -> float:
    """Flagships' part of the tokens at list prices of closed models among the nine best-selling ones."""
    sold = _in_tiers(record, period)
    return _part(sold["tokens"] * sold["price"], sold["line"] == "flagship")


def _sold(record: Record, period: Period) -> pd.DataFrame:
    """The nine best-selling models at each time of a period, which stands under `month`."""
    return within(record.top, period, "time").rename(columns={"time": "month"})


def _in_tiers(record: Record, period: Period) -> pd.DataFrame:
    """Closed models with a list price among the nine best-selling ones, but for those that are in no tier."""
    sold = _sold(record, period)
    return sold[~sold["open_weights"].astype("bool") & ~sold["line"].isin(SPECIAL) & sold["price"].notna()]


def _part(amounts: pd.Series, rows: pd.Series) -> float:
    """Part of some amounts that is of some of their rows; NaN of nothing."""
    whole = float(amounts.sum())
    return float(amounts[rows].sum()) / whole if whole > 0 else float("nan")


@target(unit="x")
def tenure_contribution_per_run(run: Run, period: Period) -> float:
    """Contribution of labs while a base was their newest release, over its run; tenures that ended in the period."""
    models = flagships(run.models)
    models = models[models["released"].notna()].sort_values(["firm", "released"], kind="stable")
    models = models.assign(until=models.groupby("firm")["released"].shift(-1)).dropna(subset=["until"])
    ended = within(models[models["update"] == 0], period, "until")
    runs = run.models[run.models["update"] == 0].groupby(["firm", "generation"])["training"].sum()
    spent = float(runs.reindex(pd.MultiIndex.from_frame(ended[["firm", "generation"]])).sum())
    rows, earned = run.postings, 0.0
    sales = rows.on(Account.REVENUE, Account.SERVING)
    for firm, first, until in zip(ended["firm"], ended["released"], ended["until"], strict=True):
        months = Period(int(first), int(until)).covers(rows.month)
        earned += float(rows.amount[sales & months & rows.by([firm])].sum())
    return earned / spent if spent > 0 else float("nan")


@measure(unit="ratio", period="2025")
def closed_price_at_open_frontier(record: Record, period: Period) -> float:
    """Cheapest closed price at or above the best open model over that model's price, median of the months."""
    ratio = prices.closed_price_at_open_frontier(record.on_sale)
    return float(ratio[period.covers(ratio.index)].median())


@outcome(unit="$ per Mtok", period="2023:2025", on_request=True)
def frontier_price(run: Run, period: Period) -> float:
    """Price of the most capable closed model on sale, mean over the months."""
    return _mean(prices.frontier_price(run.offers), period)


@target(unit="per year")
def vendor_switching(run: Run, period: Period) -> float:
    """Changes of vendor per enterprise customer (all, without such a segment)."""
    rows = within(run.segments, period)
    rows = rows[rows["segment"] == "enterprise"] if "enterprise" in run.scenario.segments else rows
    active = float(rows["active"].sum())
    return YEAR * float(rows["switchers"].sum()) / active if active > 0 else float("nan")


@target(unit=PART)
def upgraded_in_first_month(run: Run, period: Period) -> float:
    """Part of a lab's customers on its new release, in any tier, a month after its launch, median."""
    fresh = flagships(run.models)
    fresh = fresh[fresh["released"].between(period.first, period.until - 2).fillna(False).astype(bool)]
    fresh = fresh.assign(month=fresh["released"].astype("int64") + 1)
    releases = run.models.set_index("model")[["family", "update"]]
    sold = run.offers.join(releases, on="model")
    upgraded, everybody = (
        sold.groupby(["month", *of])["customers"].sum().reindex(pd.MultiIndex.from_frame(fresh[["month", *of]]))
        for of in (["family", "update"], ["firm"])
    )
    known = everybody.to_numpy(float) > 0  # not where the run ends with the launch, or the firm
    shares = upgraded.fillna(0).to_numpy(float)[known] / everybody.to_numpy(float)[known]
    return float(np.median(shares)) if len(shares) else float("nan")
