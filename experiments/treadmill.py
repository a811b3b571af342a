"""Whether a lab that stops releasing is overtaken, and labs are therefore locked in (claim 10).

Four worlds under the same luck: from a month on nobody stops training, Alpha alone does, all other labs do, or all do.
Read are where Alpha stands from the release it missed on, and would stand going on (labs release in turn: each is
passed in any case); what it keeps; and whether stopping would have paid, by paired net present values. Alpha stops two
years before the horizon, at the close, in any case: its payoff is read there, with those two years of running off, and
valued at assumed exit multiples. The payoffs are a game, and it is said which one. Patient parents pay.

Full: eight cases, 12 seeds of each, four minutes. Quick: one case, two seeds.
"""

from functools import partial
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from market.studies.experiment import Out, experiment_folder, pool, run_script
from matplotlib.figure import Figure

import market
from market import formats
from market.calendar import year_of
from market.economics.capital import CapitalMarket, run_rate, valuation
from market.measures.overtaken import missed_release, monthly, prospects, resting
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.studies.counterfactual import by_seed, stopping
from market.studies.game import WORLDS, game, going_on, just_pays
from market.studies.intervals import interval, ratio
from market.studies.words import in_words
from market.tables import Run
from market.views import plots, terminal

FIRM, RUN_OFF, BILLION, LEAVING = "Alpha", 24, 1e9, "segments.*.firm_switching_cost"
SIDES, RUN_RATE = ("while rivals go on", "once rivals stop"), "run-rate revenue at the close"
PAYOFFS = CASH, _, RUNNING_OFF, BEFORE_RESEARCH, VALUED = (
    "cash to the close", "  before research", "and running off", "  before research, too", "cash and valuation",
)  # fmt: skip
MARKETS = [
    ("four labs", 24, "baseline", {}), ("four labs", 36, "baseline", {}), ("two labs", 24, "duopoly", {}),
    ("eight labs", 24, "eight_labs", {}), ("no open weights", 24, "no_open_source", {}),
    ("free to leave", 24, "baseline", {LEAVING: 0.0}), ("dear to leave", 24, "baseline", {LEAVING: 4.0}),
    ("Alpha reprices often", 24, "baseline", {"labs.Alpha.pricing.reprice_hazard": 0.3}),
]  # fmt: skip


def payoffs(run: Run, month: int) -> dict[str, float]:
    """What Alpha is worth to all who put money in, seen from the month of stopping, and what it trained for, $bn."""
    table, close, rate = monthly(run, FIRM), run.scenario.months - RUN_OFF, run.scenario.discount_rate
    table["before"], sales = table["result"] + table["research"], table["revenue"].loc[: close - 1].tolist()
    now = pd.Series((1 + rate) ** ((month - table.index) / 12) / BILLION, table.index)
    values = table.mul(now, axis=0).loc[month:]
    early, whole, then = values.loc[: close - 1].sum(), values.sum(), now[close] if sales[-1] > 0 else 0.0
    valued = early["result"] + valuation(run.scenario.capital, sales) * then
    found = (early["result"], early["before"], whole["result"], whole["before"], valued)
    return dict(zip(PAYOFFS, found, strict=True)) | {"training": early["training"], RUN_RATE: run_rate(sales) * then}


