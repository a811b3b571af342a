"""What is said of any result over worlds that agree with the evidence: what its intervals carry."""

from __future__ import annotations

from market.views.results import Compared, Crossed, Inquired, Swept
from market.views.sentences import Part, sentence


def over_worlds(worlds: int) -> str:
    """Say that intervals carry parameters too; nothing of the scenario as it stands."""
    return (
        f"Over {worlds} worlds that agree with the evidence, a seed each: intervals carry luck and parameters "
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
    return over_worlds(compared.worlds)


@sentence(needs="break-even", part=Part.NOTES)
def break_even_over_worlds(crossed: Crossed) -> str:
    """Say what a break-even's interval carries."""
    return over_worlds(crossed.worlds)


@sentence(needs="experiment", part=Part.NOTES)
def experiment_over_worlds(inquired: Inquired) -> str:
    """Say what an experiment's intervals carry."""
    return over_worlds(inquired.worlds)
