"""Counterfactual worlds under the same luck: a launch suppressed, open source absent, one firm's rule changed.

Each is read twice, by name, because the two are different numbers: with prices `fixed` at their
paths in the factual run, and `repriced`, when every firm prices by its own rule in the world it finds itself in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from market.accounts.counterparties import counterparties
from market.measures.endings import ending, labs_results
from market.measures.outcomes import compute
from market.parameters import InputError, plain, shown
from market.run import simulate
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.changes import Change, at_prices, limits, price_table, without_launch
from market.studies.compare import differences
from market.studies.engine import Engine, Progress, engine
from market.studies.reading import Asked, Outcomes, asked
from market.studies.worlds import checked_seeds, one_scenario
from market.tables import Run

PRICES = ("fixed", "repriced")
"""How a counterfactual world is priced."""
UNLIMITED = "no limit"
"""Name of the world that limited ones are held against."""


def counterfactual(
    scenario: Scenario | str,
    change: Change,
    seeds: Iterable[int] = range(16),
    outcomes: Outcomes | None = None,
    *,
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    keep: str | Path | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compare the factual world with a counterfactual one under the same seeds, at fixed prices and re-priced.

    Parameters
    ----------
    scenario : the factual market, or its name.   seeds : at least two.
    change : such as ``without_launch("Alpha-3")``.
    outcomes, executor, workers, progress : as in `market.sweep`; progress counts seeds, of three runs each.
    keep : folder that keeps results as they come; the same call goes on where an earlier one ended.

    Returns
    -------
    DataFrame
        prices ("fixed" or "repriced") and the columns of `market.compare`: a is the factual world, b the other.

    Raises
    ------
    InputError
        If a name is unknown, there are fewer than two seeds, or a run fails.
    """
    reading = asked(outcomes)
    base = reading.readable(as_scenario(scenario))
    worlds = one_scenario(base, checked_seeds(seeds, least=2))
    if not isinstance(change, Change):
        raise InputError(f"change: {shown(plain(change))} is refused; allowed: a Change, as without_launch('Alpha-3')")
    change.apply(base)  # a wrong name is said at once
    with engine(executor, workers, keep=keep, retry_failed=True) as running:
        runs = running.table(worlds, partial(three_worlds, change=change, asked=reading), progress)
    tables = []
    for prices in PRICES:
        pair = runs[runs["priced"].isin(("factual", prices))].drop(columns="point")
        labelled = pair.rename(columns={"priced": "world"}).replace({"world": {"factual": "a", prices: "b"}})
        tables.append(differences(labelled.assign(status="ok", error="")).assign(prices=prices))
    table = pd.concat(tables, ignore_index=True)
    return table[["prices", *table.columns.drop("prices")]]


def worlds_of(run: Run, change: Change) -> dict[str, Run]:
    """A factual run, and the counterfactual worlds of its seed as in `PRICES`, run for it; by name."""
    other = change.apply(run.scenario)
    fixed = at_prices(other, price_table(run), change.free)
    return {"factual": run, "fixed": simulate(fixed, run.seed), "repriced": simulate(other, run.seed)}


def three_worlds(run: Run, change: Change, asked: Asked) -> pd.DataFrame:
    """Outcomes of a factual run and of the two counterfactual ones, in a row each; `priced` says which."""
    return pd.DataFrame([{"priced": world, **asked(one)} for world, one in worlds_of(run, change).items()])


