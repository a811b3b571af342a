"""Whether open source closes the window in which training is recouped, and at what lag labs break even (claim 9).

First the multiple, payback and months at the frontier by open access, delay and open budget, beside the lag that is
measured: when open providers may copy is a parameter, how far behind they are is an outcome. Then a clock: every
closed model has an open equal a given number of months later, at the price that open tokens have anyway; where do
multiples cross 1, by lag and by access? Then what open source takes from labs by volume and destroys by price. Last the
seed's case: a $10bn model, parity after six months. Patient parents pay, so that no failure cuts a life short.
Full: some 1,200 runs, about eight minutes. Quick: few points, two seeds of few customers.
"""

from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from matplotlib.figure import Figure

import market
from market.measures import catch_up, forms
from market.scenario.schema import Scenario
from market.studies.break_even import along
from market.studies.counterfactual import by_seed, volume_and_price, without_open_source
from market.studies.experiment import experiment_folder, pool, run_script
from market.studies.replicate import interval
from market.studies.summaries import over_grid
from market.views import plots, terminal

ACCESS, DELAY, BUDGET = "segments.*.open_access", "open_providers.*.spillover_delay", "open_providers.*.budget"
AS_IS, COPY = "as it is", {"open_providers.*.spillover": 1.0}
BY, LAG, PARITY, LEAD = ["access", DELAY, BUDGET], "measured_open_lag", "months_to_parity", "months_at_frontier"
MULTIPLES = {"multiple": "the final run", "multiple_full_rd": "full R&D"}
OUTCOMES = [LAG, PARITY, "multiple", "payback_months", LEAD]
CASE = {"labs.*.training.growth": 100 ** (1 / 5), "months": 100}  # $1e8 grows to $1e10 by month 60; its life ends in 96
FACTS = ["training", "revenue", "contribution", *MULTIPLES, "payback_months", LEAD]


def clock(base: Scenario, lag: int) -> dict[str, object]:
    """Give every closed model an open equal `lag` months after its release.

    Labs release every three months, and so do two open providers, `lag` months later. Their own runs are too small to
    outdo what they copy; the margin makes up for what so small a model would cost less to serve.
    """
    omega, budget = base.open_providers["Omega"], 0.001
    dearer = (omega.budget / budget) ** base.technology.compute_exponent
    starts = {f"open_providers.{name}.first_start": lag % 3 + first for name, first in (("Omega", -6), ("Sigma", -3))}
    margin = {"open_providers.*.host_margin": (1 + omega.host_margin) * dearer - 1}
    return {**COPY, DELAY: lag, BUDGET: budget, "open_providers.*.cadence": 6, **starts, **margin}


def sweep(base: Scenario, access: list[object], points: object, seeds: range, workers: Executor) -> pd.DataFrame:
    """Run some points at every access, which is the share of every segment's customers who can use open weights."""
    worlds = {str(a): base if a == AS_IS else base.vary({ACCESS: a}) for a in access}
    asked = {"seeds": seeds, "outcomes": [*OUTCOMES, "multiple_full_rd"], "executor": workers}
    runs = [market.sweep(world, points, **asked).assign(access=a) for a, world in worlds.items()]
    return pd.concat(runs, ignore_index=True)


def said(values: object) -> str:
    """A mean over seeds with its 95% interval, which is left out where all are the same."""
    mean, low, high = interval(values)
    return f"{terminal.figure(mean)} {terminal.span(low, high) if high > low else ''}".strip()


def show_grid(runs: pd.DataFrame, folder: Path) -> None:
    """Print the grid; draw the measured lag and the multiples over delay and budget."""
    rows = runs.groupby(BY)[OUTCOMES].agg(said).rename_axis(["access", "delay", "budget"]).reset_index()
    terminal.show("Open providers copy in full, after a delay: mean over seeds [95% interval]", rows.astype(str))
    rows.to_csv(folder / "grid.csv", index=False)
    panels = [("measured open lag, months", runs, LAG, None)]
    panels += [(f"multiple, open access {a}", part, "multiple", 1.0) for a, part in runs.groupby("access", sort=False)]
    figure = Figure(figsize=(4.5 * len(panels), 3.5), layout="constrained")
    for axis, (title, part, outcome, level) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        cells = over_grid(part, outcome, DELAY, BUDGET)
        plots.heat_map(cells.set_axis(cells.index.astype(str)), axis, level)
        axis.set(title=title, xlabel="delay, months", ylabel="open budget, share of labs'")
    figure.savefig(folder / "grid.png", dpi=120)
    ends = runs.groupby(BY)[[LEAD, PARITY]].mean().agg(["min", "max"]).round(1).astype(str).agg(" to ".join)
    terminal.say(
        f"Over this grid flagships lead for {ends[LEAD]} months; open equals come after {ends[PARITY]} months."
    )


