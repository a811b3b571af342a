"""The moments of ``targets.csv``, each an outcome under the name it has there, over the period that it has there.

A run that ends before a moment's period does, or starts after it began, gives NaN. Each is read as the evidence was:
see the functions that they call. Other moments have no target of their own; their periods are declared with them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from market import evidence
from market.calendar import YEAR, Period
from market.measures import catch_up, fixed_capability, forms, prices, structure, succession
from market.measures.outcomes import PART, Outcome, Reading, outcome, within
from market.measures.readings import flagships, median_wait, whole_years
from market.tables import Run


def target_period(moment: str) -> str:
    """Period of a moment of ``targets.csv``, whose "FY2024-FY2025" is our "2024:2025"."""
    table = evidence.load("targets").set_index("moment")
    return str(table.loc[moment, "period"]).replace("FY", "").replace("-", ":")


def target(*, unit: str, early: bool = False, responses: bool = False) -> Callable[[Reading], Outcome]:
    """Register a moment of ``targets.csv``; other arguments as in `outcome`."""

    def register(reading: Reading) -> Outcome:
        period = target_period(reading.__name__)
        return outcome(unit=unit, period=period, on_request=True, early=early, responses=responses)(reading)

    return register


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


def _released(run: Run, period: Period) -> pd.DataFrame:
    """Releases up to the end of a period."""
    releases = forms.releases_of_run(run.models, run.scenario.start)
    return releases[releases["released"] < period.until]


def _spells(run: Run, period: Period) -> pd.DataFrame:
    """List prices of closed models in a period, up to their successors."""
    listed, released = forms.on_sale_of_run(run.offers), _released(run, period)
    return prices.price_spells(listed, released, period.until, since=period.first)


def _mean(by_month: pd.Series, period: Period) -> float:
    """Mean over the months of a period of a series by month."""
    return float(by_month[period.covers(by_month.index)].mean())


@target(unit="x per year", early=True)
def training_cost_growth(run: Run, period: Period) -> float:
    """Growth of the cost of labs' final runs by their start, of those released, least squares on logs."""
    closed = run.models[~run.models["open_weights"] & run.models["released"].notna()]
    runs = within(closed, period, "started").groupby(["firm", "generation", "started"])["training"].sum().reset_index()
    whole = runs[runs["training"] > 0]
    return float(np.exp(YEAR * structure.slope(whole["started"].to_numpy(float), np.log(whole["training"].to_numpy()))))


@target(unit="ratio")
def leader_rd_per_revenue(run: Run, period: Period) -> float:
    """Training and research of the largest lab over its revenue."""
    return _leader(run, period, "training", "research")


@target(unit="ratio")
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
    rows = within(run.offers, period)
    sold = rows[~rows["open_weights"] & (rows["tokens"] > 0)]
    total = float(sold["tokens"].sum())
    return float((sold[column] * sold["tokens"]).sum(skipna=False)) / total if total > 0 else float("nan")


@target(unit="log per year")
def same_model_price_drift(run: Run, period: Period) -> float:
    """Yearly change of the log list price of closed models until their successor."""
    return prices.matched_model_drift(_spells(run, period))


@target(unit="log per year")
def quality_adjusted_price_drift(run: Run, period: Period) -> float:
    """Yearly change of the log hedonic price index."""
    return prices.hedonic_drift(within(forms.on_sale_of_run(run.offers), period))


@target(unit="ratio")
def open_discount(run: Run, period: Period) -> float:
    """1 − open price ÷ closed price at equal capability."""
    return prices.open_discount(within(forms.on_sale_of_run(run.offers), period))


@target(unit=PART)
def open_token_share(run: Run, period: Period) -> float:
    """Open models' part of tokens, mean over the months."""
    return _mean(structure.open_token_share(run.offers), period)


@target(unit="months")
def open_lag_months(run: Run, period: Period) -> float:
    """Age of the first closed model at or above each new open record, median."""
    return float(within(catch_up.open_records(_released(run, period)), period, "released")["lag_months"].median())


