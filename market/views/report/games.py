"""Sections of games among kinds of conduct: best replies in policies, and tournaments."""

from __future__ import annotations

from collections.abc import Iterator

from market.formats import four_digits, percent, short_dollars, signed_percent, span
from market.studies.policies import PolicyEquilibrium
from market.studies.tournament import SURVIVES, Tournament
from market.views.report.blocks import Block, Cell, Heading, Sheet
from market.views.report.sections import Reported, section
from market.views.report.sheets import cell


@section("policies", title="Replies", place=20)
def replies(reported: Reported) -> Iterator[Block]:
    """Where replies end, and every reply on the way."""
    found: PolicyEquilibrium = reported.result
    for table, other, caption in (
        (found.ends, "deviation", f"The {found.verdict}, and the best other policy there, on seeds that chose nothing"),
        (found.replies, "reply", "Every reply, on the seeds that chose it"),
    ):
        first = "member" if other == "deviation" else "round"
        rows = [
            [
                cell(one[first], four_digits), Cell(one["firm"]), Cell(one["policy"]), Cell(one[other]),
                cell(one["gain"], signed_percent), Cell(span(one["low"], one["high"], signed_percent)),
                cell(one["seeds"], four_digits),
            ]
            for one in table.to_dict("records")
        ]  # fmt: skip
        headings = (
            Heading(first, "", True), Heading("lab"), Heading("policy"), Heading(other),
            Heading("gain", "of contribution", True), Heading("95% interval"), Heading("seeds", "", True),
        )  # fmt: skip
        yield Sheet(caption, headings, rows)


@section("tournament", title="Populations", place=20)
def populations(reported: Reported) -> Iterator[Block]:
    """Shares of conduct where all begins and ends, and what is had of it."""
    found: Tournament = reported.result
    some = found.populations[found.populations["share"] >= SURVIVES]
    rows = [
        [Cell(one["population"]), Cell(one["conduct"]), cell(one["share"], percent)] for one in some.to_dict("records")
    ]
    headings = (Heading("population"), Heading("conduct"), Heading("share", "of labs", True))
    yield Sheet("Populations: the first, the one that evolved, and the Nash equilibria", headings, rows)
    for table, kind, caption in (
        (found.ends, "population", "Populations played out: present values of surplus, of what all labs get"),
        (found.welfare, "prices", "A month on the research panel, in months without a release, by prices"),
    ):
        rows = [
            [
                Cell(one[kind]), Cell(one["figure"]), cell(one["mean"], short_dollars),
                Cell(span(one["low"], one["high"], short_dollars)), cell(one["n"], four_digits),
            ]
            for one in table.to_dict("records")
        ]  # fmt: skip
        headings_ = (
            Heading(kind), Heading("figure"), Heading("mean", "dollars", True), Heading("95% interval"),
            Heading("seeds", "", True),
        )  # fmt: skip
        if rows:
            yield Sheet(caption, headings_, rows)


@section("tournament", title="Payoffs", place=30)
def payoffs(reported: Reported) -> Iterator[Block]:
    """What one lab gets among others, and who qualified."""
    found: Tournament = reported.result
    rows = [
        [
            Cell(one["conduct"]), Cell(one["against"]), cell(one["payoff"], short_dollars),
            Cell(span(one["low"], one["high"], short_dollars)), cell(one["n"], four_digits),
        ]
        for one in found.payoffs.to_dict("records")
    ]  # fmt: skip
    payoff, limits, seeds = Heading("payoff", "dollars", True), Heading("95% interval"), Heading("seeds", "", True)
    headings = (Heading("conduct"), Heading("all others"), payoff, limits, seeds)
    yield Sheet("What one lab gets where all others have a conduct", headings, rows)
    some = [
        [
            Cell(one["conduct"]), cell(one["payoff"], short_dollars),
            Cell(span(one["low"], one["high"], short_dollars)), Cell("yes" if one["plays"] else "no"),
        ]
        for one in found.qualifying.to_dict("records")
    ]  # fmt: skip
    if some:
        shorter = (Heading("conduct"), payoff, limits, Heading("qualified"))
        yield Sheet("What each conduct gets among rivals drawn evenly from all", shorter, some)