def lag_curves(runs: pd.DataFrame, folder: Path) -> None:
    """Say at which measured lag each multiple crosses 1, by access; draw the curves."""
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    for axis, (outcome, what) in zip(figure.subplots(1, 2), MULTIPLES.items(), strict=True):
        answers = {str(access): along(part, LAG, outcome) for access, part in runs.groupby("access", sort=False)}
        for access, answer in answers.items():
            terminal.say(f"Open access {access}, {what}: {answer.sentence}")
        curves = pd.concat([a.evidence.assign(line=f"open access {access}") for access, a in answers.items()])
        plots.outcome_by_factor(curves.rename(columns={"value": "level"}), axis, level=1.0)
        axis.set(yscale="log", title=f"Break-even on {what}", xlabel="measured open lag, months", ylabel="multiple")
        curves.to_csv(folder / f"lag_{outcome}.csv", index=False)
    figure.savefig(folder / "break_even_lag.png", dpi=120)


def case(seed: int, base: Scenario) -> dict[str, float]:
    """Give the life of the model that Alpha starts in month 60; no numbers if Alpha does not live to start it."""
    run = market.simulate(base, seed)
    rows = run.models[(run.models["firm"] == "Alpha") & (run.models["started"] == 60) & run.models["complete"]]
    waits = catch_up.parity(forms.releases_of_run(run.models, run.scenario.start)).set_index("model")["months"]
    return rows.set_index("model")[FACTS].astype(float).join(waits.rename("equalled_after")).mean().to_dict()


def show_case(worlds: dict[str, Scenario], seeds: range, folder: Path, workers: Executor) -> None:
    """Tell the seed's case: what a $10bn model returns with an open equal after six months, and otherwise."""
    lives = {n: pd.DataFrame(by_seed(partial(case, base=world), seeds, workers)).T for n, world in worlds.items()}
    pd.concat(lives, names=["world", "seed"]).to_csv(folder / "case.csv")
    table = pd.DataFrame({name: {fact: said(part[fact]) for fact in part} for name, part in lives.items()})
    terminal.show("Alpha's model of month 60 [95% interval]", table.reset_index(names="mean"))
    for name, row in table.items():
        back, known = int((lives[name]["multiple"] >= 1).sum()), int(lives[name]["multiple"].count())
        terminal.say(
            f"A model that cost ${row['training']}, {name}: equalled after {row['equalled_after']} months, it earns "
            f"${row['contribution']}: {row['multiple']} times the final run, {row['multiple_full_rd']} times full R&D. "
            f"It pays back in {back} of the {known} seeds in which it is built, in {row['payback_months']} months."
        )


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Few points, two seeds, few customers.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for tables and figures; replaced.")] = Path("results/open_catch_up"),
) -> None:
    """Say when open source closes the window."""
    seeds = range(2 if quick else 8)
    size = {"customers": 2000, "panel.size": 100, "months": 42} if quick else {"customers": 6000, "panel.size": 500}
    base = market.load("baseline").vary({**size, "labs.*.funding": {"rule": "patient"}})
    access = [1.0] if quick else [AS_IS, 0.5, 0.75, 0.9, 1.0]
    factors = {DELAY: [0, 12] if quick else [0, 6, 12, 24], BUDGET: [0.1] if quick else [0.01, 0.1, 0.5]}
    clocks = [clock(base, lag) for lag in ([0, 18] if quick else [0, 1, 2, 3, 4, 6, 9, 12, 18, 24, 36])]
    later = base.vary(CASE)
    worlds = {"parity after 6 months": later.vary(clock(later, 6)), "catch-up as it is": later}
    worlds |= {f"{name}, open to all": world.vary({ACCESS: 1.0}) for name, world in worlds.items()}
    worlds["no open source"] = without_open_source().apply(later)
    with experiment_folder(out, quick) as folder, pool(quick) as workers:
        show_grid(sweep(base.vary(COPY), access[::2], factors, seeds, workers), folder)
        lag_curves(sweep(base, access, clocks, seeds, workers), folder)
        for lag, outcome in [(6, "multiple")] if quick else [(lag, name) for lag in (0, 6) for name in MULTIPLES]:
            tries = {"seeds": seeds, "points": 2 if quick else 4, "budget": 2 if quick else 12, "executor": workers}
            found = market.break_even(base.vary(clock(base, lag)), ACCESS, outcome, **tries)
            terminal.say(f"With parity after {lag} months: {found.sentence}")
        for level in access[::4]:
            world = base if level == AS_IS else base.vary({ACCESS: level})
            parts = 100 * volume_and_price(world, without_open_source(), seeds, executor=workers)
            parts.to_csv(folder / f"taken_percent_{level}.csv")
            told = {name: said(parts[name]) for name in parts}
            for what in ("revenue", "contribution"):
                shares = ", ".join(f"{told[f'{what} {part}']}% {part}" for part in ("by volume", "by price", "in all"))
                terminal.say(f"Open access {level}: of the {what} labs have without it, open source takes {shares}.")
            terminal.say(f"It makes the same closed model in the same month dearer by {told['price']} log points.")
        show_case(worlds, seeds, folder, workers)
    terminal.say(f"Tables and figures: {out}/")


if __name__ == "__main__":
    run_script(main)
