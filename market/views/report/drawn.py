"""Figures of a result as blocks of its page: each for light paper and for dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from market.views import plots as plots
from market.views.figures import ordered
from market.views.report.blocks import Drawn
from market.views.results import source_of
from market.views.svg import svg

PIXELS_PER_INCH = 96


def figures_of(kind: str, result: Any) -> Iterator[Drawn]:
    """Draw all pictures of all figures that a kind of result has, in their order."""
    source = source_of(result)
    for one in ordered():
        for picture in one.pictures(result) if one.needs == kind else ():
            light, dark = (one.draw(picture, dark, source) for dark in (False, True))
            yield Drawn(light.heading, svg(light), svg(dark), width=round(light.get_figwidth() * PIXELS_PER_INCH))
