"""What is said of any result over worlds that agree with the evidence: what its intervals carry."""

from __future__ import annotations

from market.formats import percent
from market.views.results import Compared, Crossed, Inquired, Swept
from market.views.sentences import Part, sentence

FEW_OUTCOMES = 4
"""Outcomes up to which each has its own number in a sentence."""


def over_worlds(worlds: int, seeds: int = 0) -> str:
    """Say that intervals carry parameters too; nothing of the scenario as it stands. `seeds` are of all worlds."""
    each = "a seed each: intervals"
    if seeds > worlds > 0:
        each = f"{seeds // worlds} seeds each: intervals are over worlds, and"
    return (
        f"Over {worlds} worlds that agree with the evidence, {each} carry luck and parameters "
        "together; without --worlds they are of luck alone. That they agree was found of the baseline."
        if worlds
        else ""
    )


@sentence(needs="sweep", part=Part.NOTES)
def sweep_over_worlds(swept: Swept) -> str:
    """Say what a sweep's intervals carry."""
    return over_worlds(swept.worlds)


@sentence(needs="comparison", part=Part.NOTES)
def comparison_over_worlds(compared: Compared) -> str:
    """Say what a comparison's intervals carry."""
    return over_worlds(compared.worlds, len(compared.seeds))


@sentence(needs="comparison", part=Part.ANSWERS)
def what_of_the_difference_is_parameters(compared: Compared) -> str:
    """Say how much of the spread of the differences is parameters, from the least to the most."""
    known = compared.differences.set_index("outcome")["parameters"].dropna().sort_values(kind="stable")
    if known.empty:
        return ""
    told = [f"{percent(part)} ({name})" for name, part in known.items()]
    parts = ", ".join(told)
    if len(told) > FEW_OUTCOMES:
        parts = f"{told[0]} to {told[-1]}, half of them {percent(known.median())} or more"
    return f"Of the spread of the differences between runs, parameters are {parts}; the rest is luck."


@sentence(needs="break-even", part=Part.NOTES)
def break_even_over_worlds(crossed: Crossed) -> str:
    """Say what a break-even's interval carries."""
    return over_worlds(crossed.worlds, crossed.seeds)


@sentence(needs="experiment", part=Part.NOTES)
def experiment_over_worlds(inquired: Inquired) -> str:
    """Say what an experiment's intervals carry."""
    return over_worlds(inquired.worlds)
