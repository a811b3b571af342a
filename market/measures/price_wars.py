"""Price wars: falls of margins on matched closed models, who began them, and what they were.

The markup index I and what counts as a cut are those of `markups`.

A war opens in the first month in which (a) I is `fall` or more below its highest value of the last `window` months, (b)
two firms or more have cut in these months, and (c) one of these cuts follows a rival's by 1 to `reply` months. It
closes when I has recovered the part `recovery` of what it lost, or when no cut has been made for `quiet` months; what
came before belongs to no later war. The first `settle` months belong to none: opening prices are set blindly, without
seeing rivals', and cuts then correct them.

Labels, the first that applies. What began it:
    entry              a firm offers its first closed model in the `window` months up to the first cut
    liquidation        the runway of a firm that cut first was below `short_runway` in the month before
    launch adjustment  the part `launches` or more of the cuts, by depth, are launches or made in the month of a release
                       of the same firm or in the `adjustment` months after it
Otherwise, how it ended:
    punishment         within `aftermath` months of the trough the chained price index rises by the part `recovery` of
                       what it had lost: prices are raised again; that costs fall is not enough
    root jump          no closed model came or went between the month before the first cut and the trough, and two
                       months that follow each other make up the part `jump` of the fall: the same market, other prices
    new equilibrium    all others: prices went down step by step and stay there
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.measures.markups import closed_models, cuts, markup_index
from market.parameters import Parameters, parameter

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

COLUMNS = {
    "opened": "Int64", "closed": "Int64", "first_cut": "Int64", "trough": "Int64", "depth": "float64", "firms": "int64",
    "cuts": "int64", "cutters": "str", "first_movers": "str", "label": "str",
}  # fmt: skip


class PriceWar(Parameters):
    """What counts as a price war."""

    fall: float = parameter(0.15, unit="log points", gt=0, le=10, meaning="fall of the markup index that opens a war")
    window: int = parameter(6, unit="months", ge=1, le=120, meaning="months within which the index must fall")
    cut: float = parameter(0.05, unit="share of price", gt=0, lt=1, meaning="smallest cut beyond the change of cost")
    reply: int = parameter(3, unit="months", ge=1, le=120, meaning="months within which a cut follows a rival's")
    recovery: float = parameter(0.5, unit="share", gt=0, le=1, meaning="part of the loss whose recovery is the end")
    quiet: int = parameter(3, unit="months", ge=1, le=120, meaning="months without a cut that are the end")
    settle: int = parameter(6, unit="months", ge=0, le=240, meaning="months at the start that open no war")
    short_runway: float = parameter(6.0, unit="months", ge=0, le=120, meaning="runway of a firm in liquidation")
    launches: float = parameter(0.5, unit="share", gt=0, le=1, meaning="part of the cuts that comes with launches")
    adjustment: int = parameter(2, unit="months", ge=0, le=120, meaning="months after a launch in which it is adjusted")
    aftermath: int = parameter(12, unit="months", ge=1, le=240, meaning="months in which punished prices return")
    jump: float = parameter(0.8, unit="share", gt=0, le=1, meaning="part of the fall in two months that is a jump")


@dataclass(frozen=True)
class War:
    """One war: months of the index's peak, of the first cut, the opening, the trough and the end (None: not yet)."""

    peak: int
    first_cut: int
    opened: int
    trough: int
    closed: int | None


def price_wars(
    offers: pd.DataFrame,
    models: pd.DataFrame | None = None,
    runways: pd.DataFrame | None = None,
    thresholds: PriceWar | None = None,
) -> pd.DataFrame:
    """Find the price wars of a run and say what each was.

    Parameters
    ----------
    offers, models : tables of a run; `models` may be left out, see `cuts`.
    runways : month, firm, runway (months that cash lasts; infinite if somebody covers shortfalls). Without it no war is
        called a liquidation.
    thresholds : the defaults if left out.

    Returns
    -------
    DataFrame
        opened, closed (missing if it goes on at the horizon), first_cut, trough (months), depth (fall of the index from
        its peak to its trough, log points), firms and cuts (how many of each), cutters, first_movers (names), label.
        First movers are those whose cut is the first that a rival's follows.
    """
    limits = thresholds or PriceWar()
    index = markup_index(offers).set_index("month")
    made = cuts(offers, models, limits.cut)
    table = []
    for war in _wars(index["markup_index"], made, limits):
        end = index.index[-1] if war.closed is None else war.closed
        fought = made[made["month"].between(war.first_cut, end)]
        first = sorted(set(fought.loc[fought["month"] == war.first_cut, "firm"]))
        depth = index["markup_index"][war.peak] - index["markup_index"][war.trough]
        label = _label(war, first, fought, index, closed_models(offers), runways, limits)
        cutters = sorted(set(fought["firm"]))
        months = (war.opened, war.closed, war.first_cut, war.trough)
        table.append((*months, depth, len(cutters), len(fought), ", ".join(cutters), ", ".join(first), label))
    return pd.DataFrame(table, columns=list(COLUMNS)).astype(COLUMNS)


