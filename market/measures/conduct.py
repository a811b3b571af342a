"""Outcomes of conduct: price wars, and where prices lie between competition and a cartel."""

from __future__ import annotations

from typing import Any

import pandas as pd

from market.economics.benchmarks import NO_ROOM
from market.measures.outcomes import Tables, on_request
from market.measures.price_wars import price_wars as wars_of


def _wars(run: Any) -> pd.DataFrame:
    return wars_of(run.offers, run.models, run.runways)


@on_request
def price_wars(run: Tables) -> float:
    """Price wars that opened during the run, with the default thresholds (number)."""
    return float(len(_wars(run)))


@on_request
def price_wars_beside_launches(run: Tables) -> float:
    """Price wars that are more than launches finding their price: all but those labelled launch adjustment (number)."""
    return float((_wars(run)["label"] != "launch adjustment").sum())


@on_request
def price_war_depth(run: Tables) -> float:
    """Fall of the matched markup index from peak to trough, mean over the wars of the run (log points)."""
    return float(_wars(run)["depth"].mean())


@on_request
def price_wars_begun_at_the_frontier(run: Tables) -> float:
    """Part of the wars in which a lab at the closed frontier is among the first to cut (share)."""
    closed = run.offers[~run.offers["open_weights"]].reset_index(drop=True)
    top = closed.loc[closed["capability"] >= closed.groupby("month")["capability"].transform("max") - 1e-9]
    leaders = top.groupby("month")["firm"].agg(set)
    wars = _wars(run)
    pairs = zip(wars["first_movers"].astype(str), wars["first_cut"].astype(int), strict=True)
    first = [set(movers.split(", ")) & leaders[month] for movers, month in pairs]
    return sum(map(bool, first)) / len(first) if first else float("nan")


@on_request
def profit_gain(run: Any) -> float:
    """Labs' profits between Nash (0) and joint profit (1), all months compared; needs record_benchmarks (share)."""
    total = run.benchmarks[["profit", "profit_nash", "profit_joint"]].sum()
    room = float(total["profit_joint"] - total["profit_nash"])
    no_room = room <= NO_ROOM * abs(float(total["profit_nash"]))
    return float("nan") if no_room else float(total["profit"] - total["profit_nash"]) / room
