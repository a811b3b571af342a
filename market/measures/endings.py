"""How it ends for labs: when a limit of technology is reached, what is still lost then, and when profits stay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from market.accounts.ledger import Account
from market.economics.capital import valuation
from market.measures.participation import labs_in_business
from market.measures.readings import by_year, gone
from market.tables import Run


def limit_reached(run: Run) -> tuple[int, int] | None:
    """When the first lab's model comes out that has the largest cost or the highest capability there can be.

    Returns
    -------
    tuple
        Month in which its training started and month of its release; None if no limit is reached. Where a limit holds
        back an update first, these are the update's.
    """
    technology, labs = run.scenario.technology, list(run.scenario.labs)
    models, families = (table[table["firm"].isin(labs)] for table in (run.models, run.families))
    dates = ["started", "released"]
    held = [models[dates].iloc[:0]]
    if technology.largest_run is not None:  # a run may cost more before labs know; the cent is for rounding
        held.append(families.loc[families["training_base"] >= technology.largest_run - 0.01, dates])
    if technology.capability_ceiling is not None:
        held.append(models.loc[models["capability"] >= technology.capability_ceiling, dates])
    first = pd.concat(held).dropna().sort_values(["released", "started"], kind="stable")
    return (int(first["started"].iloc[0]), int(first["released"].iloc[0])) if len(first) else None


def overhang(run: Run, month: int) -> float:
    """Dollars of training and research that labs' families of the twelve months from `month` on do not earn back."""
    labs = run.families[run.families["firm"].isin(run.scenario.labs)]
    struck = labs[labs["released"].between(month, month + 11).fillna(False).astype(bool)]
    return float((struck["training"] + struck["research"] - struck["contribution"]).clip(lower=0.0).sum())


def worth_at_end(run: Run) -> float:
    """What the capital market would pay for all labs at the end of the record, dollars; nothing for those gone."""
    until = run.scenario.months
    sold = run.offers[run.offers["firm"].isin(run.scenario.labs)].groupby(["firm", "month"])["revenue"].sum()
    worth = 0.0
    for firm in sold.index.unique("firm"):
        own = sold.loc[firm]
        if own.index.max() == until - 1:
            sales = own.reindex(range(int(own.index.min()), until), fill_value=0.0)
            worth += valuation(run.scenario.capital, sales.tolist())
    return worth


def still_lost(results: pd.Series, month: int) -> tuple[float, int]:
    """What is lost from a month on until the worst is over, and for how many months.

    Parameters
    ----------
    results : result by month, dollars.

    Returns
    -------
    tuple
        The depth of the trough of the cumulated result, dollars, 0 if there is none, and the months until then.
    """
    since = results[results.index >= month].cumsum()
    if since.empty or since.min() >= 0:
        return 0.0, 0
    return -float(since.min()), int(np.argmin(since)) + 1


def lasting_profits(run: Run) -> pd.DataFrame:
    """When each lab turns a profit for good, and what that took.

    Returns
    -------
    DataFrame
        firm; year, the first whole calendar year from which every whole year of the record is in profit (NaN if there
        is none: the last one is not, or it is no more); funding, dollars it took in before that year, in cash and in
        kind, before the start included.
    """
    ended, rows = gone(run), []
    positive = (by_year(run, "result") > 0).reindex(list(run.scenario.labs), fill_value=False)
    for firm, years in positive.iterrows():
        unbroken = years[::-1].cummin()[::-1].to_numpy(bool) & (firm not in ended)
        first = float(positive.columns.to_numpy()[unbroken.argmax()]) if unbroken.any() else np.nan
        paid = run.companies[(run.companies["firm"] == firm) & (run.companies["year"] < first)]
        rows.append((firm, first, float(paid["raised"].sum()) if unbroken.any() else np.nan))
    return pd.DataFrame(rows, columns=["firm", "year", "funding"])


def labs_results(run: Run) -> pd.Series:
    """Result of all labs together by month, from their first spend to the end of the record, dollars."""
    ledger = run.ledger[run.ledger["firm"].isin(run.scenario.labs) & (run.ledger["account"] != Account.FUNDING.value)]
    months = range(int(ledger["month"].min()) if len(ledger) else 0, run.scenario.months)
    results: pd.Series = ledger.groupby("month")["amount"].sum()
    return results.reindex(months, fill_value=0.0)


def ending(run: Run, unlimited: pd.Series, expected: int) -> dict[str, float]:
    """How it ended for all labs of a run together; money in $bn.

    Parameters
    ----------
    unlimited : `labs_results` of the world without a limit under the same luck.
    expected : month in which the first run starts that a limit holds back, where none does.

    Returns
    -------
    dict
        value, net present value of the results in month 0; worth, with what the capital market would pay at the end;
        `overhang`; "still lost" and its months, and "without", the same in the unlimited world; revenue, training and
        result of the last whole calendar year; "labs left"; "in profit", share of labs, "worlds", 1 if there is one,
        "first year" and "its funding" (see `lasting_profits`; NaN if there is none); and "margin 2023" and so on,
        result over revenue by whole year.
    """
    length, end, rate = run.scenario.technology.training_months, run.scenario.months, run.scenario.discount_rate
    results, reached, labs = labs_results(run), limit_reached(run), list(run.scenario.labs)
    start, release = reached or (expected, expected + length)
    lost, months = still_lost(results, start)
    value = float((results * (1 + rate) ** (-results.index / 12)).sum())
    whole = run.calendar.whole_years()
    books = run.companies[run.companies["firm"].isin(labs)].groupby("year").sum(numeric_only=True).reindex(whole)
    profits = lasting_profits(run).sort_values("year", kind="stable")
    first = profits.iloc[0]
    return {
        "value": value / 1e9,
        "worth": (value + worth_at_end(run) * (1 + rate) ** (-end / 12)) / 1e9,
        "overhang": overhang(run, release) / 1e9,
        "still lost": lost / 1e9,
        "months": months,
        "without": still_lost(unlimited, start)[0] / 1e9,
        **{name: float(books[name].iloc[-1]) / 1e9 if whole else np.nan for name in ("revenue", "training", "result")},
        "labs left": labs_in_business(run),
        "in profit": float(profits["year"].notna().mean()),
        "worlds": float(profits["year"].notna().any()),
        "first year": float(first["year"]),
        "its funding": float(first["funding"]) / 1e9,
        **{f"margin {y}": float(b["result"] / b["revenue"]) for y, b in books.iterrows() if b["revenue"] > 0},
    }
