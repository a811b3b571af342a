"""Sections of a run: the market, companies, models, their lives, and what happened."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from market.accounts.pnl import COMPANIES
from market.formats import NOTHING
from market.measures.life import life
from market.measures.yearly import YEARS, by_year
from market.tables import Run
from market.tables.books import MODELS
from market.views import explain
from market.views.report.blocks import Block, Fold, Group, Timeline, Words
from market.views.report.sections import Reported, section
from market.views.report.sheets import of_schema, of_texts


@section("run", title="Both books in numbers", place=20)
def books(reported: Reported) -> Iterator[Block]:
    """The market and companies by year, and models over their lives."""
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
    dates = {
        column.name: [NOTHING if pd.isna(month) else calendar.date(int(month)) for month in run.models[column.name]]
        for column in MODELS.columns
        if column.heading and column.unit == "month"
    }
    yield of_schema(MODELS, run.models, "Model P&L, $M, over each model's life so far", dates)


@section("run", title="Lives of the models", place=30)
def lives(reported: Reported) -> Iterator[Block]:
    """What each model cost and returned, when it led, and who took its revenue."""
    run: Run = reported.result
    for firm, models in run.models.groupby("firm", sort=False):
        yield Group(str(firm), [_life(run, model) for model in models["model"]])


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
