"""What is said of a calibration: how the posterior does, what is learnt and what is not, and how far to trust it."""

from __future__ import annotations

from market.formats import percent
from market.studies.calibration import LITTLE, Calibration
from market.views.sentences import Part, sentence

NAMED = 3
"""How many factors are named of those of which most is learnt, and least."""


@sentence(needs="calibration", part=Part.ANSWERS)
def how_the_posterior_does(found: Calibration) -> str:
    """Say how many moments, fitted and held out, and forecasts lie inside intervals, and how exact the weights are."""
    return found.sentence


@sentence(needs="calibration", part=Part.ANSWERS)
def what_is_learnt(found: Calibration) -> str:
    """Name the factors whose intervals are narrowed most and least."""
    table = found.factors.sort_values("learnt", ascending=False, kind="stable")
    told = [f"{name} ({percent(max(part, 0.0))})" for name, part in zip(table["factor"], table["learnt"], strict=True)]
    most, least = told[:NAMED], told[NAMED:][::-1][:NAMED]
    if not least:
        return f"By how much the evidence narrows the prior's 80% interval: {', '.join(most)}."
    return f"The evidence narrows the prior's 80% interval most of {', '.join(most)}, and least of {', '.join(least)}."


@sentence(needs="calibration", part=Part.NOTES)
def what_is_not_identified(found: Calibration) -> str:
    """Name the factors of which the evidence says hardly anything by itself."""
    names = found.unidentified
    if not names:
        return ""
    return (
        f"Not identified, because the posterior is the prior there but for less than {percent(LITTLE)} of its width: "
        f"{', '.join(names)}."
    )


@sentence(needs="calibration", part=Part.NOTES)
def weights_are_tempered(found: Calibration) -> str:
    """Say that weights are not those of the likelihood, and what that means."""
    if found.tempering == 1:
        return ""
    return (
        f"Weights are raised to 1 ÷ {found.tempering:.1f} so that enough worlds count: the posterior rests in part on "
        "the emulators by which worlds were drawn, not on simulated ones alone."
    )


@sentence(needs="calibration", part=Part.NOTES)
def what_worlds_do_not_have(found: Calibration) -> str:
    """Say in how much of the posterior a moment is not defined."""
    lost = found.moments.loc[lambda table: table["undefined"] > 0]
    told = ", ".join(f"{name} in {percent(part)}" for name, part in zip(lost["moment"], lost["undefined"], strict=True))
    return f"Of the posterior's runs these moments are undefined, and left out: {told}." if told else ""
