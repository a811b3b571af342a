"""Tables in a terminal. A table's numbers are computed elsewhere; here they become words."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from market.accounts.pnl import COMPANIES
from market.formats import behind, decimals, four_digits, millions, out_of, percent, signed_percent, span
from market.measures.yearly import YEARS
from market.schemas import Schema
from market.studies.answers.questions import QUESTIONS, TOPICS
from market.studies.answers.study import Answers
from market.studies.calibration import Calibration
from market.studies.hindcast.study import Hindcast
from market.studies.levels import label
from market.studies.sensitivity import GROUP, Sensitivity, told_part
from market.studies.tournament import EVOLVED, Tournament
from market.studies.verdict import Verdict
from market.tables.books import FAMILIES, MODELS
from market.views.listing import as_text, shown_range
from market.views.sentences.answers import share_of
from market.views.sentences.verdict import judged
from market.views.settings import Setting

WIDTH = 118
"""Columns that tables may use in a file or a pipe, unless COLUMNS says how many."""


def console() -> Console:
    """A console for standard output, as wide as the terminal; it takes text as it is."""
    plain = Console(markup=False, emoji=False)
    if not (plain.is_terminal or "COLUMNS" in os.environ):
        plain.width = WIDTH
    return plain


GAP = 3
"""Columns of a terminal around each column of a table."""

EXPLANATION = 32
"""Columns of a terminal that an explanation needs beside what it explains."""

FORMS: dict[str, Callable[[Any], str]] = {
    "": str,
    "month": str,
    "$": millions,
    "months": decimals(0),
    "number": decimals(0),
    "points": decimals(1),
    "share": percent,
    "share of world": lambda share: f"{share:.3%}",
}
"""How a column is shown, by its unit; others with two decimals."""

Shown = tuple[str, str, Callable[[Any], str], int]
"""A column as it is shown: its name, its heading, the form of its cells, and its rank as in `market.schemas.Column`."""


def market_table(years: pd.DataFrame, label: Callable[[int], str]) -> Table:
    """Lay out the market by year.

    Parameters
    ----------
    years : `market.measures.yearly.by_year`.
    label : names a year, with its months if it is not simulated whole.
    """
    rows = years.assign(year=[label(year) for year in years["year"]])
    return _table("The market by year", rows, _headed(YEARS))


def company_table(companies: pd.DataFrame, label: Callable[[str, int], str]) -> Table:
    """Lay out the company P&L up to each firm's failure, a block for each firm; `label` names a year of a firm."""
    rows = companies[companies["months"] > 0]
    rows = rows.assign(year=[label(firm, year) for firm, year in zip(rows["firm"], rows["year"], strict=True)])
    return _table("Company P&L, $M, everything expensed in its year", rows, _headed(COMPANIES), block="firm")


def model_table(models: pd.DataFrame, dates: Callable[[int], str]) -> Table:
    """Lay out the model P&L. `dates` turns a month index into a calendar month."""
    rows = models.assign(**MODELS.dated(models, dates))
    return _table("Model P&L, $M, over each model's life so far", rows, _headed(MODELS), block="firm")


def family_table(families: pd.DataFrame, dates: Callable[[int], str]) -> Table:
    """Lay out the P&L of families. `dates` turns a month index into a calendar month."""
    title = "P&L of families, a base with its updates and tiers, $M, over each one's life so far"
    return _table(title, families.assign(**FAMILIES.dated(families, dates)), _headed(FAMILIES), block="firm")


def show(title: str, frame: pd.DataFrame) -> None:
    """Print a small table as it is: dollars of the company P&L in millions, other numbers with two decimals."""
    money = {column.name for column in COMPANIES.columns if column.unit == "$"}
    columns: list[Shown] = []
    for name in frame.columns:
        kind = frame[name].dtype.kind
        form = millions if kind in "fi" and name in money else decimals(2) if kind == "f" else str
        columns.append((name, name.replace("_", " "), form, len(columns)))
    console().print(_table(title, frame, columns))


def say(text: str) -> None:
    """Print a sentence as it is."""
    console().print(Text(text))


