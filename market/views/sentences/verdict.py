"""What is said of a verdict: in what share of worlds each claim is true, what flips it, and what nothing tests."""

from __future__ import annotations

from typing import Any

import pandas as pd

from market.formats import percent, rough, span
from market.studies.claims import CLAIMS
from market.studies.verdict import Verdict
from market.views.sentences import Part, sentence

MOSTLY, HARDLY = 0.9, 0.1
"""Shares of worlds from which a claim is called true, and up to which it is called untrue, if an interval agrees."""


def judged(low: float, high: float) -> str:
    """What an interval of the share of worlds in which a claim is true comes to, and no more.

    Returns
    -------
    str
        "true" or "untrue" where the whole interval is beyond `MOSTLY` or `HARDLY`, "more often true" or "more often
        untrue" where it leaves out a half, else "undecided".
    """
    if pd.isna(low):
        return "undecided"
    if low >= MOSTLY:
        return "true"
    if high <= HARDLY:
        return "untrue"
    return "more often true" if low > 0.5 else "more often untrue" if high < 0.5 else "undecided"


def in_words(says: str, share: float, low: float, high: float, more: str = "") -> str:
    """In what share of worlds a claim is true, with an interval, as a sentence.

    Parameters
    ----------
    says : the claim.   share, low, high : of worlds, and its interval.   more : stands at the end.
    """
    judgement, ends = judged(low, high), span(low, high, percent)
    return f"{says.capitalize()}: {judgement}, in {percent(share)} {ends} of worlds{more}.".replace("  ", " ")


def undefined(says: str) -> str:
    """Say that a claim is of what no run has."""
    return f"{says.capitalize()}: not defined in any run."


@sentence(needs="verdict", part=Part.FAILURES)
def failed_in_verdict(found: Verdict) -> str:
    """Say how many runs failed."""
    return f"{found.failed} runs failed and are left out." if found.failed else ""


@sentence(needs="verdict", part=Part.ANSWERS)
def in_what_share(found: Verdict) -> str:
    """Say of each claim in what share of worlds it is true, and how much of its spread is parameters."""
    lines = []
    for one in found.answers.to_dict("records"):
        if one["undefined"] == len(found.worlds):
            lines.append(undefined(one["says"]))
            continue
        apart = "" if pd.isna(one["parameters"]) else f"; {percent(one['parameters'])} of the spread is parameters"
        lines.append(in_words(one["says"], one["share"], one["low"], one["high"], apart))
    return "\n".join(lines)


@sentence(needs="verdict", part=Part.ANSWERS)
def who_is_in_profit(found: Verdict) -> str:
    """Say in what part of the runs some lab is in profit at the end."""
    share = found.worlds["labs_in_profit"]
    return f"Some lab is in profit in the last whole year in {percent(float((share > 0).mean()))} of the runs."


@sentence(needs="verdict", part=Part.SURPRISES)
def what_flips_it(found: Verdict) -> str:
    """Say which factor moves each claim most, and in which box of these runs it is mostly true, or untrue."""
    lines = []
    for claim in CLAIMS.values():
        rows = found.factors[found.factors["claim"] == claim.name]
        if len(rows) and rows["difference"].iloc[0] != 0:
            first = rows.iloc[0]
            sure = "" if first["low"] * first["high"] > 0 else ", which may be chance"
            lines.append(
                f"{claim.says.capitalize()}: in {percent(first['true_below'])} of worlds in which {first['factor']} is "
                f"below {first['below']:.3g}, in {percent(first['true_above'])} where it is above "
                f"{first['above']:.3g}{sure}."
            )
        for _, box in found.boxes[found.boxes["claim"] == claim.name].groupby("holds", sort=False):
            lines.append(f"{claim.says.capitalize()} {box_in_words(box)}, found on these runs and not tried on others.")
    return "\n".join(lines)


def box_in_words(box: pd.DataFrame) -> str:
    """In what part of the runs in a box of worlds a claim is true.

    Parameters
    ----------
    box : rows of one box of `Verdict.boxes`, one for each factor.
    """
    first, ends = box.iloc[0], " and ".join(_end(one) for one in box.to_dict("records"))
    return f"in {percent(first['true'])} of the {first['runs']:.0f} runs in which {ends}"


def _end(one: dict[Any, Any]) -> str:
    low, high = one["low"], one["high"]
    if pd.isna(low):
        return f"{one['factor']} is below {high:.3g}"
    return f"{one['factor']} is above {low:.3g}" if pd.isna(high) else f"{one['factor']} is {low:.3g} to {high:.3g}"


@sentence(needs="verdict", part=Part.NOTES)
def what_nothing_tests(found: Verdict) -> str:
    """List what the claims rest on that no data here test."""
    untested = dict.fromkeys(one for name in found.answers["claim"] for one in CLAIMS[name].untested)
    return "Nothing here tests that:\n" + "\n".join(f"- {one};" for one in untested).rstrip(";") + "."


@sentence(needs="verdict", part=Part.NOTES)
def few_worlds(found: Verdict) -> str:
    """Say that intervals over few worlds are rough."""
    return rough(found.count, "world")
