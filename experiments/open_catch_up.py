"""Whether open source closes the window in which training is recouped, and at what lag labs break even (claim 9).

First multiples, payback and lead of families by open access, delay and open budget, beside the lag that is measured:
when open providers may copy is a parameter, how far behind they are an outcome. Then a clock: every closed base has an
equal so many months later, at the price of open tokens; where do multiples cross 1, that of all families' dollars, most
of them late ones, and that of the typical family? Beside them releases, by who bears the base. Then what open source
takes from labs, and the seed's case: a $10bn base, parity after six months. Patient parents pay: no failure cuts a life
short. Full: 800 runs, about twenty minutes.
"""

from functools import partial

import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures.catch_up import life
from market.studies.break_even import along
from market.studies.changes import with_open_equals, without_open_source
from market.studies.counterfactual import volume_and_price
from market.studies.summary import over_grid
from market.studies.words import in_figures, in_short, range_in_words, table_in_words
from market.views.plots import Picture, heat_map, outcome_by_factor, panels

ACCESS, DELAY, BUDGET = "segments.*.open_access", "open_providers.*.spillover_delay", "open_providers.*.budget"
LAG, PARITY, PAID, PAYBACK = "measured_open_lag", "months_to_parity", "lives_profitable", "payback_months"
MULTIPLES = ["multiple", "typical_multiple", "multiple_full_rd"]
BY_RELEASE = ["releases_profitable_low", "releases_profitable_high"]
OUTCOMES = [LAG, PARITY, *MULTIPLES[:2], PAID, *BY_RELEASE, PAYBACK, "months_at_frontier", "multiple_full_rd"]


def grid(study: Study, runs: pd.DataFrame) -> None:
    """Show the grid; draw the measured lag and the multiples over delay and budget."""
    cells = runs.rename(columns={DELAY: "delay", BUDGET: "budget"}).astype({"budget": str})
    by = ["access", "delay", "budget"]
    title = "Open providers copy in full, after a delay: mean over seeds ± half its 95% interval"
    study.table("grid", runs, title, shown=table_in_words(cells, by, dict.fromkeys(OUTCOMES, ",.2f"), say=in_short))
    pictures = [Picture((over_grid(cells, LAG, "delay", "budget"),), labels={"title": "measured open lag, months"})]
    for access, part in cells.groupby("access", sort=False):
        multiples = over_grid(part, "multiple", "delay", "budget")
        pictures.append(Picture((multiples,), {"level": 1.0}, {"title": f"multiple, open access {access}"}))
    size = (4.5 * len(pictures), 3.5)
    study.figure("grid", panels(heat_map, pictures, size, xlabel="delay, months", ylabel="budget, share of labs'"))
    said = (range_in_words(cells, by, name) for name in (PARITY, PAID, PAYBACK, *BY_RELEASE))
    parity, paid, wait, few, many = said
    study.say(
        f"Most flagships, of bases and updates, have an open equal in {parity} months; a share of {paid} of families "
        f"pays back, most in {wait} months; of releases {few} whoever bears the base, {many} under some allocation."
    )


def clock(study: Study, runs: pd.DataFrame) -> None:
    """Say at which measured lag each multiple of families crosses 1, by access; draw the curves."""
    pictures = []
    for outcome in MULTIPLES:
        curves = []
        for access, part in runs.groupby("access", sort=False):
            answer = along(part, LAG, outcome)
            study.say(f"Open access {access}: {answer.sentence}")
            curves.append(answer.evidence.assign(line=f"open access {access}"))
        rows = pd.concat(curves)
        study.table(f"lag_{outcome}", rows)
        pictures.append(Picture((rows.rename(columns={"value": "level"}),), {"level": 1.0}, {"ylabel": outcome}))
    study.figure("break_even_lag", panels(outcome_by_factor, pictures, (16, 5), xlabel="measured open lag, months"))


@experiment(seeds=8, quick_seeds=3)
def open_catch_up(study: Study) -> None:
    """Say when open source closes the window."""
    size = study.pick({"customers": 6000, "panel.size": 500}, {"customers": 800, "panel.size": 60, "months": 36})
    base = market.load("baseline").vary({**size, "labs.*.funding": {"rule": "patient"}})
    access = study.pick(["as it is", "0.5", "0.75", "0.9", "1.0"], ["1.0"])
    markets = {a: base if a == "as it is" else base.vary({ACCESS: float(a)}) for a in access}
    copied = {a: markets[a].vary({"open_providers.*.spillover": 1.0}) for a in access[::2]}
    points = {DELAY: study.pick([0, 6, 12, 24], [0, 12]), BUDGET: study.pick([0.01, 0.1, 0.5], [0.1])}
    grid(study, pd.concat(study.sweep(world, points, OUTCOMES).assign(access=a) for a, world in copied.items()))
    lags = study.pick([0, 1, 2, 3, 4, 6, 9, 12, 18, 24, 36], [0, 18])
    clocks = {(a, lag): with_open_equals(world, lag) for a, world in markets.items() for lag in lags}
    clock(study, study.read(clocks, [LAG, *MULTIPLES], by=("access", "point")))
    for level in access[::4]:
        taken = 100 * volume_and_price(markets[level], without_open_source(), study.seeds, executor=study.engine)
        said = taken.agg(in_figures).rename_axis("what").reset_index(name="mean")
        title = f"Open access {level}: percent that open source takes of what labs have without it, and adds to prices"
        study.table(f"taken_percent_{level}", taken.reset_index(), title, said)
    later = base.vary({"labs.*.training.growth": 100 ** (1 / 5), "months": 100})  # $1e8 grows to $1e10 by month 60
    worlds = {"parity after 6 months": with_open_equals(later, 6), "catch-up as it is": later}
    worlds |= {f"{name}, open to all": world.vary({ACCESS: 1.0}) for name, world in worlds.items()}
    worlds["no open source"] = without_open_source().apply(later)
    told = study.pick(worlds, {name: worlds[name] for name in ("parity after 6 months", "no open source")})
    lives = study.read(told, partial(life, firm="Alpha", month=60))
    said = lives.drop(columns="seed").groupby("world", sort=False).agg(in_figures).T.reset_index(names="mean")
    study.table("case", lives, "Alpha's family of month 60 [95% interval]", said)


if __name__ == "__main__":
    open_catch_up()
