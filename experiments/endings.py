"""How does it end: models cannot get larger, models stop getting better, or a company turns a profit (claims 5, 6, 15).

Both limits are set to strike at the same time: the largest run is what one costs on the cost path in month 36, the
ceiling is the capability that run gives. Each is known in advance or a surprise; labs follow their roadmap (cadence) or
train only when it pays (hurdle); with open weights as in the baseline, with none, and open to all customers. All is
held against the unlimited world under the same luck, over eight years.

Value is the net present value of the labs' results at 15% a year. Still lost is what they lose from the start of the
first run that the limit holds back until the worst is over, and for how many months. A lab is in profit from the first
calendar year after which it makes no loss. Full: 30 worlds, 6 seeds, three minutes. Quick: 6 worlds, 2 seeds.
"""

from functools import partial
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from matplotlib.figure import Figure

import market
from market.economics.technology import capability
from market.measures.endings import lasting_profits, limit_reached, still_lost
from market.run import Run
from market.scenario.schema import Scenario
from market.studies.counterfactual import by_seed
from market.studies.experiment import experiment_folder, pool, run_script
from market.studies.replicate import interval
from market.views import plots, terminal

STRIKE = 36
OPEN: dict[str, dict[str, object]] = {
    "as it is": {}, "none": {"open_providers": {}}, "open to all": {"segments.*.open_access": 1.0},
}  # fmt: skip
WORLD = ("open", "rule", "limit")
RULES = ("cadence", "hurdle")
UNLIMITED = "no limit"
QUICK = (UNLIMITED, "largest run, known", "capability ceiling, surprise")
SHOWN = {
    "value": ",.0f", "still_lost": ",.0f", "for_months": ".0f", "revenue": ",.0f", "training": ",.0f", "result": ",.0f",
    "left": ".1f", "in_profit": ".2f", "first": ".0f", "funding": ",.0f",
}  # fmt: skip


def limits(base: Scenario) -> dict[str, dict[str, object]]:
    """The unlimited world, and each limit known and as a surprise."""
    largest = base.labs["Alpha"].training.run_cost(STRIKE)
    ceiling = capability(base.technology, largest, STRIKE + base.technology.training_months)
    worlds: dict[str, dict[str, object]] = {UNLIMITED: {}}
    for name, value in (("largest_run", largest), ("capability_ceiling", ceiling)):
        limit, words = f"technology.{name}", name.replace("_", " ")
        worlds |= {f"{words}, known": {limit: value}, f"{words}, surprise": {limit: value, f"{limit}_known": False}}
    return worlds


def figures(run: Run) -> dict[str, float]:
    """All labs of a run together, in $bn; revenue, training and result are those of the last calendar year."""
    labs, reached, profits = list(run.scenario.labs), limit_reached(run), lasting_profits(run)
    ledger = run.ledger[run.ledger["firm"].isin(labs) & (run.ledger["account"] != "FUNDING")]
    results = ledger.groupby("month")["amount"].sum() / 1e9
    start = STRIKE if reached is None else reached - run.scenario.technology.training_months
    lost, months = still_lost(results, start)
    books = run.companies[run.companies["firm"].isin(labs)].groupby("year").sum(numeric_only=True) / 1e9
    failed = (run.events["kind"] == "failed") & run.events["firm"].isin(labs)
    margins = {f"margin {year}": row["result"] / row["revenue"] for year, row in books.iterrows() if row["revenue"] > 0}
    return {
        "value": float((results * (1 + run.scenario.discount_rate) ** (-results.index / 12)).sum()),
        "still_lost": lost,
        "for_months": months,
        **books.iloc[-1][["revenue", "training", "result"]].to_dict(),
        "left": len(labs) - int(failed.sum()),
        "in_profit": float(profits["year"].notna().mean()),
        "first": profits["year"].min(),
        "funding": profits["funding"].mean() / 1e9,
        **margins,
    }


def all_worlds(seed: int, scenarios: dict[tuple[str, ...], Scenario]) -> list[dict[str, object]]:
    """Figures of every world under one seed."""
    labels = [{**dict(zip(WORLD, world, strict=True)), "seed": seed} for world in scenarios]
    return [{**label, **figures(market.simulate(s, seed))} for label, s in zip(labels, scenarios.values(), strict=True)]


