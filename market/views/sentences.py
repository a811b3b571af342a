"""What a run says, in sentences: failures, both readings, and what is unfinished."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from market.formats import decimals, millions, percent
from market.measures.readings import Bounds, Readings


def readings_text(said: Readings | None) -> str:
    """Say both readings in sentences."""
    if said is None:
        return "No lab has booked anything within the run."
    return "\n".join([_companies(said), *_models(said), _bounds(said.bounds)])


def failures_text(failed: Mapping[str, str], labs: int) -> str:
    """Say which of so many labs failed and when; nothing if none did."""
    if not failed:
        return ""
    when = ", ".join(f"{firm} in {date}" for firm, date in failed.items())
    if labs == 1:
        return f"The only lab failed: {when}."
    who = f"All {labs}" if len(failed) == labs else f"{len(failed)} of {labs}"
    return f"{who} labs failed: {when}."


def _companies(said: Readings) -> str:
    if not said.compared:
        return "Read by calendar year: no lab has two whole years in business, so there is nothing to compare."
    pair = f"in {said.last} than in {said.first}"
    if not said.same_years:
        pair = f"in their last whole year in business than in their first ({said.first} to {said.last})"
    short, labs = said.firms - said.compared, "labs" if said.compared > 1 else "lab"
    left_out = f" ({short} without two whole years in business left out)" if short else ""
    return (
        f"Read by calendar year: {said.deeper} of {said.compared} {labs}{left_out} had a worse result {pair}; together "
        f"{millions(said.first_result)}, then {millions(said.last_result)} $M."
    )


def _models(said: Readings) -> list[str]:
    if not said.lives:
        return ["Read model by model: no flagship of a lab has a complete life within the run."]
    two, earned = decimals(2), said.lives - said.without_earnings
    nothing = f" and {said.without_earnings} earned nothing" if said.without_earnings else ""
    typical = "No life earned anything, so none is typical."
    if earned:
        of = f" of the {earned} that earned something" if said.without_earnings else ""
        typical = (
            f"The typical life (geometric mean{of}) returned {two(said.typical)} and {two(said.typical_full)} times."
        )
    lives = f"the {said.lives} complete lives" if said.lives > 1 else "the one complete life"
    return [
        f"Read model by model: {lives} of labs' flagships ({percent(said.bounds.complete)} of the training dollars) "
        f"returned {two(said.multiple)} times their training and {two(said.multiple_full)} times their full R&D, all "
        f"dollars together; {said.back} returned their training, {said.back_full} their full R&D{nothing}. {typical}"
    ]


def _bounds(found: Bounds) -> str:
    if pd.isna(found.so_far):
        return "No lab has spent anything on training."
    two = decimals(2)
    said = (
        f"All training dollars ({percent(found.unfinished)} in models on sale or released before the start, "
        f"{percent(found.in_training)} in training) have returned {two(found.so_far)} times so far, "
        f"{two(found.full_so_far)} with all R&D"
    )
    if not found.selling:
        return f"{said}; nothing of labs is on sale any more."
    return (
        f"{said}; {two(found.if_held)} and {two(found.full_if_held)} if models on sale earned in each month left as in "
        "the last, and what is in training nothing."
    )
