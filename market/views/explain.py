"""A model's life and death certificate in a page: words and two tables; the rows behind them as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
from rich.table import Table

from market.accounts.attribution import IN_WORDS
from market.accounts.families import ALLOCATIONS
from market.formats import NOTHING, decimals, millions, percent_of, unsigned_zero
from market.measures.life import Life
from market.saving.spreadsheet import csv
from market.views.terminal import plain_table

Dates = Callable[[int], str]

Laid = tuple[str, Sequence[Sequence[str]], Sequence[str]]
"""A title, rows of text, and the headings."""

MOST_TAKERS = 8
"""Models in the table of those that took customers."""


def headline(life: Life) -> str:
    """Name the model and its maker."""
    facts = life.facts
    kind = "open weights" if facts["open_weights"] else "closed"
    return f"{facts['model']}: {facts['line']} of {facts['firm']}, {kind}, of the family {facts['family']}"


def story(life: Life, dates: Dates) -> list[str]:
    """Tell its life in sentences. `dates` turns a month index into a calendar month."""
    facts = life.facts
    told = [_birth(life, dates)]
    gone = f"{facts['firm']} failed in {dates(life.failed)}" if life.failed is not None else ""
    if life.first is None:
        lost = f"{gone}, and it was abandoned" if gone and facts["complete"] else "It has never been on sale"
        return [*told, f"{lost} within the run."]
    withdrawn = pd.notna(facts["revenue_withdrawn"])
    last = dates(int(facts["retired"]) - 1) if withdrawn else "the end of the run"
    told.append(
        f"On sale from {dates(life.first)} to {last}, {facts['months_on_sale']} months; launched "
        f"at ${facts['launch_price']:,.2f} per Mtok with {facts['capability']:.1f} points."
    )
    if facts["released"] < 0:
        since = dates(int(facts["released"]))
        told.append(f"It was released in {since}; what it earned before the run is not on record.")
    told.append(_reign(life, dates))
    told.append(_succession(life, dates))
    told.append(_return(life))
    if withdrawn:
        sold = f"its revenue was still {millions(facts['revenue_withdrawn'])} $M a month"
        why = f" since {gone}" if life.failed is not None and facts["retired"] > life.failed else ""
        told.append(f"Withdrawn in {dates(int(facts['retired']))}{why}, when {sold}.")
    else:
        told.append("Still on sale at the end of the run: its figures are not final.")
    return told


def causes(life: Life, dates: Dates) -> Laid:
    """How revenue got to its peak and what then took it, by cause."""
    facts, gained, lost = life.facts, life.causes("gained_"), life.causes("lost_to_")
    rows = [
        (
            IN_WORDS[cause], _money(gained[cause]), percent_of(gained[cause], facts["peak_revenue"]),
            _money(lost[cause]), percent_of(lost[cause], facts["below_peak"]),
        )
        for cause in IN_WORDS
    ]  # fmt: skip
    whole = (millions(facts["peak_revenue"]), "100%", millions(facts["below_peak"]), "100%")
    rows.append(("together", *(whole if facts["below_peak"] else (*whole[:3], NOTHING))))
    title = f"How it got to its peak of {dates(int(facts['peak_month']))}, and who took its revenue after it (net)"
    return title, rows, ("Cause", "To the peak, $M a month", "of it", "Lost below the peak, $M", "of it")


def causes_table(life: Life, dates: Dates) -> Table:
    """Lay out how revenue got to its peak and what then took it, by cause."""
    return plain_table(*causes(life, dates))


def takers(life: Life) -> Laid:
    """Who took its customers after the peak: the models with the largest net flows."""
    order = life.takers["lost"].abs().sort_values(ascending=False, kind="stable").index[:MOST_TAKERS]
    shown = life.takers.loc[order].sort_values("lost", ascending=False, kind="stable")
    rows = [
        (row["counterparty"], IN_WORDS[row["cause"]], *(_money(row[name]) for name in ("left", "came", "net", "lost")))
        for _, row in shown.iterrows()
    ]
    title = f"Who took its customers after the peak: {len(shown)} of {len(life.takers)} with the largest net part"
    headings = ("To or from", "Cause", "Left, $M a month", "Came, $M a month", "Net, $M a month", "Lost below peak, $M")
    return title, rows, headings


def takers_table(life: Life) -> Table:
    """Lay out who took its customers after the peak."""
    return plain_table(*takers(life))


def family(life: Life, dates: Dates) -> str:
    """Say what the family of a base cost and returned; nothing of one without updates and tiers."""
    facts, two = life.family, decimals(2)
    if facts is None:
        return ""
    back, of = facts["payback_months"], {name: _money(facts[name]) for name in ("training_base", "training_updates")}
    paid = "has not paid back" if pd.isna(back) else f"paid back {back:.0f} months after its release"
    state = "complete" if facts["complete"] else "not complete, so that its figures are not final"
    return (
        f"The family {facts['family']}, begun in {dates(int(facts['started']))}, has {facts['releases']} releases and "
        f"{facts['products']} products. Training {millions(facts['training'])} $M, of it {of['training_base']} the "
        f"base, {of['training_updates']} updates; with research "
        f"{millions(facts['training'] + facts['research'])}. Contribution {_money(facts['contribution'])} $M: "
        f"{two(facts['multiple'])} times its training ({paid}), {two(facts['multiple_full_rd'])} times its full R&D. "
        f"{_hosted(facts)}Its life is {state}. What a release returned depends on who bears the base."
    )


def _hosted(facts: pd.Series) -> str:
    """Say what of an open model's contribution is its hosts'; nothing where they sold nothing."""
    hosts = facts["hosts_contribution"]
    if not facts["hosts_revenue"] > 0:
        return ""
    return f"Of that {_money(hosts)} are its hosts', {_money(facts['contribution'] - hosts)} its developer's. "


def releases(life: Life) -> Laid:
    """What each release of a base's family returned on its training, for each allocation of the base."""
    two = decimals(2)
    rows = [
        (
            row["release"], _money(row["own_training"]), _money(row["contribution"]),
            *(NOTHING if pd.isna(row[f"multiple_{how}"]) else two(row[f"multiple_{how}"]) for how in ALLOCATIONS),
        )
        for _, row in life.releases.iterrows()
    ]  # fmt: skip
    headings = ("Release", "Own training, $M", "Contribution, $M", "Base bears it", "By revenue", "By months on sale")
    return "Contribution over training by release, the base borne in three ways", rows, headings


