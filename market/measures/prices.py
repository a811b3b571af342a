"""Prices: at a fixed capability, adjusted for quality, of one model over time, across generations, open against closed.

Several price declines are true at once: of the average at constant quality (`hedonic_drift`), of one model's list price
(`matched_model_drift`), of the newest model (`launch_price_ratios`, `frontier_price`), and of the cheapest at a
capability, which has its own module, `fixed_capability`. Forms are those of `market.measures.forms`; prices in $ per
Mtok. A model without a capability, or given away, so that its price has no log and is no base of a ratio, is left out
of what needs one; everything else stays.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.calendar import YEAR
from market.measures.forms import successor_release
from market.measures.structure import slope

# ----------------------------------------------------------------------------------------------- at constant quality


def hedonic_index(on_sale: pd.DataFrame) -> pd.Series:
    """Log of the quality-adjusted price by month, 0 in the first; empty if nothing is on sale.

    The time dummies δ_t of ln p_jt = δ_t + β·capability_jt + ε_jt over all models on sale, equal weights (the
    time-dummy hedonic index; Griliches 1961).
    """
    logs = _logs(on_sale)
    means = logs.groupby("month").mean()
    (quality,) = _within(logs, ["capability"])
    index: pd.Series = means["price"] - quality * means["capability"]
    return index.sub(index.iloc[0] if len(index) else 0.0).rename("hedonic_index")


def hedonic_drift(on_sale: pd.DataFrame) -> float:
    """Yearly change of the log hedonic price index: its least-squares slope over the months."""
    index = hedonic_index(on_sale)
    return YEAR * slope(index.index.to_numpy(float), index.to_numpy(float))


def open_discount(on_sale: pd.DataFrame) -> float:
    """1 − open price ÷ closed price at equal capability: 1 − exp(γ).

    γ is the coefficient of open weights in ln p_jt = δ_t + β·capability_jt + γ·open_j + ε_jt over all models on sale:
    the average closed model, not the cheapest one that would do.
    """
    return 1.0 - float(np.exp(_within(_logs(on_sale), ["capability", "open"])[1]))


def closed_price_at_open_frontier(on_sale: pd.DataFrame) -> pd.Series:
    """Price of the cheapest closed model at or above the best open one, over that open model's price, by month.

    Near 1 where the premium is for the last points only. NaN in months without an open model or a closed one above it;
    models given away are left out.
    """
    on_sale = priced(on_sale)
    opened = on_sale[on_sale["open_weights"]]
    best = opened.sort_values(["month", "capability"], kind="stable").groupby("month").last()
    closed = on_sale[~on_sale["open_weights"]]
    above = closed[closed["capability"] >= closed["month"].map(best["capability"])]
    ratio: pd.Series = above.groupby("month")["price"].min() / best["price"]
    return ratio.rename("closed_price_at_open_frontier")


# ------------------------------------------------------------------------------------------------ of one model on sale


def price_spells(
    list_prices: pd.DataFrame,
    releases: pd.DataFrame,
    until: float,
    *,
    to_successor: bool = True,
    since: float = -np.inf,
) -> pd.DataFrame:
    """How each closed model's list price went while it was on sale.

    Parameters
    ----------
    list_prices, releases : the forms.
    until : month at which the record ends.
    to_successor : stop at the release of the model's successor; otherwise at its withdrawal.
    since : month at which the record begins, with the price then in force; that price is no change.

    Returns
    -------
    DataFrame
        model, years, cuts (changes to below the price before, to nothing as well), log_change (of the last price over
        the first, both above 0; NaN for a model that was always given away).
    """
    ends = releases.set_index("model")["withdrawn"].fillna(until).clip(upper=until)
    if to_successor:
        replaced = successor_release(releases).reindex(ends.index)
        ends = ends.where(~(replaced < ends), replaced)
    rows = list_prices[~list_prices["open_weights"] & list_prices["price"].notna()]
    rows = rows.sort_values(["model", "month"], kind="stable").assign(month=rows["month"].clip(lower=since))
    rows = rows.groupby(["model", "month"])[["price"]].last().reset_index()
    rows = rows[rows["month"] < ends.reindex(rows["model"]).to_numpy(float)]
    prices = rows.groupby("model")["price"]
    first = rows.groupby("model")["month"].first()
    table = pd.DataFrame({"years": (ends.reindex(first.index) - first) / YEAR})
    table["cuts"] = (rows["price"] < prices.shift()).groupby(rows["model"]).sum()
    paid = rows[rows["price"] > 0].groupby("model")["price"]
    table["log_change"] = np.log(paid.last()) - np.log(paid.first())
    return table.reset_index()


def cuts_per_model_year(spells: pd.DataFrame) -> float:
    """List-price cuts of closed models per model-year on sale, of `price_spells`, such as up to the successor."""
    return _ratio(float(spells["cuts"].sum()), float(spells["years"].sum()))


def matched_model_drift(spells: pd.DataFrame) -> float:
    """Yearly change of the log list price of closed models on sale, each matched to itself: Σ log changes ÷ Σ years.

    Evidence knows no withdrawals, so there `price_spells` are read to the successor: −0.10.
    """
    spells = spells.dropna(subset=["log_change"])
    return _ratio(float(spells["log_change"].sum()), float(spells["years"].sum()))


# ------------------------------------------------------------------------------------------------- across generations


def launch_price_ratios(releases: pd.DataFrame) -> pd.DataFrame:
    """Launch price of each closed successor over its predecessor's.

    Returns
    -------
    DataFrame
        model, predecessor, released, year, ratio; pairs with both launch prices known and above 0.
    """
    releases = releases[releases["price"] > 0]
    price = releases.set_index("model")["price"]
    rows = releases[~releases["open_weights"]].dropna(subset=["predecessor"])
    table = rows.assign(ratio=rows["price"] / price.reindex(rows["predecessor"]).to_numpy(float))
    columns = ["model", "predecessor", "released", "year", "ratio"]
    return table.dropna(subset=["ratio"])[columns].reset_index(drop=True)


def frontier_price(on_sale: pd.DataFrame) -> pd.Series:
    """Price of the most capable closed model on sale, by month; `offers` of a run will do as well."""
    closed = on_sale[~on_sale["open_weights"]].dropna(subset=["capability", "price"]).reset_index(drop=True)
    top = closed.loc[closed.groupby("month")["capability"].idxmax()]
    return top.set_index("month")["price"].rename("frontier_price")


# -------------------------------------------------------------------------------------------------------------- parts


def leading_prices(offers: pd.DataFrame) -> pd.DataFrame:
    """Price of every firm's most capable closed model by month: month as index, a column per firm; NaN without one."""
    closed = offers[~offers["open_weights"]].sort_values(["month", "firm", "capability"], kind="stable")
    best = closed.groupby(["month", "firm"]).last().reset_index()
    return best.pivot_table(index="month", columns="firm", values="price", aggfunc="last")


def priced(on_sale: pd.DataFrame) -> pd.DataFrame:
    """Rows with a capability and a price above 0, which alone has a log."""
    return on_sale[np.isfinite(on_sale["capability"].astype("float64")) & (on_sale["price"] > 0)]


def _logs(on_sale: pd.DataFrame) -> pd.DataFrame:
    """Month, capability, log price and whether it is open, of every row that has them all."""
    rows = priced(on_sale)
    logs = rows[["month", "capability"]].assign(price=np.log(rows["price"].astype("float64")))
    return logs.assign(open=rows["open_weights"].astype("float64"))


def _within(logs: pd.DataFrame, columns: list[str]) -> npt.NDArray[np.float64]:
    """Coefficients of `columns` in a regression of `price` with a constant for each month; NaN if not identified."""
    away = logs[[*columns, "price"]] - logs.groupby("month")[[*columns, "price"]].transform("mean")
    x, y = away[columns].to_numpy(float), away["price"].to_numpy(float)
    if len(x) == 0 or np.linalg.matrix_rank(x) < len(columns):
        return np.full(len(columns), np.nan)
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0])


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else float("nan")