def table(runs: pd.DataFrame) -> pd.DataFrame:
    """One row per rule and limit: means over seeds, half of their intervals, and what the limit adds to the value."""
    rows = []
    for (rule, limit), group in runs.groupby(["rule", "limit"], sort=False):
        same = runs[(runs["rule"] == rule) & (runs["limit"] == UNLIMITED)].set_index("seed")["value"]
        gain = terminal.in_short(group.set_index("seed")["value"] - same, ",.0f")
        shown = {what: terminal.in_short(group[what], form) for what, form in SHOWN.items()}
        rows.append({"rule": rule, "limit": limit, "over_no_limit": gain, **shown})
    return pd.DataFrame(rows)


def answers(runs: pd.DataFrame) -> str:
    """Claims 5, 6 and 15 in sentences; money in $bn."""
    shown = runs[runs["open"] == "as it is"].groupby(["rule", "limit"])

    def at(rule: str, limit: str, what: str) -> str:
        return terminal.in_words(shown.get_group((rule, limit))[what], SHOWN[what])

    road, size = partial(at, "cadence"), "largest run, known"
    pays, end = partial(at, "hurdle"), "capability ceiling, surprise"
    worlds = (UNLIMITED, size, end)
    return (
        f"Claim 5, models cannot get larger: on the roadmap training settles at {road(size, 'training')} $bn a year, "
        f"without a limit it is {road(UNLIMITED, 'training')}; in the last year labs earn {road(size, 'result')} on "
        f"{road(size, 'revenue')} instead of {road(UNLIMITED, 'result')} on {road(UNLIMITED, 'revenue')}.\n"
        f"Claim 6, models stop getting better: labs that train when it pays still lose {pays(end, 'still_lost')} after "
        f"the surprise, for {pays(end, 'for_months')} months, and earn {pays(end, 'result')} on {pays(end, 'revenue')} "
        f"in the last year. On the roadmap {road(end, 'still_lost')} is lost; {road(end, 'left')} of them are left.\n"
        f"Claim 15, share of labs that turn a profit for good within eight years, without a limit, with a largest run "
        f"and under a ceiling: {', '.join(road(world, 'in_profit') for world in worlds)} on the roadmap, "
        f"{', '.join(pays(world, 'in_profit') for world in worlds)} if they train when it pays. With a largest run the "
        f"first do in {road(size, 'first')}, after {road(size, 'funding')} $bn of funding each."
    )


def draw(runs: pd.DataFrame, folder: Path) -> None:
    """Labs' result over revenue by year: a panel for each rule, a line for each limit."""
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    years = [name for name in runs if name.startswith("margin ")]
    for axis, rule in zip(figure.subplots(1, len(RULES), sharey=True), RULES, strict=True):
        part = runs[(runs["rule"] == rule) & (runs["open"] == "as it is")].groupby("limit", sort=False)
        rows = [(limit, int(name[-4:]), *interval(group[name])) for limit, group in part for name in years]
        plots.outcome_by_factor(pd.DataFrame(rows, columns=["line", "level", "mean", "low", "high"]), axis, level=0.0)
        axis.set(ylim=(-4, 1), title=f"Labs' result per dollar of revenue, {rule}")
    figure.savefig(folder / "margins.png", dpi=120)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Six worlds, two seeds, few customers.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for tables and the figure; replaced.")] = Path("results/endings"),
) -> None:
    """Show how it ends."""
    size = {"customers": 600, "panel.size": 60} if quick else {"customers": 6000, "panel.size": 500}
    base = market.load("baseline").vary({**size, "months": 96})
    scenarios = {
        (opened, rule, limit): base.vary({**change, **limited, "labs.*.training.rule": rule})
        for opened, change in OPEN.items() for rule in RULES for limit, limited in limits(base).items()
        if not quick or (opened == "as it is" and limit in QUICK)
    }  # fmt: skip
    with experiment_folder(out, quick) as folder, pool(quick) as workers:
        found = by_seed(partial(all_worlds, scenarios=scenarios), range(2 if quick else 6), workers)
        runs = pd.DataFrame([row for seed in sorted(found) for row in found[seed]])
        for opened, group in runs.groupby("open", sort=False):
            terminal.show(
                f"Open weights: {opened}. All labs, $bn, means over seeds ± half of the 95% interval", table(group)
            )
        runs.to_csv(folder / "runs.csv", index=False)
        draw(runs, folder)
    terminal.say(answers(runs))
    terminal.say(f"Tables and figure: {out}/")


if __name__ == "__main__":
    run_script(main)
