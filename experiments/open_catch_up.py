"""Whether open source closes the window in which training is recouped, and at what lag labs break even (claim 9).

First multiples, payback and lead by open access, delay and open budget, beside the lag that is measured: when open
providers may copy is a parameter, how far behind they are an outcome. Then a clock: every closed model has an equal
so many months later, at the price of open tokens; where do multiples cross 1, that of all models' dollars, most of them
late ones, and that of the typical model? Then what open source takes from labs, and the seed's case: a $10bn model,
parity after six months. Patient parents pay: no failure cuts a life short. Full: 1,250 runs, nine minutes.
"""

from functools import partial

import pandas as pd
from matplotlib.scale import SymmetricalLogScale

import market
from market import formats
from market.experiment import Study, experiment
from market.measures.catch_up import life
from market.studies.break_even import along
from market.studies.changes import with_open_equals, without_open_source
from market.studies.counterfactual import volume_and_price
from market.studies.summary import over_grid
from market.studies.words import in_figures, in_short, in_words
from market.views.plots import Picture, heat_map, outcome_by_factor, panels

ACCESS, DELAY, BUDGET = "segments.*.open_access", "open_providers.*.spillover_delay", "open_providers.*.budget"
LAG, PARITY, LEAD, PAID = "measured_open_lag", "months_to_parity", "months_at_frontier", "lives_profitable"
PAYBACK, FULL = "payback_months", "multiple_full_rd"
SHOWN = [LAG, PARITY, "multiple", "typical_multiple", PAID, PAYBACK, LEAD]
READINGS = {"multiple": "dollars of all models, final runs", "typical_multiple": "the typical model, final run"}
READINGS |= {FULL: "dollars of all models, full R&D"}


def grid(study: Study, runs: pd.DataFrame) -> None:
    """Show the grid; draw the measured lag and the multiples over delay and budget."""
    cells = runs.rename(columns={DELAY: "delay", BUDGET: "budget"}).groupby(["access", "delay", "budget"])
    title = "Open providers copy in full, after a delay: mean over seeds ± half its 95% interval"
    study.table("grid", runs, title, shown=cells[SHOWN].agg(in_short).reset_index().astype(str))
    lags = over_grid(runs, LAG, DELAY, BUDGET).rename(index=str)
    pictures = [Picture((lags,), labels={"title": "measured open lag, months"})]
    for access, part in runs.groupby("access", sort=False):
        multiples = over_grid(part, "multiple", DELAY, BUDGET).rename(index=str)
        pictures.append(Picture((multiples,), {"level": 1.0}, {"title": f"multiple, open access {access}"}))
    axes = {"xlabel": "delay, months", "ylabel": "open budget, share of labs'"}
    study.figure("grid", panels(heat_map, pictures, size=(4.5 * len(pictures), 3.5), **axes))
    means = cells[[LEAD, PAID]].mean().join(cells[[PARITY, PAYBACK]].agg(lambda waits: waits.mean(skipna=False)))
    ends = means.agg(["min", "max"]).map(formats.four_digits).agg(" to ".join)
    surely, never = means.notna().sum(), (cells[PARITY].count() == 0).sum()
    study.say(
        f"Flagships lead for {ends[LEAD]} months; a share of {ends[PAID]} pays back, in the {surely[PAYBACK]} of "
        f"{len(means)} cells in which most do under every seed in {ends[PAYBACK]} months. In {surely[PARITY]} of "
        f"{len(means)} cells most have an open equal, after {ends[PARITY]} months; in {never} most never have one, and "
        f"in {len(means) - surely[PARITY] - never} the seed decides."
    )


def lag_curves(study: Study, runs: pd.DataFrame) -> None:
    """Say at which measured lag each reading crosses 1, by access, and how many models pay back; draw the curves."""
    pictures, losses = [], SymmetricalLogScale(None, linthresh=0.1)  # losing worlds count, and lie below 0
    for outcome, what in READINGS.items():
        answers = {access: along(part, LAG, outcome) for access, part in runs.groupby("access", sort=False)}
        for access, answer in answers.items():
            study.say(f"Open access {access}, {what}: {answer.sentence}")
        curves = pd.concat([a.evidence.assign(line=f"open access {access}") for access, a in answers.items()])
        study.table(f"lag_{outcome}", curves)
        pictures.append(Picture((curves.rename(columns={"value": "level"}),), {"level": 1.0}, {"title": what}))
    axes = {"xlabel": "measured open lag, months", "ylabel": "multiple", "yscale": losses}
    study.figure("break_even_lag", panels(outcome_by_factor, pictures, size=(16, 5), **axes))
    for access, part in runs[runs["point"] == 0].groupby("access", sort=False):
        paid, wait = in_words(part[PAID]), in_words(part[PAYBACK], ".1f")
        study.say(f"Open access {access}, equals at once: a share of {paid} pays back, in {wait} months (median).")


