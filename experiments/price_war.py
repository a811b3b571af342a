"""Do labs tied at the frontier fall into price wars and lose their profits (claim 7)? What conduct does it take?

Labs that train on the same dates with the same money and no luck are tied; with a gap all but the first spend less. By
pricing rule, number of labs, gap, switching costs and repricing hazard: how often wars open, how deep they go, who cuts
first, what margin and multiple remain, and where profits lie between Nash (0) and a cartel (1).

Full: a grid of 7 rules x 1, 2, 4 and 8 labs x 2 gaps, and for four tied labs switching costs and hazards, 4 seeds of each:
about ten minutes. Quick: three rules, two labs.
"""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

import market
from market.scenario.schema import Scenario
from market.strategies.pricing import PricingRule
from market.studies.experiment import experiment_folder, run_script
from market.studies.replicate import interval
from market.views import terminal

OUTCOMES = {
    "wars": "price_wars",
    "depth": "price_war_depth",
    "begun at frontier": "price_wars_begun_at_the_frontier",
    "gross margin": "labs_gross_margin",
    "multiple": "multiple",
    "profit gain": "profit_gain",
}
RULES = sorted(PricingRule.registry)


def tied(labs: int, gap: float) -> Scenario:
    """Labs on the same dates without luck, all but the first `gap` points behind; a gap is bought by spending less."""
    data = market.load("baseline").vary({"technology.shock_sd": 0.0}).model_dump()
    one = {**data["labs"]["Alpha"], "first_start": -12}
    behind = {**one["training"], "first_cost": one["training"]["first_cost"] * 10 ** (-gap / 10)}
    names = [f"Lab{number}" for number in range(1, labs + 1)]
    data["labs"] = {name: one if name == "Lab1" else {**one, "training": behind} for name in names}
    small = {"customers": 6000, "panel": {"size": 500}, "record_benchmarks": 18, "name": f"{labs} labs, gap {gap:g}"}
    return Scenario.model_validate({**data, **small})


def study(factors: dict[str, list[object]], seeds: int) -> pd.DataFrame:
    """Sweep, and give the mean and interval of every outcome at every point."""
    runs = market.sweep(tied(4, 0.0), factors, replications=seeds, outcomes=OUTCOMES)
    rows = []
    for point, group in runs.groupby(list(factors), sort=False):
        shown = {}
        for name in OUTCOMES:
            mean, _, high = interval(group[name])
            shown[name] = "–" if pd.isna(mean) else f"{mean:.2f} ±{high - mean:.2f}"
        rows.append({**dict(zip((path.split(".")[-1] for path in factors), point, strict=True)), **shown})
    return pd.DataFrame(rows)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Three rules, two labs, one seed.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for tables; replaced.")] = Path("results/price_war"),
) -> None:
    """Say what conduct a price war takes."""
    seeds = 1 if quick else 4
    numbers = (2,) if quick else (1, 2, 4, 8)
    gaps = (0.0,) if quick else (0.0, 5.0)
    rules = ["best_response", "undercutting", "penetration"] if quick else RULES
    scenarios = [tied(number, gap) for number in numbers for gap in (gaps if number > 1 else gaps[:1])]
    with experiment_folder(out, quick) as folder:
        table = study({"labs.*.pricing.rule": rules, "scenario": scenarios}, seeds)
        terminal.show(f"By pricing rule and number of labs; mean over {seeds} seeds ± half of the 95% interval", table)
        table.to_csv(folder / "rules.csv", index=False)
        if not quick:
            hazards = [{"rule": rule, "reprice_hazard": h} for rule in RULES for h in (0.03, 0.3)]
            table = study({"labs.*.pricing": hazards, "segments.*.firm_switching_cost": [0.0, 2.0]}, seeds)
            terminal.show("Four tied labs by rule and repricing hazard, and switching cost", table)
            table.to_csv(folder / "habits.csv", index=False)
    terminal.say(f"Tables: {out}/")


if __name__ == "__main__":
    run_script(main)
