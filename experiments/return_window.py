"""For which cost growth and demand each model returns twice its training, for how long, and if it pays for the next.

Claims 13, 14 and 16. The cost of a run grows by 1.5 to 10 times a year, and a tenfold of compute unlocks 10^g times the
demand (g is `compute_elasticity`; in the baseline 0.12 to 0.25 by segment); patient parents pay, so that no failure
cuts a life short. By generation, of complete lives: the multiple on training and on full R&D, how many in a row, and
contribution over what the next one cost. Progress and a growing market are in all that. What spending itself does to
revenue (claim 14) is read off worlds in which every run costs ten times as much, at the same dates and under the same
luck, with serving costs that rise with training compute or do not.

Full: 35 cells over 8 years and 28 runs over 6, 8 seeds of each, about five minutes. Quick: few cells and seeds.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import market
from market import formats
from market.experiment import Study, experiment
from market.measures.generations import IN_A_ROW, returned
from market.studies.crossing import passing
from market.studies.intervals import interval, ratio
from market.studies.words import grid_in_words, in_words, remark
from market.views import plots

OWN, FACTORS = "as it is", ("serving costs", "g", "cost")
READ = {
    "multiple": "its training (the multiple)", "multiple_full_rd": "its full R&D",
    "per_next_training": "the training of the next", "per_next_full_rd": "the full R&D of the next",
}  # fmt: skip
FULL = {"customers": 7500, "panel.size": 500, "months": 96}
QUICK = {"customers": 600, "panel.size": 100, "months": 60}
SERVING = {"rise": {}, "do not rise": {"technology.compute_exponent": 0.0}}


def draw(lives: pd.DataFrame, last: int) -> Figure:
    """Draw both multiples of three generations over cost growth and g, with the contour of twice."""
    figure = Figure(figsize=(14, 8), layout="constrained")
    for axes, what in zip(figure.subplots(2, 3), ("multiple", "multiple_full_rd"), strict=True):
        for axis, n in zip(axes, (2, (2 + last) // 2, last), strict=True):
            cells = lives[(lives["g"] != OWN) & (lives["generation"] == n)].astype({"g": float})
            values = cells.pivot_table(index="g", columns="growth", values=what).clip(0.01, 100)
            plots.heat_map(values, axis, level=2.0, log=True)
            axis.set(title=f"Generation {n} over {READ[what]},\n0.01 to 100")
            axis.set(xlabel="cost growth, x per year", ylabel="g")
    return figure


def claims_13_and_16(study: Study, lives: pd.DataFrame, growth: float, last: int) -> None:
    """Show what each generation returned and paid for, and say for how long it holds."""
    own, runs = lives[lives["g"] == OWN], lives.drop_duplicates(["growth", "g", "seed"])
    for what, title in READ.items():
        table = grid_in_words(own[own["generation"].between(2, last)], "growth", "generation", what)
        study.show(f"Contribution over {title}, by cost growth and generation", table)
    for name in IN_A_ROW:
        title = f"Generations in a row, of {last - 1}, that return {name}, by cost growth"
        study.show(title, grid_in_words(runs, "g", "growth", name, ".1f"))
    here = own[own["growth"] == growth]
    at = {(what, n): in_words(here.loc[here["generation"] == n, what]) for what in READ for n in (2, last)}
    twice, all_rd = (in_words(here.drop_duplicates("seed")[name], ".1f") for name in IN_A_ROW)
    logs = np.log(passing(own[own["generation"] == last], "growth", "multiple", 2.0, log=True))
    just_twice = formats.with_interval(tuple(np.exp(interval(logs)))) + remark(logs)
    count = here.groupby("seed")[["lives", "left_out"]].sum().mean()
    study.say(
        f"Claim 13, at the baseline's cost growth of {growth:g} a year: generation 2 returns {at['multiple', 2]} times "
        f"its training, {at['multiple_full_rd', 2]} times its full R&D; generation {last} {at['multiple', last]} and "
        f"{at['multiple_full_rd', last]}. Of generations 2 to {last}, {twice} in a row return twice their training, "
        f"{all_rd} all their R&D. Generation {last} returns just twice at a cost growth of {just_twice}. Complete "
        f"lives: {count['lives']:.0f}, left out: {count['left_out']:.0f} a run.\n"
        f"Claim 16: generation 2 contributes {at['per_next_training', 2]} times the training of the next and "
        f"{at['per_next_full_rd', 2]} times its full R&D, generation {last} {at['per_next_training', last]} and "
        f"{at['per_next_full_rd', last]} times."
    )


def claim_14(study: Study, factors: pd.DataFrame, elasticity: str) -> None:
    """Show what tenfold spending does to labs' revenue, and say from which g it doubles it."""
    logs, answers = factors.assign(factor=np.log10(factors["factor"])), []
    table = grid_in_words(logs, "g", "serving costs", "factor")
    study.show("Elasticity of labs' revenue to the cost of a run; 0.30 doubles it", table)
    for serving, part in factors.groupby("serving costs", sort=False):
        own, doubles = part[part["g"] == OWN], in_words(passing(part[part["g"] != OWN], "g", "factor", 2.0))
        times = formats.with_interval(ratio(own["tenfold"], own["usual"]), seeds=len(own))
        answers.append(f"{times} if serving costs {serving} with training compute (by 2 at a g of {doubles})")
    study.say(
        f"Claim 14: the elasticity of revenue to cost is {elasticity} from one generation to the next, and 0.30 "
        "doubles it per tenfold cost; but progress and a growing market are in that. Tenfold costs at the same dates "
        f"multiply labs' revenue by {', and by '.join(answers)}."
    )


