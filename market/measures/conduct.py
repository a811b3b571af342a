"""Outcomes of conduct: price wars, and where prices lie between competition and a cartel."""

from __future__ import annotations

from typing import Any

import pandas as pd

from market.measures.outcomes import Tables, outcome
from market.measures.price_wars import price_wars as wars_of


def _wars(run: Any) -> pd.DataFrame:
    return wars_of(run.offers, run.models)


@outcome
def price_wars(run: Tables) -> float:
    """Price wars that opened during the run, with the default thresholds (number)."""
    return float(len(_wars(run)))


@outcome
def price_war_depth(run: Tables) -> float:
    """Fall of the matched markup index from peak to trough, mean over the wars of the run (log points)."""
    return float(_wars(run)["depth"].mean())


@outcome
def price_wars_begun_at_the_frontier(run: Tables) -> float:
    """Part of the wars in which a lab at the closed frontier is among the first to cut (share)."""
    closed = run.offers[~run.offers["open_weights"]].reset_index(drop=True)
    top = closed.loc[closed["capability"] >= closed.groupby("month")["capability"].transform("max") - 1e-9]
    leaders = top.groupby("month")["firm"].agg(set)
    wars = _wars(run)
    first = [set(w.first_movers.split(", ")) & leaders[w.first_cut] for w in wars.itertuples()]
    return sum(map(bool, first)) / len(first) if first else float("nan")


@outcome
def profit_gain(run: Any) -> float:
    """Labs' profits between Nash (0) and joint profit (1), all months compared; needs record_benchmarks (share)."""
    total = run.benchmarks[["profit", "profit_nash", "profit_joint"]].sum()
    room = float(total["profit_joint"] - total["profit_nash"])
    return float(total["profit"] - total["profit_nash"]) / room if room > 0 else float("nan")