def sweep_table(points: pd.DataFrame, factors: Sequence[str], outcomes: Sequence[str], over: str) -> Table:
    """Lay out a sweep by design point: means of some outcomes with their intervals, as many as there is room for.

    Parameters
    ----------
    points : as `market.studies.summary.by_point` gives them.   factors, outcomes : of the sweep.
    over : what means are over, seeds or worlds.
    """
    rows = []
    for _, part in points.groupby("point", sort=False):
        shown = {
            row["outcome"]: f"{four_digits(row['mean'])} {span(row['low'], row['high'])}"
            + behind(row["n"], row["left_out"], few=0)
            for _, row in part.iterrows()
        }
        head = part.iloc[0]
        levels = (label(head[factor]) for factor in factors)
        rows.append((*levels, *(shown[name] for name in outcomes), str(head["n"] + head["left_out"])))
    ranks = {name: place for place, name in enumerate(outcomes)} | {over: len(outcomes)}
    return _words(f"Mean over {over}, and its 95% interval", rows, (*factors, *outcomes, over), ranks)


def comparison_table(differences: pd.DataFrame, a: str, b: str) -> Table:
    """Lay out a comparison as `market.studies.compare.differences` gives it."""
    apart = bool(differences["parameters"].notna().any())
    rows = [
        [
            row["outcome"], four_digits(row["a"]), four_digits(row["b"]), four_digits(row["difference"]),
            span(row["low"], row["high"]), *[percent(row["parameters"])] * apart,
            span(row["low_independent"], row["high_independent"]),
            four_digits(round(row["ratio"], 1)), out_of(row["n"], row["left_out"]),
        ]
        for _, row in differences.iterrows()
    ]  # fmt: skip
    title = f"A: {a}. B: {b}. The same seeds; 95% intervals of the mean difference"
    headings = ["outcome", "A", "B", "B − A", "paired", *["parameters"] * apart]
    headings += ["independent seeds", "× wider", "pairs"]
    return _words(title, rows, headings, {"pairs": 1, "× wider": 2, "independent seeds": 3})


def evidence_table(evidence: pd.DataFrame, path: str, outcome: str, over: str = "seeds") -> Table:
    """Lay out what a search for the break-even tried.

    Parameters
    ----------
    evidence : as in `market.studies.crossing.Crossing`.   path, outcome : names of what was tried and of what came out.
    over : what means are over, seeds or worlds.
    """
    rows = [
        (*map(four_digits, row[["value", "mean"]]), span(row["low"], row["high"]), out_of(row["n"], row["left_out"]))
        for _, row in evidence.iterrows()
    ]
    return _words("What was tried, under the same seeds", rows, (path, outcome, "95% interval", over), {over: 1})


def exploitability_table(firms: pd.DataFrame) -> Table:
    """Lay out what each lab gains by its best deviation."""
    rows = [
        (
            row["firm"], row["deviation"], signed_percent(row["gain"]),
            f"{signed_percent(row['low'])} to {signed_percent(row['high'])}", str(row["seeds"]), str(row["runs"]),
        )
        for _, row in firms.iterrows()
    ]  # fmt: skip
    headings = ("Lab", "best deviation", "gain", "95% interval", "seeds", "runs")
    return _words("What each lab gains by changing its conduct alone, of its contribution", rows, headings, {"runs": 1})


def replies_table(replies: pd.DataFrame) -> Table:
    """Lay out best replies, round by round."""
    rows = [
        (
            str(row["round"]), row["firm"], row["policy"], row["reply"] if row["reply"] != row["policy"] else "stays",
            signed_percent(row["gain"]), f"{signed_percent(row['low'])} to {signed_percent(row['high'])}",
        )
        for _, row in replies.iterrows()
    ]  # fmt: skip
    headings = ("round", "lab", "policy", "reply", "best gain", "95% interval")
    return _words("Best replies, on the seeds that chose them; gains of contribution", rows, headings, {})


def tournament_table(found: Tournament) -> Table:
    """Lay out what each conduct gets in each pure population, and its shares where all begins and ends."""
    wide = found.payoffs.pivot_table(index="conduct", columns="against", values="payoff", sort=False)
    shares = {name: found.population(name) for name in (EVOLVED, *found.equilibria)}
    rows = [
        (name, *(percent(mix[name]) for mix in shares.values()), *map(millions, wide.loc[[name]].to_numpy()[0]))
        for name in found.conducts
    ]
    numbers = [f"against {place}" for place in range(1, len(rows) + 1)]
    rows = [(f"{place} {name}", *rest) for place, (name, *rest) in enumerate(rows, 1)]
    ranks = {name: place for place, name in enumerate(numbers, 1)}
    title = "Shares at the end, and what one lab gets where all others have a conduct, $M of present value"
    return _words(title, rows, ("conduct", *shares, *numbers), ranks)


