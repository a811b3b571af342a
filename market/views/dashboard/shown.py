"""What the page shows of a run, as HTML: sentences, headlines, tables, pictures. Any text comes out as text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from market.formats import NOTHING, decimals, millions, percent, short_dollars, unsigned_zero
from market.measures.outcomes import OUTCOMES, compute
from market.measures.yearly import by_year
from market.studies.weighted import Floats, middle
from market.tables import Run
from market.views import plots, sentences, terminal
from market.views.dashboard import live
from market.views.results import source_of
from market.views.sentences import Part
from market.views.sheet import Sheet
from market.views.svg import svg_on_page

if TYPE_CHECKING:
    from rich.table import Table

HEADLINES = (
    "multiple", "multiple_full_rd", "typical_multiple", "lives_profitable", "labs_revenue", "labs_gross_margin",
    "labs_result", "labs_deeper_in_loss", "labs_in_profit",
)  # fmt: skip
"""Outcomes above the figures, and of which two markets are compared."""

FORMS = {"$": (millions, " $M"), "share": (percent, ""), "share of revenue": (percent, "")}
"""How an outcome is written, and what stands behind it, by its unit; others with two decimals."""


LONG = 60
"""Models of which the page has a table; of more it has their families alone."""

INTRODUCTION = (
    "<p>Read by calendar year, an AI lab may lose ever more; read by families of models, each a base with its updates "
    "and tiers, the same cash may say that each returned its cost.</p>"
    "<p>Set a market up, or take a preset, and press <b>Run</b>: the answer stands here.</p>"
)

TONES = {
    "paper": "var(--panel-background-color)",
    "ink": "var(--panel-on-background-color)",
    "soft": "color-mix(in srgb, var(--panel-on-background-color) 70%, var(--panel-background-color))",
    "grid": "color-mix(in srgb, var(--panel-on-background-color) 13%, var(--panel-background-color))",
}
"""Colours of the page that take the place of those of light paper."""

_ONE_AT_A_TIME = threading.Lock()
"""Pages draw in threads, and the settings of matplotlib belong to the whole process."""


@dataclass(frozen=True)
class Shown:
    """What is known of a market.

    Attributes
    ----------
    until : the last month that is simulated, as a date, or the last world.   whole : whether no more are to come.
    sentences : the verdict.   numbers : headline outcomes by name; (W,) over W worlds.
    pictures : SVG.   tables : of the terminal.
    """

    until: str
    whole: bool
    sentences: tuple[str, ...] = ()
    numbers: Mapping[str, float | Floats] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def on_the_way(run: Run) -> Shown:
    """What is shown while a market is under way: who failed, revenue, results and prices so far."""
    said = tuple(sentences.said("run", run, Part.FAILURES))
    years = terminal.market_table(by_year(run), run.calendar.label)
    return Shown(run.dates[-1], False, said, compute(run, HEADLINES), (drawing(partial(live.by_month, run)),), (years,))


def at_the_end(run: Run) -> Shown:
    """What a run says, in words and numbers."""
    said = tuple(sentences.said("run", run, *Part))
    spans, label = run.business, run.calendar.label
    tables = [
        terminal.market_table(by_year(run), label),
        terminal.company_table(run.companies, lambda firm, year: label(year, *spans.get(firm, (0,)))),
        terminal.family_table(run.families, run.calendar.date),
    ]
    if len(run.models) <= LONG:
        tables.append(terminal.model_table(run.models, run.calendar.date))
    return Shown(run.dates[-1], True, said, compute(run, HEADLINES), (), tuple(tables))


def drawn(run: Run, said: Shown, figures: Iterable[str]) -> Iterator[Shown]:
    """Add to what a run says one picture after the other: what happened month by month, and figures by name."""
    said = replace(said, pictures=(drawing(partial(live.by_month, run)),))
    yield said
    for name in figures:
        for one in plots.FIGURES[name].pictures(run):
            picture = drawing(partial(plots.FIGURES[name].draw, one, source=source_of(run)))
            said = replace(said, pictures=(*said.pictures, picture))
            yield said


def figures_of_runs() -> dict[str, str]:
    """Names of all figures of runs by their titles, in the order of want."""
    known = (one for one in plots.ordered() if one.needs == "run")
    return {f"{one.title[:1].upper()}{one.title[1:]}": one.name for one in known}


def drawing(draw: Callable[[], Sheet]) -> str:
    """Draw a figure as SVG in the page's own colours, light or dark."""
    with _ONE_AT_A_TIME:
        return svg_on_page(draw(), TONES)


def table(of: Table) -> str:
    """A table of the terminal as HTML."""
    title, columns = str(of.title), of.columns
    sides = ["right" if column.justify == "right" else "left" for column in columns]
    head = "".join(
        f'<th scope="col" class="{side}">{escape(str(column.header))}</th>'
        for side, column in zip(sides, columns, strict=True)
    )
    body, above = [], False
    for row, cells in zip(of.rows, zip(*(column.cells for column in columns), strict=True), strict=True):
        inner = "".join(f'<td class="{side}">{escape(str(cell))}</td>' for side, cell in zip(sides, cells, strict=True))
        body.append(f'<tr class="{"first" if above else ""}">{inner}</tr>')
        above = row.end_section
    return _table(title, head, "".join(body))


