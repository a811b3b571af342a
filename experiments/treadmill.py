"""Whether a lab that stops releasing is overtaken, and labs are therefore locked in (claim 10).

Four worlds under the same luck: from a month on nobody stops training, Alpha alone does, all other labs do, or all do.
Read are where Alpha stands from the release it missed on, and would stand going on (labs release in turn: each is
passed in any case); what it keeps; and whether stopping would have paid, by paired net present values. Alpha stops two
years before the horizon, at the close, in any case: its payoff is read there, with those two years of running off, and
valued at assumed multiples of revenue. The payoffs are a game, and it is said which one. Patient parents pay.

Full: eight cases, 12 seeds of each, four minutes. Quick: one case, two seeds.
"""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

import market
from market import formats
from market.experiment import Study, experiment
from market.measures.overtaken import missed_release, monthly, prospects, resting
from market.measures.payoffs import BEFORE_RESEARCH, CASH, PAYOFFS, RUN_RATE, RUNNING_OFF, TRAINING, VALUED, payoffs
from market.studies.changes import stopping
from market.studies.game import WORLDS, four_worlds, game, going_on, just_pays
from market.studies.intervals import ratio
from market.studies.summary import means
from market.studies.words import in_words, table_in_words
from market.tables import Run
from market.views import plots

FIRM, RUN_OFF, LEAVING = "Alpha", 24, "segments.*.firm_switching_cost"
SIDES = ("while rivals go on", "once rivals stop")
MARKETS = [
    ("four labs", 24, "baseline", {}), ("four labs", 36, "baseline", {}), ("two labs", 24, "duopoly", {}),
    ("eight labs", 24, "eight_labs", {}), ("no open weights", 24, "no_open_source", {}),
    ("free to leave", 24, "baseline", {LEAVING: 0.0}), ("dear to leave", 24, "baseline", {LEAVING: 4.0}),
    ("Alpha reprices often", 24, "baseline", {"labs.Alpha.pricing.reprice_hazard": 0.3}),
]  # fmt: skip


