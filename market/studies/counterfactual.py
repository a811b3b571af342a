"""Counterfactual worlds under the same luck: a launch suppressed, open source absent, one firm's rule changed.

Each is read twice, by name, because the two are different numbers: with prices `fixed` at their
paths in the factual run, and `repriced`, when every firm prices by its own rule in the world it finds itself in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from market.accounts.ledger import HOSTS
from market.accounts.partners import partners
from market.parameters import InputError, plain, shown, unknown
from market.run import Run, simulate
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.strategies.training import TrainingRule
from market.studies.compare import differences
from market.studies.engine import Engine, Progress, check_reading, engine
from market.studies.reading import Asked, Outcomes, asked
from market.studies.worlds import checked_seeds, one_scenario

PRICES = ("fixed", "repriced")
"""How a counterfactual world is priced."""

PriceTable = dict[str, dict[str, float]]
"""Prices by model and month, as the intervention `freeze_prices` takes them, $ per Mtok."""


@dataclass(frozen=True)
class Change:
    """What a counterfactual world changes.

    Attributes
    ----------
    interventions : added to the scenario's own, as tables.
    open_source : False: no open provider, from the start.
    free : firms that decide their prices themselves also where prices are fixed.
    """

    interventions: tuple[Mapping[str, Any], ...] = ()
    open_source: bool = True
    free: tuple[str, ...] = ()

    def apply(self, scenario: Scenario) -> Scenario:
        """Give the scenario of the counterfactual world."""
        changed = scenario if self.open_source else scenario.vary({"open_providers": {}})
        return intervene(changed, self.interventions)


def without_launch(model: str) -> Change:
    """A world in which one generation, given by its flagship such as "Alpha-3", never goes on sale; it was paid for."""
    return Change(interventions=({"month": 0, "kind": "suppress_launch", "target": model},))


def without_open_source() -> Change:
    """A world without open providers."""
    return Change(open_source=False)


def with_rule(firm: str, family: str, rule: Mapping[str, Any], month: int = 0) -> Change:
    """A world in which one firm decides by another rule from `month` on; with prices fixed, it alone sets its own.

    Parameters
    ----------
    family : "pricing", "training" or "funding".   rule : as in a scenario, such as {"rule": "cost_plus"}.
    """
    change = {"month": month, "kind": "change_rule", "target": f"{firm}.{family}", "value": dict(rule)}
    return Change(interventions=(change,), free=(firm,))


def stopping(scenario: Scenario, when: Mapping[str, int]) -> Scenario:
    """A world in which labs start no run any more from a month on; what is in training is still released.

    Parameters
    ----------
    when : month by lab. A lab's cost path goes on without it: open providers spend a share of it.
    """
    changes = []
    for name, month in when.items():
        if name not in scenario.labs:
            raise InputError(unknown("lab", name, scenario.labs))
        training = scenario.labs[name].training
        rule = {field: getattr(training, field) for field in TrainingRule.model_fields} | {"rule": "stop"}
        changes.append({"month": month, "kind": "change_rule", "target": f"{name}.training", "value": rule})
    return intervene(scenario, changes)


def with_open_equals(scenario: Scenario, lag: int, every: int = 3) -> Scenario:
    """A world in which every closed model has an open equal a fixed time after its release.

    Open runs are too small to outdo what they copy; the margin offsets that so small a model is cheaper to serve.

    Parameters
    ----------
    lag : months from the closed release to the open one.
    every : months between the releases of labs, and so between those of open providers, which take turns.
    """
    small, providers = 0.001, list(scenario.open_providers)
    changes: dict[str, Any] = {
        "open_providers.*.spillover": 1.0,
        "open_providers.*.spillover_delay": lag,
        "open_providers.*.budget": small,
        "open_providers.*.cadence": every * len(providers),
    }
    for turn, name in enumerate(providers):
        own = scenario.open_providers[name]
        dearer = (own.budget / small) ** scenario.technology.compute_exponent
        changes[f"open_providers.{name}.first_start"] = lag % every + every * (turn - len(providers))
        changes[f"open_providers.{name}.host_margin"] = (1 + own.host_margin) * dearer - 1
    return scenario.vary(changes)


def price_table(run: Run) -> PriceTable:
    """Every model's price path in a run."""
    own = run.offers[run.offers["firm"] != HOSTS]
    return {
        str(model): {str(month): float(price) for month, price in zip(rows["month"], rows["price"], strict=True)}
        for model, rows in own.groupby("model")
    }


