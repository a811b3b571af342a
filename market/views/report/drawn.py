"""Figures of a result as blocks of its page, in its tones."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from market.views import plots as plots
from market.views.figures import FIGURES, ordered
from market.views.report.blocks import Drawn
from market.views.results import source_of
from market.views.svg import svg_on_page
from market.views.theme import LIGHT

PIXELS_PER_INCH = 96

TONES = {tone: f"var(--{tone})" for tone in LIGHT}
"""Tones of the page, which its style sets for light and for dark."""


def figures_of(kind: str, result: Any, without: Collection[str] = ()) -> Iterator[Drawn]:
    """Draw all pictures of all figures that a kind of result has, in their order, but for some."""
    for one in ordered():
        if one.needs == kind and one.name not in without:
            yield from figure_of(one.name, result)


def figure_of(name: str, result: Any) -> Iterator[Drawn]:
    """Draw all pictures of a figure."""
    one, source = FIGURES[name], source_of(result)
    for picture in one.pictures(result):
        drawn = one.draw(picture, source=source)
        width = round(drawn.get_figwidth() * PIXELS_PER_INCH)
        yield Drawn(drawn.heading, svg_on_page(drawn, TONES), width=width)