def case(study: Study, lives: pd.DataFrame) -> None:
    """Tell the seed's case: what a $10bn model returns with an open equal after six months, and otherwise."""
    facts = lives.drop(columns="seed").groupby("world", sort=False)
    said = facts.agg(in_figures).T
    study.table("case", lives, "Alpha's model of month 60 [95% interval]", shown=said.reset_index(names="mean"))
    for world, own in facts:
        row, back = said[world], (own["multiple"] >= 1).sum()
        study.say(
            f"A model that cost ${formats.four_digits(own['training'].mean())}, {world}: equalled after "
            f"{row['equalled_after']} months, it earns ${row['contribution']}: {row['multiple']} times the final run, "
            f"{row['multiple_full_rd']} times full R&D. It pays back in {back} of the {own['multiple'].count()} seeds "
            f"in which it is built, in {row[PAYBACK]} months."
        )


@experiment(seeds=8)
def open_catch_up(study: Study) -> None:
    """Say when open source closes the window."""
    size = study.pick({"customers": 6000, "panel.size": 500}, {"customers": 800, "panel.size": 60, "months": 36})
    base = market.load("baseline").vary({**size, "labs.*.funding": {"rule": "patient"}})
    access = study.pick(["as it is", "0.5", "0.75", "0.9", "1.0"], ["1.0"])
    markets = {a: base if a == "as it is" else base.vary({ACCESS: float(a)}) for a in access}
    copied = {a: markets[a].vary({"open_providers.*.spillover": 1.0}) for a in access[::2]}
    points = {DELAY: study.pick([0, 6, 12, 24], [0, 12]), BUDGET: study.pick([0.01, 0.1, 0.5], [0.1])}
    grid(study, pd.concat(study.sweep(world, points, [*SHOWN, FULL]).assign(access=a) for a, world in copied.items()))
    lags = study.pick([0, 1, 2, 3, 4, 6, 9, 12, 18, 24, 36], [0, 18])
    clocks = {(a, lag): with_open_equals(world, lag) for a, world in markets.items() for lag in lags}
    lag_curves(study, study.read(clocks, [*SHOWN, FULL], by=("access", "point")))
    tries = study.pick({"points": 4, "budget": 8}, {"points": 2, "budget": 2})
    for lag, name in study.pick([(lag, name) for lag in (0, 6) for name in READINGS], [(6, "multiple")]):
        world = with_open_equals(base, lag)
        found = market.break_even(world, ACCESS, name, seeds=study.seeds, executor=study.engine, **tries)
        study.say(f"With parity after {lag} months, {READINGS[name]}: {found.sentence}")
    for level in access[::4]:
        taken = 100 * volume_and_price(markets[level], without_open_source(), study.seeds, executor=study.engine)
        study.table(f"taken_percent_{level}", taken.reset_index())
        words = taken.agg(in_figures)
        for what in ("revenue", "contribution"):
            parts = ", ".join(f"{words[f'{what} {by}']}% {by}" for by in ("by volume", "by price", "in all"))
            study.say(f"Open access {level}: of the {what} labs have without it, open source takes {parts}.")
        study.say(f"It makes the same model in the same month dearer by {words['price']} log points.")
    later = base.vary({"labs.*.training.growth": 100 ** (1 / 5), "months": 100})  # $1e8 grows to $1e10 by month 60
    worlds = {"parity after 6 months": with_open_equals(later, 6), "catch-up as it is": later}
    worlds |= {f"{name}, open to all": world.vary({ACCESS: 1.0}) for name, world in worlds.items()}
    worlds["no open source"] = without_open_source().apply(later)
    told = study.pick(worlds, {name: worlds[name] for name in ("parity after 6 months", "no open source")})
    case(study, study.read(told, partial(life, firm="Alpha", month=60)))


if __name__ == "__main__":
    open_catch_up()
