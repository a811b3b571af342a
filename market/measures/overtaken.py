"""What becomes of a firm that rests on its last release: when others pass it, and what it keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from market.accounts import pnl
from market.accounts.ledger import HOSTS


def months_until_overtaken(offers: pd.DataFrame, firm: str, since: int) -> dict[str, float]:
    """Months from `since` until others have a more capable model on sale than the firm's best.

    Parameters
    ----------
    offers : month, firm, open_weights, capability of what is on sale; hosts are no rivals.
    since : month from which to count, such as that of the firm's last release.

    Returns
    -------
    dict
        "a lab" (the first), "all labs" that are on sale, "open weights"; NaN where that does not happen within the
        record, and 0 if it is so already. A firm without a model on sale is behind whoever has one.
    """
    shown = offers[(offers["firm"] != HOSTS) & (offers["month"] >= since)]
    own = shown[shown["firm"] == firm].groupby("month")["capability"].max()
    rivals = shown[shown["firm"] != firm]
    best = rivals.groupby(["month", "firm", "open_weights"])["capability"].max().reset_index()
    best["ahead"] = best["capability"] > best["month"].map(own).fillna(-np.inf)
    labs = best[~best["open_weights"]].groupby("month")["ahead"]
    passed = {
        "a lab": labs.any(),
        "all labs": labs.all(),
        "open weights": best[best["open_weights"]].groupby("month")["ahead"].any(),
    }
    return {
        whom: float(ahead.index[ahead][0] - since) if ahead.any() else float("nan") for whom, ahead in passed.items()
    }


def kept(without: pd.Series, with_it: pd.Series, since: int, months: tuple[int, int]) -> float:
    """What a firm keeps without what it gave up, as a share of what it would have; NaN if it would have had nothing.

    Parameters
    ----------
    without, with_it : an amount by month, such as revenue, in two worlds under the same luck.
    months : the first month of the window, counted from `since`, and the one after its last.
    """
    window = slice(since + months[0], since + months[1] - 1)
    due = float(with_it.loc[window].sum())
    return float(without.loc[window].sum()) / due if due > 0 else float("nan")


def monthly(run: Any, firm: str) -> pd.DataFrame:
    """P&L of one firm of a run, by month from month 0 to the horizon; nothing once it has failed."""
    table: pd.DataFrame = pnl.company(run.ledger, by="month").set_index("month")
    own = table[table["firm"] == firm].drop(columns="firm")
    return own.reindex(range(run.scenario.months), fill_value=0.0)


def resting(rested: Any, factual: Any, firm: str, close: int) -> dict[str, float]:
    """What becomes of a firm that releases nothing more, against the run under the same luck in which it goes on.

    Parameters
    ----------
    rested, factual : the two runs.   close : month up to which the last window runs.

    Returns
    -------
    dict
        `months_until_overtaken` after its last release; and, counted from the release that it missed: "to half", months
        until its revenue is less than half of what it would be; "revenue kept 12 on" and the like, shares kept of what
        it would have, in the quarter after 12 or 24 months and to the close; "times its own", its revenue in the
        quarter after 24 months over that in its last quarter before. NaN where there is none.
    """
    last = max(_releases(rested, firm))
    found = months_until_overtaken(rested.offers, firm, last)
    missed = min((month for month in _releases(factual, firm) if month > last), default=rested.scenario.months)
    without, with_it = monthly(rested, firm), monthly(factual, firm)
    halved = without["revenue"].loc[missed:] < with_it["revenue"].loc[missed:] / 2
    found["to half"] = float(halved.index[halved][0] - missed) if halved.any() else float("nan")
    for name, window in {"12 on": (12, 15), "24 on": (24, 27), "to close": (0, close - missed)}.items():
        for column in ("revenue", "contribution"):
            found[f"{column} kept {name}"] = kept(without[column], with_it[column], missed, window)
    found["times its own"] = kept(without["revenue"], without["revenue"].shift(27), missed, (24, 27))
    return found


def _releases(run: Any, firm: str) -> list[int]:
    """Months in which a firm released a generation."""
    return [int(month) for month in run.models.loc[run.models["firm"] == firm, "released"].dropna()]
