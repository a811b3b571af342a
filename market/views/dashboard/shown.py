"""What the page shows of a run, as HTML: sentences, headlines, tables, pictures. Any text comes out as text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from market.formats import NOTHING, decimals, millions, percent
from market.measures.outcomes import OUTCOMES, compute
from market.measures.yearly import by_year
from market.tables import Run
from market.views import plots, sentences, terminal
from market.views.dashboard import live
from market.views.sentences import Part

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.table import Table

HEADLINES = (
    "multiple", "multiple_full_rd", "typical_multiple", "lives_profitable", "labs_revenue", "labs_gross_margin",
    "labs_result", "labs_deeper_in_loss", "labs_in_profit",
)  # fmt: skip
"""Outcomes above the figures, and of which two markets are compared."""

FORMS = {"$": lambda dollars: f"{millions(dollars)} $M", "share": percent, "share of revenue": percent}
"""How an outcome is written, by its unit; others with two decimals."""


INTRODUCTION = (
    "<p>Read by calendar year, an AI lab may lose ever more; read model by model, the same cash may say that each "
    "model returned its cost. Is each model a profitable company of its own, and does that survive competition?</p>"
    "<p>Set a market up, or take a preset, and press <b>Run</b>: the answer stands here.</p>"
)

BROAD = 1.9
"""Width over height from which a picture has a row to itself."""


@dataclass(frozen=True)
class Shown:
    """What is known of a market.

    Attributes
    ----------
    until : the last month that is simulated, as a date.   whole : whether that is the horizon.
    sentences : the verdict.   numbers : headline outcomes by name.
    pictures, tables : SVG and HTML, by title.
    """

    until: str
    whole: bool
    sentences: tuple[str, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)


def on_the_way(run: Run) -> Shown:
    """What is shown while a market is under way: who failed, revenue, results and prices so far."""
    said = tuple(sentences.said("run", run, Part.FAILURES))
    drawn = {title: svg(figure, title) for title, figure in live.pictures(run).items()}
    years = terminal.market_table(by_year(run), run.calendar.label)
    return Shown(run.dates[-1], False, said, compute(run, HEADLINES), drawn, dict([table(years)]))


def at_the_end(run: Run) -> Shown:
    """All that there is to show of a run."""
    said = tuple(sentences.said("run", run, *Part))
    drawn = {title: svg(figure, title) for title, figure in (*_figures(run), *live.pictures(run).items())}
    spans, label = run.business, run.calendar.label
    tables = (
        terminal.market_table(by_year(run), label),
        terminal.company_table(run.companies, lambda firm, year: label(year, *spans.get(firm, (0,)))),
        terminal.model_table(run.models, run.calendar.date),
    )
    return Shown(run.dates[-1], True, said, compute(run, HEADLINES), drawn, dict(map(table, tables)))


def _figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """All figures that runs have, under their titles."""
    for figure in plots.FIGURES.values():
        if figure.needs == "run":
            for picture in figure.reads(run):
                yield figure.title[:1].upper() + figure.title[1:], figure.draw(picture)


def svg(figure: Figure, title: str) -> str:
    """A figure as SVG without a background; what is black takes the colour of the text around it, light or dark."""
    import matplotlib as mpl

    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "market"}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = re.sub(r"#000000\b", "currentColor", text[text.index("<svg") :])
    return text.replace("<svg", f'<svg role="img" aria-label="{escape(title)}"', 1)


def table(of: Table) -> tuple[str, str]:
    """A table of the terminal as a title and HTML."""
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
    return title, _table(title, head, "".join(body))


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
    """The headline outcomes of one market, or of two and what the second has more, as an HTML table."""
    names = list(worlds)
    heads = [*names, "B − A"] if len(names) == 2 else names
    rows = []
    for name in HEADLINES:
        form = FORMS.get(OUTCOMES[name].unit, decimals(2))
        values = [shown.numbers.get(name, float("nan")) for shown in worlds.values()]
        if len(values) == 2:
            values.append(values[1] - values[0])
        cells = "".join(f'<td class="right">{_signed(form(v)) if pd.notna(v) else NOTHING}</td>' for v in values)
        rows.append(f'<tr><th scope="row" class="left">{escape(OUTCOMES[name].meaning)}</th>{cells}</tr>')
    head = '<th scope="col" class="left">Headline figure</th>'
    head += "".join(f'<th scope="col" class="right">{escape(one)}</th>' for one in heads)
    return _table("Headline figures", head, "".join(rows), "headlines")


def _signed(text: str) -> str:
    return escape(text.replace("-", "−"))


def status(what: str, more: str) -> str:
    """What is going on, as a line that a screen reader reads aloud."""
    return f'<div class="status" role="status"><b>{escape(what)}</b>{escape(f": {more}" if more else "")}</div>'


def figures(worlds: Mapping[str, Shown]) -> str:
    """The pictures of one market, or of two side by side."""
    titles = dict.fromkeys(title for shown in worlds.values() for title in shown.pictures)
    found = []
    for title in titles:
        for name, shown in worlds.items():
            if title in shown.pictures:
                drawn, caption = shown.pictures[title], f"{name}: {title}" if len(worlds) > 1 else title
                broad = ' class="broad"' if _ratio(drawn) > BROAD else ""
                found.append(f"<figure{broad}><figcaption>{escape(caption)}</figcaption>{drawn}</figure>")
    return f'<div class="grid">{"".join(found)}</div>'


def tables(worlds: Mapping[str, Shown]) -> str:
    """The tables of one market, or of two one after the other."""
    found = []
    for name, shown in worlds.items():
        for title, html in shown.tables.items():
            found.append(f"<h3>{escape(f'{name}: {title}' if len(worlds) > 1 else title)}</h3>{html}")
    return "".join(found)


def _ratio(drawn: str) -> float:
    """Width over height of an SVG."""
    _, _, width, height = re.search(r'viewBox="([^"]*)"', drawn)[1].split()  # type: ignore[index]
    return float(width) / float(height)
