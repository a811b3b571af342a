"""For which cost growth and demand each model returns twice its training, for how long, and if it pays for the next.

Claims 13, 14 and 16. The cost of a run grows by 1.5 to 10 times a year, and a tenfold of compute gives 10^g times the
demand (g is `compute_elasticity`; in the baseline 0.12 to 0.25 by segment); patient parents pay, so that no failure
cuts a life short. By generation, of complete lives: the multiple on training and on full R&D, how many in a row, and
contribution over what the next one cost. Progress and a growing market are in all that. What spending itself does to
revenue (claim 14) is read off worlds in which every run costs ten times as much, at the same dates and under the same
luck, with serving costs that rise with training compute or do not.

Full: 35 cells over 8 years and 28 runs over 6, 8 seeds of each, about five minutes. Quick: few cells and seeds.
"""

import itertools
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from matplotlib.figure import Figure

import market
from market import formats
from market.measures.generations import by_generation, in_a_row, revenue_elasticity
from market.measures.outcomes import labs_revenue
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.studies.counterfactual import by_seed
from market.studies.crossing import passes
from market.studies.experiment import Out, experiment_folder, pool, run_script
from market.studies.intervals import interval, ratio
from market.studies.words import in_words, remark
from market.views import plots, terminal

Cells = list[dict[str, Any]]
OWN = "as it is"
GROWTH, ELASTICITY, COST = "labs.*.training.growth", "segments.*.compute_elasticity", "labs.*.training.first_cost"
SERVING = {"rise": {}, "do not rise": {"technology.compute_exponent": 0.0}}
READ = {
    "multiple": "its training (the multiple)", "multiple_full_rd": "its full R&D",
    "per_next_training": "the training of the next", "per_next_full_rd": "the full R&D of the next",
}  # fmt: skip
IN_A_ROW = {"twice their training": ("multiple", 2.0), "all their R&D": ("multiple_full_rd", 1.0)}


def generations(seed: int, base: Scenario, cells: Cells) -> pd.DataFrame:
    """What each generation returned in every cell under one seed; and, in each row again, facts of the whole run."""
    tables = []
    for cell in cells:
        run = market.simulate(base.vary(cell), seed)
        table = by_generation(run.models)
        facts = {name: in_a_row(table, what, level) for name, (what, level) in IN_A_ROW.items()}
        facts |= {"seed": seed, "growth": cell[GROWTH], "g": cell.get(ELASTICITY, OWN)}
        tables.append(table.reset_index().assign(**facts, elasticity=revenue_elasticity(run)))
    return pd.concat(tables)


def tenfold(seed: int, base: Scenario, cells: Cells) -> pd.DataFrame:
    """What labs' revenue is multiplied by in every cell under one seed, if every run costs ten times as much."""
    dear = {COST: 10 * next(iter(base.labs.values())).training.first_cost}
    rows = []
    for cell, serving in itertools.product(cells, SERVING):
        worlds = [base.vary({**cell, **SERVING[serving], **more}) for more in ({}, dear)]
        usual, tenfold = (labs_revenue(market.simulate(world, seed)) for world in worlds)
        rows.append((serving, cell.get(ELASTICITY, OWN), seed, usual, tenfold, tenfold / usual))
    return pd.DataFrame(rows, columns=["serving costs", "g", "seed", "usual", "tenfold", "factor"])


def show(title: str, rows: pd.DataFrame, down: str, across: str, what: str, form: str = ",.2f") -> None:
    """Print means and intervals over two factors."""
    wide = rows.pivot_table(index=down, columns=across, values=what, aggfunc=partial(in_words, form=form), sort=False)
    terminal.show(title, wide.rename(columns=str).reset_index())


