"""How does it end: models cannot get larger, models stop getting better, or a company turns a profit (claims 5, 6, 15).

Both limits are set to strike at the same time: the largest run is what one costs on the cost path in month 36, the
ceiling is the capability that run gives. Each is known in advance or a surprise; labs follow their roadmap (cadence) or
train only when it pays (hurdle); with open weights as in the baseline, with none, and open to all customers. All is
held against the unlimited world under the same luck, over eight years.

Value is the net present value of the labs' results at 15% a year; worth adds what the capital market would pay for them
at the end. Overhang is the R&D that the flagships of the year after the limit is reached do not earn back. Still lost
is what labs lose from the start of the first run that the limit holds back until the worst is over, and beside it in
the same months without a limit. A lab is in profit from the first calendar year after which it makes no loss.

Full: 30 worlds, 6 seeds, three minutes. Quick: 6 worlds, 2 seeds.
"""

from functools import partial
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from market.studies.experiment import Out, experiment_folder, pool, run_script
from matplotlib.figure import Figure

import market
from market.economics.technology import capability
from market.measures.endings import ending, labs_results
from market.measures.outcomes import SHARE
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.studies.counterfactual import by_seed
from market.studies.replicate import interval
from market.studies.words import in_short, in_words
from market.views import plots, terminal

STRIKE = 36
OPEN: dict[str, dict[str, object]] = {
    "as it is": {}, "none": {"open_providers": {}}, "open to all": {"segments.*.open_access": 1.0},
}  # fmt: skip
RULES = ("cadence", "hurdle")
UNLIMITED, SIZE, END = "no limit", "largest run, known", "capability ceiling, surprise"
MONEY = {"value": ",.0f", "worth": ",.0f", "overhang": ",.1f", "still lost": ",.0f", "without": ",.0f", "months": ".0f"}
LAST = {"revenue": ",.0f", "training": ",.0f", "result": ",.0f", "labs left": ".1f"}
PROFIT = {"in profit": ".2f", "worlds": ".2f", "first year": ".0f", "its funding": ",.0f"}
FORMS = MONEY | LAST | PROFIT
SHARES = ("in profit", "worlds")


def limits(base: Scenario) -> dict[str, dict[str, object]]:
    """The unlimited world, and each limit known and as a surprise."""
    largest = base.labs["Alpha"].training.run_cost(STRIKE)
    ceiling = capability(base.technology, largest, STRIKE + base.technology.training_months)
    worlds: dict[str, dict[str, object]] = {UNLIMITED: {}}
    for name, value in (("largest_run", largest), ("capability_ceiling", ceiling)):
        limit, words = f"technology.{name}", name.replace("_", " ")
        worlds |= {f"{words}, known": {limit: value}, f"{words}, surprise": {limit: value, f"{limit}_known": False}}
    return worlds


def all_worlds(seed: int, scenarios: dict[tuple[str, ...], Scenario]) -> list[dict[str, object]]:
    """Figures of every world under one seed; the unlimited one of each access and rule comes first."""
    rows, unlimited = [], pd.Series(dtype=float)
    for (opened, rule, limit), scenario in scenarios.items():
        run = market.simulate(scenario, seed)
        unlimited = labs_results(run) if limit == UNLIMITED else unlimited
        rows.append({"open": opened, "rule": rule, "limit": limit, "seed": seed, **ending(run, unlimited, STRIKE)})
    return rows


