"""Markups of closed models: their index over matched models, and the cuts that firms made.

The log markup of model j is m_jt = ln(p_jt / c_jt). Its index is chained over matched models, those on sale in both
months, with Törnqvist weights, the mean of a model's revenue shares among them in the two months:

    I_t = I_{t−1} + Σ_j w_jt (m_jt − m_j,t−1)

New models and withdrawn ones do not move it, and neither do prices that follow cost.

A *cut* is a price change after which m is −ln(1 − `smallest`) or more below the last markup that its firm chose: at the
launch, at the last cut, or at a later price change that raised it. So a list price that catches up with falling costs
is no cut, and small steps add up until they are one. A launch is a cut if its price is below its predecessor's and its
markup that far below the one last chosen for it.

A model given away has no log markup: its months are in neither, and nobody else's are touched.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.measures.forms import releases_of_run

Floats = npt.NDArray[np.float64]

CUT = ["month", "firm", "model", "depth", "launch"]


def closed_models(offers: pd.DataFrame) -> pd.DataFrame:
    """Closed models on sale by model and month, with their log markup; NaN where price or unit cost is 0."""
    rows = offers[~offers["open_weights"]].sort_values(["model", "month"], kind="stable").reset_index(drop=True)
    known = rows[(rows["price"] > 0) & (rows["unit_cost"] > 0)]
    return rows.assign(markup=np.log(known["price"]) - np.log(known["unit_cost"]))


def markup_index(offers: pd.DataFrame) -> pd.DataFrame:
    """Chained indices of matched closed models by month.

    Parameters
    ----------
    offers : month, model, open_weights, price, unit_cost, revenue.

    Returns
    -------
    DataFrame
        month, matched (number of models), markup_change (NaN if nothing matched was sold), markup_index, price_index
        (logs, 0 in the first month; a month without a change carries them on). Empty if there is no closed model.
    """
    rows = closed_models(offers)
    paid = rows.dropna(subset=["markup"])
    before = paid.assign(month=paid["month"] + 1)
    both = paid.merge(before, on=["month", "model"], suffixes=("", "_before"))
    for when in ("revenue", "revenue_before"):
        total = both.groupby("month")[when].transform("sum")
        both[when] = (both[when] / total.where(total > 0)).fillna(0.0)
    weight = both["revenue"] + both["revenue_before"]
    total = weight.groupby(both["month"]).transform("sum")
    both["weight"] = weight / total.where(total > 0)
    both["markup_change"] = both["weight"] * (both["markup"] - both["markup_before"])
    both["price_change"] = both["weight"] * (np.log(both["price"]) - np.log(both["price_before"]))
    first, last = (0, -1) if rows.empty else (rows["month"].min(), rows["month"].max())
    months = pd.RangeIndex(first, last + 1, name="month")
    change = both.groupby("month")[["markup_change", "price_change"]].sum(min_count=1).reindex(months)
    table = change[["markup_change"]].copy()
    table.insert(0, "matched", both.groupby("month").size().reindex(months, fill_value=0))
    table["markup_index"] = change["markup_change"].fillna(0.0).cumsum()
    table["price_index"] = change["price_change"].fillna(0.0).cumsum()
    return table.reset_index()


def cuts(offers: pd.DataFrame, models: pd.DataFrame | None = None, smallest: float = 0.05) -> pd.DataFrame:
    """Every cut beyond the change of cost, as defined above.

    Parameters
    ----------
    offers : as for `markup_index`, with firm.
    models : table of a run, which says what succeeds what; without it a firm's predecessor is its newest model before.
    smallest : part of the price.

    Returns
    -------
    DataFrame
        month, firm, model, depth (log points), launch.
    """
    rows = closed_models(offers).dropna(subset=["markup"]).reset_index(drop=True)
    months, firms, prices, markups = (rows[name].to_numpy() for name in ("month", "firm", "price", "markup"))
    spans = {
        str(model): (places[0], places[-1] + 1) for model, places in rows.groupby("model", sort=False).indices.items()
    }
    chosen, depth = _chosen(prices, markups, {start for start, _ in spans.values()}, _depth(smallest))
    steps = rows.assign(depth=depth, launch=False)[depth > 0]
    made = list(steps[CUT].itertuples(index=False, name=None))
    for model, predecessor in _predecessors(rows, models).items():
        new, (start, stop) = spans[model][0], spans[predecessor]
        old = start + int(np.searchsorted(months[start:stop], months[new])) - 1  # its last month before
        if old >= start and prices[new] < prices[old]:
            fall = float(chosen[old] - markups[new])
            if fall >= _depth(smallest):
                made.append((months[new], firms[new], model, fall, True))
    types = dict(zip(CUT, ("int64", "str", "str", "float64", "bool"), strict=True))
    table = pd.DataFrame(made, columns=CUT).astype(types)
    return table.sort_values(["month", "firm", "model"], kind="stable").reset_index(drop=True)


# -------------------------------------------------------------------------------------------------------------- parts


def _depth(cut: float) -> float:
    """Log points of a cut that is a part of the price; a hair less, so that a cut of exactly that much counts."""
    return float(-np.log1p(-cut)) - 1e-9


def _chosen(prices: Floats, markups: Floats, starts: set[int], least: float) -> tuple[Floats, Floats]:
    """The markup last chosen in each month, and the depth of the cut made in it, or 0.

    Parameters
    ----------
    prices, markups : (n,) months of models, one after the other.   starts : places of their first months.
    least : log points of a cut.
    """
    chosen, depth = markups.copy(), np.zeros(len(markups))
    for t in range(len(markups)):
        if t in starts:
            continue
        chosen[t] = chosen[t - 1]
        if prices[t] != prices[t - 1]:
            lost = chosen[t - 1] - markups[t]
            if prices[t] < prices[t - 1] and lost >= least:
                chosen[t], depth[t] = markups[t], lost
            else:
                chosen[t] = max(chosen[t - 1], markups[t])
    return chosen, depth


def _predecessors(rows: pd.DataFrame, models: pd.DataFrame | None) -> dict[str, str]:
    """Predecessor by model, for launches after the first month; both are on the record."""
    if models is not None:
        releases = releases_of_run(models).dropna(subset=["predecessor"])
        pairs = dict(zip(releases["model"], releases["predecessor"], strict=True))
    else:
        launches = rows.groupby(["firm", "model"])["month"].min().reset_index().sort_values(["firm", "month", "model"])
        launches["predecessor"] = launches.groupby("firm")["model"].shift()
        pairs = dict(launches.dropna()[["model", "predecessor"]].itertuples(index=False))
    known = set(rows["model"])
    return {str(new): str(old) for new, old in pairs.items() if new in known and old in known}