def study(seed: int, base: Scenario, month: int) -> dict[str, pd.DataFrame]:
    """The four worlds of one seed: Alpha's fate, its payoffs by world, and its revenue a year by quarter and world."""
    close, rivals = {FIRM: base.months - RUN_OFF}, {lab: month for lab in base.labs if lab != FIRM}
    stops = (close, {FIRM: month}, close | rivals, {FIRM: month} | rivals)
    runs = [market.simulate(stopping(base, when), seed) for when in stops]
    worlds = dict(zip(WORLDS, runs, strict=True))
    quarters = {world: monthly(run, FIRM)["revenue"].groupby(lambda m: m // 3).sum() for world, run in worlds.items()}
    missed, end = missed_release(runs[1], runs[0], FIRM), close[FIRM]
    stands = {world: prospects(run, FIRM, missed, end) for world, run in worlds.items() if world in WORLDS[:2]}
    return {
        "stands": pd.DataFrame(stands).T,
        "keeps": pd.DataFrame([resting(runs[1], runs[0], FIRM, end)]),
        "payoffs": pd.DataFrame({world: payoffs(run, month) for world, run in worlds.items()}),
        "revenue": pd.DataFrame(quarters) * 4,
    }


def said(values: pd.Series, form: str = ",.1f") -> str:
    """The mean over seeds with its 95% interval, and how many seeds have a number if not all do."""
    return in_words(values, form) if values.count() else "in no seed"


def draw(paths: pd.DataFrame, start: int, file: Path) -> None:
    """Draw Alpha's mean revenue in the four worlds, on a log scale."""
    points = [(world, quarter, part) for world in WORLDS for quarter, part in paths[world].groupby(level=0)]
    rows = [(world, start + quarter / 4, *interval(part)) for world, quarter, part in points]
    figure = Figure(figsize=(9, 5), layout="constrained")
    axis = figure.subplots()
    plots.outcome_by_factor(pd.DataFrame(rows, columns=["line", "level", "mean", "low", "high"]), axis)
    axis.set(yscale="log", title=f"{FIRM}'s revenue, $ a year: mean and interval")
    figure.savefig(file, dpi=120)


def answer(tables: dict[str, pd.DataFrame], terms: CapitalMarket, month: int) -> None:
    """Answer claim 10 in one market."""
    paid, nobody, one = tables["payoffs"], *(tables["stands"].loc[world] for world in WORLDS[:2])
    at = {name: f"{said(one[name])} (going on: {said(nobody[name])})" for name in one}
    at |= {name: said(part, ".0%" if " kept " in name else ",.1f") for name, part in tables["keeps"].items()}
    gain = {way: going_on(paid.loc[way])[0] for way in (*PAYOFFS, "training", RUN_RATE)}
    say = partial(formats.with_interval, seeds=len(gain[CASH]))
    pays = say(just_pays(paid.loc[CASH], paid.loc[RUN_RATE])[0])
    left = say(ratio(gain[RUNNING_OFF] - gain[CASH], gain[RUN_RATE]))
    most = say(ratio(gain[BEFORE_RESEARCH], gain["training"]))
    terminal.say(
        f"Claim 10, Alpha stops in month {month}. In the 24 months from the release it missed it leads in "
        f"{at['leads of 24']}; in the second year it is {at['behind, year 2']} points behind the best lab. A lab is "
        f"ahead for good {at['a lab for good']} months after that release, all labs {at['all labs for good']}, open "
        f"weights {at['open weights for good']}. After {at['below half of due']} months it sells less than half of "
        f"what it would have, a year later {at['revenue kept 12 on']}, two years later {at['revenue kept 24 on']}: "
        f"{at['times its own']} times its own last quarter before. To the close it keeps "
        f"{at['contribution kept to close']} of its contribution.\n"
        f"Going on instead gains it, in $bn of month {month}: cash {said(gain[CASH])}, with running off "
        f"{said(gain[RUNNING_OFF])}, with a valuation {said(gain[VALUED])}, on the capital market's assumed terms: "
        f"exit multiples of {terms.low_exit_multiple:g} to {terms.top_exit_multiple:g} times run-rate revenue at the "
        f"close. The break-even exit multiple, the same in both worlds, is {pays}; two years of running off earn "
        f"{left} of it. With running off it pays if research costs up to {most} times training. The game: "
        + "; ".join(f"{way}: {game(paid.loc[way]).verdict}" for way in (CASH, RUNNING_OFF, VALUED))
    )


def report(found: dict[str, dict[str, pd.DataFrame]]) -> None:
    """Print where Alpha stands, what it keeps, its gains from going on and the game, by market."""

    def show(title, rows):
        terminal.show(title, pd.DataFrame(rows).T.rename_axis("market").reset_index())

    stands = {label: t["stands"].groupby(level=0, sort=False).agg(said) for label, t in found.items()}
    terminal.show("Alpha since the release it missed", pd.concat(stands, names=["market", "world"]).reset_index())
    keeps = {label: t["keeps"].filter(regex="^(?!contr)").agg(said, form=".2f") for label, t in found.items()}
    show("Months until it sells less than half of what it would have; what it keeps of that", keeps)
    paid = {label: tables["payoffs"] for label, tables in found.items()}
    for side, title in enumerate(SIDES):
        gain = {label: {way: said(going_on(t.loc[way])[side], ",.0f") for way in PAYOFFS} for label, t in paid.items()}
        show(f"What Alpha gains by going on {title}, $bn", gain)
    even = {label: just_pays(t.loc[CASH], t.loc[RUN_RATE]) for label, t in paid.items()}
    seeds = len(next(iter(paid.values())).loc[CASH])
    shown = pd.DataFrame(even, SIDES).map(partial(formats.with_interval, seeds=seeds))
    show("Multiple of run-rate revenue at which that just pays", shown)
    show("Which game that is", {label: {way: game(t.loc[way]).verdict for way in PAYOFFS} for label, t in paid.items()})


def main(
    quick: Annotated[bool, typer.Option("--quick", help="One case, two seeds, few customers.")] = False,
    out: Out = None,
) -> None:
    """Stop one lab, its rivals, or all of them."""
    seeds, found = range(2 if quick else 12), {}
    size = {"customers": 600 if quick else 6000, "panel.size": 100 if quick else 500, "months": 72 if quick else 96}
    with experiment_folder(out, quick) as folder, pool(quick) as workers:
        for name, month, scenario, changes in MARKETS[:1] if quick else MARKETS:
            base = market.load(scenario).vary({**size, **changes, "labs.*.funding": {"rule": "patient"}})
            runs = by_seed(partial(study, base=base, month=month), seeds, workers)
            tables = {part: pd.concat({seed: runs[seed][part] for seed in seeds}).swaplevel() for part in runs[0]}
            for part, table in tables.items():
                write_csv(
                    table.reset_index(names=["what", "seed"]), folder / f"{part}_{name.replace(' ', '_')}_{month}.csv"
                )
            found[f"{name}, {month}"] = tables
        report(found)
        first = found["four labs, 24"]
        draw(first["revenue"], year_of(base.start), folder / "revenue.png")
        worlds = first["payoffs"].groupby(level=0, sort=False).agg(said).reset_index(names="payoff")
        terminal.show("Alpha's payoff in the four worlds of the first market, $bn", worlds)
        answer(first, market.load("baseline").capital, MARKETS[0][1])
    terminal.say(f"Tables and figure: {out}/")


if __name__ == "__main__":
    run_script(main)