def _table(title: str, head: str, body: str, kind: str = "") -> str:
    """A table that scrolls by itself where it is wider than the page, also by the keyboard."""
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(title)}"><table class="{kind}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def verdict(worlds: Mapping[str, Shown], titles: Mapping[str, str]) -> str:
    """The sentences of the markets, side by side, as HTML; above them the markets' titles."""
    parts = []
    for name, shown in worlds.items():
        until = "" if shown.whole else f" <small>so far, up to {escape(shown.until)}</small>"
        head = f"<h3>{escape(titles[name])}{until}</h3>"
        lines = (f"<p>{escape(line)}</p>" for text in shown.sentences for line in text.splitlines())
        parts.append(f"<section>{head}{''.join(lines) or '<p>Nobody has failed so far.</p>'}</section>")
    return f'<div class="grid">{"".join(parts)}</div>'


def headlines(worlds: Mapping[str, Shown]) -> str:
    """The headline outcomes of one market, or of two and what the second has more, as an HTML table.

    Over worlds they are medians with the range of 80% of the worlds; what the second has more is so in each.
    """
    names = list(worlds)
    heads = [*names, "B − A"] if len(names) == 2 else names
    rows, over = [], 0
    for name in HEADLINES:
        values = [np.atleast_1d(shown.numbers.get(name, np.nan)) for shown in worlds.values()]
        over = max(over, *map(len, values))
        if len(values) == 2:
            both = min(map(len, values))
            values.append(values[1][:both] - values[0][:both])
        unit = OUTCOMES[name].unit
        cells = "".join(f'<td class="right">{_figure(one, unit)}</td>' for one in values)
        rows.append(f'<tr><th scope="row" class="left">{escape(OUTCOMES[name].meaning.rstrip("."))}</th>{cells}</tr>')
    title = "Headline figure" + ": median, and range of 80% of the worlds" * (over > 1)
    head = f'<th scope="col" class="left">{title}</th>'
    head += "".join(f'<th scope="col" class="right">{escape(one)}</th>' for one in heads)
    return _table("Headline figures", head, "".join(rows), "headlines")


def _figure(values: Floats, unit: str) -> str:
    """A number, or the median of several and their range, as HTML."""
    form, behind = FORMS.get(unit, (decimals(2), "")) if len(values) == 1 or unit != "$" else (short_dollars, "")
    known = int(np.isfinite(values).sum())
    if not known:
        return NOTHING
    low, median, high = middle(values)
    said = _signed(f"{form(median)}{behind}")
    if len(values) == 1:
        return said
    worlds = f", in {known} of {len(values)} worlds" if known < len(values) else ""
    return f"{said}<br><small>{_signed(f'{form(low)} to {form(high)}{behind}{worlds}')}</small>"


def _signed(text: str) -> str:
    return " ".join(unsigned_zero(word) for word in escape(text.replace("-", "−")).split(" "))


def status(what: str, more: str, part: float | None = None) -> str:
    """What is going on, and which part of it is done, as a line that a screen reader reads aloud."""
    said = f'<div class="status" role="status"><b>{escape(what)}</b>{escape(f": {more}" if more else "")}</div>'
    return said if part is None else f'{said}<progress aria-label="Part that is done" value="{part:.3f}"></progress>'


def figures(worlds: Mapping[str, Shown]) -> list[str]:
    """The pictures, one after the other; those of two markets each below its like."""
    most = max((len(shown.pictures) for shown in worlds.values()), default=0)
    return ["".join(_figures_at(place, worlds)) for place in range(most)]


def _figures_at(place: int, worlds: Mapping[str, Shown]) -> Iterator[str]:
    for name, shown in worlds.items():
        if place < len(shown.pictures):
            caption = f"<figcaption>Market {escape(name)}</figcaption>" if len(worlds) > 1 else ""
            yield f'<figure tabindex="0">{caption}{shown.pictures[place]}</figure>'


def tables(worlds: Mapping[str, Shown]) -> str:
    """The tables of one market, or of two one after the other."""
    found = []
    for name, shown in worlds.items():
        for one in shown.tables:
            title = escape(f"{name}: {one.title}" if len(worlds) > 1 else str(one.title))
            found.append(f"<h3>{title}</h3>{table(one)}")
    return "".join(found)


def problems_of(texts: Iterable[str]) -> str:
    """What is wrong and belongs to no field."""
    return "".join(f'<p class="wrong" role="alert">{escape(text)}</p>' for text in texts)


def about(reason: str, changes: Sequence[str]) -> str:
    """What a market is: the reason of its preset, and what is set in its scenario."""
    said = f"<p>{escape(reason)}</p>" if reason else ""
    return said + (f"<p><small>Set: {escape(', '.join(changes))}</small></p>" if changes else "")
