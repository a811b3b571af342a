"""Sections of hindcasts: the scores, and what successors took."""

from __future__ import annotations

from collections.abc import Iterator

from market.formats import decimals, percent
from market.studies.hindcast.study import Hindcast
from market.views.report.blocks import Block, Cell, Heading, Sheet
from market.views.report.sections import Reported, section
from market.views.report.sheets import cell


@section("hindcast", title="Scores", place=20)
def scores(reported: Reported) -> Iterator[Block]:
    """Scores of every contestant at every horizon, and of free runs."""
    found: Hindcast = reported.result
    two, three = decimals(2), decimals(3)
    rows = [
        [
            Cell(one["run"]), cell(one["horizon"], decimals(0)), Cell(one["contestant"]),
            cell(one["origins"], decimals(0)), cell(one["kl"], two), cell(one["total_variation"], two),
            cell(one["crps"], three),
            *(cell(one[f"coverage_{level}"], percent) for level in (50, 80, 95)), cell(one["auc"], two),
        ]
        for one in found.scores.to_dict("records")
    ]  # fmt: skip
    headings = (
        Heading("run"), Heading("weeks", "ahead", True), Heading("contestant"), Heading("origins", "", True),
        Heading("KL", "nats", True), Heading("total variation", "of the top", True), Heading("CRPS", "by author", True),
        Heading("50% covers", "", True), Heading("80% covers", "", True), Heading("95% covers", "", True),
        Heading("AUC", "who gets listed", True),
    )  # fmt: skip
    yield Sheet("Forecasts of shares of tokens in the second half of 2025", headings, rows)


@section("hindcast", title="Successions", place=30)
def successions(reported: Reported) -> Iterator[Block]:
    """What successors took of their predecessors' share, observed and simulated."""
    found: Hindcast = reported.result
    shares = ("before", "kept_observed", "kept_simulated", "successor_observed", "successor_simulated")
    rows = [
        [
            Cell(one["successor"]), Cell(one["predecessor"]), Cell(one["released"]),
            *(cell(one[name], percent) for name in shares),
        ]
        for one in found.succession.to_dict("records")
    ]  # fmt: skip
    headings = (
        Heading("successor"), Heading("predecessor"), Heading("week of release"),
        Heading("predecessor before", "share", True), Heading("it kept", "observed", True),
        Heading("it kept", "simulated", True), Heading("successor", "observed", True),
        Heading("successor", "simulated", True),
    )  # fmt: skip
    if rows:
        yield Sheet("Eight weeks after the last list before each release; none where off the list", headings, rows)