def table(runs: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """One row per rule and limit: means over seeds with half of their intervals."""
    rows, units = runs.groupby(["rule", "limit"], sort=False), dict.fromkeys(SHARES, SHARE)
    shown = [
        {what: in_short(group[what].astype(float), form, units.get(what)) for what, form in columns.items()}
        for _, group in rows
    ]
    return pd.DataFrame(list(rows.groups), columns=["rule", "limit"]).join(pd.DataFrame(shown))


def answers(runs: pd.DataFrame) -> str:
    """Claims 5, 6 and 15 for one degree of open access, in sentences; money in $bn."""
    worlds = {key: group.set_index("seed") for key, group in runs.groupby(["rule", "limit"])}

    def at(rule: str, limit: str, what: str) -> str:
        return in_words(worlds[rule, limit][what].astype(float), FORMS[what], SHARE if what in SHARES else None)

    def gain(rule: str, limit: str, what: str) -> str:
        return in_words(worlds[rule, limit][what] - worlds[rule, UNLIMITED][what], ",.0f")

    road, pays = partial(at, "cadence"), partial(at, "hurdle")
    limited = runs[runs["limit"] != UNLIMITED].groupby(["rule", "limit"])["worlds"].mean().groupby(level=0)
    span = {rule: f"{part.min():.2f} to {part.max():.2f}" for rule, part in limited}
    by_results, at_end = (
        f"{gain('cadence', SIZE, w)} ({gain('hurdle', SIZE, w)} when it pays)" for w in ("value", "worth")
    )
    return (
        f"Claim 5, models cannot get larger. On the roadmap training settles at {road(SIZE, 'training')} a year, not "
        f"at {road(UNLIMITED, 'training')}; in the last year labs earn {road(SIZE, 'result')} on "
        f"{road(SIZE, 'revenue')} instead of {road(UNLIMITED, 'result')} on {road(UNLIMITED, 'revenue')}. Their "
        f"results are worth {by_results} more than without a limit; with what the capital market would pay at the end "
        f"the difference is {at_end}.\n"
        f"Claim 6, models stop getting better, by surprise. Labs that train when it pays have an overhang of "
        f"{pays(END, 'overhang')}, still lose {pays(END, 'still lost')} (in the same months without a limit "
        f"{pays(END, 'without')}) and earn {pays(END, 'result')} on {pays(END, 'revenue')} in the last year. On the "
        f"roadmap the overhang is {road(END, 'overhang')}, {road(END, 'still lost')} is lost until the end (without a "
        f"limit {road(END, 'without')}) and {road(END, 'labs left')} labs are left.\n"
        f"Claim 15, some lab turns a profit for good within the run: without a limit in "
        f"{road(UNLIMITED, 'worlds')} of worlds on the roadmap and {pays(UNLIMITED, 'worlds')} if labs train when it "
        f"pays; with a limit in {span['cadence']} and {span['hurdle']}. On the roadmap to a largest run the first does "
        f"in {road(SIZE, 'first year')} after {road(SIZE, 'its funding')} of funding, in cash and in kind."
    )


def draw(runs: pd.DataFrame, folder: Path) -> None:
    """Labs' result over revenue by year: a panel for each rule, a line for each limit."""
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    years = [name for name in runs if name.startswith("margin ")]
    for axis, rule in zip(figure.subplots(1, len(RULES), sharey=True), RULES, strict=True):
        part = runs[(runs["rule"] == rule) & (runs["open"] == "as it is")].groupby("limit", sort=False)
        rows = [(limit, int(name[-4:]), *interval(group[name])) for limit, group in part for name in years]
        plots.outcome_by_factor(pd.DataFrame(rows, columns=["line", "level", "mean", "low", "high"]), axis, level=0.0)
        axis.set(ylim=(-4, 1), title=f"Labs' result per dollar of revenue, {rule} (cut at −4)")
    figure.savefig(folder / "margins.png", dpi=120)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Six worlds, two seeds, few customers.")] = False,
    out: Out = None,
) -> None:
    """Show how it ends."""
    size = {"customers": 600, "panel.size": 60} if quick else {"customers": 6000, "panel.size": 500}
    base = market.load("baseline").vary({**size, "months": 72 if quick else 96})
    scenarios = {
        (opened, rule, limit): base.vary({**change, **limited, "labs.*.training.rule": rule})
        for opened, change in OPEN.items() for rule in RULES for limit, limited in limits(base).items()
        if not quick or (opened == "as it is" and limit in (UNLIMITED, SIZE, END))
    }  # fmt: skip
    with experiment_folder(out, quick) as folder, pool(quick) as workers:
        found = by_seed(partial(all_worlds, scenarios=scenarios), range(2 if quick else 6), workers)
        runs = pd.DataFrame([row for seed in sorted(found) for row in found[seed]])
        write_csv(runs, folder / "runs.csv")
        draw(runs, folder)
        for opened, group in runs.groupby("open", sort=False):
            for title, columns in (("money", MONEY), ("the last year", LAST), ("profit for good", PROFIT)):
                terminal.show(
                    f"Open weights {opened}, {title}: all labs, $bn, mean ± half of the interval", table(group, columns)
                )
            terminal.say(f"Open weights {opened}, $bn.\n{answers(group)}\n")
    terminal.say(f"Tables and figure: {out}/")


if __name__ == "__main__":
    run_script(main)
