"""Several causes at once: a family's lost revenue split by Shapley value, from worlds that share their luck.

The causes are what came after its launch: its developer's later bases, other labs' later models, open
models released later, and the prices with which firms answered all these. With v(S) its revenue in the world
where only the causes in S are at work, cause c took

    φ_c = Σ_{S without c} |S|! (n − |S| − 1)! / n! · [v(S) − v(S and c)]            (Shapley 1953)

and Σ φ_c = v(none) − v(all), exactly. *All* is the factual run. *None* is the world in which nothing is released after
the family but its updates and those of its developer's older bases, and everybody prices in that market. Re-pricing at
work means prices on their factual paths; not at work, on their paths in the world of none. A later model, which that
world lacks, has its factual prices in both. So the world of re-pricing alone is the counterfactual at fixed prices, and
the world of none the re-priced one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from market.parameters import InputError, unknown
from market.run import simulate
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.changes import at_prices, intervene, price_table
from market.studies.engine import Engine, Progress, engine
from market.studies.summary import means
from market.studies.worlds import checked_seeds, one_scenario
from market.tables import Run

ARRIVALS = ("own_successor", "rival_closed", "open_source")
CAUSES = (*ARRIVALS, "repricing")
FIGURES = ("revenue", "contribution")
UNSEEN = 12
"""Generations beyond the last factual one that are suppressed too, should a firm train more in another world."""


@dataclass(frozen=True)
class Split:
    """Who took a family's revenue, by Shapley value.

    Attributes
    ----------
    family, figure : what was split; the figure over the months in which the family is on sale in the factual run.
    by_seed : seed, without (v of none), factual (v of all), lost, and a column per cause; dollars.
    table : what (lost, then the causes), mean, low, high (paired 95% interval over seeds), share of what was lost, n.
    worlds : seed, a column per cause (whether it is at work) and value, 16 rows a seed; dollars.
    """

    family: str
    figure: str
    by_seed: pd.DataFrame
    table: pd.DataFrame
    worlds: pd.DataFrame


def shapley(values: Mapping[frozenset[str], float], players: Sequence[str]) -> dict[str, float]:
    """Shapley values of a game, from the value of each of its 2^n coalitions, the empty one included."""
    missing = [c for c in coalitions(players) if c not in values]
    if missing:
        raise ValueError(f"the value of {sorted(missing[0])} is missing")
    count = len(players)
    shares = {}
    for player in players:
        terms = []
        for others in coalitions([other for other in players if other != player]):
            weight = math.factorial(len(others)) * math.factorial(count - len(others) - 1) / math.factorial(count)
            terms.append(weight * (values[others | {player}] - values[others]))
        shares[player] = math.fsum(terms)
    return shares


def coalitions(players: Sequence[str]) -> list[frozenset[str]]:
    """All subsets, the empty one first."""
    return [frozenset(some) for size in range(len(players) + 1) for some in combinations(players, size)]


def split(
    scenario: Scenario | str,
    family: str,
    seeds: Iterable[int] = range(8),
    figure: str = "revenue",
    *,
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    keep: str | Path | None = None,
    progress: Progress | None = None,
) -> Split:
    """Split what a family lost to later arrivals and their prices, by Shapley value over 16 worlds under each seed.

    Its own updates are part of it; arrivals are its developer's later bases, and whatever others release.

    Parameters
    ----------
    scenario : a scenario or its name.   seeds : at least two.
    family : such as "Alpha-3"; released in month 0 or later.
    figure : "revenue" or "contribution".
    executor, workers, progress : as in `market.sweep`; progress counts seeds, of 16 runs each.
    keep : folder that keeps results as they come; the same call goes on where an earlier one ended.

    Raises
    ------
    InputError
        If a name is unknown, the family is never on sale, there are fewer than two seeds, or a run fails.
    """
    base = as_scenario(scenario)
    if figure not in FIGURES:
        raise InputError(unknown("figure", figure, FIGURES))
    worlds = one_scenario(base, checked_seeds(seeds, least=2))
    with engine(executor, workers, keep=keep, retry_failed=True) as running:
        cells = running.table(worlds, partial(coalition_table, family=family, figure=figure), progress)
    rows = []
    for seed, part in cells.groupby("seed", sort=False):
        values = {frozenset(c for c in CAUSES if row[c]): float(row["value"]) for row in part.to_dict("records")}
        none, everything = values[frozenset()], values[frozenset(CAUSES)]
        took = {cause: -value for cause, value in shapley(values, CAUSES).items()}
        rows.append({"seed": seed, "without": none, "factual": everything, "lost": none - everything, **took})
    table = pd.DataFrame(rows)
    return Split(family, figure, table, _summary(table), cells.drop(columns="point"))


def coalition_table(run: Run, family: str, figure: str = "revenue") -> pd.DataFrame:
    """Lay out `coalition_values` of a factual run: a column per cause, whether it is at work, and value."""
    values = coalition_values(run, family, figure)
    return pd.DataFrame([{**{cause: cause in some for cause in CAUSES}, "value": v} for some, v in values.items()])


def coalition_values(run: Run, family: str, figure: str = "revenue") -> dict[frozenset[str], float]:
    """Revenue or contribution of a family in the 16 worlds of a factual run's seed, by the causes at work; dollars."""
    scenario, seed = run.scenario, run.seed
    born, end = _life(run, family)
    later = _later(run, family, born)
    alone = simulate(intervene(scenario, [i for cause in ARRIVALS for i in later[cause]]), seed)
    paths, quiet = price_table(run), price_table(alone)
    tables = {True: {**quiet, **paths}, False: {**paths, **quiet}}
    known = {frozenset(CAUSES): run, frozenset[str](): alone}
    values = {}
    for some in coalitions(CAUSES):
        world = known.get(some)
        if world is None:
            absent = [i for cause in ARRIVALS if cause not in some for i in later[cause]]
            world = simulate(at_prices(intervene(scenario, absent), tables["repricing" in some]), seed)
        values[some] = _figure(world, family, figure, born, end)
    return values


