"""What counterfactual worlds change: launches, rules, open source, who goes on training, limits, and prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from market.accounts.ledger import HOSTS
from market.economics.technology import capability
from market.parameters import InputError, unknown
from market.scenario.schema import Scenario
from market.strategies.training import TrainingRule
from market.tables import Run

SMALL_COPY, DEAREST_COPY = 0.001, 100.0
"""Budget of a copy that adds nothing to what it copies, as a share of the dearest lab's run, and its price over its
unit cost at most; where that would be more, the copy is made larger."""

PriceTable = dict[str, dict[str, float]]
"""Prices by model and month, as the intervention `freeze_prices` takes them, $ per Mtok."""


Limits = dict[str, dict[str, object]]
"""Changes of parameters by the name of the world that they make."""


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
    """A world in which one base, given by its flagship such as "Alpha-3", never goes on sale; it was paid for."""
    return Change(interventions=({"month": 0, "kind": "suppress_launch", "target": model},))


def without_open_source() -> Change:
    """A world without open providers."""
    return Change(open_source=False)


def with_rule(firm: str, family: str, rule: Mapping[str, Any], month: int = 0) -> Change:
    """A world in which one firm decides by another rule from `month` on; with prices fixed, it alone sets its own.

    Parameters
    ----------
    firm : a lab.   family : of rules, as "pricing".   rule : as in a scenario, as {"rule": "cost_plus"}.
    month : from which on it decides so.
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


def limits(scenario: Scenario, month: int) -> Limits:
    """What makes each limit of technology strike the runs that start in a month, known in advance and as a surprise.

    The largest run is what the first lab's costs on its cost path in that month, the ceiling is the capability that
    such a run gives.

    Returns
    -------
    dict
        Changes of parameters by the name of the world, such as "largest run, known".
    """
    technology, lab = scenario.technology, next(iter(scenario.labs.values()))
    largest = lab.training.run_cost(month)
    ceiling = capability(technology, largest, month + technology.training_months)
    worlds: Limits = {}
    for name, value in (("largest_run", largest), ("capability_ceiling", ceiling)):
        path, words = f"technology.{name}", name.replace("_", " ")
        worlds[f"{words}, known"] = {path: value}
        worlds[f"{words}, surprise"] = {path: value, f"{path}_known": False}
    return worlds


def spending_as(scenario: Scenario, labs: int) -> Scenario:
    """A world whose labs together spend on R&D what so many of them would; open providers spend what they did."""
    part = labs / len(scenario.labs)
    costs = {f"labs.{name}.training.first_cost": part * lab.training.first_cost for name, lab in scenario.labs.items()}
    opens = {f"open_providers.{name}.budget": one.budget / part for name, one in scenario.open_providers.items()}
    return scenario.vary(costs | opens)


def with_open_equals(scenario: Scenario, lag: int, every: int = 3) -> Scenario:
    """A world in which every closed base has an open equal a fixed time after its release.

    Open runs are too small to outdo what they copy; the margin offsets that so small a model is cheaper to serve. What
    they copy they do not update: the next copy is as good as any update.

    Parameters
    ----------
    lag : months from the closed release to the open one.
    every : months between the releases of labs, and so between those of open providers, which take turns.
    """
    providers, exponent = list(scenario.open_providers), scenario.technology.compute_exponent
    changes: dict[str, Any] = {
        "open_providers.*.spillover": 1.0,
        "open_providers.*.spillover_delay": lag,
        "open_providers.*.cadence": every * len(providers),
        "open_providers.*.updates": False,
    }
    for turn, name in enumerate(providers):
        own = scenario.open_providers[name]
        smaller = own.budget / SMALL_COPY
        if (1 + own.host_margin) * smaller**exponent > DEAREST_COPY:
            smaller = (DEAREST_COPY / (1 + own.host_margin)) ** (1 / exponent)
        changes[f"open_providers.{name}.first_start"] = lag % every + every * (turn - len(providers))
        changes[f"open_providers.{name}.budget"] = own.budget / smaller
        changes[f"open_providers.{name}.host_margin"] = (1 + own.host_margin) * smaller**exponent - 1
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
