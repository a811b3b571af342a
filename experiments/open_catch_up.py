"""Whether open source closes the window in which training is recouped, and at what lag labs break even (claim 9).

First multiples, payback and lead by open access, delay and open budget, beside the lag that is measured: when open
providers may copy is a parameter, how far behind they are an outcome. Then a clock: every closed model has an equal
so many months later, at the price of open tokens; where do multiples cross 1, that of all models' dollars, most of them
late ones, and that of the typical model? Then what open source takes by volume and by price. Last the seed's case: a
$10bn model, parity after six months. Patient parents pay: no failure cuts a life short. Full: 1,250 runs, nine minutes.
"""

from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from market.studies.experiment import Out, experiment_folder, pool, run_script
from market.studies.summaries import over_grid
from matplotlib.figure import Figure

import market
from market import formats
from market.measures import catch_up, forms
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.studies.break_even import along
from market.studies.counterfactual import by_seed, volume_and_price, without_open_source
from market.studies.replicate import interval
from market.studies.words import in_short, in_words, remark
from market.views import plots, terminal

ACCESS, DELAY, BUDGET = "segments.*.open_access", "open_providers.*.spillover_delay", "open_providers.*.budget"
AS_IS, PAYBACK, COPY = "as it is", "payback_months", {"open_providers.*.spillover": 1.0}
LAG, PARITY, LEAD, PAID = "measured_open_lag", "months_to_parity", "months_at_frontier", "lives_profitable"
READINGS = {"multiple": "dollars of all models, final runs", "typical_multiple": "the typical model, final run"}
READINGS |= {"multiple_full_rd": "dollars of all models, full R&D"}
OUTCOMES = [LAG, PARITY, "multiple", "typical_multiple", PAID, PAYBACK, LEAD]
FACTS = ["training", "revenue", "contribution", "multiple", "multiple_full_rd", PAYBACK, LEAD]


def clock(base: Scenario, lag: int) -> dict[str, object]:
    """Give every closed model an open equal `lag` months after its release; both sides release every three.

    Open runs are too small to outdo what they copy; the margin offsets that so small a model is cheaper to serve.
    """
    omega, budget = base.open_providers["Omega"], 0.001
    dearer = (omega.budget / budget) ** base.technology.compute_exponent
    starts = {f"open_providers.{name}.first_start": lag % 3 + first for name, first in (("Omega", -6), ("Sigma", -3))}
    margin = {"open_providers.*.host_margin": (1 + omega.host_margin) * dearer - 1}
    return {**COPY, DELAY: lag, BUDGET: budget, "open_providers.*.cadence": 6, **starts, **margin}


def sweep(base: Scenario, access: list[object], points: object, seeds: range, workers: Executor) -> pd.DataFrame:
    """Run some points at every access, which is the share of every segment's customers who can use open weights."""
    worlds = {str(a): base if a == AS_IS else base.vary({ACCESS: a}) for a in access}
    asked = {"seeds": seeds, "outcomes": list(dict.fromkeys([*OUTCOMES, *READINGS])), "executor": workers}
    return pd.concat(market.sweep(world, points, **asked).assign(access=a) for a, world in worlds.items())


def said(values: pd.Series) -> str:
    """A mean over seeds with its 95% interval, which is left out where all are the same."""
    mean, low, high = interval(values)
    span = formats.span(low, high) if high > low else ""
    return f"{formats.four_digits(mean)} {span}".strip() + remark(values)


def show_grid(runs: pd.DataFrame, folder: Path) -> None:
    """Print the grid; draw the measured lag and the multiples over delay and budget."""
    write_csv(runs, folder / "grid.csv")
    cells = runs.rename(columns={DELAY: "delay", BUDGET: "budget"}).groupby(["access", "delay", "budget"])
    rows = cells[OUTCOMES].agg(in_short).reset_index().astype(str)
    terminal.show("Open providers copy in full, after a delay: mean over seeds ± half its 95% interval", rows)
    panels = [("measured open lag, months", runs, LAG, None)]
    panels += [(f"multiple, open access {a}", part, "multiple", 1.0) for a, part in runs.groupby("access", sort=False)]
    figure = Figure(figsize=(4.5 * len(panels), 3.5), layout="constrained")
    for axis, (title, part, outcome, level) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        plots.heat_map(over_grid(part.astype({BUDGET: str}), outcome, DELAY, BUDGET), axis, level)
        axis.set(title=title, xlabel="delay, months", ylabel="open budget, share of labs'")
    figure.savefig(folder / "grid.png", dpi=120)
    never, unpaid = (cells[wait].agg(lambda months: months.isna().mean()) for wait in (PARITY, PAYBACK))
    means = cells[[LEAD, PARITY, PAID, PAYBACK]].mean()
    means = means.assign(**{PARITY: means[PARITY].where(never == 0), PAYBACK: means[PAYBACK].where(unpaid == 0)})
    ends = means.agg(["min", "max"]).map(formats.four_digits).agg(" to ".join)
    terminal.say(
        f"Flagships lead for {ends[LEAD]} months; a share of {ends[PAID]} pays back, in the {(unpaid == 0).sum()} of "
        f"{len(unpaid)} cells in which most do under every seed in {ends[PAYBACK]} months. In "
        f"{(never == 0).sum()} of {len(never)} cells most have an open equal, after {ends[PARITY]} months; in "
        f"{(never == 1).sum()} most never have one, and in {never.between(0, 1, 'neither').sum()} the seed decides."
    )


