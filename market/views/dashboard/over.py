"""What the page shows of a market in worlds that agree with the evidence: shares, ranges and bands over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.calendar import Calendar
from market.formats import decimals, millions, percent, rough
from market.measures.outcomes import SHARE, compute
from market.measures.yearly import YEARS, by_year
from market.scenario.schema import Scenario
from market.studies.claims import CLAIMS
from market.studies.intervals import interval
from market.studies.weighted import Floats, middle
from market.tables import Run
from market.views import terminal
from market.views.dashboard import live
from market.views.dashboard.shown import HEADLINES, Shown, drawing
from market.views.sentences.verdict import in_words, undefined

if TYPE_CHECKING:
    from rich.table import Table

ASKED = ("training", "full_rd", "company")
"""Claims of which the page says in what share of the worlds they are true."""

CHOICES = (0, 8, 16, 24, 48)
"""Numbers of worlds to choose from; 0 for the scenario as it stands."""

YEARLY = {
    "labs_revenue": millions, "labs_gross_margin": percent, "average_price": decimals(2), "open_token_share": percent,
}  # fmt: skip
"""Columns of the table by year, each as it is written."""


@dataclass(frozen=True)
class Seen:
    """What is kept of a run in one world.

    Attributes
    ----------
    numbers : the headline outcomes, and those of claims, by name.
    months : as `market.views.dashboard.live.paths`.   years : as `market.measures.yearly.by_year`.
    """

    numbers: dict[str, float]
    months: pd.DataFrame
    years: pd.DataFrame


def seen(run: Run) -> Seen:
    """Keep of a run what the page shows."""
    outcomes = dict.fromkeys([*HEADLINES, *(CLAIMS[name].outcome for name in ASKED)])
    return Seen(compute(run, [*outcomes]), live.paths(run), by_year(run))


def over_worlds(found: Sequence[Seen], count: int, scenario: Scenario) -> Shown:
    """Show what was seen so far.

    Parameters
    ----------
    found : in each world so far.   count : how many worlds there will be.   scenario : what is put into them.
    """
    calendar = Calendar(scenario.start, scenario.months)
    numbers = {name: np.array([one.numbers[name] for one in found]) for name in found[0].numbers}
    picture = drawing(partial(live.bands, [one.months for one in found], calendar))
    return Shown(
        f"world {len(found)} of {count}", len(found) == count, tuple(_sentences(numbers, scenario)), numbers,
        (picture,), (_by_year([one.years for one in found], calendar),),
    )  # fmt: skip


def _sentences(numbers: dict[str, Floats], scenario: Scenario) -> Iterator[str]:
    """In what share of the worlds each claim is true, and what that is a share of."""
    for claim in (CLAIMS[name] for name in ASKED):
        reached = numbers[claim.outcome]
        count = len(reached)
        if np.isfinite(reached).any():
            yield in_words(claim.says, *interval((reached >= claim.level).astype(float), SHARE))
        else:
            yield undefined(claim.says)
    yield (
        f"Over {count} worlds that agree with the evidence, a seed and {scenario.customers:,} customers each: shares "
        "and ranges carry luck and parameters together, and what is set here is so in each. That they agree was found "
        "of the baseline."
    )
    if rough(count, "world"):
        yield rough(count, "world")


def _by_year(years: Sequence[pd.DataFrame], calendar: Calendar) -> Table:
    """The market by calendar year: medians, and between what 80% of the worlds lie."""
    rows = []
    for place, year in enumerate(years[0]["year"]):
        cells = []
        for name, form in YEARLY.items():
            low, median, high = middle(np.array([one[name].iloc[place] for one in years], float))
            cells.append(f"{form(median)} ({form(low)} to {form(high)})" if low < high else form(median))
        rows.append((calendar.label(year), *cells))
    headings = {column.name: column.heading for column in YEARS.columns}
    title = "By calendar year: median over worlds, and range of 80% of them"
    return terminal.plain_table(title, rows, ("Year", *(headings[name] for name in YEARLY)))