def at_prices(scenario: Scenario, table: PriceTable, free: Sequence[str] = ()) -> Scenario:
    """Fix prices: each model follows its path in the table and holds the last price after its end.

    A model that is not in the table is priced by its firm's rule, and so are all models of the firms in `free`.
    """
    firms = [name for name in scenario.firms if name not in free]
    table = {model: path for model, path in table.items() if model.partition("-")[0] in scenario.firms}
    frozen = [{"month": 0, "kind": "freeze_prices", "target": firm, "value": table} for firm in firms]
    return intervene(scenario, frozen if free else [{**frozen[0], "target": "*"}])


def intervene(scenario: Scenario, interventions: Iterable[Mapping[str, Any]]) -> Scenario:
    """Add interventions to a scenario."""
    kept = [one.model_dump() for one in scenario.interventions]
    return scenario.vary({"interventions": [*kept, *map(dict, interventions)]})


def counterfactual(
    scenario: Scenario | str,
    change: Change,
    seeds: Iterable[int] = range(16),
    outcomes: Outcomes | None = None,
    *,
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    keep: Path | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compare the factual world with a counterfactual one under the same seeds, at fixed prices and re-priced.

    Parameters
    ----------
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
    base, reading = as_scenario(scenario), asked(outcomes)
    worlds = one_scenario(base, checked_seeds(seeds, least=2))
    if not isinstance(change, Change):
        raise InputError(f"change: {shown(plain(change))} is refused; allowed: a Change, as without_launch('Alpha-3')")
    change.apply(base)  # a wrong name is said at once
    check_reading(reading, executor)
    with engine(executor, workers, len(worlds), keep=keep, retry_failed=True) as running:
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
    keep: Path | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Split what the labs would have more under a change into what its absence takes by volume and what by price.

    By volume: the counterfactual world at factual prices less the factual one. By price: that world re-priced less the
    same at factual prices. Both over what the labs have in the re-priced one, so that shares add up.

    Parameters
    ----------
    change, executor, workers, keep, progress : as in `counterfactual`.

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
    with engine(executor, workers, len(worlds), keep=keep, retry_failed=True) as running:
        table = running.table(worlds, partial(taken_by, change=change), progress)
    return table.drop(columns="point").set_index("seed")


def taken_by(run: Run, change: Change) -> dict[str, float]:
    """One seed of `volume_and_price`, from its factual run."""
    runs = worlds_of(run, change)
    found: dict[str, float] = {}
    for what in ("revenue", "contribution"):
        totals = {
            w: float(r.companies.loc[r.companies["firm"].isin(r.scenario.labs), what].sum()) for w, r in runs.items()
        }
        own = totals["repriced"] or float("nan")
        found[f"{what} by volume"] = (totals["fixed"] - totals["factual"]) / own
        found[f"{what} by price"] = (totals["repriced"] - totals["fixed"]) / own
        found[f"{what} in all"] = (totals["repriced"] - totals["factual"]) / own
    factual, repriced = (runs[world].offers for world in ("factual", "repriced"))
    both = repriced[~repriced["open_weights"]].merge(factual, on=["model", "month"], suffixes=("", "_factual"))
    change_of_price = np.log(both["price_factual"] / both["price"])
    weights = both["revenue"].to_numpy(float)
    found["price"] = float(np.average(change_of_price, weights=weights)) if weights.sum() > 0 else float("nan")
    return found


def effect_of_launch(run: Run, model: str, predecessor: str) -> dict[str, float]:
    """What the launch of a generation took from its predecessor and added to its firm, from the factual run.

    Returns
    -------
    dict
        Dollars. taken: revenue that net moved from the predecessor to the model, carried to the predecessor's last
        month on sale. training and "full R&D": what the model cost. For both in `PRICES`, "lost to others anyway, …":
        the part of what was taken that the predecessor does not have back in the world without the launch; and
        "added, …": the firm's contribution less that in the world without.
    """
    own = run.models[run.models["model"] == model].iloc[0]
    lived = run.offers.loc[run.offers["model"] == predecessor, "month"].max()
    rows = partners(run.flows, run.offers, run.models, predecessor)
    moved = rows[(rows["partner"] == model) & (rows["month"] <= lived)]
    taken = -float((moved["amount"] * (lived - moved["month"] + 1)).sum())
    figures = {"taken": taken, "training": own["training"], "full R&D": own["training"] + own["research"]}
    revenue, contribution = {}, {}
    for name, world in worlds_of(run, without_launch(model)).items():
        sold = world.offers[(world.offers["model"] == predecessor) & (world.offers["month"] <= lived)]
        firm = world.companies[world.companies["firm"] == own["firm"]]
        revenue[name], contribution[name] = float(sold["revenue"].sum()), float(firm["contribution"].sum())
    for prices in PRICES:
        figures[f"lost to others anyway, {prices}"] = taken - (revenue[prices] - revenue["factual"])
        figures[f"added, {prices}"] = contribution["factual"] - contribution[prices]
    return figures