def read(run: Run, month: int) -> dict[str, pd.DataFrame]:
    """Of the four worlds of one seed: Alpha's fate, its payoffs, and its revenue a year by quarter."""
    worlds, close = four_worlds(run, FIRM, month), run.scenario.months - RUN_OFF
    nobody, one = (worlds[world] for world in WORLDS[:2])
    missed = missed_release(one, nobody, FIRM)
    quarterly = {world: 4 * monthly(r, FIRM)["revenue"].groupby(lambda m: m // 3).sum() for world, r in worlds.items()}
    tables = {
        "stands": pd.DataFrame({world: prospects(worlds[world], FIRM, missed, close) for world in WORLDS[:2]}).T,
        "keeps": pd.DataFrame([resting(one, nobody, FIRM, close)]),
        "payoffs": pd.DataFrame({world: payoffs(r, FIRM, month, close) for world, r in worlds.items()}),
        "revenue": pd.DataFrame(quarterly),
    }
    return {name: table.reset_index(names="what") for name, table in tables.items()}


def said(values: pd.Series, form: str = ",.1f", unit: str | None = None) -> str:
    """The mean over seeds with its 95% interval, and how many seeds have a number if not all do."""
    return in_words(values, form, unit) if values.count() else "in no seed"


def draw(revenue: pd.DataFrame, start: int) -> Figure:
    """Draw Alpha's mean revenue in the four worlds, on a log scale."""
    lines = means(revenue.melt(["what", "seed"], var_name="line"), by=["line", "what"])
    figure = Figure(figsize=(9, 5), layout="constrained")
    axis = figure.subplots()
    plots.outcome_by_factor(lines.assign(level=start + lines["what"] / 4), axis)
    axis.set(yscale="log", title=f"{FIRM}'s revenue, $ a year: mean and interval")
    return figure


def rows(tables: dict[str, pd.DataFrame], seeds: int) -> dict[str, dict[str, str]]:
    """One market's row of each table that is shown, by its title: what Alpha keeps, gains by going on, and the game."""
    keeps = tables["keeps"].filter(regex="^(?!what|seed|contr)")
    paid = tables["payoffs"].set_index(["what", "seed"])
    gains = {way: going_on(paid.loc[way]) for way in PAYOFFS}
    even = (formats.with_interval(one, seeds=seeds) for one in just_pays(paid.loc[CASH], paid.loc[RUN_RATE]))
    return {
        "Months until it sells less than half of what it would have; what it keeps of that": {
            name: said(part, ".2f") for name, part in keeps.items()
        },
        f"What Alpha gains by going on {SIDES[0]}, $bn": {way: said(one, ",.0f") for way, (one, _) in gains.items()},
        f"What Alpha gains by going on {SIDES[1]}, $bn": {way: said(one, ",.0f") for way, (_, one) in gains.items()},
        "Multiple of run-rate revenue at which that just pays": dict(zip(SIDES, even, strict=True)),
        "Which game that is": {way: game(paid.loc[way]).verdict for way in PAYOFFS},
    }


def answer(study: Study, tables: dict[str, pd.DataFrame], month: int) -> str:
    """Answer claim 10 in one market."""
    words = table_in_words(tables["stands"], "what", ",.1f", say=said).set_index("what")
    at = {name: f"{one} (going on: {nobody})" for name, (nobody, one) in words.items()}
    keeps = tables["keeps"].drop(columns=["what", "seed"])
    at |= {name: said(part, ".0%" if " kept " in name else ",.1f") for name, part in keeps.items()}
    paid, terms = tables["payoffs"].set_index(["what", "seed"]), market.load("baseline").capital
    gain = {way: going_on(paid.loc[way])[0] for way in (*PAYOFFS, TRAINING, RUN_RATE)}
    say = partial(formats.with_interval, seeds=len(study.seeds))
    pays = say(just_pays(paid.loc[CASH], paid.loc[RUN_RATE])[0])
    left = say(ratio(gain[RUNNING_OFF] - gain[CASH], gain[RUN_RATE]))
    most = say(ratio(gain[BEFORE_RESEARCH], gain[TRAINING]))
    return (
        f"Claim 10, Alpha stops in month {month}. In the 24 months from the release it missed it leads in "
        f"{at['leads of 24']}; in the second year it is {at['behind, year 2']} points behind the best lab. A lab is "
        f"ahead for good {at['a lab for good']} months after that release, all labs {at['all labs for good']}, open "
        f"weights {at['open weights for good']}. After {at['below half of due']} months it sells less than half of "
        f"what it would have, a year later {at['revenue kept 12 on']}, two years later {at['revenue kept 24 on']}: "
        f"{at['times its own']} times its own last quarter before. To the close it keeps "
        f"{at['contribution kept to close']} of its contribution.\n"
        f"Going on instead gains it, in $bn of month {month}: cash {said(gain[CASH])}, with running off "
        f"{said(gain[RUNNING_OFF])}, with a valuation {said(gain[VALUED])}, on the capital market's assumed terms: "
        f"capital.low_exit_multiple {terms.low_exit_multiple:g} to capital.top_exit_multiple "
        f"{terms.top_exit_multiple:g} times run-rate "
        f"revenue at the close. At one multiple in both worlds going on just pays at {pays}; two years of running off "
        f"earn {left} of it. With running off it pays if research costs up to {most} times training. The game: "
        + "; ".join(f"{way}: {game(paid.loc[way]).verdict}" for way in (CASH, RUNNING_OFF, VALUED))
    )


@experiment(seeds=12, quick_seeds=2)
def treadmill(study: Study) -> None:
    """Stop one lab, its rivals, or all of them."""
    size = {"customers": study.pick(6000, 600), "panel.size": study.pick(500, 100), "months": study.pick(96, 72)}
    markets = {}
    for name, month, scenario, changes in study.pick(MARKETS, MARKETS[:1]):
        base = market.load(scenario).vary({**size, **changes, "labs.*.funding": {"rule": "patient"}})
        nobody_stops = stopping(base, {FIRM: base.months - RUN_OFF})
        tables = markets[f"{name}, {month}"] = study.read_tables(nobody_stops, partial(read, month=month))
        for part, table in tables.items():
            table.insert(0, "what", table.pop("what"))
            study.table(f"{part}_{name.replace(' ', '_')}_{month}", table)
    stands = {key: table_in_words(tables["stands"], "what", ",.1f", say=said) for key, tables in markets.items()}
    stood = pd.concat(stands, names=["market"]).rename(columns={"what": "world"})
    study.show("Alpha since the release it missed", stood.reset_index("market"))
    shown = {key: rows(tables, len(study.seeds)) for key, tables in markets.items()}
    for title in shown["four labs, 24"]:
        study.show(title, pd.DataFrame([{"market": key, **row[title]} for key, row in shown.items()]))
    first = markets["four labs, 24"]
    study.figure("revenue", draw(first["revenue"], int(base.start[:4])))
    worlds = table_in_words(first["payoffs"].rename(columns={"what": "payoff"}), "payoff", ",.1f", say=said)
    study.show("Alpha's payoff in the four worlds of the first market, $bn", worlds)
    study.say(answer(study, first, MARKETS[0][1]))


if __name__ == "__main__":
    treadmill()