@experiment(seeds=8, quick_seeds=2)
def return_window(study: Study) -> None:
    """Vary cost growth and unlocked demand, then the cost of every run."""
    high = {"demand.difficulty_high": 170.0}  # labs get there at high cost growth
    base = market.load("baseline").vary({**study.pick(FULL, QUICK), **high, "labs.*.funding": {"rule": "patient"}})
    usual = next(iter(base.labs.values())).training
    growths = study.pick([1.5, usual.growth, 4.0, 6.0, 10.0], [usual.growth, 10.0])
    levels = study.pick([0.0, 0.1, 0.2, 0.4, 0.7, 1.0], [0.0, 1.0])
    demands = {OWN: {}} | {g: {"segments.*.compute_elasticity": g} for g in levels}
    cells = {(by, g): {**demand, "labs.*.training.growth": by} for g, demand in demands.items() for by in growths}
    lives = study.read({cell: base.vary(changes) for cell, changes in cells.items()}, returned, by=("growth", "g"))
    study.table("generations", lives)
    last = int(lives.loc[lives["lives"] > 0, "generation"].max())
    study.figure("multiples", draw(lives, last))
    claims_13_and_16(study, lives, usual.growth, last)

    shorter = base.vary({"months": study.pick(72, 24)})
    costs = {"usual": {}, "tenfold": {"labs.*.training.first_cost": 10 * usual.first_cost}}
    worlds = {
        (serving, g, cost): shorter.vary({**demands[g], **SERVING[serving], **costs[cost]})
        for g in study.pick(list(demands), [OWN]) for serving in SERVING for cost in costs
    }  # fmt: skip
    revenue = study.read(worlds, ["labs_revenue"], by=FACTORS)
    factors = revenue.pivot_table("labs_revenue", [*FACTORS[:2], "seed"], "cost", sort=False).reset_index()
    factors["factor"] = factors["tenfold"] / factors["usual"]
    study.table("tenfold", factors)
    here = lives[(lives["g"] == OWN) & (lives["growth"] == usual.growth)].drop_duplicates("seed")
    claim_14(study, factors, in_words(here["elasticity"]))


if __name__ == "__main__":
    return_window()
