"""Sections of a verdict: the claims with what nothing tests, what moves them, and boxes of worlds."""

from __future__ import annotations

from collections.abc import Iterator

from market.formats import four_digits, percent, span
from market.studies.claims import CLAIMS
from market.studies.verdict import Verdict
from market.views.report.blocks import Block, Cell, Heading, Sheet
from market.views.report.sections import Reported, section
from market.views.report.sheets import cell


@section("verdict", title="The claims", place=20)
def claims(reported: Reported) -> Iterator[Block]:
    """In what share of worlds each is true, how its outcome is distributed, and what no data test."""
    found: Verdict = reported.result
    rows = [
        [
            Cell(one["says"]), cell(one["share"], percent), Cell(span(one["low"], one["high"], percent)),
            Cell(one["outcome"]), cell(one["median"], four_digits), Cell(span(one["outcome_low"], one["outcome_high"])),
            cell(one["parameters"], percent), Cell("; ".join(CLAIMS[one["claim"]].untested)),
        ]
        for one in found.answers.to_dict("records")
    ]  # fmt: skip
    headings = (
        Heading("claim"), Heading("true", "share of worlds", True), Heading("95% interval"), Heading("outcome"),
        Heading("median", "", True), Heading("80% of runs"), Heading("parameters", "part of the spread", True),
        Heading("no data here test that"),
    )  # fmt: skip
    yield Sheet("In what share of worlds each claim is true", headings, rows)


@section("verdict", title="What flips them", place=30)
def factors(reported: Reported) -> Iterator[Block]:
    """How often a claim is true where a factor is low and where it is high, and boxes."""
    found: Verdict = reported.result
    rows = [
        [
            Cell(one["claim"]), Cell(one["factor"]), cell(one["below"], four_digits), cell(one["true_below"], percent),
            cell(one["above"], four_digits), cell(one["true_above"], percent),
            Cell(span(one["low"], one["high"], percent)),
        ]
        for _, some in found.factors.groupby("claim", sort=False)
        for one in some.head(5).to_dict("records")
    ]  # fmt: skip
    headings = (
        Heading("claim"), Heading("factor"), Heading("below", "lowest third", True), Heading("true", "there", True),
        Heading("above", "highest third", True), Heading("true", "there", True),
        Heading("95% interval", "of the difference"),
    )  # fmt: skip
    yield Sheet("The five factors that move each claim most", headings, rows)
    boxes = [
        [
            Cell(one["claim"]), Cell("true" if one["holds"] else "untrue"), Cell(one["factor"]),
            cell(one["low"], four_digits), cell(one["high"], four_digits), cell(one["true"], percent),
            cell(one["runs"], four_digits), cell(one["caught"], percent),
        ]
        for one in found.boxes.to_dict("records")
    ]  # fmt: skip
    names = (
        Heading("claim"), Heading("mostly"), Heading("factor"), Heading("from", "", True), Heading("to", "", True),
        Heading("true", "in the box", True), Heading("runs", "in the box", True), Heading("caught", "of those", True),
    )  # fmt: skip
    if boxes:
        yield Sheet("Boxes of worlds, found by patient rule induction", names, boxes)
