"""Whether labs cannibalise their own models before these have earned their keep, and when that pays (claim 8).

First, by cadence, retirement, switching costs and turnover: which part of what a flagship loses to other models goes to
its own newer generations, and how many are succeeded before they have paid back; and what a lab gains if it alone
releases more often, or less. Then one launch is taken away under the same luck: how much of what Alpha-4 took from
Alpha-3 rivals would have had anyway, at fixed prices and re-priced, and what the launch adds to the firm's contribution
for a dollar of its cost. Last, the Shapley split of Alpha-3's losses. Attribution is net; all is said at turnover 1 and
at the small default turnover. Patient parents pay: a lab that raises money may not survive without a launch.
Full: 48 points and both turnovers, 6 seeds each: about six minutes. Quick: few points and two seeds of few customers.
"""

from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from market.studies.experiment import Out, experiment_folder, pool, run_script

import market
from market import formats
from market.accounts.counterparties import counterparties
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.studies.counterfactual import PRICES, at_prices, by_seed, price_table, without_launch
from market.studies.intervals import ratio
from market.studies.shapley import split
from market.studies.words import in_words
from market.views import terminal

OUTCOMES = [
    "lost_to_own_newer",
    "lost_to_rivals",
    "succeeded_before_payback",
    "succeeded_before_full_payback",
    "gross_over_net",
]
OLD, NEW, FIRM = "Alpha-3", "Alpha-4", "Alpha"


def grid(base: Scenario, factors: dict[str, list[object]], seeds: int, workers: Executor) -> pd.DataFrame:
    """Sweep; mean and interval of every outcome at every point."""
    runs = market.sweep(base, factors, replications=seeds, outcomes=OUTCOMES, executor=workers)
    rows = []
    for point, group in runs.groupby(list(factors)):
        shown = {name: in_words(group[name]) for name in OUTCOMES}
        rows.append({**dict(zip((path.split(".")[-1] for path in factors), map(str, point), strict=True)), **shown})
    return pd.DataFrame(rows)


def launch(seed: int, base: Scenario) -> dict[str, float]:
    """What one launch took, what its predecessor has without it, and what it adds to the firm; one seed."""
    factual = market.simulate(base, seed)
    without = without_launch(NEW).apply(base)
    worlds = {
        "fixed": market.simulate(at_prices(without, price_table(factual)), seed),
        "repriced": market.simulate(without, seed),
    }
    rows = counterparties(factual.flows, factual.offers, factual.models, OLD)
    lived = factual.offers.loc[factual.offers["model"] == OLD, "month"].max()
    moved = rows[(rows["counterparty"] == NEW) & (rows["month"] <= lived)]
    taken = -float((moved["amount"] * (lived - moved["month"] + 1)).sum())
    training, research = factual.models.set_index("model").loc[NEW, ["training", "research"]]

    def revenue(run):
        rows = run.offers[(run.offers["model"] == OLD) & (run.offers["month"] <= lived)]
        return float(rows["revenue"].sum())

    def contribution(run):
        return float(run.companies.loc[run.companies["firm"] == FIRM, "contribution"].sum())

    found = {"taken": taken, "training": training, "full R&D": training + research}
    for prices, world in worlds.items():
        found[f"lost to others anyway, {prices}"] = taken - (revenue(world) - revenue(factual))
        found[f"added, {prices}"] = contribution(factual) - contribution(world)
    return found


def after_training(run: market.Run) -> float:
    """Contribution less training of the firm over the whole run, $bn; what is still in training counts as spent."""
    own = run.companies[run.companies["firm"] == FIRM]
    return float((own["contribution"] - own["training"]).sum()) / 1e9


def after_all_rd(run: market.Run) -> float:
    """The same less research, $bn."""
    return after_training(run) - float(run.companies.loc[run.companies["firm"] == FIRM, "research"].sum()) / 1e9


