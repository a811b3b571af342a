"""Sections of sensitivity: parts of the variance, and elementary effects."""

from __future__ import annotations

from collections.abc import Iterator

from market.formats import four_digits, percent, span
from market.studies.sensitivity import FACTOR, GROUP, Sensitivity
from market.views.report.blocks import Block, Cell, Heading, Sheet
from market.views.report.sections import Reported, section
from market.views.report.sheets import cell


@section("sensitivity", title="Parts of the variance", place=20)
def parts(reported: Reported) -> Iterator[Block]:
    """Sobol' indices of groups and of factors."""
    found: Sensitivity = reported.result
    for of in (GROUP, FACTOR):
        rows = [
            [
                Cell(one["outcome"]), Cell(one["name"]),
                cell(one["first"], percent), Cell(span(one["first_low"], one["first_high"], percent)),
                cell(one["total"], percent), Cell(span(one["total_low"], one["total_high"], percent)),
                cell(one["n"], four_digits), cell(one["left_out"], four_digits),
            ]
            for one in found.of(of).to_dict("records")
        ]  # fmt: skip
        headings = (
            Heading("outcome"), Heading(of), Heading("alone", "first order", True), Heading("95% interval"),
            Heading("in all", "total order", True), Heading("95% interval"), Heading("samples", "", True),
            Heading("left out", "undefined somewhere", True),
        )  # fmt: skip
        if rows:
            yield Sheet(f"Parts of the variance{' in rank' * found.ranked} over the priors, by {of}", headings, rows)


@section("sensitivity", title="Elementary effects", place=30)
def effects(reported: Reported) -> Iterator[Block]:
    """How outcomes change from one end of each prior to the other."""
    found: Sensitivity = reported.result
    rows = [
        [
            Cell(one["outcome"]), Cell(one["factor"]), Cell(one["group"]), cell(one["mu"], four_digits),
            cell(one["mu_star"], four_digits), Cell(span(one["low"], one["high"])), cell(one["sigma"], four_digits),
            cell(one["n"], four_digits), cell(one["left_out"], four_digits),
        ]
        for one in found.effects.to_dict("records")
    ]  # fmt: skip
    headings = (
        Heading("outcome"), Heading("factor"), Heading("group"), Heading("μ", "mean effect", True),
        Heading("μ*", "mean size", True), Heading("95% interval", "of μ*"), Heading("σ", "standard deviation", True),
        Heading("trajectories", "", True), Heading("left out", "undefined somewhere", True),
    )  # fmt: skip
    yield Sheet("Elementary effects, in the outcome's unit, from one end of a prior to the other", headings, rows)