def releases_table(life: Life) -> Table:
    """Lay out what each release of a base's family returned."""
    return plain_table(*releases(life))


def closing(life: Life) -> str:
    """Say how gross and net compare, and what the page rests on."""
    facts = life.facts
    gross = millions(facts["gross_turnover"])
    return (
        f"Gross, the customers who left after the peak would have cost {gross} $M; net of those who came instead, the "
        f"causes above remain. They add up to the cent, and every number foots to {len(life.ledger)} ledger rows and "
        f"{len(life.flows)} flow rows: --rows."
    )


def rows_text(life: Life) -> str:
    """Print the rows behind the page as CSV, each block with its sums."""
    facts = life.facts
    sums = life.ledger.groupby("account")["amount"].sum()
    blocks = [f"# ledger rows of {facts['model']}; sums: {_sums(sums)}", csv(life.ledger)]
    part = f"{facts['model']} is allocated {facts['research']:.2f} of it, month by month by training"
    blocks.append(f"# research of {facts['firm']}; sum: {life.research['amount'].sum():.2f}; {part}")
    blocks.append(csv(life.research.drop(columns="model")))
    if life.sold:
        lost = life.flows.groupby("cause")["lost"].sum()
        blocks.append(
            f"# flow rows of {facts['model']}; sums of lost: {_sums(lost)}; all: {life.flows['lost'].sum():.2f}"
        )
        blocks.append(csv(life.flows))
    return "\n".join(block.rstrip("\n") for block in blocks)


def _birth(life: Life, dates: Dates) -> str:
    facts = life.facts
    spent = life.ledger[life.ledger["account"] == "TRAINING"]["month"]
    paid = f"Trained by {facts['firm']} from {dates(int(facts['started']))}"
    if len(spent):
        paid += f", paid until {dates(int(spent.max()))}"
    return (
        f"{paid}, for {millions(facts['training'])} $M; with its part of research "
        f"{millions(facts['training'] + facts['research'])} $M."
    )


def _reign(life: Life, dates: Dates) -> str:
    spells = ", ".join(dates(a) if a == b else f"{dates(a)} to {dates(b)}" for a, b in life.reigns)
    led = f"It led, the most capable model on sale, in {spells}." if spells else "It never led."
    if life.overtaken is None:
        return f"{led} No rival overtook it while it was on sale."
    rival = life.overtaken
    start = "At its launch" if life.facts["released"] >= 0 else "When the run starts"
    when = f"{start} a rival was ahead" if rival.month == life.first else "Overtaken by a rival"
    return f"{led} {when}: {rival.model} ({rival.capability:.1f} points), {dates(rival.month)}."


def _succession(life: Life, dates: Dates) -> str:
    if life.successor is None:
        return "Its developer released no successor within the run."
    return f"Its successor {life.successor.model} came in {dates(life.successor.month)}."


def _return(life: Life) -> str:
    facts = life.facts
    payback = (
        "never paid back" if pd.isna(facts["payback_months"]) else f"back after {facts['payback_months']:.0f} months"
    )
    half = facts["half_life_months"]
    fell = "never fell to half its peak" if pd.isna(half) else f"was half its peak {half:.0f} months after it"
    if pd.notna(facts["retired"]) and half == facts["retired"] - facts["peak_month"]:
        fell = "was above half its peak until it was withdrawn"
    two = decimals(2)
    return (
        f"Revenue {millions(facts['revenue'])} $M, serving {millions(facts['serving'])}, contribution "
        f"{millions(facts['contribution'])}: {two(facts['multiple'])} times its training ({payback}), "
        f"{two(facts['multiple_full_rd'])} times its full R&D. {_hosted(facts)}Its monthly revenue {fell}."
    )


def _money(dollars: float) -> str:
    return unsigned_zero(millions(dollars))


def _sums(sums: pd.Series) -> str:
    return ", ".join(f"{name} {amount:.2f}" for name, amount in sums.items())
