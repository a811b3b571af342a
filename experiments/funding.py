"""Where money binds, how much cash labs burn, and whether labs that forecast their launches get them right.

Labs raise money from a capital market that prices growth. In several worlds under the same seeds: the cash labs burn
per dollar of revenue in 2025 (reported of the largest lab: 0.61), how often they raise and are refused, and in what
share of worlds a lab fails. Then labs that train on a hurdle: what launches earn over what was forecast, of each lab's
first two and of later ones, when it has learned.

Full: 7 worlds and 3 kinds of expectations, 16 seeds each, about two minutes. Quick: 2 worlds, 2 seeds.
"""

from functools import partial
from typing import Annotated

import pandas as pd
import typer

import market
from market.evidence import load
from market.measures.outcomes import SHARE
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.studies.counterfactual import by_seed
from market.studies.experiment import Out, experiment_folder, pool, run_script
from market.studies.words import in_words
from market.tables import Run
from market.views import terminal

YEAR = 24, 35
WORLDS: dict[str, tuple[str, dict[str, object]]] = {
    "baseline": ("baseline", {}),
    "open to all": ("full_open_access", {}),
    "costs fourfold a year": ("baseline", {"labs.*.training.growth": 4.0}),
    "costs threefold a year": ("baseline", {"labs.*.training.growth": 3.0}),
    "two labs": ("duopoly", {}),
    "eight labs": ("eight_labs", {}),
    "nothing in kind": ("baseline", {"capital.in_kind": 0.0}),
}
FAILED = "worlds with a failure"
KINDS = ("static", "adaptive", "trend")


def burn(run: Run, firms: list[str]) -> float:
    """Cash that firms spend beyond what they earn, over their revenue, in 2025; what is paid in kind costs no cash."""
    ledger = run.ledger[run.ledger["firm"].isin(firms) & run.ledger["month"].between(*YEAR)]
    raised = run.events[(run.events["kind"] == "raised") & run.events["month"].between(*YEAR)]
    raised = raised[raised["firm"].isin(firms)]
    revenue = ledger.loc[ledger["account"] == "REVENUE", "amount"].sum()
    return float((raised["value"].sum() - ledger["amount"].sum()) / revenue) if revenue > 0 else float("nan")


def money(seed: int, scenarios: dict[str, Scenario]) -> list[dict[str, object]]:
    """What money does in every world under one seed."""
    rows = []
    for world, scenario in scenarios.items():
        run, labs = market.simulate(scenario, seed), list(scenario.labs)
        count = run.events.loc[run.events["firm"].isin(labs), "kind"].value_counts()
        sold = run.companies[(run.companies["year"] == 2025) & run.companies["firm"].isin(labs)].set_index("firm")
        figures = {
            "burn": burn(run, labs),
            "burn of the largest": burn(run, list(sold["revenue"].nlargest(1).index)),
            "raises per lab": count.get("raised", 0) / len(labs),
            "refusals": count.get("refused", 0),
            "failed labs": count.get("failed", 0),
            FAILED: float(count.get("failed", 0) > 0),
        }
        rows.append({"world": world, "seed": seed, **figures})
    return rows


def forecasts(seed: int, base: Scenario) -> list[dict[str, object]]:
    """What launches earned over what was forecast: medians over launches whose horizon has passed, or given up."""
    rows = []
    for kind in KINDS:
        scenario = base.vary({"labs.*.training": {"rule": "hurdle", "expectations": kind}})
        run = market.simulate(scenario, seed)
        lost = run.models.loc[run.models["complete"] & run.models["released"].isna(), "model"]
        table, given_up = run.launches, run.launches["model"].isin(lost)
        table = table[table["forecast_gross"].notna() & (given_up | (table["counted"] >= table["horizon"]))]
        ratio = table["realised_gross"].fillna(0.0) / table["forecast_gross"]
        number = table.groupby("firm").cumcount()
        parts = {"first two launches": ratio[number < 2].median(), "later launches": ratio[number >= 2].median()}
        rows.append({"expectations": kind, "seed": seed, **parts})
    return rows


def means(runs: pd.DataFrame, by: str) -> pd.DataFrame:
    """Means over seeds with their intervals."""
    figures = runs.columns.drop(["seed", by])
    rows = [
        {by: name, **{figure: in_words(part[figure], unit=SHARE if figure == FAILED else None) for figure in figures}}
        for name, part in runs.groupby(by, sort=False)
    ]
    return pd.DataFrame(rows)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Two worlds, two seeds, few customers.")] = False,
    out: Out = None,
) -> None:
    """Show where money binds."""
    seeds = range(2 if quick else 16)
    size = {"customers": 800, "panel.size": 80} if quick else {"customers": 8000, "panel.size": 800}
    chosen = list(WORLDS)[:2] if quick else list(WORLDS)
    scenarios = {world: market.load(WORLDS[world][0]).vary({**size, **WORLDS[world][1]}) for world in chosen}
    with experiment_folder(out, quick) as folder, pool(quick) as workers:
        found = by_seed(partial(money, scenarios=scenarios), seeds, workers)
        runs = pd.DataFrame([row for seed in seeds for row in found[seed]])
        terminal.show("Money by world; burn is cash per dollar of revenue in 2025", means(runs, "world"))
        told = by_seed(partial(forecasts, base=scenarios["baseline"]), seeds, workers)
        launches = pd.DataFrame([row for seed in seeds for row in told[seed]])
        terminal.show(
            "What launches earn over what was forecast, labs that train on a hurdle", means(launches, "expectations")
        )
        write_csv(runs, folder / "money.csv")
        write_csv(launches, folder / "forecasts.csv")
    known = load("calibration").set_index(["parameter", "period"])["value"]
    reported = float(known["OpenAI_cash_burn", "FY2025"]) / float(known["OpenAI_revenue", "FY2025"])
    launches = launches.groupby("seed", as_index=False).mean(numeric_only=True)  # kinds share their seed's luck
    here, failures = runs[runs["world"] == "baseline"], runs.groupby("world", sort=False)[FAILED]
    terminal.say(
        f"Labs of the baseline burn {in_words(here['burn'])} of their revenue in cash in 2025, the largest "
        f"{in_words(here['burn of the largest'])} (reported of the largest: {reported:.2f}).\n"
        f"Share of worlds in which a lab fails: {'; '.join(f'{w} {in_words(p, unit=SHARE)}' for w, p in failures)}.\n"
        f"Launches earn {in_words(launches['first two launches'])} times their forecast at first, and "
        f"{in_words(launches['later launches'])} times it later."
    )
    terminal.say(f"Tables: {out}/")


if __name__ == "__main__":
    run_script(main)
