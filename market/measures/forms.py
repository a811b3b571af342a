"""The tidy forms that measures take, and how a run's tables and the tables of evidence come into them.

Four forms, the same for a simulated market and for the real one. Months are counted from a start (month 0), as floats;
a month of the evidence is a twelfth of 365 days, counted from 2023-01-01.

    releases     model, firm, line, predecessor, open_weights, released, year, withdrawn, capability, price (at launch)
    list_prices  model, firm, open_weights, capability, month, price: from `month` on, until the model's next row
    on_sale      the same columns, one row for every model on sale in every month
    sales        model, time, tokens, share (of all tokens recorded then); `time` in months

`offers` of a run is itself a form: what needs costs or money takes it as it is. Capability is on any one scale: points,
Arena Elo or an index; what is measured in capability is in that scale's unit.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from market import evidence
from market.accounts.ledger import HOSTS
from market.calendar import Calendar
from market.parameters import InputError, unknown

START = "2023-01-01"
"""Day at which the months of the evidence are counted from."""
END = "2025-12-31"
"""Last day that the evidence covers."""
MONTH_DAYS = 365 / 12
"""Length of a month of the evidence, so that twelve of them are the 365 days of the published price trends."""
WEEKS_PER_MONTH = MONTH_DAYS / 7
INPUT_WEIGHT = 0.75
"""Part of input tokens in the blended price: three to one, as in Epoch's price points."""
SCORES = ("arena_elo", "aa_index")

RELEASES = (
    "model", "firm", "line", "predecessor", "open_weights", "released", "year", "withdrawn", "capability", "price",
)  # fmt: skip
PRICES = ("model", "firm", "open_weights", "capability", "month", "price")


# -------------------------------------------------------------------------------------------------------- from a run


def releases_of_run(models: pd.DataFrame, start: str = START) -> pd.DataFrame:
    """Releases of a run: one row per model that was put on sale.

    Parameters
    ----------
    models : table of a run.
    start : calendar month of month 0, such as "2023-01".

    Returns
    -------
    DataFrame
        The form `releases`. The predecessor is the firm's release before it in the same line, a base or an update;
        `withdrawn` is NaN for a model on sale at the horizon.
    """
    order = models.sort_values(["firm", "line", "generation", "update"], kind="stable")
    order = order.assign(predecessor=order.groupby(["firm", "line"])["model"].shift())
    table = order[order["released"].notna()].copy()
    table["released"] = table["released"].astype("float64")
    table["withdrawn"] = table["retired"].astype("float64")
    table["year"] = table["released"].map(Calendar(start, 0).year).astype("int64")
    table["price"] = table["launch_price"]
    return _chronological(table[list(RELEASES)])


def on_sale_of_run(offers: pd.DataFrame) -> pd.DataFrame:
    """Models on sale by month in a run, in the form `on_sale`, which also serves as `list_prices`.

    Hosts' rows are left out: they repeat the developers'.
    """
    return offers.loc[offers["firm"] != HOSTS, list(PRICES)].reset_index(drop=True)


def sales_of_run(offers: pd.DataFrame) -> pd.DataFrame:
    """Tokens (Mtok a month) and share by model and month of a run, hosts included, in the form `sales`.

    A month's tokens are recorded at its middle: what happens in the launch month counts as 2.2 weeks after the launch,
    in the next as 6.5.
    """
    table = offers.groupby(["month", "model"], as_index=False)["tokens"].sum()
    return _sales(table.assign(time=table["month"] + 0.5))


# ---------------------------------------------------------------------------------------------------- from the evidence


def releases_of_evidence(score: str = "arena_elo") -> pd.DataFrame:
    """Releases of the real market, 2023-03 to 2025-12, in the form `releases`, from models.csv.

    Parameters
    ----------
    score : "arena_elo" or "aa_index", the capability; NaN where a model has none.

    Raises
    ------
    InputError
        If the score has another name.
    """
    if score not in SCORES:
        raise InputError(unknown("score", score, SCORES))
    table = evidence.load("models").rename(columns={"lab": "firm", score: "capability"})
    table["year"] = table["released"].dt.year
    table["released"] = months_since_start(table["released"])
    table["withdrawn"] = np.nan
    table["price"] = blended(table["price_in"], table["price_out"])
    return _chronological(table[list(RELEASES)])