def volume_and_price(
    scenario: Scenario,
    change: Change,
    seeds: Iterable[int] = range(16),
    *,
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    keep: str | Path | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Split what the labs would have more under a change into what its absence takes by volume and what by price.

    By volume: the counterfactual world at factual prices less the factual one. By price: that world re-priced less the
    same at factual prices. Both over what the labs have in the re-priced one, so that shares add up.

    Parameters
    ----------
    scenario, change, seeds, executor, workers, keep, progress : as in `counterfactual`; one seed will do.

    Returns
    -------
    DataFrame
        A row per seed, columns "revenue by volume", "revenue by price", "revenue in all", the same of contribution
        (shares), and "price": mean log of the factual over the re-priced price of the same closed model in the same
        month, weighted by its revenue in the re-priced world.

    Raises
    ------
    InputError
        If a run fails.
    """
    worlds = one_scenario(scenario, checked_seeds(seeds))
    change.apply(scenario)  # a wrong name is said at once
    with engine(executor, workers, keep=keep, retry_failed=True) as running:
        table = running.table(worlds, partial(taken_by, change=change), progress)
    return table.drop(columns="point").set_index("seed")


def taken_by(run: Run, change: Change) -> dict[str, float]:
    """One seed of `volume_and_price`, from its factual run."""
    runs = worlds_of(run, change)
    taken: dict[str, float] = {}
    for what in ("revenue", "contribution"):
        totals = {
            w: float(r.companies.loc[r.companies["firm"].isin(r.scenario.labs), what].sum()) for w, r in runs.items()
        }
        own = totals["repriced"] or float("nan")
        taken[f"{what} by volume"] = (totals["fixed"] - totals["factual"]) / own
        taken[f"{what} by price"] = (totals["repriced"] - totals["fixed"]) / own
        taken[f"{what} in all"] = (totals["repriced"] - totals["factual"]) / own
    factual, repriced = (runs[world].offers for world in ("factual", "repriced"))
    both = repriced[~repriced["open_weights"]].merge(factual, on=["model", "month"], suffixes=("", "_factual"))
    change_of_price = np.log(both["price_factual"] / both["price"])
    weights = both["revenue"].to_numpy(float)
    taken["price"] = float(np.average(change_of_price, weights=weights)) if weights.sum() > 0 else float("nan")
    return taken


def effect_of_launch(run: Run, family: str, predecessor: str) -> dict[str, float]:
    """What the launch of a family took from its predecessor and added to its firm, from the factual run.

    Returns
    -------
    dict
        Dollars. taken: revenue that net moved from products of the predecessor to those of the family, each carried to
        its own last month on sale. training and "full R&D": what the family cost. For both in `PRICES`, "lost to others
        anyway, …": the part of what was taken that the predecessor does not have back in the world without the launch;
        and "added, …": the firm's contribution less that in the world without.
    """
    own, of = run.families[run.families["family"] == family], run.models.set_index("model")["family"]
    older, newer = (list(of.index[of == name]) for name in (predecessor, family))
    lived = run.offers[run.offers["model"].isin(older)].groupby("model")["month"].max()
    taken = 0.0
    for model, last in lived.items():
        rows = counterparties(run.flows, run.offers, run.models, str(model))
        moved = rows[rows["counterparty"].isin(newer) & (rows["month"] <= last)]
        taken -= float((moved["amount"] * (last - moved["month"] + 1)).sum())
    training, research = float(own["training"].item()), float(own["research"].item())
    figures = {"taken": taken, "training": training, "full R&D": training + research}
    revenue, contribution = {}, {}
    for name, world in worlds_of(run, without_launch(family)).items():
        sold = world.offers[world.offers["month"] <= world.offers["model"].map(lived)]
        firm = world.companies[world.companies["firm"] == own["firm"].item()]
        revenue[name], contribution[name] = float(sold["revenue"].sum()), float(firm["contribution"].sum())
    for prices in PRICES:
        figures[f"lost to others anyway, {prices}"] = taken - (revenue[prices] - revenue["factual"])
        figures[f"added, {prices}"] = contribution["factual"] - contribution[prices]
    return figures


def ends(run: Run, month: int, only: Sequence[str] | None = None) -> pd.DataFrame:
    """How it ends for labs without a limit of technology, and with `limits` that strike in a month, all or some."""
    unlimited, limited = labs_results(run), limits(run.scenario, month)
    runs = {UNLIMITED: run}
    runs |= {name: simulate(run.scenario.vary(limited[name]), run.seed) for name in only or limited}
    return pd.DataFrame([{"limit": name, **ending(one, unlimited, month)} for name, one in runs.items()])


def tenfold(run: Run) -> dict[str, float]:
    """Labs' revenue as usual, and under the same luck where every run costs ten times as much; the factor."""
    labs = run.scenario.labs.items()
    dearer = {f"labs.{name}.training.first_cost": 10 * lab.training.first_cost for name, lab in labs}
    runs = (run, simulate(run.scenario.vary(dearer), run.seed))
    usual, much = (compute(one, ["labs_revenue"])["labs_revenue"] for one in runs)
    return {"usual": usual, "tenfold": much, "factor": much / usual if usual else float("nan")}
