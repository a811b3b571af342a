"""Results as a notebook shows them: the verdict, short."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from market.formats import short_dollars
from market.measures.readings import by_year
from market.views import page, sentences

if TYPE_CHECKING:
    from market.tables import Run


def of_run(run: Run) -> str:
    """The verdict of a run in paragraphs, and the results of its labs by whole year."""
    said = [page.head(run), *sentences.said("run", run)]
    text = "".join(f"<p>{html.escape(one)}</p>" for one in said)
    results = by_year(run, "result")
    if results.empty:
        return text
    table = results.map(short_dollars).to_html(index_names=False)
    return f"{text}<p>Results by year</p>{table}"
