"""What is said of results of many runs: failures, what differs, where something breaks even."""

from __future__ import annotations

import pandas as pd
from pandas.api.types import is_numeric_dtype

from market.formats import four_digits, out_of, percent, rough, short_dollars, span
from market.measures.outcomes import level_of
from market.studies import summary
from market.studies.exploit import Exploitability
from market.studies.policies import PolicyEquilibrium
from market.studies.reseeded import LUCK_AND_PARAMETERS
from market.studies.sensitivity import Sensitivity
from market.studies.tournament import EVOLVED, SURVIVES, Tournament
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
    return rough(swept.worlds, "world") if swept.worlds else rough(len(swept.seeds))


@sentence(needs="sweep", part=Part.ANSWERS)
def parameters_in_sweep(swept: Swept) -> str:
    """Say what part of the spread of each outcome at a design point is parameters, where worlds have several seeds."""
    points = summary.by_point(swept.table, swept.design.factors, swept.known, swept.worlds)
    parts = points.groupby("outcome", sort=False)["parameters"].median().dropna()
    if parts.empty:
        return ""
    told = ", ".join(f"{percent(part)} of {name}" for name, part in parts.items())
    return f"Of the spread between runs at a design point, in the median, parameters are {told}; the rest is luck."


@sentence(needs="experiment", part=Part.ANSWERS)
def parameters_in_experiment(inquired: Inquired) -> str:
    """Say what part of the spread between an experiment's runs is parameters, where its worlds have several seeds."""
    return apart(inquired.tables.get(LUCK_AND_PARAMETERS, pd.DataFrame()))


def apart(table: pd.DataFrame) -> str:
    """Say what part of the spread is parameters of the numbers in a table of `market.studies.reseeded`; "" of none."""
    if table.empty:
        return ""
    low, middle, high = (percent(part) for part in table["parameters"].quantile([0.1, 0.5, 0.9]))
    return (
        f"Of the spread between runs parameters are {middle} (median of {len(table):,} numbers that were read; {low} "
        f"to {high} in the middle eight tenths of them); the rest is luck. Number by number: {LUCK_AND_PARAMETERS}.csv."
    )


@sentence(needs="comparison", part=Part.NOTES)
def few_seeds_of_comparison(compared: Compared) -> str:
    """Say that intervals are rough."""
    return rough(compared.worlds, "world") if compared.worlds else rough(len(compared.seeds))


@sentence(needs="experiment", part=Part.NOTES)
def quick_form(inquired: Inquired) -> str:
    """Say that few seeds and small markets tell little."""
    return "This is the quick form, with few seeds and small markets: not for quoting." if inquired.quick else ""


@sentence(needs="sweep", part=Part.ANSWERS)
def where_it_breaks_even(swept: Swept) -> str:
    """Say at how many design points each outcome is above where it breaks even, and at how many for certain."""
    points = summary.by_point(swept.table, swept.design.factors, swept.known, swept.worlds)
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


@sentence(needs="comparison", part=Part.ANSWERS)
def what_differs(compared: Compared) -> str:
    """Say which outcomes differ by more than luck under the same seeds."""
    rows = compared.differences
    apart = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    a, b = compared.names
    chance = f"luck under the same {len(compared.seeds)} seeds"
    if compared.worlds:
        chance = f"chance in {compared.worlds} worlds, under the same seeds"
    lines = [
        f"From {a} to {b}, {len(apart)} of {len(rows)} outcomes differ by more than {chance}: zero is outside the 95% "
        "interval of the paired differences."
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


@sentence(needs="exploitability", part=Part.ANSWERS)
def what_a_lab_gains(found: Exploitability) -> str:
    """Say the best deviation in words, and whether it is within what was asked for."""
    return found.sentence


@sentence(needs="policies", part=Part.ANSWERS)
def where_replies_lead(found: PolicyEquilibrium) -> str:
    """Say where best replies lead, within which class of policies, and what a lab still gains there."""
    return found.sentence


@sentence(needs="tournament", part=Part.ANSWERS)
def which_conduct_survives(found: Tournament) -> str:
    """Say which conduct survives, and what customers and labs have of it."""
    return found.sentence


@sentence(needs="tournament", part=Part.ANSWERS)
def what_its_prices_cost(found: Tournament) -> str:
    """Say how surplus and profit at its prices compare with those at Nash prices and at those of a cartel."""
    if found.welfare["mean"].isna().all():
        return ""
    mean = found.welfare.pivot_table(index="prices", columns="figure", values="mean")
    told = (
        f"{short_dollars(mean['surplus'][prices])} and {short_dollars(mean['profit'][prices])} {said}"
        for prices, said in (("at work", "at its prices"), ("Nash", "at Nash prices"), ("joint profit", "in a cartel"))
    )
    return f"A month's consumer surplus and labs' profit where it survives: {', '.join(told)}; no lab releases then."


@sentence(needs="tournament", part=Part.ANSWERS)
def what_all_alike_would_get(found: Tournament) -> str:
    """Say that labs would get more if all had another conduct, which does not survive: a prisoner's dilemma."""
    alike = found.payoffs[found.payoffs["conduct"] == found.payoffs["against"]].set_index("conduct")["payoff"]
    best, first = str(alike.idxmax()), str(found.population(EVOLVED).index[0])
    if found.population(EVOLVED)[best] >= SURVIVES:
        return ""
    return (
        f"A dilemma, by the means over seeds: were all labs {best}, each would get {short_dollars(alike[best])}, and "
        f"{short_dollars(alike[first])} if all were {first}."
    )


@sentence(needs="tournament", part=Part.NOTES)
def nothing_at_the_close(found: Tournament) -> str:
    """Say what the business counts for at the close of the record, which decides whether it pays to train late."""
    if len(found.training) < 2:
        return ""
    if found.terminal > 0:
        return (
            f"At the close a business counts for {found.terminal:g} years of its last contribution, which is assumed."
        )
    return f"Payoffs end with month {found.scenario.months}: who does not train late gains by that."


@sentence(needs="sensitivity", part=Part.ANSWERS)
def what_the_variance_is(found: Sensitivity) -> str:
    """Say how much of each outcome's variance is accounting, technology, demand and competition."""
    return found.sentence


@sentence(needs="sensitivity", part=Part.ANSWERS)
def what_moves_outcomes_most(found: Sensitivity) -> str:
    """Name the factors that move each outcome most, and whether they raise it, which means nothing of a choice."""
    lines = []
    for outcome, rows in found.effects[found.effects["mu_star"] > 0].groupby("outcome", sort=False):
        most = rows.nlargest(3, "mu_star", keep="first")
        told = (
            factor
            if not is_numeric_dtype(found.worlds[factor])
            else f"{factor} ({'raises' if mu > 0 else 'lowers'} it)"
            for factor, mu in zip(most["factor"], most["mu"], strict=True)
        )
        lines.append(f"{outcome} moves most with {', '.join(told)}.")
    return "\n".join(lines)


@sentence(needs="sensitivity", part=Part.NOTES)
def undefined_in_worlds(found: Sensitivity) -> str:
    """Say in how many worlds an outcome is undefined."""
    lost = found.worlds[found.outcomes].isna().sum()
    told = ", ".join(f"{name} in {count}" for name, count in lost[lost > 0].items())
    return f"Of {len(found.worlds)} worlds these are undefined, and left out: {told}." if told else ""


@sentence(needs="break-even", part=Part.ANSWERS)
def where_it_crosses(crossed: Crossed) -> str:
    """Say where the outcome crosses the level, as the search did."""
    return crossed.sentence
