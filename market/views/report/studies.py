"""Sections of results of many runs: sweeps, comparisons, searches for a break-even, experiments."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pandas as pd

from market.formats import NOTHING, behind, four_digits, out_of, percent, signed_percent, span
from market.studies import summary
from market.studies.exploit import Exploitability
from market.studies.levels import label
from market.views.report.blocks import Block, Cell, Drawn, Explorer, Group, Heading, Sheet
from market.views.report.exploring import explored
from market.views.report.parameters import side_by_side
from market.views.report.sections import Reported, section
from market.views.report.sheets import cell, number, of_frame
from market.views.results import Compared, Crossed, Inquired, Swept


@section("sweep", title="Explore", place=20)
def explore(reported: Reported) -> Iterator[Block]:
    """Sliders for the factors, and for the level at which an outcome breaks even."""
    data = explored(reported.result)
    if data["outcomes"]:
        yield Explorer(data)


@section("sweep", title="By design point", place=30)
def design_points(reported: Reported) -> Iterator[Block]:
    """Means over seeds with their intervals, a row for each design point."""
    swept: Swept = reported.result
    factors, outcomes = swept.design.factors, list(swept.outcomes)
    points, rows = summary.by_point(swept.table, factors, outcomes, swept.worlds), []
    for _, part in points.groupby("point", sort=False):
        head = part.iloc[0]
        means = part.set_index("outcome").loc[outcomes]
        rows.append(
            [
                *(cell(head[factor], number, label(head[factor])) for factor in factors),
                *(_estimate(row) for _, row in means.iterrows()),
                cell(int(head["n"] + head["left_out"]), str),
            ]
        )
    numeric = {factor: points[factor].dtype.kind in "iuf" for factor in factors}
    headings = [
        *(Heading(factor, "", numeric[factor]) for factor in factors),
        *(Heading(name, f"mean over {swept.counted} and its 95% interval", True) for name in outcomes),
        Heading(swept.counted, "", True),
    ]
    yield Sheet(f"Mean over {swept.counted}, and its 95% interval", headings, rows)


@section("comparison", title="What differs", place=20)
def paired(reported: Reported) -> Iterator[Block]:
    """Outcomes in both worlds, and their differences with intervals."""
    compared: Compared = reported.result
    names, apart = compared.names, bool(compared.differences["parameters"].notna().any())
    rows = [
        [
            Cell(row["outcome"]), *(cell(row[name], four_digits) for name in ("a", "b", "difference")),
            Cell(span(row["low"], row["high"]) or NOTHING), *[cell(row["parameters"], percent)] * apart,
            Cell(span(row["low_independent"], row["high_independent"]) or NOTHING),
            cell(row["ratio"], four_digits, four_digits(round(row["ratio"], 1))),
            Cell(out_of(row["n"], row["left_out"]), float(row["n"])),
        ]
        for _, row in compared.differences.iterrows()
    ]  # fmt: skip
    headings = (
        Heading("Outcome"), *(Heading(name, "", True) for name in names), Heading("B − A", "", True),
        Heading("95% interval, same seeds", "of the mean of paired differences"),
        *[Heading("Parameters", "part of the spread of the difference that is not luck", True)] * apart,
        Heading("95% interval, independent seeds", "what other seeds in each world would give"),
        Heading("× wider", "how many times wider the second interval is", True), Heading("Pairs", "", True),
    )  # fmt: skip
    yield Sheet(f"A: {names[0]}. B: {names[1]}. Differences under the same seeds", headings, rows)


@section("comparison", title="What was changed", place=30)
def changed(reported: Reported) -> Iterator[Block]:
    """Parameters in which the two scenarios differ."""
    compared: Compared = reported.result
    found = side_by_side("Parameters in which the two scenarios differ", compared.a, compared.b, compared.names)
    if found is not None:
        yield found


@section("break-even", title="What was tried", place=20)
def tried(reported: Reported) -> Iterator[Block]:
    """Every value that was tried, with the outcome there."""
    crossed: Crossed = reported.result
    rows = [
        [cell(row["value"], four_digits), _estimate(row), Cell(out_of(row["n"], row["left_out"]), float(row["n"]))]
        for _, row in crossed.evidence.iterrows()
    ]
    over = "worlds" if crossed.worlds else "seeds"
    headings = (Heading(crossed.path, "", True), Heading(crossed.outcome, "", True), Heading(over, "", True))
    yield Sheet("What was tried, under the same seeds: means with their 95% intervals", headings, rows)


@section("exploitability", title="What was tried", place=20)
def deviations(reported: Reported) -> Iterator[Block]:
    """What each lab gains by its best deviation, and every deviation that was tried."""
    found: Exploitability = reported.result
    rows = [
        [
            Cell(one["firm"]), Cell(one["deviation"]), cell(one["gain"], signed_percent),
            Cell(f"{signed_percent(one['low'])} to {signed_percent(one['high'])}"), cell(one["seeds"], four_digits),
        ]
        for one in found.firms.to_dict("records")
    ]  # fmt: skip
    headings = (
        Heading("lab", ""), Heading("best deviation", ""), Heading("gain", "of contribution", True),
        Heading("95% interval", ""), Heading("seeds", "", True),
    )  # fmt: skip
    yield Sheet("The best deviation of each lab, on seeds that did not choose it", headings, rows)
    some = [
        [Cell(one["firm"]), Cell(one["deviation"]), cell(one["gain"], signed_percent), cell(one["seeds"], four_digits)]
        for one in found.tried.to_dict("records")
    ]
    shorter = (headings[0], Heading("deviation", ""), headings[2], headings[4])
    yield Sheet("Every deviation, on the seeds that chose", shorter, some)


@section("experiment", title="Pictures", place=20)
def pictures(reported: Reported) -> Iterator[Block]:
    """Pictures of an experiment, as it saved them."""
    inquired: Inquired = reported.result
    for name, path in inquired.pictures.items():
        yield Drawn(name.replace("_", " "), png=base64.b64encode(path.read_bytes()).decode())


@section("experiment", title="Tables", place=30)
def tables(reported: Reported) -> Iterator[Block]:
    """Tables of an experiment, as it saved them."""
    inquired: Inquired = reported.result
    for name, table in inquired.tables.items():
        if len(table.columns):
            words = name.replace("_", " ")
            yield Group(words, [of_frame(f"{words} ({name}.csv)", table)])


def _estimate(row: pd.Series) -> Cell:
    """A mean with its interval, which sorts by the mean."""
    said = f"{four_digits(row['mean'])} {span(row['low'], row['high'])}{behind(row['n'], row['left_out'], few=0)}"
    return cell(row["mean"], four_digits, said.strip())