@target(unit="points per year")
def capability_slope(run: Run, period: Period) -> float:
    """Yearly rise of the frontier."""
    return structure.capability_slope(within(forms.on_sale_of_run(run.offers), period))


@target(unit="x per year")
def price_decline_fixed_capability(run: Run, period: Period) -> float:
    """Fall of the cheapest launch price at a fixed capability, median over levels; earlier launches count too."""
    points = fixed_capability.launches(_released(run, period))
    declines = fixed_capability.price_declines(points, fixed_capability.frontier_levels(_released(run, period)))
    return float(declines["factor"].median()) if len(declines) else float("nan")


@target(unit="x per year")
def token_growth(run: Run, period: Period) -> float:
    """A month's tokens over those a year before, mean over the months."""
    return _mean(structure.token_growth(run.offers), period)


@target(unit="per model-year")
def price_cuts_per_model_year(run: Run, period: Period) -> float:
    """List-price cuts of closed models before their successor."""
    return prices.cuts_per_model_year(_spells(run, period))


@target(unit="ratio")
def successor_launch_price_ratio(run: Run, period: Period) -> float:
    """Launch price of a closed successor over its predecessor's, median."""
    return float(within(prices.launch_price_ratios(_released(run, period)), period, "released")["ratio"].median())


@target(unit="weeks")
def successor_overtakes_weeks(run: Run, period: Period) -> float:
    """Weeks until a closed successor's tokens exceed its predecessor's, median, if more than half do."""
    pairs = within(succession.overtaking(_released(run, period), forms.sales_of_run(run.offers)), period, "released")
    return median_wait(pairs.loc[~pairs["open_weights"], "weeks"])


@target(unit="ratio")
def self_cannibalised_share(run: Run, period: Period) -> float:
    """Share points the predecessor lost over those the successor gained in four weeks, median."""
    pairs = succession.self_cannibalisation(_released(run, period), forms.sales_of_run(run.offers))
    pairs = within(pairs, period, "released")
    return float(pairs.loc[~pairs["open_weights"], "share"].median())


@outcome(unit="ratio", period="2025", on_request=True)
def closed_price_at_open_frontier(run: Run, period: Period) -> float:
    """Cheapest closed price at or above the best open model over that model's price, median of the months."""
    ratio = prices.closed_price_at_open_frontier(forms.on_sale_of_run(run.offers))
    return float(ratio[period.covers(ratio.index)].median())


@outcome(unit="$ per Mtok", period="2023:2025", on_request=True)
def frontier_price(run: Run, period: Period) -> float:
    """Price of the most capable closed model on sale, mean over the months."""
    return _mean(prices.frontier_price(run.offers), period)


@outcome(unit="per year", period="2024:2025", on_request=True)
def vendor_switching(run: Run, period: Period) -> float:
    """Changes of vendor per enterprise customer (all, without such a segment)."""
    rows = within(run.segments, period)
    rows = rows[rows["segment"] == "enterprise"] if "enterprise" in run.scenario.segments else rows
    active = float(rows["active"].sum())
    return YEAR * float(rows["switchers"].sum()) / active if active > 0 else float("nan")


@outcome(unit=PART, period="2024:2025", on_request=True)
def upgraded_in_first_month(run: Run, period: Period) -> float:
    """Part of a lab's customers on its new flagship a month after its launch, median."""
    fresh = flagships(run.models)
    fresh = fresh[fresh["released"].between(period.first, period.until - 2).fillna(False).astype(bool)]
    fresh = fresh.assign(month=fresh["released"].astype("int64") + 1)
    upgraded, everybody = (
        run.offers.groupby(["month", of])["customers"].sum().reindex(pd.MultiIndex.from_frame(fresh[["month", of]]))
        for of in ("model", "firm")
    )
    known = everybody.to_numpy(float) > 0  # not where the run ends with the launch, or the firm
    shares = upgraded.fillna(0).to_numpy(float)[known] / everybody.to_numpy(float)[known]
    return float(np.median(shares)) if len(shares) else float("nan")
