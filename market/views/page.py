"""What `market run` says, on one page of a terminal: the verdict in sentences, and a table of labs by year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich.console import Console
from rich.text import Text

from market.formats import NOTHING, decimals
from market.measures.readings import by_year
from market.views import sentences
from market.views.sentences import Part
from market.wording import shortened

if TYPE_CHECKING:
    from market.tables import Run

WIDTH, LINES = 80, 25
"""Columns and lines of a page."""

ENDING = 3
"""Lines at the end: one on where files are, two on what is next."""

BELOW = 5 + ENDING
"""Lines kept free below the table: two on other seeds, three on another world, and the end."""

LEAST = 2
"""Lines that the table has at least: the heading, and all labs together."""

NAME, CELL = 18, 9
"""Columns of a row's name, and of a year."""

BEFORE = (Part.FAILURES, Part.ANSWERS)
BESIDE = (Part.OTHER_SEEDS, Part.OTHER_WORLD)
REST = (Part.SURPRISES, Part.NOTES)


def head(run: Run) -> str:
    """What is simulated: the scenario, the seed, the firms and the months."""
    scenario = run.scenario
    firms = f"{_many(len(scenario.labs), 'lab')}, {_many(len(scenario.open_providers), 'open provider')}"
    return f"{scenario.name}, seed {run.seed}: {firms}, {run.dates[0]} to {run.dates[-1]}"


def top(run: Run) -> list[str]:
    """Lines that a run alone gives: what it is, both answers, and the labs by year."""
    lines = wrapped([head(run), *sentences.said("run", run, *BEFORE)])
    room = LINES - len(lines) - BELOW - len(wrapped(sentences.said("run", run, *REST)))
    gap = [""] if room > LEAST else []
    return [*lines, *gap, *labs_by_year(run, max(LEAST, room - len(gap)))]


def below(run: Run, room: int) -> list[str]:
    """Lines that need the runs beside it, and what else is to be said; set apart if there is room for it.

    Parameters
    ----------
    room : lines left on the page.
    """
    lines = wrapped(sentences.said("run", run, *BESIDE, *REST))
    return ["", *lines] if room > len(lines) + ENDING else lines


def whole(run: Run, folder: str) -> list[str]:
    """All lines of a run whose seeds and other world are known, saved in a folder."""
    above = top(run)
    return [*above, *below(run, LINES - len(above)), *wrapped(ending(run, folder))]


def wrapped(texts: Iterable[str]) -> list[str]:
    """Sentences as lines of a page, the further lines of each indented."""
    console = Console(width=WIDTH, markup=False, emoji=False)
    lines = []
    for text in texts:
        for paragraph in text.splitlines():
            first, *others = Text(paragraph).wrap(console, WIDTH - 2)
            lines += [first.plain.rstrip(), *(f"  {other.plain.rstrip()}" for other in others)]
    return lines


def labs_by_year(run: Run, most: int) -> list[str]:
    """Results of the labs by whole calendar year, and what they stand on; the largest labs where not all have room.

    Parameters
    ----------
    most : lines, at least 2: the heading and all labs together.
    """
    results = by_year(run, "result")
    shown = results.columns[-((WIDTH - NAME) // CELL) :]
    if not len(shown):
        return ["No calendar year lies within the run: --tables shows the months that do."]
    largest = by_year(run, "revenue").sum(axis=1).sort_values(ascending=False, kind="stable").index
    sums = {"all labs": results.sum(axis=0, min_count=1)}
    sums["their revenue"] = by_year(run, "revenue").sum(axis=0, min_count=1)
    sums["training+research"] = (by_year(run, "training") + by_year(run, "research")).sum(axis=0, min_count=1)
    room = most - 1 - len(sums)
    own = [name for name in results.index if name in largest[: max(0, room)]]
    rows = {name: results.loc[name] for name in own} | dict(list(sums.items())[: max(1, most - 1 - len(own))])
    table = pd.DataFrame(rows).T[shown]
    size, unit = (1e9, "$bn") if np.nanmax(np.abs(table.to_numpy(float)), initial=0.0) >= 1e9 else (1e6, "$M")
    ends = {
        (firm, run.calendar.year(month)): word
        for word, months in (("left", run.left), ("failed", run.failed))
        for firm, month in months.items()
    }
    left_out = len(results) - len(own)
    title = f"Result, {unit}" + (f" ({len(own)} of {len(results)})" if own and left_out else "")
    lines = [f"{title:<{NAME}}" + "".join(f"{year:>{CELL}}" for year in shown)]
    for name in rows:
        cells = (ends.get((str(name), int(year))) or _cell(float(rows[name][year]) / size) for year in shown)
        lines.append(f"{shortened(name, NAME - 1):<{NAME}}" + "".join(f"{cell:>{CELL}}" for cell in cells))
    return lines


def _cell(value: float) -> str:
    return NOTHING if pd.isna(value) else decimals(1 if abs(value) < 999.95 else 0)(value)


def _many(number: int, word: str) -> str:
    """A number of things in words."""
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"


def ending(run: Run, folder: str) -> Iterator[str]:
    """Say where a run's files are, and what to try next."""
    largest = run.models.loc[~run.models["open_weights"]].nlargest(1, "revenue")["model"]
    explain = f"; market explain {folder} {largest.iloc[0]}" if len(largest) else ""
    yield f"Saved in {folder}/; the books agree to the cent."
    yield f"Next: market report {folder}{explain}"