def lag_curves(runs: pd.DataFrame, folder: Path) -> None:
    """Say at which measured lag each reading crosses 1, by access, and how many models pay back; draw the curves."""
    figure = Figure(figsize=(16, 5), layout="constrained")
    for axis, (outcome, what) in zip(figure.subplots(1, 3), READINGS.items(), strict=True):
        answers = {str(access): along(part, LAG, outcome) for access, part in runs.groupby("access", sort=False)}
        for access, answer in answers.items():
            terminal.say(f"Open access {access}, {what}: {answer.sentence}")
        curves = pd.concat([a.evidence.assign(line=f"open access {access}") for access, a in answers.items()])
        plots.outcome_by_factor(curves.rename(columns={"value": "level"}), axis, level=1.0)
        axis.set_yscale("symlog", linthresh=0.1)  # losing worlds count, and lie below 0
        axis.set(title=what, xlabel="measured open lag, months", ylabel="multiple")
        write_csv(curves, folder / f"lag_{outcome}.csv")
    figure.savefig(folder / "break_even_lag.png", dpi=120)
    for access, part in runs[runs["point"] == 0].groupby("access", sort=False):
        paid, wait = in_words(part[PAID]), in_words(part[PAYBACK], ".1f")
        terminal.say(f"Open access {access}, equals at once: a share of {paid} pays back, in {wait} months (median).")


def case(seed: int, base: Scenario) -> dict[str, float]:
    """Give the life of the model that Alpha starts in month 60; no numbers if Alpha does not live to start it."""
    run = market.simulate(base, seed)
    rows = run.models[(run.models["firm"] == "Alpha") & (run.models["started"] == 60) & run.models["complete"]]
    waits = catch_up.parity(forms.releases_of_run(run.models, run.scenario.start)).set_index("model")["months"]
    return rows.set_index("model")[FACTS].astype(float).join(waits.rename("equalled_after")).mean().to_dict()


def show_case(worlds: dict[str, Scenario], seeds: range, folder: Path, workers: Executor) -> None:
    """Tell the seed's case: what a $10bn model returns with an open equal after six months, and otherwise."""
    lives = {n: pd.DataFrame(by_seed(partial(case, base=world), seeds, workers)).T for n, world in worlds.items()}
    write_csv(pd.concat(lives, names=["world", "seed"]).reset_index(), folder / "case.csv")
    table = pd.DataFrame({name: {fact: said(part[fact]) for fact in part} for name, part in lives.items()})
    terminal.show("Alpha's model of month 60 [95% interval]", table.reset_index(names="mean"))
    for name, row in table.items():
        cost = formats.four_digits(lives[name]["training"].mean())
        back, known = (lives[name]["multiple"] >= 1).sum(), lives[name]["multiple"].count()
        terminal.say(
            f"A model that cost ${cost}, {name}: equalled after {row['equalled_after']} months, it earns "
            f"${row['contribution']}: {row['multiple']} times the final run, {row['multiple_full_rd']} times full R&D. "
            f"It pays back in {back} of the {known} seeds in which it is built, in {row['payback_months']} months."
        )


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Few points, two seeds, few customers.")] = False,
    out: Out = None,
) -> None:
    """Say when open source closes the window."""
    seeds, tries = (range(2), {"points": 2, "budget": 2}) if quick else (range(8), {"points": 4, "budget": 8})
    size = {"customers": 800, "panel.size": 60, "months": 36} if quick else {"customers": 6000, "panel.size": 500}
    base = market.load("baseline").vary({**size, "labs.*.funding": {"rule": "patient"}})
    access = [1.0] if quick else [AS_IS, 0.5, 0.75, 0.9, 1.0]
    factors = {DELAY: [0, 12] if quick else [0, 6, 12, 24], BUDGET: [0.1] if quick else [0.01, 0.1, 0.5]}
    clocks = [clock(base, lag) for lag in ([0, 18] if quick else [0, 1, 2, 3, 4, 6, 9, 12, 18, 24, 36])]
    later = base.vary({"labs.*.training.growth": 100 ** (1 / 5), "months": 100})  # $1e8 grows to $1e10 by month 60
    worlds = {"parity after 6 months": later.vary(clock(later, 6)), "catch-up as it is": later}
    worlds |= {f"{name}, open to all": world.vary({ACCESS: 1.0}) for name, world in worlds.items()}
    worlds["no open source"] = without_open_source().apply(later)
    with experiment_folder(out, quick) as folder, pool(quick) as workers:
        show_grid(sweep(base.vary(COPY), access[::2], factors, seeds, workers), folder)
        lag_curves(sweep(base, access, clocks, seeds, workers), folder)
        for lag, name in [(6, "multiple")] if quick else [(lag, name) for lag in (0, 6) for name in READINGS]:
            found = market.break_even(base.vary(clock(base, lag)), ACCESS, name, seeds=seeds, executor=workers, **tries)
            terminal.say(f"With parity after {lag} months, {READINGS[name]}: {found.sentence}")
        for level in access[::4]:
            world = base if level == AS_IS else base.vary({ACCESS: level})
            parts = 100 * volume_and_price(world, without_open_source(), seeds, executor=workers)
            write_csv(parts.reset_index(), folder / f"taken_percent_{level}.csv")
            for what in ("revenue", "contribution"):
                shares = ", ".join(f"{said(parts[f'{what} {by}'])}% {by}" for by in ("by volume", "by price", "in all"))
                terminal.say(f"Open access {level}: of the {what} labs have without it, open source takes {shares}.")
            terminal.say(f"It makes the same model in the same month dearer by {said(parts['price'])} log points.")
        show_case(dict(list(worlds.items())[:: 4 if quick else 1]), seeds, folder, workers)
    terminal.say(f"Tables and figures: {out}/")


if __name__ == "__main__":
    run_script(main)