def sensitivity_table(found: Sensitivity) -> Table:
    """Lay out total order indices of groups and of factors: the part of a variance in which each takes part."""
    rows: list[Sequence[str]] = []
    for (of, name), some in found.indices.groupby(["of", "name"], sort=False):
        parts = some.set_index("outcome").loc[found.outcomes]
        cells = [told_part(one["total"], one["total_low"], one["total_high"]) for _, one in parts.iterrows()]
        rows.append((f"all {name}" if of == GROUP else str(name), *cells))
    title = "Part of the variance in which each takes part: total order indices with their 95% intervals"
    return _words(title, rows, ("factor", *found.outcomes), {name: place for place, name in enumerate(found.outcomes)})


def verdict_table(found: Verdict) -> Table:
    """Lay out in what share of worlds each claim is true, its outcome, and what part of the spread is not luck."""
    rows = [
        (
            one["says"], f"{percent(one['share'])} {span(one['low'], one['high'], percent)}", one["outcome"],
            f"{four_digits(one['median'])} {span(one['outcome_low'], one['outcome_high'])}", percent(one["parameters"]),
        )
        for one in found.answers.to_dict("records")
    ]  # fmt: skip
    headings = ("claim", "true in", "outcome", "median [80% of runs]", "not luck")
    title = f"In {found.count} worlds that agree with the evidence, {found.seeds} seeds each"
    return _words(title, rows, headings, {"outcome": 2, "not luck": 1})


def answers_table(found: Answers) -> RenderableType:
    """Lay out what each question comes to: the claim, what is asked, the verdict, and in what share of worlds."""
    rows = []
    for names in TOPICS.values():
        for name in filter(found.asked.__contains__, names):
            row, asked = found.answer(name), QUESTIONS[name]
            rows.append((f"{asked.number}", judged(row["low"], row["high"]), share_of(row), asked.says))
    title = f"In {found.count} worlds that agree with the evidence, {found.seeds} seeds each"
    return explained_table(title, rows, ("claim", "it is", "in", "asked"))


def hindcast_table(found: Hindcast) -> Table:
    """Lay out scores of rolling forecasts by horizon, and those of free runs beside them."""
    forms = (
        ("kl", decimals(2)),
        ("total_variation", decimals(2)),
        ("crps", decimals(3)),
        ("coverage_80", percent),
        ("auc", decimals(2)),
    )
    rows = [
        (
            "free" if pd.isna(one["horizon"]) else f"{one['horizon']:.0f}",
            one["contestant"],
            f"{one['origins']:.0f}",
            *(form(one[name]) if pd.notna(one[name]) else "–" for name, form in forms),
        )
        for one in found.scores.to_dict("records")
    ]
    headings = ("weeks", "contestant", "n", "KL", "total variation", "CRPS", "80% covers", "AUC")
    return _words(
        "Forecasts of a router's shares of tokens, second half of 2025",
        rows,
        headings,
        {"total variation": 1, "AUC": 2},
    )


def moments_table(found: Calibration) -> Table:
    """Lay out targets beside what the prior and the posterior predict, the fitted ones first."""
    rows = [
        (
            f"{row['moment']}{'' if row['fitted'] else ' *'}", f"{_digits(row['target'])} {_reach(row, '')}",
            _reach(row, "prior_"), f"{_digits(row['posterior'])} {_reach(row, 'posterior_')}".rstrip(),
            "yes" if row["inside"] else "no",
        )
        for _, row in found.moments.sort_values("fitted", ascending=False, kind="stable").iterrows()
    ]  # fmt: skip
    title = "Moments to {}: targets with 90% bands, medians and 80% intervals of single runs; *: held out"
    headings = ("moment", "target", "prior", "posterior", "inside")
    return _words(title.format(found.until), rows, headings, {"prior": 1})