def draw(lives: pd.DataFrame, last: int, file: Path) -> None:
    """Draw both multiples of three generations over cost growth and g, with the contour of twice."""
    figure = Figure(figsize=(14, 8), layout="constrained")
    for axes, (what, title) in zip(figure.subplots(2, 3), list(READ.items())[:2], strict=True):
        for axis, n in zip(axes, (2, (2 + last) // 2, last), strict=True):
            cells = lives[(lives["g"] != OWN) & (lives["generation"] == n)].astype({"g": float})
            values = cells.pivot_table(index="g", columns="growth", values=what).clip(0.01, 100)
            plots.heat_map(values, axis, level=2.0, log=True)
            axis.set(title=f"Generation {n} over {title}, 0.01 to 100", xlabel="cost growth, x per year", ylabel="g")
    figure.savefig(file, dpi=110)


def claims_13_and_16(lives: pd.DataFrame, growth: float, last: int) -> None:
    """Print what each generation returned and paid for, and say for how long it holds."""
    own, runs = lives[lives["g"] == OWN], lives.drop_duplicates(["growth", "g", "seed"])
    for what, title in READ.items():
        seen = own[own["generation"].between(2, last)]
        show(f"Contribution over {title}, by cost growth and generation", seen, "growth", "generation", what)
    for name in IN_A_ROW:
        show(
            f"Generations in a row, of {last - 1}, that return {name}, by cost growth", runs, "g", "growth", name, ".1f"
        )
    here = own[own["growth"] == growth]
    at = {(what, n): in_words(here.loc[here["generation"] == n, what]) for what in READ for n in (2, last)}
    twice, all_rd = (in_words(here.drop_duplicates("seed")[name], ".1f") for name in IN_A_ROW)
    part = own[own["generation"] == last].pivot_table(index="seed", columns="growth", values="multiple", dropna=False)
    logs = [passes(np.log(part.columns), np.log(of_seed.clip(1e-9)), np.log(2)) for of_seed in part.to_numpy()]
    low_to_high = (float(np.exp(limit)) for limit in interval(logs))
    just_twice = formats.with_interval(tuple(low_to_high)) + remark(pd.Series(logs))
    count = here.groupby("seed")[["lives", "left_out"]].sum().mean()
    terminal.say(
        f"Claim 13, at the baseline's cost growth of {growth:g} a year: generation 2 returns {at['multiple', 2]} times "
        f"its training, {at['multiple_full_rd', 2]} times its full R&D; generation {last} {at['multiple', last]} and "
        f"{at['multiple_full_rd', last]}. Of generations 2 to {last}, {twice} in a row return twice their training, "
        f"{all_rd} all their R&D. Generation {last} returns just twice at a cost growth of "
        f"{just_twice}. Complete lives: {count['lives']:.0f}, left out: "
        f"{count['left_out']:.0f} a run.\n"
        f"Claim 16: generation 2 contributes {at['per_next_training', 2]} times the training of the next and "
        f"{at['per_next_full_rd', 2]} times its full R&D, generation {last} {at['per_next_training', last]} and "
        f"{at['per_next_full_rd', last]} times."
    )


def claim_14(factors: pd.DataFrame, here: pd.DataFrame) -> None:
    """Print what tenfold spending does to labs' revenue, and say from which g it doubles it."""
    found, logs = [], factors.assign(factor=np.log10(factors["factor"]))
    show("Elasticity of labs' revenue to the cost of a run; 0.30 doubles it", logs, "g", "serving costs", "factor")
    for serving, part in factors.groupby("serving costs", sort=False):
        wide = (
            part[part["g"] != OWN]
            .astype({"g": float})
            .pivot_table(index="seed", columns="g", values="factor", dropna=False)
        )
        doubles = in_words(pd.Series([passes(wide.columns, row, 2.0) for row in wide.to_numpy()]))
        own = part[part["g"] == OWN]
        times = formats.with_interval(ratio(own["tenfold"], own["usual"]), seeds=len(own))
        found.append(f"{times} if serving costs {serving} with training compute (by 2 at a g of {doubles})")
    terminal.say(
        f"Claim 14: the elasticity of revenue to cost is {in_words(here.drop_duplicates('seed')['elasticity'])} from "
        "one generation to the next, and 0.30 doubles it per tenfold cost; but progress and a growing market are in "
        f"that. Tenfold costs at the same dates multiply labs' revenue by {', and by '.join(found)}."
    )


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Few cells, customers and seeds.")] = False,
    out: Out = None,
) -> None:
    """Sweep cost growth and the elasticity of demand to compute."""
    seeds, small = range(2 if quick else 8), {"customers": 600, "panel.size": 100, "months": 60}
    size = {"customers": 7500, "panel.size": 500, "months": 96} | (small if quick else {})
    high = {"demand.difficulty_high": 170.0}  # labs get there at high cost growth
    base = market.load("baseline").vary({**size, **high, "labs.*.funding": {"rule": "patient"}})
    growth = next(iter(base.labs.values())).training.growth
    growths = [growth, 10.0] if quick else [1.5, growth, 4.0, 6.0, 10.0]
    elasticities: Cells = [{}, *({ELASTICITY: g} for g in ([0.0, 1.0] if quick else [0.0, 0.1, 0.2, 0.4, 0.7, 1.0]))]
    cells = [{**given, GROWTH: by} for given in elasticities for by in growths]
    shorter, named = base.vary({"months": 24 if quick else 72}), elasticities[:1] if quick else elasticities
    with experiment_folder(out, quick) as folder, pool(quick) as workers:
        lives = pd.concat(by_seed(partial(generations, base=base, cells=cells), seeds, workers).values())
        factors = pd.concat(by_seed(partial(tenfold, base=shorter, cells=named), seeds, workers).values())
        write_csv(lives, folder / "generations.csv")
        write_csv(factors, folder / "tenfold.csv")
        last = int(lives.loc[lives["lives"] > 0, "generation"].max())
        draw(lives, last, folder / "multiples.png")
        claims_13_and_16(lives, growth, last)
        claim_14(factors, lives[(lives["g"] == OWN) & (lives["growth"] == growth)])
    terminal.say(f"Tables and figure: {out}/")


if __name__ == "__main__":
    run_script(main)
