"""Forecast and realised value of every launch: what a firm expected of a run when it started, and what came of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.accounts.ledger import Account, Postings
from market.accounts.pnl import regrouped
from market.schemas import Column, Schema, places

FORECAST = (
    Column("horizon", "months", "how many months of sales the forecast counts"),
    Column("expected_capability", "points", "capability that was expected, without the luck of training"),
    Column("forecast_gross", "$", "what the model itself was expected to earn after serving"),
    Column("forecast_destroyed", "$", "what the firm's other models were expected to earn less because of it"),
    Column("forecast_lead", "$", "what rivals' advance was expected to take from the firm if it stood still"),
    Column(
        "forecast_exit", "$", "what a buyer was expected to pay more for the firm at the horizon, if that was counted",
        later=True,
    ),
    Column("forecast_spend", "$", "training and research that were expected"),
    Column("forecast_value", "$", "gross − destroyed + lead + exit − spend"),
)  # fmt: skip
"""What a firm expected of a run; dollars are present values in the month of the start."""

NO_FORECAST = (np.nan,) * len(FORECAST)
"""What a rule expects that makes no forecast."""

PLANS = Schema(
    "plans",
    "Training runs as they were started.",
    (
        Column("started", "month", "start of the training, counted from the scenario's start", "int64"),
        Column("firm", "", "who started it", "str"),
        Column("model", "", "the flagship that it is to become, which is the name of its family", "str"),
        Column("rule", "", "the training rule that decided on it; `opening` for what a firm opened with", "str"),
        Column("cost", "$", "what the run costs, without research"),
        *FORECAST,
    ),
)
LAUNCHES = Schema(
    "launches",
    "Training runs of bases, with what their firms expected of them and what came of their families. Forecasts are "
    "missing where the rule makes none, what was realised before the release; both are present values in the month of "
    "the start.",
    (
        *PLANS.columns,
        Column("released", "month", "first month on sale; missing if it has not been released"),
        Column("capability", "points", "capability that came of it"),
        Column(
            "realised_gross", "$",
            "its firm's contribution by all products of the family over the horizon, or its whole life without one",
        ),
        Column("realised_spend", "$", "training of the base, all tiers, and the research that goes with it"),
        Column("realised_value", "$", "gross − spend; what was destroyed elsewhere cannot be read off one run"),
        Column("counted", "months", "how many months of sales the horizon has had so far", "int64"),
    ),
)  # fmt: skip


def launches(
    plans: pd.DataFrame,
    ledger: Postings,
    models: pd.DataFrame,
    research: dict[str, float],
    discount_rate: float,
    until: int,
) -> pd.DataFrame:
    """Hold every run that was started against what its family earned.

    Updates earn for their base: what they sell counts, what they cost is no part of the run's spend. What a launch took
    from the firm's other models cannot be read off one run; `forecast_gross` and `realised_gross` compare like with
    like, `realised_value` is before what was destroyed.

    Parameters
    ----------
    ledger : all rows.
    plans : runs started, as the recorder wrote them.   models : model, family, update, released, capability.
    research : dollars of research that go with a dollar of training, by firm.
    discount_rate : per year.   until : month before which the record ends.

    Returns
    -------
    DataFrame
        The table `LAUNCHES`.
    """
    facts = models.set_index("model")[["released", "capability"]].reindex(plans["model"])
    developer = np.array(plans["firm"], object)
    rows, plan_of = ledger.of_models(models["model"]), places(models["family"], plans["model"])
    rows = rows.where(np.where(rows.on(Account.TRAINING), np.asarray(models["update"] == 0)[rows.model], True))
    own = regrouped(rows, plan_of, list(plans["model"])).where(plan_of[rows.model] >= 0)
    own = own.where(np.array(own.firms, object)[own.firm] == developer[own.model])
    worth = own.amount * (1 + discount_rate) ** (-(own.month - np.asarray(plans["started"])[own.model]) / 12)
    training, released = own.on(Account.TRAINING), np.asarray(facts["released"], float)
    horizon = np.where(np.isnan(plans["horizon"]), np.inf, plans["horizon"])
    gross, spend = np.full(len(plans), np.nan), np.full(len(plans), np.nan)
    for plan in np.flatnonzero(~np.isnan(released)):
        mine = own.model == plan
        gross[plan] = worth[mine & ~training & (own.month < released[plan] + horizon[plan])].sum()
        spend[plan] = -worth[mine & training].sum() * (1 + research[developer[plan]])
    table = plans.copy()
    table["released"] = facts["released"].astype("Int64").to_numpy()
    table["capability"] = facts["capability"].to_numpy()
    table["realised_gross"], table["realised_spend"] = gross, spend
    table["realised_value"] = gross - spend
    table["counted"] = np.nan_to_num(np.minimum(horizon, until - released)).astype(np.int64)
    return table
