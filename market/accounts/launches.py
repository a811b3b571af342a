"""Forecast and realised value of every launch: what a firm expected of a run when it started, and what came of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from market.accounts.ledger import Account, Ledger


def launches(
    plans: pd.DataFrame,
    ledger: Ledger | pd.DataFrame,
    models: pd.DataFrame,
    research: dict[str, float],
    discount_rate: float,
    until: int,
) -> pd.DataFrame:
    """Hold every run that was started against what its model earned.

    What a launch took from the firm's other models cannot be read off one run; `forecast_gross` and `realised_gross`
    compare like with like, `realised_value` is before what was destroyed.

    Parameters
    ----------
    ledger : a ledger or its frame.
    plans : runs started, as the recorder wrote them.   models : model, released, capability.
    research : dollars of research that go with a dollar of training, by firm.
    discount_rate : per year.   until : month before which the record ends.

    Returns
    -------
    DataFrame
        The plans, with released, capability, realised_gross (the developer's contribution from the flagship over the
        forecast's horizon, or its whole life without one), realised_spend (its training and the research that goes with
        it), realised_value (gross − spend), all present values in the month of the start in dollars, and counted: how
        many months of sales that horizon has had so far. Realised figures are NaN before the release.
    """
    rows = Ledger.rows(ledger)
    rows = rows[rows["model"].isin(plans["model"])]
    facts = models.set_index("model")[["released", "capability"]].reindex(plans["model"])
    table = plans.copy()
    table["released"] = facts["released"].astype("Int64").to_numpy()
    table["capability"] = facts["capability"].to_numpy()
    groups, nothing = dict(tuple(rows.groupby("model"))), rows.iloc[:0]
    realised: list[tuple[float, float, int]] = []
    plan: Any
    for plan in table.itertuples():
        if pd.isna(plan.released):
            realised.append((np.nan, np.nan, 0))
            continue
        own = groups.get(plan.model, nothing)
        own = own[own["firm"] == plan.firm]
        released, horizon = int(plan.released), np.inf if np.isnan(plan.horizon) else plan.horizon
        worth = own["amount"] * (1 + discount_rate) ** (-(own["month"] - plan.started) / 12)
        training = own["account"] == Account.TRAINING.value
        sold = ~training & (own["month"] < released + horizon)
        paid = -float(worth[training].sum()) * (1 + research[plan.firm])
        realised.append((float(worth[sold].sum()), paid, int(min(horizon, until - released))))
    gross, spend, counted = np.array(realised, float).reshape(-1, 3).T
    table["realised_gross"], table["realised_spend"] = gross, spend
    table["realised_value"] = gross - spend
    table["counted"] = counted.astype(np.int64)
    return table
