"""Sections of a run: the market, companies, models, R&D, lives, and what happened."""

from __future__ import annotations

from collections.abc import Iterator

from market.accounts.pnl import COMPANIES
from market.measures.life import life
from market.measures.yearly import YEARS, by_year
from market.tables import Run
from market.tables.books import MODELS
from market.views import explain
from market.views.report.blocks import Block, Fold, Group, Timeline, Words
from market.views.report.drawn import figure_of
from market.views.report.sections import Reported, section
from market.views.report.sheets import of_schema, of_texts
from market.views.sentences.run import who_escalates

LONG = 60
"""Models of which each is shown from the start; more are folded away."""


@section("run", title="Both books in numbers", place=20)
def books(reported: Reported) -> Iterator[Block]:
    """The market and companies by year, and models over their lives; folded away if they are many."""
    run: Run = reported.result
    calendar, spans = run.calendar, run.business
    years = by_year(run)
    yield of_schema(YEARS, years, "The market by year", {"year": map(calendar.label, years["year"])})
    companies = run.companies[run.companies["months"] > 0]
    labels = [
        calendar.label(year, *spans.get(firm, (0,)))
        for firm, year in zip(companies["firm"], companies["year"], strict=True)
    ]
    caption = "Company P&L by year, $M, everything expensed in its year"
    yield of_schema(COMPANIES, companies, caption, {"year": labels})
    caption = "Model P&L, $M, over each model's life so far"
    models = of_schema(MODELS, run.models, caption, MODELS.dated(run.models, calendar.date))
    yield Fold("Every model by itself: P&L over its life so far", [models]) if len(run.models) > LONG else models


@section("run", title="R&D, and who escalates", place=29, figures=("rd_spending",))
def spending(reported: Reported) -> Iterator[Block]:
    """What labs spend on R&D beside their revenue, and on each base; in words too where they choose it."""
    run: Run = reported.result
    told = who_escalates(run)
    if told:
        yield Words([told])
    yield from figure_of("rd_spending", run)


@section("run", title="Lives of the models", place=30)
def lives(reported: Reported) -> Iterator[Block]:
    """What each model cost and returned, when it led, and who took its revenue; by family if they are many."""
    run: Run = reported.result
    many = len(run.models) > LONG
    for firm, models in run.models.groupby("firm", sort=False):
        blocks: list[Block] = []
        for family, own in models.groupby("family", sort=False):
            told = [_life(run, model) for model in own["model"]]
            blocks += [Fold(f"The family {family}: {len(told)} models", told)] if many else told
        yield Group(str(firm), blocks)


def _life(run: Run, model: str) -> Fold:
    told, dates = life(run, model), run.calendar.date
    blocks: list[Block] = [Words(explain.story(told, dates))]
    if told.sold:
        blocks += [of_texts(*explain.causes(told, dates)), of_texts(*explain.takers(told))]
    return Fold(explain.headline(told), blocks)


@section("run", title="What happened", place=40)
def events(reported: Reported) -> Iterator[Block]:
    """Events by year, to be filtered by firm and kind."""
    run: Run = reported.result
    years: dict[str, list[tuple[str, str, str, str]]] = {}
    for row in run.events.to_dict("records"):
        kind = str(row["kind"]).replace("_", " ")
        date = run.calendar.date(row["month"])
        years.setdefault(str(run.calendar.year(row["month"])), []).append((date, row["firm"], kind, row["detail"]))
    rows = [row for year in years.values() for row in year]
    if rows:
        yield Timeline(years, sorted({row[1] for row in rows}), sorted({row[2] for row in rows}))
