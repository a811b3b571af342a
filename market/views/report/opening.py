"""How a report begins: what there is to say, failures first, and the figures."""

from __future__ import annotations

from collections.abc import Iterator

from market.views.report.blocks import Block, Group, Words
from market.views.report.drawn import figures_of
from market.views.report.sections import SECTIONS, Reported, section
from market.views.sentences import Part, said


@section(title="What came out", place=0)
def verdict(reported: Reported) -> Iterator[Block]:
    """All sentences about a result, by part; parts are said in their order, failures first."""
    for part in Part:
        lines = [line for text in said(reported.kind, reported.result, part) for line in text.splitlines()]
        if lines:
            yield Group(part.name.replace("_", " ").capitalize(), [Words(lines, grave=part is Part.FAILURES)])


@section(title="Figures", place=10)
def figures(reported: Reported) -> Iterator[Block]:
    """All figures that the kind of result has, but for those that stand in other sections."""
    elsewhere = {name for one in SECTIONS.values() for name in one.figures if reported.kind in one.needs}
    yield from figures_of(reported.kind, reported.result, elsewhere)
