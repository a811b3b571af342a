"""For which cost growth and demand a family returns twice its training, for how long, and whether it pays for the next.

Claims 13, 14 and 16. The cost of a base grows by 1.5 to 10 times a year, and a tenfold of compute unlocks 10^g times
the demand (g is `compute_elasticity`; in the baseline 0.12 to 0.25 by segment); patient parents pay, so that no failure
cuts a life short. Generations are of families, over complete lives (`market.measures.generations`), with progress and a
growing market in them; beside them, which part of releases return twice, whoever bears the base. What spending itself
does to revenue is read off worlds in which every run costs ten times as much under the same luck, with serving costs
that rise with training compute or do not. Full: 42 markets, 8 seeds, about fifteen minutes. Quick: 8 markets of two
labs, 2 seeds.
"""

import numpy as np
import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures.generations import CONTRIBUTION_OVER, IN_A_ROW, RELEASES, returned
from market.measures.outcomes import SHARE
from market.studies.counterfactual import tenfold
from market.studies.words import grid_in_words, in_words, passing_in_words, ratio_in_words, table_in_words
from market.views.plots import Picture, heat_map, panels

OWN, SERVING = "as it is", {"rise": {}, "do not rise": {"technology.compute_exponent": 0.0}}
SHARES = dict.fromkeys([*RELEASES, *RELEASES.values()], SHARE)
FAR = {"demand.difficulty_high": 170.0}  # labs get there at high cost growth


def claims_13_and_16(study: Study, lives: pd.DataFrame, growth: float) -> None:
    """Show what families and releases of each generation returned and paid for, and say for how long it holds."""
    last = int(lives.loc[lives["lives"] > 0, "generation"].max())
    cells, pictures = lives[lives["g"] != OWN].astype({"g": float}), []
    for what, n in [(what, n) for what in ("multiple", "multiple_full_rd") for n in (2, (2 + last) // 2, last)]:
        values = cells[cells["generation"] == n].pivot_table(index="g", columns="growth", values=what).clip(0.01, 100)
        title = f"Generation {n} over {CONTRIBUTION_OVER[what]},\n0.01 to 100"
        pictures.append(Picture((values,), {"level": 2.0, "log": True}, {"title": title}))
    study.figure("multiples", panels(heat_map, pictures, (14, 8), rows=2, xlabel="cost growth, x per year", ylabel="g"))
    own, runs = lives[lives["g"] == OWN], lives.drop_duplicates(["growth", "g", "seed"])
    for what, title in CONTRIBUTION_OVER.items():
        table = grid_in_words(own[own["generation"].between(2, last)], "growth", "generation", what)
        study.show(f"Contribution of families over {title}, by cost growth and generation", table)
    parts = own[own["generation"].between(2, last)].rename(columns=RELEASES)
    parts = table_in_words(parts, ["growth", "generation"], dict.fromkeys(RELEASES.values(), ",.2f"), SHARES)
    study.show("Share of releases that return twice their training, by generation and who bears the base", parts)
    for name in IN_A_ROW:
        title = f"Generations in a row, of {last - 1}, that return {name}, by cost growth"
        study.show(title, grid_in_words(runs, "g", "growth", name, ".1f"))
    here = own[own["growth"] == growth]
    figures = dict.fromkeys([*CONTRIBUTION_OVER, *RELEASES], ",.2f")
    at = table_in_words(here, "generation", figures, SHARES).set_index("generation")
    twice, all_rd = (in_words(here.drop_duplicates("seed")[name], ".1f") for name in IN_A_ROW)
    just_twice = passing_in_words(own[own["generation"] == last], "growth", "multiple", 2.0, log=True)
    count = here.groupby("seed")[["lives", "left_out"]].sum().mean()
    study.say(
        f"Claim 13, at the baseline's cost growth of {growth:g} a year: families of generation 2 return "
        f"{at['multiple'][2]} times their training, {at['multiple_full_rd'][2]} times their full R&D; of generation "
        f"{last} {at['multiple'][last]} and {at['multiple_full_rd'][last]}. Of generations 2 to {last}, {twice} in a "
        f"row return twice their training, {all_rd} all their R&D. Families of generation {last} return just twice at "
        f"a cost growth of {just_twice}. Of releases of generation 2 a share of {at['twice_low'][2]} return twice "
        f"their training whoever bears the base, {at['twice_high'][2]} under the allocation that suits them best; of "
        f"generation {last} {at['twice_low'][last]} and {at['twice_high'][last]}. Families with complete lives: "
        f"{count['lives']:.0f}, left out: {count['left_out']:.0f} a run.\n"
        f"Claim 16: families of generation 2 contribute {at['per_next_training'][2]} times the training of the next "
        f"and {at['per_next_full_rd'][2]} times its full R&D, generation {last} {at['per_next_training'][last]} and "
        f"{at['per_next_full_rd'][last]} times."
    )


@experiment(seeds=8, quick_seeds=2)
def return_window(study: Study) -> None:
    """Vary cost growth and unlocked demand, then the cost of every run."""
    size = {"customers": study.pick(7500, 200), "panel.size": study.pick(500, 30), "months": study.pick(96, 48)}
    base = market.load(study.pick("baseline", "duopoly")).vary({**size, **FAR, "labs.*.funding": {"rule": "patient"}})
    usual = next(iter(base.labs.values())).training
    growths = study.pick([1.5, usual.growth, 4.0, 6.0, 10.0], [usual.growth, 10.0])
    levels = study.pick([0.0, 0.1, 0.2, 0.4, 0.7, 1.0], [0.0, 1.0])
    demands = {OWN: {}} | {g: {"segments.*.compute_elasticity": g} for g in levels}
    cells = {(by, g): {**demand, "labs.*.training.growth": by} for g, demand in demands.items() for by in growths}
    lives = study.read({cell: base.vary(changes) for cell, changes in cells.items()}, returned, by=("growth", "g"))
    study.table("generations", lives)
    claims_13_and_16(study, lives, usual.growth)
    shorter = base.vary({"months": study.pick(72, 24)})
    worlds = {(s, g): shorter.vary(demands[g] | SERVING[s]) for s in SERVING for g in study.pick(list(demands), [OWN])}
    factors = study.read(worlds, tenfold, by=("serving costs", "g"))
    study.table("tenfold", factors)
    logs, answers = factors.assign(factor=np.log10(factors["factor"])), []
    table = grid_in_words(logs, "g", "serving costs", "factor")
    study.show("Elasticity of labs' revenue to the cost of training; 0.30 doubles it", table)
    for serving, part in factors.groupby("serving costs", sort=False):
        own, doubles = part[part["g"] == OWN], passing_in_words(part[part["g"] != OWN], "g", "factor", 2.0)
        times = ratio_in_words(own["tenfold"], own["usual"])
        answers.append(f"{times} if serving costs {serving} with training compute (by 2 at a g of {doubles})")
    here = lives[(lives["g"] == OWN) & (lives["growth"] == usual.growth)].drop_duplicates("seed")
    study.say(
        f"Claim 14: the elasticity of revenue to cost is {in_words(here['elasticity'])} from one generation to the "
        "next, and 0.30 doubles it per tenfold cost; but progress and a growing market are in that. Tenfold costs at "
        f"the same dates multiply labs' revenue by {', and by '.join(answers)}."
    )


if __name__ == "__main__":
    return_window()
