"""Prices: at a fixed capability, adjusted for quality, of one model over time, across generations, open against closed.

Four price declines are true at once, and each function measures one: the cheapest price at a capability
(`price_decline`), the average at constant quality (`hedonic_drift`), one model's list price (`matched_model_drift`) and
the price of the newest (`launch_price_ratios`, `frontier_price`). Forms are those of `market.measures.forms`; prices in $
per Mtok.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.measures.forms import successor_release, years
from market.measures.structure import MONTHS_PER_YEAR, slope

LEAST_POINTS = 4
"""Fewest price points at a level for a trend to be fitted: the fewest among Epoch's 21 published fits."""

# ----------------------------------------------------------------------------------------------- at a fixed capability


def cheapest_so_far(points: pd.DataFrame, level: float) -> pd.DataFrame:
    """Price points that were cheaper than anything before at or above a capability, one per date.

    Parameters
    ----------
    points : month, capability, price; a launch or a changed list price each.
    level : the capability asked for.

    Returns
    -------
    DataFrame
        month, price, in the order of the months; models of equal price on one date are one point.
    """
    enough = points[(points["capability"] >= level) & points["price"].notna()]
    best = enough.groupby("month")["price"].min().reset_index()
    return best[best["price"] < best["price"].cummin().shift(fill_value=np.inf)].reset_index(drop=True)


def price_decline(points: pd.DataFrame, level: float) -> float:
    """Yearly factor by which the cheapest price at a capability falls: 10^(−12·slope of log10 price on months).

    The estimator of Epoch AI (2025), "LLM inference prices have fallen rapidly but unequally across tasks": ordinary least
    squares over the points of `cheapest_so_far`. NaN with fewer than two points.
    """
    best = cheapest_so_far(points, level)
    if len(best) < 2:
        return float("nan")
    return float(10.0 ** (-MONTHS_PER_YEAR * slope(best["month"].to_numpy(float), np.log10(best["price"].to_numpy(float)))))


def price_declines(points: pd.DataFrame, levels: Iterable[float], least: int = LEAST_POINTS) -> pd.DataFrame:
    """`price_decline` at several capabilities.

    Parameters
    ----------
    points : as in `cheapest_so_far`.
    levels : capabilities, for instance `frontier_levels`.
    least : fewest points for a fit; levels with fewer are left out.

    Returns
    -------
    DataFrame
        level, points, months (from the first point to the last), factor (x per year). Levels that were followed for a few
        months only give steep factors, because a price falls fastest when a capability has just left the frontier.
    """
    rows = []
    for level in levels:
        best = cheapest_so_far(points, level)
        if len(best) >= max(least, 2):
            span = float(best["month"].iloc[-1] - best["month"].iloc[0])
            rows.append((float(level), len(best), span, price_decline(points, level)))
    return pd.DataFrame(rows, columns=["level", "points", "months", "factor"])


def frontier_levels(releases: pd.DataFrame) -> list[float]:
    """Capabilities of the models that were the best of all when they were released, lowest first."""
    best = releases.dropna(subset=["capability", "price"]).groupby("released")["capability"].max()
    return [float(level) for level in best[best > best.cummax().shift(fill_value=-np.inf)]]


# ----------------------------------------------------------------------------------------------- at constant quality


def hedonic_index(on_sale: pd.DataFrame) -> pd.Series:
    """Log of the quality-adjusted price by month, 0 in the first.

    The time dummies δ_t of ln p_jt = δ_t + β·capability_jt + ε_jt over all models on sale, equal weights (the
    time-dummy hedonic index; Griliches 1961).
    """
    rows = on_sale.dropna(subset=["capability", "price"])
    logs = pd.DataFrame({"month": rows["month"], "capability": rows["capability"], "price": np.log(rows["price"])})
    means = logs.groupby("month").mean()
    (quality,) = _within(logs, ["capability"])
    index = means["price"] - quality * means["capability"]
    return (index - index.iloc[0]).rename("hedonic_index")


def hedonic_drift(on_sale: pd.DataFrame, since: float = -np.inf, until: float = np.inf) -> float:
    """Yearly change of the log hedonic price index: its least-squares slope over months `since` ≤ t < `until`."""
    index = hedonic_index(on_sale[(on_sale["month"] >= since) & (on_sale["month"] < until)])
    return MONTHS_PER_YEAR * slope(index.index.to_numpy(float), index.to_numpy(float))