def list_prices_of_evidence(score: str = "arena_elo") -> pd.DataFrame:
    """List prices of the real market, $ per Mtok, in the form `list_prices`: launches, and cuts and rises since.

    Left out are models whose launch price is unknown, and changes that are no change of a model's price: a name that
    came to point at another model, corrections, and the ambiguous ones.
    """
    models = releases_of_evidence(score)
    models = models[models["price"].notna()]
    changes = evidence.load("price_changes")
    changes = changes[changes["kind"].isin(["price_cut", "price_rise"])]
    day = changes["documented_effective_date"].fillna(changes["date_first_seen"])
    changes = changes.assign(month=months_since_start(day), price=blended(changes["new_in"], changes["new_out"]))
    known = models[["model", "firm", "open_weights", "capability"]]
    table = pd.concat(
        [models.assign(month=models["released"]), known.merge(changes[["model", "month", "price"]], on="model")]
    )
    return table[list(PRICES)].sort_values(["model", "month"], kind="stable").reset_index(drop=True)


def on_sale_of_evidence(score: str = "arena_elo") -> pd.DataFrame:
    """Models on sale at the start of each month to the end of 2025, in the form `on_sale`.

    No withdrawal is known: a model counts as on sale to the end.
    """
    prices = list_prices_of_evidence(score)
    until = float(months_since_start(pd.Series([pd.Timestamp(END)])).iloc[0])
    months = pd.DataFrame({"month": np.arange(np.ceil(prices["month"].min()), until + 1e-9)})
    parts = [
        pd.merge_asof(months, rows.rename(columns={"month": "since"}), left_on="month", right_on="since")
        for _, rows in prices.groupby("model")
    ]
    table = pd.concat(parts).dropna(subset=["model"])
    table["month"] = table["month"].astype("int64")
    table["open_weights"] = table["open_weights"].astype("bool")
    return table[list(PRICES)].sort_values(["month", "model"], kind="stable").reset_index(drop=True)


def sales_of_router(merge_variants: bool = True) -> pd.DataFrame:
    """Weekly tokens (Mtok) of the models on a router's top list, 2025, in the form `sales`, recorded at the week's end.

    Shares are of the nine or ten entries listed: the router's total is not in the data. Entries that are no model of
    models.csv count in the total and then are left out.

    Parameters
    ----------
    merge_variants : whether variants of a model (`:free`, `:beta`, `:thinking`) count as the model; otherwise they are
        left out, and only the plain entry is the model.
    """
    table = evidence.load("token_shares")
    names = evidence.load("router_models").set_index("entity")["model"]
    entity = table["entity"].str.split(":").str[0] if merge_variants else table["entity"]
    table["model"] = entity.map(names)
    table["time"] = months_since_start(table["period_end"])
    table["tokens"] = table["tokens"] / 1e6
    return _sales(table).dropna(subset=["model"]).reset_index(drop=True)


# ------------------------------------------------------------------------------------------------------------- parts


def months_since_start(days: pd.Series) -> pd.Series:
    """Days as months since `START`, in months of `MONTH_DAYS`."""
    return (days - pd.Timestamp(START)).dt.days / MONTH_DAYS


def blended(price_in: pd.Series, price_out: pd.Series) -> pd.Series:
    """Price per Mtok of three parts input and one part output."""
    return INPUT_WEIGHT * price_in + (1 - INPUT_WEIGHT) * price_out


def successor_release(releases: pd.DataFrame) -> pd.Series:
    """Month in which each model's first successor was released, by model; models without one are absent."""
    return releases.dropna(subset=["predecessor"]).groupby("predecessor")["released"].min()


def _chronological(releases: pd.DataFrame) -> pd.DataFrame:
    return releases.sort_values(["released", "model"], kind="stable").reset_index(drop=True)


def _sales(table: pd.DataFrame) -> pd.DataFrame:
    """Shares of all tokens recorded at a time, then one row per model and time."""
    total = table.groupby("time")["tokens"].transform("sum")
    table = table.assign(share=table["tokens"] / total.where(total > 0))
    grouped = table.groupby(["time", "model"], as_index=False, dropna=False)[["tokens", "share"]]
    return grouped.sum(min_count=1)[["model", "time", "tokens", "share"]]
