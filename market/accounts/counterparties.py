"""The rows behind one model's attribution: every movement of its customers, with what it did to revenue."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.accounts.attribution import CAUSES, CLASSES, moves, stayers


def counterparties(flows: pd.DataFrame, offers: pd.DataFrame, models: pd.DataFrame, model: str) -> pd.DataFrame:
    """Rows of `flows` that concern a model, each with its cause; stayers have a row for price and one for volume.

    Parameters
    ----------
    model : the model whose customers are followed.
    flows, offers : the tables of a run.   models : as `attribution.over_lives` gives them.

    Returns
    -------
    DataFrame
        month, segment, origin, destination, customers, revenue_before, revenue_after ($, as in `flows`), counterparty
        (the other place; the model itself for stayers), cause, amount (what it added to the model's revenue, $ a
        month), carried (months on sale in which that still counts below the peak; 0 up to the peak) and lost (−amount ×
        carried, $). Amounts add up by month to the change in revenue, lost by cause to `lost_to_…`.
    """
    moved = moves(flows, offers, models)
    row = list(models["model"]).index(model)
    came = (moved.destination == row) & (moved.origin != row)
    left = (moved.origin == row) & (moved.destination != row)
    stay = (moved.origin == row) & (moved.destination == row)
    before, after = flows["revenue_before"].to_numpy(), flows["revenue_after"].to_numpy()
    price, volume = stayers(flows, before, after)
    keep = ["month", "segment", "origin", "destination", "customers", "revenue_before", "revenue_after"]
    causes = np.array(CAUSES)
    blocks = [
        flows.loc[came, keep].assign(
            counterparty=flows.loc[came, "origin"], cause=causes[moved.gained_from[came]], amount=after[came]
        ),
        flows.loc[left, keep].assign(
            counterparty=flows.loc[left, "destination"], cause=causes[moved.lost_to[left]], amount=-before[left]
        ),
        flows.loc[stay, keep].assign(counterparty=model, cause="own_price", amount=price[stay]),
        flows.loc[stay, keep].assign(counterparty=model, cause="volume", amount=volume[stay]),
    ]
    table = pd.concat(blocks, ignore_index=True)
    last, peak = np.flatnonzero(moved.on_sale[row])[-1], int(models["peak_month"].iloc[row])
    falling = (table["month"] > peak) & (table["month"] <= last)
    table["carried"] = np.where(falling, last - table["month"] + 1, 0)
    table["lost"] = 0.0 - table["amount"] * table["carried"]
    ordered: pd.DataFrame = table.sort_values(["month", "counterparty", "segment", "cause"], kind="stable")
    return ordered.reset_index(drop=True)


def takers(rows: pd.DataFrame) -> pd.DataFrame:
    """Who took the customers: by counterparty, after the peak, the largest net loss first.

    Parameters
    ----------
    rows : as `counterparties` gives them.

    Returns
    -------
    DataFrame
        counterparty, cause, left and came (customers' monthly revenue moved, gross, $), net (left − came), and lost
        (net carried over the months that followed, $). Withdrawals of other models are rows of their own.
    """
    walked = rows[rows["cause"].isin([*CLASSES, "withdrawal"]) & (rows["carried"] > 0)]
    table = walked.assign(left=-walked["amount"].clip(upper=0.0), came=walked["amount"].clip(lower=0.0))
    table = table.groupby(["counterparty", "cause"])[["left", "came", "lost"]].sum().reset_index()
    table["net"] = table["left"] - table["came"]
    table = table[["counterparty", "cause", "left", "came", "net", "lost"]]
    ordered: pd.DataFrame = table.sort_values("lost", ascending=False, kind="stable", ignore_index=True)
    return ordered
