"""The moments of ``targets.csv``, each an outcome under the name it has there.

Periods are those of the evidence, calendar years 2023 to 2025; a run that starts later or ends earlier gives NaN
where it has no data. Each is read as the evidence was: see the functions that they call.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.measures import catch_up, fixed_capability, forms, leader, prices, structure, succession
from market.measures.outcomes import Tables, on_request

FIRST, LAST = 2023, 2025
"""Calendar years that the evidence covers."""


def window(run: Tables, first: int, last: int) -> tuple[int, int]:
    """Months of a run from January of `first` up to, but not including, January after `last`."""
    year, month = (int(part) for part in run.scenario.start.split("-"))
    begin = (first - year) * 12 + 1 - month
    return begin, begin + (last - first + 1) * 12


def _within(table: pd.DataFrame, months: tuple[int, int]) -> pd.DataFrame:
    return table[(table["month"] >= months[0]) & (table["month"] < months[1])]


def _leader(run: Tables, column: str, first: int, last: int) -> float:
    """Mean over years of a ratio of the largest closed lab."""
    table = leader.leader(run.companies, set(run.scenario.labs))
    return float(table.loc[table["year"].between(first, last), column].mean())


def _released(run: Tables) -> pd.DataFrame:
    """Releases up to the end of the evidence."""
    releases = forms.releases_of_run(run.models, run.scenario.start)
    return releases[releases["released"] < window(run, FIRST, LAST)[1]]


@on_request
def training_cost_growth(run: Tables) -> float:
    """Growth of the cost of labs' final runs by their start, of those released, least squares on logs (x per year)."""
    closed = run.models[~run.models["open_weights"] & run.models["released"].notna()]
    runs = closed.groupby(["firm", "generation", "started"])["training"].sum().reset_index()
    whole = runs[runs["training"] > 0]
    return float(np.exp(12 * structure.slope(whole["started"].to_numpy(float), np.log(whole["training"].to_numpy()))))


@on_request
def leader_rd_per_revenue(run: Tables) -> float:
    """Training and research of the largest lab over its revenue, 2025 (ratio)."""
    return _leader(run, "rd_per_revenue", 2025, 2025)


@on_request
def leader_operating_result_per_revenue(run: Tables) -> float:
    """Operating result of the largest lab over its revenue, mean of 2024 and 2025 (ratio)."""
    return _leader(run, "operating_result_per_revenue", 2024, 2025)


@on_request
def leader_gross_margin(run: Tables) -> float:
    """Contribution of the largest lab over its revenue, 2025 (share)."""
    return _leader(run, "gross_margin", 2025, 2025)


@on_request
def leader_revenue_growth(run: Tables) -> float:
    """Revenue of the largest lab of 2025 over its revenue of 2024 (x per year)."""
    return _leader(run, "growth", 2025, 2025)


@on_request
def own_price_elasticity_short_run(run: Tables) -> float:
    """One-month response of closed models' tokens to their own price, weighted by tokens, 2024–2025 (elasticity)."""
    return _elasticity(run, "elasticity")


@on_request
def own_price_elasticity_long_run(run: Tables) -> float:
    """The same if everybody reconsidered without attachments, 2024–2025 (elasticity)."""
    return _elasticity(run, "elasticity_long")


def _elasticity(run: Tables, column: str) -> float:
    rows = _within(run.offers, window(run, 2024, 2025))
    sold = rows[~rows["open_weights"]].dropna(subset=[column])
    total = float(sold["tokens"].sum())
    return float((sold[column] * sold["tokens"]).sum()) / total if total > 0 else float("nan")


@on_request
def same_model_price_drift(run: Tables) -> float:
    """Yearly change of the log list price of closed models until their successor, 2024–2025 (log per year)."""
    since, until = window(run, 2024, 2025)
    listed = forms.on_sale_of_run(run.offers)
    return prices.matched_model_drift(listed, _released(run), until, to_successor=True, since=since)


@on_request
def quality_adjusted_price_drift(run: Tables) -> float:
    """Yearly change of the log hedonic price index, 2024–2025 (log per year)."""
    return prices.hedonic_drift(forms.on_sale_of_run(run.offers), *window(run, 2024, 2025))


@on_request
def open_discount(run: Tables) -> float:
    """1 − open price ÷ closed price at equal capability, 2025 (share)."""
    return prices.open_discount(forms.on_sale_of_run(run.offers), *window(run, 2025, 2025))


@on_request
def open_token_share(run: Tables) -> float:
    """Open models' share of tokens, mean over the months of 2025 (share)."""
    share = structure.open_token_share(run.offers)
    begin, end = window(run, 2025, 2025)
    return float(share[(share.index >= begin) & (share.index < end)].mean())


@on_request
def open_lag_months(run: Tables) -> float:
    """Age of the first closed model at or above each new open record, median, 2024–2025 (months)."""
    return catch_up.open_lag_months(forms.releases_of_run(run.models, run.scenario.start), 2024, 2025)


