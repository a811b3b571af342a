"""Do labs tied at the frontier fall into price wars and lose their profits (claim 7), and what conduct does it take.

Labs that train on the same dates with the same money and no luck are tied; with a gap all but the first spend less. By
pricing rule, number of labs, gap, switching costs and repricing hazard: how often wars open, how deep they go, who cuts
first, what margin and multiple remain, and where profits lie between Nash (0) and a cartel (1).

Full: a grid of rules x 1, 2, 4 and 8 labs x 2 gaps, and for four tied labs hazards x switching costs, 4 seeds of each,
about ten minutes. Quick: three rules, two labs.
"""

from typing import Annotated

import pandas as pd
import typer
from market.studies.experiment import Out, experiment_folder, run_script

import market
from market import formats
from market.measures.outcomes import unit_of
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.strategies.pricing import PricingRule
from market.studies.intervals import counted, interval
from market.studies.words import in_words
from market.views import terminal

OUTCOMES = {
    "wars": "price_wars",
    "beside launches": "price_wars_beside_launches",
    "depth": "price_war_depth",
    "begun at frontier": "price_wars_begun_at_the_frontier",
    "gross margin": "labs_gross_margin",
    "multiple": "multiple",
    "profit gain": "profit_gain",
}
RULE, HAZARD, COST = "labs.*.pricing.rule", "labs.*.pricing.reprice_hazard", "segments.*.firm_switching_cost"
RULES = sorted(PricingRule.registry)


def tied(labs: int, gap: float) -> Scenario:
    """Labs on the same dates without luck, all but the first `gap` points behind; a gap is bought by spending less."""
    patient = {"labs.*.funding": {"rule": "patient"}}  # nobody leaves a war for want of money
    data = market.load("baseline").vary({"technology.shock_sd": 0.0, **patient}).model_dump()
    one = {**data["labs"]["Alpha"], "first_start": -12}
    behind = {**one["training"], "first_cost": one["training"]["first_cost"] * 10 ** (-gap / 10)}
    names = [f"Lab{number}" for number in range(1, labs + 1)]
    data["labs"] = {name: one if name == "Lab1" else {**one, "training": behind} for name in names}
    small = {"customers": 6000, "panel": {"size": 500}, "record_benchmarks": 18, "name": f"{labs} labs, gap {gap:g}"}
    return Scenario.model_validate({**data, **small})


def sweep(factors: dict[str, list[object]], seeds: int) -> pd.DataFrame:
    """Run every point; factors by the last word of their paths."""
    runs = market.sweep(tied(4, 0.0), factors, replications=seeds, outcomes=OUTCOMES)
    return runs.rename(columns={path: path.split(".")[-1] for path in factors})


def study(runs: pd.DataFrame, factors: list[str]) -> pd.DataFrame:
    """Give the mean and the 95% interval of every outcome at every point, in the factors' order."""
    rows = []
    for point, group in runs.groupby(factors):
        row = dict(zip(factors, point, strict=True))
        for name in OUTCOMES:
            mean, low, high = interval(group[name], unit_of(OUTCOMES[name]))
            kept, left_out = counted(group[name])
            row |= {name: mean, f"{name} low": low, f"{name} high": high, f"{name} n": kept}
            row[f"{name} left out"] = left_out
        rows.append(row)
    return pd.DataFrame(rows)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Put means and intervals into one column each."""
    short = table[[c for c in table if not c.startswith(tuple(OUTCOMES))]].copy()
    for name in OUTCOMES:
        rows = zip(*(table[name + more] for more in ("", " low", " high", " n", " left out")), strict=True)
        short[name] = [
            formats.with_interval((mean, low, high), seeds=n) + (f" (n={n} of {n + out})" if out else "")
            for mean, low, high, n, out in rows
        ]
    return short


def answer(runs: pd.DataFrame) -> None:
    """Say what conduct it takes, for four tied labs; means over the costs of leaving a firm, then over seeds."""
    for hazard, rows in runs.groupby("reprice_hazard"):
        lines = []
        for rule, group in rows.groupby("rule"):
            r = group.groupby("seed")[list(OUTCOMES)].mean().agg(in_words)
            lines.append(
                f"{rule}: {r['wars']} wars in six years ({r['beside launches']} beside launch adjustments), gross "
                f"margin {r['gross margin']}, multiple {r['multiple']}, profit gain {r['profit gain']}"
            )
        terminal.say(f"Four tied labs that reprice with {hazard:.0%} a month:\n  " + "\n  ".join(lines))


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Three rules, two labs, one seed.")] = False,
    out: Out = None,
) -> None:
    """Say what conduct a price war takes."""
    seeds = 1 if quick else 4
    numbers = (2,) if quick else (1, 2, 4, 8)
    rules = ["best_response", "undercutting", "penetration"] if quick else RULES
    scenarios = [tied(number, gap) for number in numbers for gap in ((0.0,) if quick or number == 1 else (0.0, 5.0))]
    with experiment_folder(out, quick) as folder:
        table = study(sweep({RULE: rules, "scenario": scenarios}, seeds), ["rule", "scenario"])
        terminal.show(f"By rule and number of labs: mean over {seeds} seeds [95% interval]", shown(table))
        write_csv(table, folder / "rules.csv")
        if not quick:
            runs = sweep({RULE: RULES, HAZARD: [0.03, 0.3], COST: [0.0, 2.0]}, seeds)
            table = study(runs, ["rule", "reprice_hazard", "firm_switching_cost"])
            terminal.show("Four tied labs by rule, repricing hazard and cost of leaving a firm", shown(table))
            write_csv(table, folder / "habits.csv")
            answer(runs)
    terminal.say(f"Tables: {out}/")


if __name__ == "__main__":
    run_script(main)