def _life(run: Run, family: str) -> tuple[int, int]:
    """Month of a family's release and the month after its last on sale."""
    months = _sold(run, family)["month"]
    if months.empty:
        known = run.models.loc[run.models["model"].isin(run.offers["model"]), "family"]
        raise InputError(f"{unknown('family', family, set(known))} (on sale, seed {run.seed})")
    return int(months.min()), int(months.max()) + 1


def _later(run: Run, family: str, born: int) -> dict[str, list[dict[str, Any]]]:
    """Interventions that keep later arrivals off the market, by cause."""
    known = run.families[run.families["family"] == family]
    owner, own = str(known["firm"].item()), int(known["generation"].item())
    most = int(run.models.loc[run.models["firm"] == owner, "generation"].max())
    targets = {
        "own_successor": [f"{owner}-{generation}" for generation in range(own + 1, most + 1 + UNSEEN)],
        "rival_closed": [lab for lab in run.scenario.labs if lab != owner],
        "open_source": [provider for provider in run.scenario.open_providers if provider != owner],
    }
    kept = {"month": born + 1, "kind": "suppress_launch"}
    return {cause: [{**kept, "target": target} for target in targets[cause]] for cause in ARRIVALS}


def _sold(run: Run, family: str) -> pd.DataFrame:
    """Offers of a family's products."""
    products = run.models.loc[run.models["family"] == family, "model"]
    rows: pd.DataFrame = run.offers[run.offers["model"].isin(products)]
    return rows


def _figure(run: Run, family: str, figure: str, born: int, end: int) -> float:
    rows = _sold(run, family)
    rows = rows[rows["month"].between(born, end - 1)]
    return float(rows["revenue"].sum() - (rows["serving"].sum() if figure == "contribution" else 0.0))


def _summary(by_seed: pd.DataFrame) -> pd.DataFrame:
    """Means with paired intervals over seeds; shares are of the mean that was lost."""
    table = means(by_seed[["lost", *CAUSES]], name="what").drop(columns="left_out")
    table.insert(4, "share", table["mean"] / (by_seed["lost"].mean() or np.nan))
    return table