@on_request
def capability_slope(run: Tables) -> float:
    """Yearly rise of the frontier, 2024–2025 (points per year)."""
    return structure.capability_slope(forms.on_sale_of_run(run.offers), *window(run, 2024, 2025))


@on_request
def price_decline_fixed_capability(run: Tables) -> float:
    """Fall of the cheapest launch price at a fixed capability, median over levels, 2023–2025 (x per year)."""
    points = fixed_capability.launches(_released(run))
    declines = fixed_capability.price_declines(points, fixed_capability.frontier_levels(_released(run)))
    return float(declines["factor"].median()) if len(declines) else float("nan")


@on_request
def token_growth(run: Tables) -> float:
    """A month's tokens over those a year before, mean over 2024–2025 (x per year)."""
    growth = structure.token_growth(run.offers)
    begin, end = window(run, 2024, 2025)
    return float(growth[(growth.index >= begin) & (growth.index < end)].mean())


@on_request
def price_cuts_per_model_year(run: Tables) -> float:
    """List-price cuts of closed models before their successor, 2023–2025 (per model-year)."""
    since, until = window(run, FIRST, LAST)
    return prices.cuts_per_model_year(forms.on_sale_of_run(run.offers), _released(run), until, since=since)


@on_request
def successor_launch_price_ratio(run: Tables) -> float:
    """Launch price of a closed successor over its predecessor's, median, 2023–2025 (ratio)."""
    return float(prices.launch_price_ratios(_released(run))["ratio"].median())


@on_request
def successor_overtakes_weeks(run: Tables) -> float:
    """Weeks until a closed successor's tokens exceed its predecessor's, median, 2024–2025 (weeks)."""
    pairs = succession.overtaking(_released(run), forms.sales_of_run(run.offers))
    return float(pairs.loc[~pairs["open_weights"] & pairs["year"].between(2024, LAST), "weeks"].median())


@on_request
def self_cannibalised_share(run: Tables) -> float:
    """Share points the predecessor lost over those the successor gained in four weeks, median, 2024–2025 (share)."""
    pairs = succession.self_cannibalisation(_released(run), forms.sales_of_run(run.offers))
    return float(pairs.loc[~pairs["open_weights"] & pairs["year"].between(2024, LAST), "share"].median())


@on_request
def closed_price_at_open_frontier(run: Tables) -> float:
    """Cheapest closed price at or above the best open model over that model's price, median of 2025 (ratio)."""
    ratio = prices.closed_price_at_open_frontier(forms.on_sale_of_run(run.offers))
    begin, end = window(run, 2025, 2025)
    return float(ratio[(ratio.index >= begin) & (ratio.index < end)].median())


@on_request
def labs_revenue_2024(run: Tables) -> float:
    """Revenue of all labs in 2024 ($)."""
    return _labs_revenue(run, 2024)


@on_request
def labs_revenue_2025(run: Tables) -> float:
    """Revenue of all labs in 2025 ($)."""
    return _labs_revenue(run, 2025)


def _labs_revenue(run: Tables, year: int) -> float:
    rows = run.companies[run.companies["firm"].isin(run.scenario.labs) & (run.companies["year"] == year)]
    return float(rows["revenue"].sum()) if len(rows) else float("nan")


@on_request
def frontier_price(run: Tables) -> float:
    """Price of the most capable closed model on sale, mean over the months of 2023–2025 ($ per Mtok)."""
    rows = _within(run.offers, window(run, FIRST, LAST))
    closed = rows[~rows["open_weights"]].reset_index(drop=True)
    return float(closed.loc[closed.groupby("month")["capability"].idxmax(), "price"].mean())


@on_request
def vendor_switching(run: Tables) -> float:
    """Changes of vendor per enterprise customer (all, without such a segment), 2024–2025 (per year)."""
    rows = _within(run.segments, window(run, 2024, 2025))
    rows = rows[rows["segment"] == "enterprise"] if "enterprise" in run.scenario.segments else rows
    active = float(rows["active"].sum())
    return 12 * float(rows["switchers"].sum()) / active if active > 0 else float("nan")


@on_request
def upgraded_in_first_month(run: Tables) -> float:
    """Part of a lab's customers on its new flagship a month after its launch, median, 2024–2025 (share)."""
    releases = _released(run)
    begin, end = window(run, 2024, 2025)
    fresh = releases[~releases["open_weights"] & releases["released"].between(begin, end - 2)]
    fresh = fresh[fresh["line"] == "flagship"]
    fresh = fresh.assign(month=fresh["released"].astype("int64") + 1)
    upgraded, everybody = (
        run.offers.groupby(["month", of])["customers"].sum().reindex(pd.MultiIndex.from_frame(fresh[["month", of]]))
        for of in ("model", "firm")
    )
    known = everybody.to_numpy(float) > 0  # not where the run ends with the launch, or the firm
    shares = upgraded.fillna(0).to_numpy(float)[known] / everybody.to_numpy(float)[known]
    return float(np.median(shares)) if len(shares) else float("nan")
