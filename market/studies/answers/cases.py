"""Cases: markets that are run in every world, and the figures that are read off them.

A case is a scenario, put into each world that agrees with the evidence, and a reading of its runs. The reading makes
counterfactual worlds from the world that was drawn, under the luck of its run: labs tied, rivals that stop, open equals
that come on a clock. What is true or not is read as 1 or 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from market.measures.boundaries import margins
from market.measures.catch_up import life
from market.measures.endings import ending, labs_results
from market.measures.generations import STEP, steps
from market.measures.outcomes import compute
from market.measures.payoffs import CASH, VALUED
from market.registry import Registry
from market.run import simulate
from market.scenario.load import load
from market.scenario.schema import Scenario
from market.studies.changes import limits, spending_as, with_open_equals
from market.studies.counterfactual import tenfold
from market.studies.game import SIDES, WORLDS, fates, going_on
from market.studies.tied import tied
from market.tables import Run

Figures = dict[str, float]

READ_YEAR = "2025"
"""Calendar year in which companies are read that are compared with what real ones report."""
STRIKE, LONG = 36, 96
"""Month in which limits of technology strike, and months of worlds that are followed to the end of 2030."""
SIZE, CEILING = "largest run, known", "capability ceiling, surprise"
"""The two limits that are asked about, as `market.studies.changes.limits` names them."""
STOPPER, STOPS, RUN_OFF = "Alpha", 24, 24
"""The lab that stops training, its month, and the months before the end in which it would stop in any case."""
DEAR, DEAR_MONTH = 10e9, 60
"""Dollars that the base of a lab costs which starts in this month, where costs grow by as much as that takes."""
NO_BUYER = {"labs.*.training.exit_multiple": 0.0}
"""Labs that count no exit multiple of run-rate revenue."""
EQUALS = (0, 6, 12)
"""Months after which a free model equals every closed base."""
RULES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "forward": ("look ahead when they price", {"rule": "forward"}),
    "undercutting": ("undercut and reprice with 30% a month", {"rule": "undercutting", "reprice_hazard": 0.3}),
}
"""How tied labs price, by name: in words, and as parameters."""


@dataclass(frozen=True)
class Case:
    """Runs that some questions are read off.

    Attributes
    ----------
    name, about : word, and what is run.
    scenario, changes : of the catalogue, with these values; it is then put into each world.
    read : figures of a run by name.
    runs : simulations that this takes, that of the scenario included.
    """

    name: str
    about: str
    scenario: str
    changes: Mapping[str, Any]
    read: Callable[[Run], Figures]
    runs: int

    def sized(self, size: Mapping[str, Any]) -> Scenario:
        """The scenario, of a market of a size by path."""
        return load(self.scenario).vary({**size, **self.changes})


CASES: Registry[Case] = Registry("case")


def _case(
    name: str, about: str, scenario: str, changes: Mapping[str, Any] | None = None, runs: int = 1
) -> Callable[[Callable[[Run], Figures]], Callable[[Run], Figures]]:
    """Register a function of a run as the reading of a case."""

    def register(read: Callable[[Run], Figures]) -> Callable[[Run], Figures]:
        CASES.add(name, Case(name, about, scenario, changes or {}, read, runs))
        return read

    return register


def _true(is_so: bool, *figures: float) -> float:
    """1 where something is so, else 0; NaN where a figure that it is read off is not defined."""
    return float("nan") if np.isnan(figures).any() else float(is_so)


def both_readings(run: Run) -> Figures:
    """What families and companies of a run come to, and whether the first earn while the second lose ever more."""
    names = ("multiple", "multiple_full_rd", "labs_deeper_in_loss", "labs_in_profit", "labs_gross_margin")
    read = compute(run, names)
    multiple, deeper = read["multiple"], read["labs_deeper_in_loss"]
    return {**read, "earn_and_lose": _true(multiple >= 1 and deeper > 0.5, multiple, deeper)}


@_case("market", "the baseline, six years", "baseline", runs=2)
def market(run: Run) -> Figures:
    """What the market as it is says to most claims."""
    names = (
        "lives_profitable", "release_multiple_low", "release_multiple_high", "bases_multiple", "labs_result",
        "succeeded_before_payback", "lost_to_own", "lost_to_own_update", "lost_to_own_tier", "lost_to_own_next",
        "price_wars_beside_launches", "contribution_per_next_training", "contribution_per_next_full_rd",
    )  # fmt: skip
    read = compute(run, names)
    books, step, dearer = margins(run), steps(run), tenfold(run)
    at = {name.removeprefix(f"{READ_YEAR} "): value for name, value in books.items() if name.startswith(READ_YEAR)}
    return {
        **both_readings(run),
        **read,
        **at,
        "serving_changes_nothing": float(_same_without_serving(run)),
        "cost_step": step[STEP],
        "points_per_generation": step["points gained per generation"],
        "revenue_at_tenfold_cost": dearer["factor"],
    }


def _same_without_serving(run: Run) -> bool:
    """Whether both readings say the same if serving is left out: of complete families, and of companies in all."""
    labs = run.families[run.families["firm"].isin(run.scenario.labs) & run.families["complete"]]
    training = labs["training"].sum()
    families = bool(labs["revenue"].sum() >= training) == bool(labs["contribution"].sum() >= training)
    books = run.companies[run.companies["firm"].isin(run.scenario.labs)]
    lost = books["result"].sum() < 0
    return families and bool(books["result"].sum() - books["serving"].sum() < 0) == bool(lost)


def by_number(run: Run) -> Figures:
    """As `both_readings`, and what families return where the labs together spend what four do."""
    same = simulate(spending_as(run.scenario, 4), run.seed)
    held = {f"{name}, held": value for name, value in compute(same, ("multiple", "multiple_full_rd")).items()}
    return {**both_readings(run), **held}


for _number, _name in {"one": "monopoly", "two": "duopoly", "eight": "eight_labs"}.items():
    _labs = f"{_number}_lab{'s' * (_number != 'one')}"
    _case(_labs, f"the market of {_labs.replace('_', ' ')}", _name, runs=2)(by_number)
_OWN = "labs that choose their R&D by what it adds to the firm's value"
_case("own_choice", _OWN, "endogenous_rd")(both_readings)
_case("own_choice_no_buyer", f"{_OWN}, to which nobody would buy them", "endogenous_rd", NO_BUYER)(both_readings)


@_case("tied", "four labs alike in all, without luck, that launch together", "baseline", {"months": 2}, runs=3)
def tied_labs(run: Run) -> Figures:
    """How tied labs fare by the rule they price by; of the run only the world is used."""
    read: Figures = {}
    for rule, (_, pricing) in RULES.items():
        world = tied(4, world=run.scenario.vary({"months": 72, "labs.*.pricing": dict(pricing)}))
        names = ("price_wars", "price_wars_beside_launches", "labs_gross_margin", "multiple", "multiple_full_rd")
        one = compute(simulate(world, run.seed), names)
        read |= {f"{name}, {rule}": value for name, value in one.items()}
    return read


@_case(
    "equals", "open weights that all can use, as they come and as equals of every closed base after a fixed time",
    "baseline", {"months": 2}, runs=3 + len(EQUALS),
)  # fmt: skip
def equals(run: Run) -> Figures:
    """What families return by how soon open weights are their equals; of the run only the world is used."""
    open_to_all = run.scenario.vary({"months": 72, "segments.*.open_access": 1.0})
    worlds = {f"after {lag}": with_open_equals(open_to_all, lag) for lag in EQUALS}
    worlds["open to all"], worlds["none"] = open_to_all, run.scenario.vary({"months": 72, "open_providers": {}})
    read: Figures = {}
    for when, world in worlds.items():
        one = compute(simulate(world, run.seed), ("multiple", "multiple_full_rd"))
        read |= {f"{name}, {when}": value for name, value in one.items()}
    return read


@_case("dear_base", "a base for $10bn in 2028, whose equal is free after six months", "baseline", {"months": 2}, runs=4)
def dear_base(run: Run) -> Figures:
    """What the family of a base of `DEAR` dollars returns; of the run only the world is used."""
    first = next(iter(run.scenario.labs.values())).training.first_cost
    dear = {"labs.*.training.growth": (DEAR / first) ** (12 / DEAR_MONTH), "labs.*.funding": {"rule": "patient"}}
    later = run.scenario.vary({"months": DEAR_MONTH + 40, **dear})
    closes = with_open_equals(later, 6)
    worlds = {"as it is": later, "equal": closes, "equal, open to all": closes.vary({"segments.*.open_access": 1.0})}
    read: Figures = {}
    for name, world in worlds.items():
        one = life(simulate(world, run.seed), next(iter(world.labs)), DEAR_MONTH)
        read |= {f"{figure}, {name}": one.get(figure, float("nan")) for figure in ("training", "multiple")}
    return read


def how_it_ends(run: Run) -> Figures:
    """How it ends without a limit, where models cannot get larger, and where they stop getting better."""
    strikes, unlimited = limits(run.scenario, STRIKE), labs_results(run)
    endings = {"no limit": ending(run, unlimited, STRIKE)}
    for name in (SIZE, CEILING):
        endings[name] = ending(simulate(run.scenario.vary(strikes[name]), run.seed), unlimited, STRIKE)
    shown = ("revenue", "training", "result", "overhang", "still lost", "worlds", "first year", "its funding")
    read = {f"{what}, {limit}": one[what] for limit, one in endings.items() for what in shown}
    for limit, one in endings.items():
        read[f"margin, {limit}"] = one["result"] / one["revenue"] if one["revenue"] > 0 else float("nan")
    plateau = read[f"training, {SIZE}"] < read["training, no limit"]
    largest, capped, hung = read[f"result, {SIZE}"], read[f"result, {CEILING}"], read[f"overhang, {CEILING}"]
    read["plateau_in_profit"] = _true(plateau and largest > 0, largest)
    read["lost_once"] = _true(hung > 0 and capped > 0, hung, capped)
    return read


_PAYS = {"months": LONG, "labs.*.training.rule": "hurdle"}
_case("ends", f"the baseline to 2030, and limits that strike in month {STRIKE}", "baseline", {"months": LONG}, 3)(
    how_it_ends
)
_case("ends_if_it_pays", "the same of labs that train only when a run pays by its forecast", "baseline", _PAYS, 3)(
    how_it_ends
)


@_case(
    "stopping", f"{STOPPER}, its rivals or all stop training in month {STOPS}; patient parents pay", "baseline",
    {"months": LONG, "labs.*.funding": {"rule": "patient"}}, runs=4,
)  # fmt: skip
def stopping(run: Run) -> Figures:
    """What becomes of a lab that stops training, and what it gains by going on instead, $bn of that month."""
    tables = {name: table.set_index("what") for name, table in fates(run, STOPPER, STOPS, LONG - RUN_OFF).items()}
    stands, keeps = tables["stands"]["leads of 24"], tables["keeps"].iloc[0]
    gains = going_on(pd.DataFrame({world: tables["payoffs"][world] for world in WORLDS}))[SIDES[0]]
    read = {f"leads, {world}": float(stands[world]) for world in WORLDS[:2]}
    read |= {"kept": float(keeps["revenue kept 24 on"]), "months until half": float(keeps["below half of due"])}
    read |= {"gain in cash": float(gains[CASH]), "gain with a valuation": float(gains[VALUED])}
    on, off = (read[f"leads, {world}"] for world in WORLDS[:2])
    read["overtaken"] = _true(read["kept"] < 0.5 and off < on, read["kept"], on, off)
    return read
