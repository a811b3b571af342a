"""Outcomes of conduct: price wars, and where prices lie between competition and a cartel."""

from __future__ import annotations

import pandas as pd

from market.calendar import Period
from market.economics.benchmarks import NO_ROOM
from market.measures.outcomes import SHARE, outcome, within
from market.measures.price_wars import price_wars as wars_of
from market.tables import Run
from market.tables.run import once


@once
def _wars(run: Run, period: Period) -> pd.DataFrame:
    """Price wars that opened in a period, with the default thresholds."""
    return within(wars_of(run.offers, run.models, run.runways), period, "opened")


@outcome(unit="number", on_request=True)
def price_wars(run: Run, period: Period) -> float:
    """Price wars that opened, with the default thresholds."""
    return float(len(_wars(run, period)))


@outcome(unit="number", on_request=True)
def price_wars_beside_launches(run: Run, period: Period) -> float:
    """Price wars that are more than launches finding their price: all but those labelled launch adjustment."""
    return float((_wars(run, period)["label"] != "launch adjustment").sum())


@outcome(unit="log points", on_request=True)
def price_war_depth(run: Run, period: Period) -> float:
    """Fall of the matched markup index from peak to trough, mean over the wars; undefined without one."""
    return float(_wars(run, period)["depth"].mean())


@outcome(unit=SHARE, on_request=True)
def price_wars_begun_at_the_frontier(run: Run, period: Period) -> float:
    """Share of the wars in which a lab at the closed frontier is among the first to cut; undefined without one."""
    closed = run.offers[~run.offers["open_weights"]].reset_index(drop=True)
    top = closed.loc[closed["capability"] >= closed.groupby("month")["capability"].transform("max") - 1e-9]
    leaders = top.groupby("month")["firm"].agg(set)
    wars = _wars(run, period)
    pairs = zip(wars["first_movers"].astype(str), wars["first_cut"].astype(int), strict=True)
    first = [set(movers.split(", ")) & leaders[month] for movers, month in pairs]
    return sum(map(bool, first)) / len(first) if first else float("nan")


@outcome(unit="ratio", on_request=True)
def profit_gain(run: Run, period: Period) -> float:
    """Labs' profits between Nash (0) and joint profit (1), months without releases; needs record_benchmarks."""
    compared = within(run.benchmarks, period)
    released = run.models.loc[~run.models["open_weights"], "released"]
    launches = released.clip(lower=0)  # runs of version 0.1 compared in such months
    total = compared.loc[~compared["month"].isin(launches), ["profit", "profit_nash", "profit_joint"]].sum()
    room = float(total["profit_joint"] - total["profit_nash"])
    no_room = room <= NO_ROOM * abs(float(total["profit_nash"]))
    return float("nan") if no_room else float(total["profit"] - total["profit_nash"]) / room