def open_discount(on_sale: pd.DataFrame, since: float = -np.inf, until: float = np.inf) -> float:
    """1 − open price ÷ closed price at equal capability: 1 − exp(γ).

    γ is the coefficient of open weights in ln p_jt = δ_t + β·capability_jt + γ·open_j + ε_jt over all models on sale in
    months `since` ≤ t < `until`: the average closed model, not the cheapest one that would do.
    """
    rows = on_sale[(on_sale["month"] >= since) & (on_sale["month"] < until)].dropna(subset=["capability", "price"])
    logs = pd.DataFrame({"month": rows["month"], "capability": rows["capability"], "price": np.log(rows["price"])})
    logs["open"] = rows["open_weights"].astype("float64")
    return 1.0 - float(np.exp(_within(logs, ["capability", "open"])[1]))


# ------------------------------------------------------------------------------------------------ of one model on sale


def price_spells(
    list_prices: pd.DataFrame, releases: pd.DataFrame, until: float, *, to_successor: bool, since: float = -np.inf
) -> pd.DataFrame:
    """How each closed model's list price went while it was on sale.

    Parameters
    ----------
    list_prices, releases : the forms.
    until : month at which the record ends.
    to_successor : stop at the release of the model's successor, as list-price statistics do; otherwise at its withdrawal.
    since : month at which the record begins; a price change at it counts as a first price.

    Returns
    -------
    DataFrame
        model, years, cuts (changes to below the price before), log_change (of the last price over the first).
    """
    ends = releases.set_index("model")["withdrawn"].fillna(until).clip(upper=until)
    if to_successor:
        ends = np.minimum(ends, successor_release(releases).reindex(ends.index).fillna(until))
    rows = list_prices[~list_prices["open_weights"] & list_prices["price"].notna()]
    rows = rows[(rows["month"] < rows["model"].map(ends)) & (rows["month"] >= since)]
    rows = rows.sort_values(["model", "month"], kind="stable")
    prices = rows.groupby("model")["price"]
    first = rows.groupby("model")["month"].first()
    table = pd.DataFrame({"years": (ends.reindex(first.index) - first) / MONTHS_PER_YEAR})
    table["cuts"] = (rows["price"] < prices.shift()).groupby(rows["model"]).sum()
    table["log_change"] = np.log(prices.last() / prices.first())
    return table.reset_index()


def cuts_per_model_year(
    list_prices: pd.DataFrame, releases: pd.DataFrame, until: float, since: float = -np.inf
) -> float:
    """List-price cuts of closed models before their successor's release, per model-year on sale until then."""
    spells = price_spells(list_prices, releases, until, to_successor=True, since=since)
    return _ratio(float(spells["cuts"].sum()), float(spells["years"].sum()))


def matched_model_drift(
    list_prices: pd.DataFrame, releases: pd.DataFrame, until: float, *, to_successor: bool = False, since: float = -np.inf
) -> float:
    """Yearly change of the log list price of a closed model on sale: Σ log changes ÷ Σ years, models matched to themselves."""
    spells = price_spells(list_prices, releases, until, to_successor=to_successor, since=since)
    return _ratio(float(spells["log_change"].sum()), float(spells["years"].sum()))


# ------------------------------------------------------------------------------------------------- across generations


def launch_price_ratios(releases: pd.DataFrame) -> pd.DataFrame:
    """Launch price of each closed successor over its predecessor's.

    Returns
    -------
    DataFrame
        model, predecessor, released, year, ratio; pairs with both launch prices known.
    """
    price = releases.set_index("model")["price"]
    rows = releases[~releases["open_weights"]].dropna(subset=["predecessor", "price"])
    table = rows.assign(ratio=rows["price"] / rows["predecessor"].map(price))
    columns = ["model", "predecessor", "released", "year", "ratio"]
    return table.dropna(subset=["ratio"])[columns].reset_index(drop=True)


def frontier_price(on_sale: pd.DataFrame, dates: Sequence[str]) -> pd.Series:
    """Price of the most capable closed model on sale, mean over the months of each calendar year (design §5).

    Parameters
    ----------
    on_sale : the form, or `offers` of a run.
    dates : calendar month of each month, such as "2023-01".
    """
    closed = on_sale[~on_sale["open_weights"]].reset_index(drop=True)
    top = closed.loc[closed.groupby("month")["capability"].idxmax()]
    return top.groupby(years(top["month"], dates))["price"].mean().rename("frontier_price")


# -------------------------------------------------------------------------------------------------------------- parts


def _within(logs: pd.DataFrame, columns: list[str]) -> npt.NDArray[np.float64]:
    """Coefficients of `columns` in a regression of `price` with a constant for each month; NaN if not identified."""
    away = logs[[*columns, "price"]] - logs.groupby("month")[[*columns, "price"]].transform("mean")
    x, y = away[columns].to_numpy(float), away["price"].to_numpy(float)
    if len(x) == 0 or np.linalg.matrix_rank(x) < len(columns):
        return np.full(len(columns), np.nan)
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0])


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else float("nan")
