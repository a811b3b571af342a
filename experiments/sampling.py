"""How exact is a run? What the number of customers and the panel's luck do to the figures.

Doubling the customers should leave yearly revenue and the multiple of families where they are. A single family's
multiple is less certain: its spread over draws of customers, all else the same, says how many customers it takes for
5%. Labs that ask another panel should set about the same prices.

Full: 8 seeds, about ten minutes. Quick: 2 seeds with few customers.
"""

import numpy as np
import pandas as pd

import market
from market.experiment import Study, experiment
from market.measures import forms, prices, readings
from market.scenario.schema import Scenario
from market.studies.intervals import interval
from market.studies.summary import means
from market.tables import Run

DRAWS = 4, 2
"""Draws of customers for the spread of a family's multiple; fewer in the quick form."""


def read(run: Run) -> dict[str, pd.DataFrame]:
    """Revenue by year, the multiple of families and the frontier price over three years; closed launch prices."""
    revenue = run.companies.groupby("year")["revenue"].sum().reindex(run.calendar.whole_years())
    multiple = readings.pooled(readings.complete_lives(run.families))
    frontier = prices.frontier_price(forms.on_sale_of_run(run.offers)).loc[:35].mean()
    figures = revenue.add_prefix("revenue ").to_dict() | {"multiple": multiple, "frontier": frontier}
    launches = run.models.loc[~run.models["open_weights"], ["model", "launch_price"]].dropna()
    return {"figures": pd.DataFrame([figures]), "launches": launches.reset_index(drop=True)}


def multiples(run: Run) -> pd.DataFrame:
    """Multiple of every family with a complete life."""
    return readings.complete_lives(run.families)[["family", "multiple"]].reset_index(drop=True)


def other_customers(scenario: Scenario, draw: int) -> Scenario:
    """The same market with other customers: segments own their customers' luck by name, so a new name draws anew."""
    data = scenario.model_dump()
    data["segments"] = {f"{name}_{draw}": spec for name, spec in data["segments"].items()}
    return type(scenario).model_validate(data)


def spread_over_draws(lives: pd.DataFrame) -> pd.DataFrame:
    """Standard deviation of the log multiple of a family that earns, by number of customers; root mean square."""
    drawn = lives.pivot_table(values="multiple", index=["customers", "seed", "family"], columns="draw")
    earned = drawn[(drawn > 0).all(axis=1)]  # the logarithm needs a life that earned in every draw
    variance = np.log(earned).var(axis=1, ddof=1).groupby(["customers", "seed"]).mean()
    return (100 * np.sqrt(variance.groupby("customers").mean())).rename("spread").reset_index()


@experiment(seeds=8, quick_seeds=2)
def sampling(study: Study) -> None:
    """Say how exact a run is."""
    # a panel larger than the market is everybody, whatever its draw
    few = {"customers": 300, "panel.size": 40, "months": 38}
    base = market.load("baseline").vary(study.pick({"customers": 20_000}, few))
    doubled = base.vary({"customers": 2 * base.customers})
    worlds = {"as it is": base, "doubled": doubled, "another panel": base.vary({"panel.draw": 1})}
    tables = {name: table.set_index("world") for name, table in study.read_tables(worlds, read).items()}

    one, two, other = (tables["figures"].loc[world].set_index("seed") for world in worlds)
    changes = np.log((two / one).filter(like="revenue")).assign(multiple=two["multiple"] / one["multiple"] - 1)
    doubling = means(changes, name="doubling changes")
    doubling.insert(4, "mean size", changes.abs().mean().to_numpy())
    doubling[["mean", "low", "high", "mean size"]] *= 100
    title = f"From {base.customers:,} to {doubled.customers:,} customers, percent (log points)"
    study.table("doubling", doubling, title)

    customers, draws = study.pick((5000, 10_000, 20_000, 40_000), (200, 400)), range(study.pick(*DRAWS))
    drawn = {(n, k): other_customers(base.vary({"customers": n}), k) for n in customers for k in draws}
    spread = spread_over_draws(study.read(drawn, multiples, by=("customers", "draw"), seeds=study.seeds[:4]))
    study.table("spread", spread, "Spread of a single family's multiple over draws of customers, percent")
    needed = float(np.exp(np.mean(np.log(spread["customers"] * (spread["spread"] / 5) ** 2))))
    study.say(f"A single family's multiple is known to 5% with about {needed:,.0f} customers.")

    frontier = 100 * np.log(other["frontier"] / one["frontier"])
    launched = [tables["launches"].loc[world].set_index(["seed", "model"]) for world in ("as it is", "another panel")]
    launches = 100 * np.log(launched[1] / launched[0])["launch_price"].abs()
    mean, low, high = interval(frontier)
    study.say(
        f"Another panel changes the frontier price, mean over three years, by {mean:.2f}% ({low:.2f} to {high:.2f}; at "
        f"most {frontier.abs().max():.1f}% in a seed) and a single launch price by {launches.mean():.1f}% on average, "
        f"at most {launches.max():.0f}%."
    )


if __name__ == "__main__":
    sampling()
