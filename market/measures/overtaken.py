"""What becomes of a firm that rests on its last release: where it stands, and what it keeps."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from market.accounts import pnl
from market.accounts.ledger import HOSTS
from market.tables import Run

YEAR = 12
"""Months in which, at the usual cadence, every firm has released once."""


def standing(offers: pd.DataFrame, firm: str) -> pd.DataFrame:
    """Where a firm stands in each month, by the best that each firm has on sale.

    Parameters
    ----------
    offers : month, firm, open_weights, capability of what is on sale; hosts are no rivals.

    Returns
    -------
    DataFrame
        By month: "a lab", "all labs" that are on sale, "open weights", whether they are ahead of it; "leads", whether
        nobody is, so that a tie leads; "behind", points by which its best model is below the best of any lab; "rank"
        among labs. Without a model on sale it is behind whoever has one, by NaN points.
    """
    shown = offers[offers["firm"] != HOSTS]
    first, last = (0, -1) if shown.empty else (shown["month"].min(), shown["month"].max())
    months = pd.RangeIndex(first, last + 1, name="month")

    def best(rows: pd.DataFrame) -> pd.DataFrame:
        """The best of each firm by month."""
        return rows.groupby(["month", "firm"])["capability"].max().unstack().reindex(months)  # noqa: PD010

    rivals = shown[shown["firm"] != firm]
    labs, free = best(rivals[~rivals["open_weights"]]), best(rivals[rivals["open_weights"]])
    own = shown[shown["firm"] == firm].groupby("month")["capability"].max().reindex(months)
    level = own.fillna(-np.inf)
    ahead = labs.gt(level, axis=0)
    table = pd.DataFrame({"a lab": ahead.any(axis=1), "all labs": (ahead | labs.isna()).all(axis=1)})
    table["all labs"] &= table["a lab"]
    table["open weights"] = free.gt(level, axis=0).any(axis=1)
    table["leads"] = own.notna() & ~table["a lab"] & ~table["open weights"]
    table["behind"] = (labs.max(axis=1).fillna(-np.inf) - own).clip(lower=0)
    table["rank"] = 1 + ahead.sum(axis=1)
    return table


def for_good(ahead: pd.Series, least: int = YEAR) -> float:
    """Months from the first on until others are ahead in every month that is left; NaN if fewer than `least` are left.

    With `least` a cycle of releases, a firm whose next one is to come is not taken for one that never leads again.
    """
    left = int(ahead.iloc[::-1].cummin().sum())
    return float(len(ahead) - left) if left >= least else float("nan")


def kept(without: pd.Series, with_it: pd.Series, since: int, months: tuple[int, int]) -> float:
    """What a firm keeps without what it gave up, as a share of what it would have; NaN if it would have had nothing.

    Parameters
    ----------
    without, with_it : an amount by month, such as revenue, in two worlds under the same luck.
    since : month from which the window is counted.
    months : the first month of the window, from `since` on, and the one after its last.
    """
    window = slice(since + months[0], since + months[1] - 1)
    due = float(with_it.loc[window].sum())
    return float(without.loc[window].sum()) / due if due > 0 else float("nan")


def monthly(run: Run, firm: str) -> pd.DataFrame:
    """P&L of one firm of a run, by month from month 0 to the horizon; nothing once it has failed."""
    table: pd.DataFrame = pnl.company(run.postings, by="month", until=run.scenario.months).set_index("month")
    own = table[table["firm"] == firm].drop(columns="firm")
    return own.reindex(range(run.scenario.months), fill_value=0.0)


def missed_release(rested: Run, factual: Run, firm: str) -> int:
    """Month of the first release that a firm missed by resting; the horizon if it missed none."""
    last = max(_releases(rested, firm), default=-math.inf)
    return min((month for month in _releases(factual, firm) if month > last), default=rested.scenario.months)


def prospects(run: Run, firm: str, since: int, close: int) -> dict[str, float]:
    """How a firm stands from a month on, such as that of the release it missed, in one world.

    Parameters
    ----------
    run, firm : whose firm.   since : first month.   close : month up to which it is read what is for good.

    Returns
    -------
    dict
        "leads of 24", months of the first 24 in which it does; "behind, year 1", "rank, year 2" and the like, means
        over the first and the second year, so that it does not count where in the round of releases it is; "a lab for
        good", "all labs for good", "open weights for good", months until they are ahead `for_good`. NaN beyond the
        record.
    """
    stands = standing(run.offers, firm).loc[since:]
    figures = {"leads of 24": float(stands["leads"].iloc[: 2 * YEAR].sum(min_count=1))}
    for column in ("behind", "rank"):
        for year in (1, 2):
            window = stands[column].iloc[YEAR * (year - 1) : YEAR * year]
            figures[f"{column}, year {year}"] = float(window.mean())
    who = ("a lab", "all labs", "open weights")
    return figures | {f"{whom} for good": for_good(stands.loc[: close - 1, whom]) for whom in who}


def resting(rested: Run, factual: Run, firm: str, close: int) -> dict[str, float]:
    """What a firm keeps that releases nothing more, against the run under the same luck in which it goes on.

    Parameters
    ----------
    rested, factual : the two runs.   firm : the firm.   close : month up to which the last window runs.

    Returns
    -------
    dict
        Counted from the release that it missed: "below half of due", months until it sells for less than half of what
        it would have; "revenue kept 12 on" and the like, shares kept of what it would have, in the quarter after 12 or
        24 months and to the close; "times its own", its revenue in the quarter after 24 months over that in its last
        quarter before. NaN where there is none.
    """
    missed = missed_release(rested, factual, firm)
    without, with_it = monthly(rested, firm), monthly(factual, firm)
    halved = without["revenue"].loc[missed:] < with_it["revenue"].loc[missed:] / 2
    figures = {"below half of due": float(halved.index[halved][0] - missed) if halved.any() else float("nan")}
    for name, window in {"12 on": (12, 15), "24 on": (24, 27), "to close": (0, close - missed)}.items():
        for column in ("revenue", "contribution"):
            figures[f"{column} kept {name}"] = kept(without[column], with_it[column], missed, window)
    figures["times its own"] = kept(without["revenue"], without["revenue"].shift(27), missed, (24, 27))
    return figures


def _releases(run: Run, firm: str) -> list[int]:
    """Months in which a firm released something, a base or an update."""
    return [int(month) for month in run.models.loc[run.models["firm"] == firm, "released"].dropna()]
