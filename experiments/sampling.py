"""How exact is a run? What the number of customers and the panel's luck do to the figures.

Doubling the customers should leave yearly revenue and the multiple where they are. A single model's multiple
is less certain: its spread over draws of customers, all else the same, says how many customers it takes for 5%. Labs
that ask another panel should set about the same prices.

Full: 8 seeds, about three minutes. Quick: 2 seeds with few customers.
"""

from typing import Annotated

import numpy as np
import pandas as pd
import typer
from market.studies.experiment import Out, experiment_folder, run_script

import market
from market.measures import forms, prices, readings
from market.saving.spreadsheet import write_csv
from market.scenario.schema import Scenario
from market.studies.intervals import counted, interval
from market.tables import Run
from market.views import terminal

DRAWS = 4
"""Draws of customers for the spread of a model's multiple."""


def yearly_revenue(run: Run) -> pd.Series:
    """Revenue of all firms and hosts by whole year."""
    return run.companies.groupby("year")["revenue"].sum().reindex(run.calendar.whole_years())


def other_customers(scenario: Scenario, draw: int) -> Scenario:
    """The same market with other customers: segments own their customers' luck by name, so a new name draws anew."""
    data = scenario.model_dump()
    data["segments"] = {f"{name}_{draw}": spec for name, spec in data["segments"].items()}
    return type(scenario).model_validate(data)


def doubling(scenario: Scenario, seeds: range) -> pd.DataFrame:
    """Change of yearly revenue and of the multiple when the customers are doubled, by seed."""
    rows = []
    for seed in seeds:
        one, two = (market.simulate(scenario.vary({"customers": scenario.customers * k}), seed) for k in (1, 2))
        revenue = np.log(yearly_revenue(two) / yearly_revenue(one))
        multiples = [readings.pooled(readings.complete_lives(r.models)) for r in (one, two)]
        change = multiples[1] / multiples[0] - 1
        rows.append({**{f"revenue {y}": v for y, v in revenue.items()}, "multiple": change})
    return pd.DataFrame(rows)


def model_spread(scenario: Scenario, customers: int, seeds: range) -> float:
    """Standard deviation of the log multiple of a model that earns, over draws of customers; root mean square."""
    variances = []
    for seed in seeds:
        varied = scenario.vary({"customers": customers})
        runs = [market.simulate(other_customers(varied, draw), seed) for draw in range(DRAWS)]
        lives = [readings.complete_lives(run.models).set_index("model")["multiple"] for run in runs]
        wide = pd.concat(lives, axis=1)
        earned = wide[(wide > 0).all(axis=1)]  # the logarithm needs a life that earned in every draw
        variances.append(np.log(earned).var(axis=1, ddof=1).mean())
    return float(np.sqrt(np.mean(variances)))


def panels(scenario: Scenario, seeds: range) -> tuple[list[float], list[float]]:
    """Log differences between two panels: of the frontier price, mean over 2023–2025, and of each launch price."""
    frontier, launches = [], []
    for seed in seeds:
        runs = [market.simulate(scenario.vary({"panel.draw": draw}), seed) for draw in (0, 1)]
        years = [prices.frontier_price(forms.on_sale_of_run(r.offers), r.dates).loc[2023:2025].mean() for r in runs]
        frontier.append(float(np.log(years[1] / years[0])))
        launch = [r.models[~r.models["open_weights"]].set_index("model")["launch_price"].dropna() for r in runs]
        launches += list(np.log(launch[1] / launch[0]).abs())
    return frontier, launches


def main(
    quick: Annotated[bool, typer.Option("--quick", help="2 seeds with few customers.")] = False,
    out: Out = None,
) -> None:
    """Say how exact a run is."""
    scenario = market.load("baseline").vary({"customers": 800 if quick else 20_000})
    seeds = range(2 if quick else 8)
    sizes = (500, 1000) if quick else (5000, 10_000, 20_000, 40_000)
    with experiment_folder(out, quick) as folder:
        changes = doubling(scenario, seeds)
        rows = [(c, *interval(changes[c]), changes[c].abs().mean(), *counted(changes[c])) for c in changes]
        table = pd.DataFrame(rows, columns=["doubling changes", "mean", "low", "high", "mean size", "n", "left_out"])
        table[["mean", "low", "high", "mean size"]] *= 100
        terminal.show(
            f"From {scenario.customers:,} to {2 * scenario.customers:,} customers, percent (log points)", table
        )
        write_csv(table, folder / "doubling.csv")
        spread = pd.DataFrame(
            [(n, 100 * model_spread(scenario, n, seeds[:4])) for n in sizes], columns=["customers", "spread"]
        )
        terminal.show("Spread of a single model's multiple over draws of customers, percent", spread)
        write_csv(spread, folder / "spread.csv")
        needed = float(np.exp(np.mean(np.log(spread["customers"] * (spread["spread"] / 5) ** 2))))
        terminal.say(f"A single model's multiple is known to 5% with about {needed:,.0f} customers.")
        frontier, launches = panels(scenario, seeds)
        mean, low, high = (100 * value for value in interval(frontier))
        terminal.say(
            f"Another panel changes the frontier price, mean over three years, by {mean:.2f}% ({low:.2f} to "
            f"{high:.2f}; at most {100 * max(map(abs, frontier)):.1f}% in a seed) and a single launch price by "
            f"{100 * np.mean(launches):.1f}% on average, at most {100 * max(launches):.0f}%."
        )
    terminal.say(f"Tables: {out}/")


if __name__ == "__main__":
    run_script(main)
