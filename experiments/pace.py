"""Does it pay a lab, or all labs, to release more often: where that costs more, and with the same R&D a year.

Bases every 6, 9, 12 or 18 months, and updates every 2, 3, 4 or 6, of one lab alone or of all. R&D a year

    grows                a base, an update and a year of research cost what they did: more releases cost more
    grows, research too  likewise, but research goes with runs: every base and update needs its own
    stays, smaller runs  R&D a year as it was, divided among more bases and updates; research as it was
    stays, less research R&D a year as it was, every base and update as dear as before; research gives way

As costs grow by the month, what is the same is R&D over 36 months, in which whole cadences of all paces lie, and a run
has two of these; labs take turns within a cadence. Research buys nothing in this model that is missed where it gives
way. Open providers spend what they did. Profit is contribution less all R&D, both over the run. Of one lab alone its
own families are read; consumer surplus is the market's. Patient parents pay.
Full: 56 worlds, 6 seeds of each, about ten minutes. Quick: two labs, two paces, 2 seeds, few customers.
"""

from dataclasses import replace
from functools import partial
from itertools import product

import pandas as pd

import market
from market.calendar import YEAR
from market.experiment import Study, experiment
from market.measures import outcomes
from market.measures.readings import by_year
from market.studies.words import in_short, in_words, ratio_in_words, table_in_words
from market.tables import Run

FIRM = "Alpha"
WHO = {f"{FIRM} alone": FIRM, "all labs": "*"}
BUDGETS = FREE, OWN, SMALLER, LESS = "grows", "grows, research too", "stays, smaller runs", "stays, less research"
AS_IT_IS, YEARLY, QUARTERLY = "as it is", 12, 3
PACES = {AS_IT_IS: (YEARLY, QUARTERLY)}
PACES |= {f"a base every {months} months": (months, QUARTERLY) for months in (6, 9, 18)}
PACES |= {f"an update every {months} months": (YEARLY, months) for months in (2, 4, 6)}
"""Months between two bases, and between two updates."""
OUTCOMES = {
    "multiple": "multiple",
    "multiple_full_rd": "on full R&D",
    "lost_to_own": "lost to own",
    "succeeded_before_payback": "succeeded before payback",
    "consumer_surplus": "surplus",
}
PROFIT, RD = f"{FIRM}'s profit, $bn", f"{FIRM}'s R&D, $bn"


def updates(base: int, update: int) -> int:
    """How many updates a base has until the next one is out."""
    return -(-base // update) - 1


def paced(world: market.Scenario, whose: str, budget: str, base: int, update: int) -> market.Scenario:
    """A world in which one lab, or "*" for all, releases at another pace; all labs of `world` are alike."""
    lab, each = world.labs[FIRM], world.labs[FIRM].updates.spend
    growth, number, usual = lab.training.growth, updates(base, update), updates(YEARLY, QUARTERLY)
    part = (growth ** (base / YEAR) - 1) / (growth - 1)  # of a yearly base's cost, which comes to the same over years
    cost, research = 1.0, lab.research
    if budget == SMALLER:
        cost, each, research = part, each * usual / number, lab.research / part
    elif budget == LESS:
        flow = sum(growth ** (month / YEAR) for month in range(YEAR)) / YEAR  # a year's, for a `research` of 1
        research += (1 + each * usual - (1 + each * number) / part) / flow
    how: dict[str, object] = {"training.first_cost": cost * lab.training.first_cost, "training.cadence": base}
    how |= {"updates": {"interval": update, "spread": 0, "spend": each}}
    how |= {"research": research, "research_flow": budget != OWN}
    dearest = cost if whose == "*" else max(cost, 1.0)  # open providers spend a part of what the dearest base costs
    opens = {f"open_providers.{name}.budget": one.budget / dearest for name, one in world.open_providers.items()}
    labs = [FIRM] if whose == FIRM else list(world.labs)
    starts = {f"labs.{name}.first_start": base * number // len(world.labs) - base for number, name in enumerate(labs)}
    return world.vary({f"labs.{whose}.{path}": value for path, value in how.items()} | starts | opens)


def read(run: Run, whose: str) -> dict[str, float]:
    """Outcomes of the families of one lab or of all, what a lab earns and spends, and what customers have of it."""
    tables = {name: run.table(name) for name in ("families", "models")}
    mine = {name: table[table["firm"] == FIRM] for name, table in tables.items()} if whose == FIRM else tables
    found = outcomes.compute(replace(run, tables={**run.tables, **mine}), OUTCOMES)
    earned, *spent = (by_year(run, name).loc[FIRM].sum() / 1e9 for name in ("contribution", "training", "research"))
    return found | {PROFIT: earned - sum(spent), RD: sum(spent)}


def said(runs: pd.DataFrame) -> str:
    """Say what every other pace gains under one budget, and how much R&D it takes."""
    by_pace = {pace: rows.set_index("seed") for pace, rows in runs.groupby("pace", sort=False)}
    was, gains = by_pace.pop(AS_IT_IS), []
    for pace, now in by_pace.items():
        gain = in_words(now[PROFIT] - was[PROFIT], "+,.1f")
        gains.append(f"{pace} {gain} $bn, with R&D times {ratio_in_words(now[RD], was[RD])}")
    return "; ".join(gains)


@experiment(seeds=6)
def pace(study: Study) -> None:
    """Let one lab, then all, release at other paces under four budgets."""
    size = study.pick({"customers": 6000, "panel.size": 500}, {"customers": 100, "panel.size": 20, "months": 36})
    patient = {"record_responses": 1, "labs.*.funding": {"rule": "patient"}}
    world, paces = market.load(study.pick("baseline", "duopoly")).vary({**size, **patient}), list(PACES)
    for who, whose in WHO.items():
        asked = product(study.pick(list(BUDGETS), [FREE, SMALLER, LESS]), study.pick(paces, paces[:2]))
        worlds = {(budget, name): paced(world, whose, budget, *PACES[name]) for budget, name in asked}
        runs = study.read(worlds, partial(read, whose=whose), by=("budget", "pace"))
        title = f"Another pace of {who}: mean over {len(study.seeds)} seeds [95% interval]"
        forms = dict.fromkeys(OUTCOMES, ",.2f") | {"consumer_surplus": ".3g"}
        shown = table_in_words(runs, ["budget", "pace"], forms, say=in_short).rename(columns=OUTCOMES)
        study.table(who.replace(" ", "_").lower(), runs, title, shown)
        for budget, rows in runs.groupby("budget", sort=False):
            study.say(f"What another pace of {who} gains {FIRM} where R&D {budget}: {said(rows)}.")


if __name__ == "__main__":
    pace()
