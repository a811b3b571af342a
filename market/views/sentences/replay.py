"""What is said of a replay: what of its books is given, what is assumed, and what of its table is doubted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from market.formats import short_dollars
from market.scenario.supply import doubts
from market.views.sentences import Part, sentence

if TYPE_CHECKING:
    from market.tables import Run

MOST_DOUBTS = 3
"""Doubts that are told one by one."""


@sentence(needs="run", part=Part.FAILURES)
def a_replay(run: Run) -> str:
    """Say that the books of listed firms are no accounts, and how far they go; nothing where all firms decide."""
    books = run.replay
    if books.empty:
        return ""
    given, told = int(books["serving_given"].sum()), books[books["training_low"].notna()]
    unknown = len(books) - len(told)
    text = (
        f"A replay, not accounts: {len(books)} releases and their prices are given, who buys them is modelled; serving "
        f"is {'assumed' if not given else f'given for {given}, else assumed'}; training is unknown for {unknown} and "
        "left out"
    )
    if unknown:
        text += ", so books stop at contribution"
    if len(told):
        low, high = told["result_low"].sum(), told["result_high"].sum()
        ends = short_dollars(low) if low == high else f"{short_dollars(low)} to {short_dollars(high)}"
        text += f"; contribution less training of the {len(told)} known: {ends}"
    return f"{text}."


@sentence(needs="run", part=Part.NOTES)
def doubted(run: Run) -> str:
    """Say what of a supply table is hard to believe."""
    supply = run.scenario.supply
    lines = [] if supply is None else list(doubts(supply.products(run.scenario.start)))
    more = [f"… and {len(lines) - MOST_DOUBTS} more like these."] if len(lines) > MOST_DOUBTS else []
    return "\n".join([*(f"Supply table: {line}" for line in lines[:MOST_DOUBTS]), *more])