# -------------------------------------------------------------------------------------------------------------- parts


def _wars(index: pd.Series, made: pd.DataFrame, limits: PriceWar) -> list[War]:
    """Opening and end of every war, in order."""
    wars: list[War] = []
    if index.empty:
        return wars
    levels, zero = index.to_numpy(float), int(index.index.min())
    cut_in, firms = made["month"].to_numpy(int) - zero, made["firm"].to_numpy()
    since = month = limits.settle
    while month < len(levels) - 1:
        month += 1
        begin = max(since, month - limits.window)
        peak = begin + int(levels[begin : month + 1].argmax())
        if levels[peak] - levels[month] < limits.fall:
            continue
        recent = (cut_in > begin) & (cut_in <= month)
        first = _first_answered(cut_in[recent], firms[recent], limits.reply)
        if first is not None:
            closed = _end(levels, cut_in, peak, month, limits)
            end = len(levels) - 1 if closed is None else closed
            trough = peak + int(levels[peak : end + 1].argmin())
            months = (zero + peak, zero + first, zero + month, zero + trough)
            wars.append(War(*months, None if closed is None else zero + closed))
            since = month = end
    return wars


def _first_answered(months: Integers, firms: npt.NDArray[np.object_], reply: int) -> int | None:
    """Month of the first of some cuts that a rival's follows within `reply` months, if there is one."""
    wait = months - months[:, None]
    answered = (firms != firms[:, None]) & (wait >= 1) & (wait <= reply)
    return int(months[answered.any(axis=1)].min()) if answered.any() else None


def _end(levels: Floats, cut_in: Integers, peak: int, opened: int, limits: PriceWar) -> int | None:
    """Month in which a war is over, if it is before the horizon; months counted from the first."""
    for month in range(opened + 1, len(levels)):
        trough = levels[peak : month + 1].min()
        recovered = levels[month] - trough >= limits.recovery * (levels[peak] - trough)
        if recovered or month - cut_in[cut_in <= month].max() >= limits.quiet:
            return month
    return None


def _label(
    war: War,
    first: list[str],
    fought: pd.DataFrame,
    index: pd.DataFrame,
    rows: pd.DataFrame,
    runways: pd.DataFrame | None,
    limits: PriceWar,
) -> str:
    """What a war was: the first of the labels that applies."""
    debuts, start = rows.groupby("firm")["month"].min(), rows["month"].min()
    if (debuts[debuts > start].between(war.first_cut - limits.window, war.first_cut)).any():
        return "entry"
    if runways is not None:
        asked = runways[runways["firm"].isin(first) & (runways["month"] == war.first_cut - 1)]
        if (asked["runway"] < limits.short_runway).any():
            return "liquidation"
    if _with_launches(fought, rows, limits.adjustment) >= limits.launches:
        return "launch adjustment"
    prices = index["price_index"]
    after = prices.loc[war.trough : war.trough + limits.aftermath].max() - prices[war.trough]
    if after >= limits.recovery * (prices[war.peak] - prices[war.trough]):
        return "punishment"
    shown = rows[rows["month"].between(war.first_cut - 1, war.trough)].groupby("month")["model"].agg(frozenset)
    fall = index["markup_index"].loc[war.peak : war.trough]
    steepest = -fall.diff(2).fillna(fall.diff()).min()
    if len(set(shown)) == 1 and steepest >= limits.jump * (fall.iloc[0] - fall.iloc[-1]):
        return "root jump"
    return "new equilibrium"


def _with_launches(fought: pd.DataFrame, rows: pd.DataFrame, adjustment: int) -> float:
    """Part of the cuts, by depth, that are made in the month of a release of the same firm or soon after."""
    debuts = rows.groupby(["firm", "model"])["month"].min().reset_index()
    near = {(f, m + k) for f, m in zip(debuts["firm"], debuts["month"], strict=True) for k in range(adjustment + 1)}
    made = [(f, m) in near for f, m in zip(fought["firm"], fought["month"], strict=True)]
    return float(fought["depth"].to_numpy(float) @ np.array(made, float) / fought["depth"].sum())