def pace(base: Scenario, factors: dict[str, list[object]], seeds: int, folder: Path, workers: Executor) -> None:
    """Let one firm alone release every 6 or 24 months instead of 12: what it gains, paired, at every point."""
    own = f"labs.{FIRM}.training.cadence"
    gains = {"after training": after_training, "after all R&D": after_all_rd}
    runs = market.sweep(base, {**factors, own: [6, 12, 24]}, replications=seeds, outcomes=gains, executor=workers)
    wide = runs.pivot_table(index=[*factors, "seed"], columns=own, values=list(gains))
    found = {f"{what}, every {k}": wide[what][k] - wide[what][12] for what in gains for k in (6, 24)}
    table = pd.DataFrame(found).groupby(level=list(factors)).agg(in_words)
    table.index.names = [path.split(".")[-1] for path in factors]
    terminal.show(f"What {FIRM} gains by another pace than every 12 months, alone, $bn", table.reset_index())
    write_csv(table.reset_index(), folder / "pace.csv")
    pooled = {name: in_words(gain.groupby(level="seed").mean()) for name, gain in found.items()}
    terminal.say(
        f"Releasing twice as often, alone, gains {FIRM} {pooled['after training, every 6']} $bn after training and "
        f"{pooled['after all R&D, every 6']} after all R&D, on average over these markets; half as often "
        f"{pooled['after training, every 24']} and {pooled['after all R&D, every 24']}."
    )


def verdict(base: Scenario, seeds: int, folder: Path, workers: Executor) -> None:
    """Answer claim 8 at one turnover."""
    runs = market.replicate(base, range(seeds), OUTCOMES, executor=workers)
    launches = pd.DataFrame(by_seed(partial(launch, base=base), range(seeds), workers)).T
    turnover = base.demand.turnover
    write_csv(launches.rename_axis("seed").reset_index(), folder / f"launch_{turnover:g}.csv")
    own, _, early, late, gross = (in_words(runs[name]) for name in OUTCOMES)
    say = partial(formats.with_interval, seeds=seeds)
    anyway = [say(ratio(launches[f"lost to others anyway, {p}"], launches["taken"])) for p in PRICES]
    adds, full = (
        [say(ratio(launches[f"added, {p}"], launches[cost])) for p in PRICES] for cost in ("training", "full R&D")
    )
    terminal.say(
        f"Claim 8 at turnover {turnover:g}: of what flagships lose to other models, {own} goes to their own newer "
        f"generations (gross flows are {gross} times the net). {early} of them are succeeded before they have paid "
        f"back their training, {late} before all their R&D. Of what {NEW} took from {OLD}, others would have had "
        f"{anyway[0]} anyway at fixed prices, {anyway[1]} re-priced. Cannibalising pays all the same if the launch "
        f"adds its cost to the firm's contribution: it adds {adds[0]} times its training at fixed prices, {adds[1]} "
        f"re-priced, and {full[0]} and {full[1]} times its training and research."
    )


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Two points, two seeds, few customers.")] = False,
    out: Out = None,
) -> None:
    """Say who takes the revenue of labs' models."""
    seeds = 2 if quick else 6
    size = {"customers": 800, "panel.size": 100, "months": 48} if quick else {"customers": 6000, "panel.size": 500}
    base = market.load("baseline").vary({**size, "labs.*.funding": {"rule": "patient"}})
    own = base.demand.turnover
    factors = {"demand.turnover": [1.0, own], "labs.*.training.cadence": [12] if quick else [6, 12, 24]}
    if not quick:
        factors |= {"labs.*.retirement": [1, 18], "segments.*.firm_switching_cost": [0.0, 2.0]}
    with experiment_folder(out, quick) as folder, pool(quick) as workers:
        others = {"demand.turnover": [own]} if quick else {p: v for p, v in factors.items() if "cadence" not in p}
        pace(base, others, seeds, folder, workers)
        table = grid(base, factors, seeds, workers)
        terminal.show(f"Mean over {seeds} seeds [95% interval]", table)
        write_csv(table, folder / "grid.csv")
        for turnover in (1.0, own):
            world = base.vary({"demand.turnover": turnover})
            verdict(world, seeds, folder, workers)
            if not quick:
                found = split(world, OLD, range(seeds), executor=workers)
                shown = found.table.set_index("what")
                shown[["mean", "low", "high"]] /= 1e6
                terminal.show(f"What {OLD} lost, $M, by Shapley value; turnover {turnover:g}", shown.reset_index())
                write_csv(found.worlds, folder / f"shapley_{turnover:g}.csv")
    terminal.say(f"Tables: {out}/")


if __name__ == "__main__":
    run_script(main)