def _digits(value: float, digits: int = 3) -> str:
    return four_digits(value if pd.isna(value) else float(f"{value:.{digits}g}"))


def _reach(row: pd.Series[Any], of: str) -> str:
    """An interval of a row in few digits, by what its columns begin with."""
    return span(row[f"{of}low"], row[f"{of}high"], lambda end: _digits(end, 2))


def _words(title: str, rows: Sequence[Sequence[str]], headings: Sequence[str], ranks: Mapping[str, int]) -> Table:
    """Lay out rows of text of which none is wrapped; `ranks` of the headings that may be left out, 0 for the others."""
    names = [str(place) for place in range(len(headings))]  # headings may be alike
    columns: list[Shown] = [
        (name, heading, str, ranks.get(heading, 0)) for name, heading in zip(names, headings, strict=True)
    ]
    return _table(title, pd.DataFrame(rows, columns=names, dtype="str"), columns)


def settings_table(title: str, rows: Iterable[Setting], explained: bool) -> RenderableType:
    """Lay out parameters of a scenario with values and units, `explained` with ranges, meanings and sources too."""
    headings = ("path", "value", "unit", "plausible", "meaning [source]")
    cells = []
    for declared, value in rows:
        source = f" [{declared.source}]" if declared.source else ""
        told = (shown_range(declared), f"{declared.meaning}{source}")
        cells.append((declared.path, as_text(value), declared.unit, *told))
    if not explained:
        return plain_table(title, [row[:3] for row in cells], headings[:3])
    return explained_table(title, cells, headings)


def explained_table(title: str, rows: Sequence[Sequence[str]], headings: Sequence[str]) -> RenderableType:
    """Lay out rows of text whose last column explains the row: beside it, or under it where that leaves little room."""
    needs = [max(map(cell_len, column)) for column in zip(headings, *rows, strict=True)][:-1]
    width = console().width
    if width - sum(needs) - GAP * len(headings) >= EXPLANATION:
        return plain_table(title, rows, headings)
    lines = [Text(title), Text()]
    for row in (headings, *rows):
        cells = (f"{cell:<{need}}" for cell, need in zip(row, needs, strict=False))
        lines += [Text("  " + "   ".join(cells).rstrip(), overflow="fold")]
        lines += [Text(f"      {line}") for line in textwrap.wrap(row[-1], width - 6)]
    return Group(*lines)


def plain_table(title: str, rows: Iterable[Sequence[str]], headings: Sequence[str]) -> Table:
    """Lay out rows of text, left aligned and wrapped."""
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading == headings[0])
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _headed(schema: Schema) -> list[Shown]:
    """Columns of a schema that have a heading, in their order."""
    return [(c.name, c.heading, FORMS.get(c.unit, decimals(2)), c.rank) for c in schema.columns if c.heading]


def _table(title: str, rows: pd.DataFrame, columns: list[Shown], block: str | None = None) -> Table:
    """Lay out as many columns of a table as fit, right aligned but for text, and say which do not.

    Parameters
    ----------
    block : starts a new section where it changes.
    """
    width, shown = console().width, list(columns)
    cells = {name: [form(value) for value in rows[name]] for name, _, form, _ in columns}
    needs = {name: max(map(cell_len, [*heading.split(), *cells[name]]), default=1) for name, heading, *_ in columns}
    while sum(needs[name] + GAP for name, *_ in shown) > width and max(rank for *_, rank in shown):
        shown.remove(max(shown, key=lambda column: column[3]))
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE, pad_edge=False, collapse_padding=True)
    for name, heading, _, _ in shown:
        words = textwrap.fill(heading, needs[name], break_long_words=False)
        table.add_column(words, justify="left" if rows[name].dtype == "str" else "right", width=needs[name])
    blocks = rows[block].tolist() if block else [None] * len(rows)
    for place in range(len(rows)):
        if place and blocks[place] != blocks[place - 1]:
            table.add_section()
        table.add_row(*(Text(cells[name][place]) for name, *_ in shown))
    left_out = [heading for name, heading, *_ in columns if name not in {name for name, *_ in shown}]
    if left_out:
        table.caption = Text(f"Left out to fit {width} columns: {', '.join(left_out)}.")
        table.caption_justify = "left"
    return table
