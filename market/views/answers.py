"""What is said in sentences of results of many runs: failures, what differs, where something breaks even."""

from __future__ import annotations

import pandas as pd

from market.formats import four_digits, out_of, rough, span
from market.measures.outcomes import level_of
from market.studies import summary
from market.views.results import Compared, Crossed, Inquired, Swept
from market.views.sentences import Part, sentence


def failed_runs(runs: pd.DataFrame) -> str:
    """Say how many runs failed, and why the first did; nothing if none did."""
    failed = runs.loc[runs["status"] == "failed", "error"]
    return f"{len(failed)} runs failed, the first: {failed.iloc[0]}" if len(failed) else ""


@sentence(needs="sweep", part=Part.FAILURES)
def failed_in_sweep(swept: Swept) -> str:
    """Say how many runs of a sweep failed."""
    return failed_runs(swept.table)


@sentence(needs="comparison", part=Part.FAILURES)
def failed_in_comparison(compared: Compared) -> str:
    """Say how many runs of a comparison failed."""
    return failed_runs(compared.runs)


@sentence(needs="sweep", part=Part.NOTES)
def few_seeds_of_sweep(swept: Swept) -> str:
    """Say that intervals are rough."""
    return rough(len(swept.seeds))


@sentence(needs="comparison", part=Part.NOTES)
def few_seeds_of_comparison(compared: Compared) -> str:
    """Say that intervals are rough."""
    return rough(len(compared.seeds))


@sentence(needs="experiment", part=Part.NOTES)
def quick_form(inquired: Inquired) -> str:
    """Say that few seeds and small markets tell little."""
    return "This is the quick form, with few seeds and small markets: not for quoting." if inquired.quick else ""


@sentence(needs="sweep", part=Part.READINGS)
def where_it_breaks_even(swept: Swept) -> str:
    """Say at how many design points each outcome is above where it breaks even, and at how many for certain."""
    points = summary.by_point(swept.table, swept.design.factors, swept.known)
    lines = []
    for name in swept.known:
        level, rows = level_of(name), points[(points["outcome"] == name) & points["mean"].notna()]
        if level is None or rows.empty:
            continue
        above, surely = (rows["mean"] >= level).sum(), (rows["low"] >= level).sum()
        surely_below = (rows["high"] < level).sum()
        low, high = rows["mean"].min(), rows["mean"].max()
        lines.append(
            f"{name}: at {above} of {len(rows)} design points the mean is at or above {level:g}, with its whole 95% "
            f"interval at {surely}; the whole interval is below at {surely_below}. Means lie between "
            f"{four_digits(low)} and {four_digits(high)}."
        )
    return "\n".join(lines)


@sentence(needs="comparison", part=Part.READINGS)
def what_differs(compared: Compared) -> str:
    """Say which outcomes differ by more than luck under the same seeds."""
    rows = compared.differences
    apart = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    a, b = compared.names
    lines = [
        f"From {a} to {b}, {len(apart)} of {len(rows)} outcomes differ by more than luck under the same "
        f"{len(compared.seeds)} seeds: zero is outside the 95% interval of the paired differences."
    ]
    for _, row in rows.iterrows():
        level = level_of(row["outcome"])
        if level is not None and pd.notna(row["difference"]):
            lines.append(
                f"{row['outcome']}, which breaks even at {level:g}: {four_digits(row['a'])} in {a}, "
                f"{four_digits(row['b'])} in {b}; the difference is {four_digits(row['difference'])} "
                f"{span(row['low'], row['high'])} over {out_of(row['n'], row['left_out'])} pairs.".replace("  ", " ")
            )
    return "\n".join(lines)


@sentence(needs="break-even", part=Part.READINGS)
def where_it_crosses(crossed: Crossed) -> str:
    """Say where the outcome crosses the level, as the search did."""
    return crossed.sentence
