"""Sections of a calibration: moments, factors, and forecasts of the year after."""

from __future__ import annotations

from collections.abc import Iterator

from market.formats import decimals, four_digits, percent, span
from market.studies.calibration import Calibration
from market.views.report.blocks import Block, Cell, Heading, Sheet
from market.views.report.sections import Reported, section
from market.views.report.sheets import cell


@section("calibration", title="Moments before and after", place=20)
def calibrated_moments(reported: Reported) -> Iterator[Block]:
    """Targets beside what the prior and the posterior predict."""
    found: Calibration = reported.result
    rows = [
        [
            Cell(one["moment"]), Cell("fitted" if one["fitted"] else "held out"), cell(one["target"], four_digits),
            Cell(span(one["low"], one["high"])), Cell(span(one["prior_low"], one["prior_high"])),
            cell(one["posterior"], four_digits), Cell(span(one["posterior_low"], one["posterior_high"])),
            cell(one["inside"], str), cell(one["undefined"], percent),
        ]
        for one in found.moments.to_dict("records")
    ]  # fmt: skip
    headings = (
        Heading("moment"), Heading("use"), Heading("target", "", True), Heading("band", "of the evidence, 90%"),
        Heading("prior", "80% interval"), Heading("posterior", "median", True), Heading("posterior", "80% interval"),
        Heading("inside", "the target, of the posterior's interval"), Heading("undefined", "in the posterior", True),
    )  # fmt: skip
    yield Sheet("Moments: targets, and predictions of single runs", headings, rows)


@section("calibration", title="Factors before and after", place=30)
def calibrated_factors(reported: Reported) -> Iterator[Block]:
    """What is learnt of each factor, most first."""
    found: Calibration = reported.result
    rows = [
        [
            Cell(one["factor"]), Cell(one["group"]),
            cell(one["prior"], four_digits), Cell(span(one["prior_low"], one["prior_high"])),
            cell(one["median"], four_digits), Cell(span(one["low"], one["high"])), cell(one["learnt"], percent),
        ]
        for one in found.factors.sort_values("learnt", ascending=False, kind="stable").to_dict("records")
    ]  # fmt: skip
    headings = (
        Heading("factor"), Heading("group"), Heading("prior", "median", True), Heading("prior", "80% interval"),
        Heading("posterior", "median", True), Heading("posterior", "80% interval"),
        Heading("learnt", "by how much the interval is narrower than the prior's", True),
    )  # fmt: skip
    yield Sheet("Factors, in their own units", headings, rows)


@section("calibration", title="The year after", place=40)
def year_after(reported: Reported) -> Iterator[Block]:
    """Forecasts of 2025 from the evidence to 2024, and what came true."""
    found: Calibration = reported.result
    rows = [
        [
            Cell(one["moment"]), Cell("fitted" if one["fitted"] else "held out"),
            cell(one["before"], four_digits), cell(one["predicted"], four_digits),
            Cell(span(one["low_50"], one["high_50"])), Cell(span(one["low"], one["high"])),
            cell(one["actual"], four_digits), cell(one["inside_50"], str), cell(one["inside_80"], str),
            cell(one["crps"], decimals(2)), cell(one["naive_crps"], decimals(2)),
        ]
        for one in found.forecasts.to_dict("records")
    ]  # fmt: skip
    headings = (
        Heading("moment"), Heading("its past", "whether it was fitted"), Heading("before", "the naive forecast", True),
        Heading("forecast", "median", True), Heading("forecast", "50% interval"), Heading("forecast", "80% interval"),
        Heading("came true", "", True), Heading("inside 50%"), Heading("inside 80%"),
        Heading("CRPS", "in half widths of the band of what came true; lower is better", True),
        Heading("naive CRPS", "of the past figure with its band", True),
    )  # fmt: skip
    if rows:
        yield Sheet("2025, forecast from the evidence to 2024", headings, rows)
