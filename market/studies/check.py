"""Checks that a user can run: answers computed by others, closed forms, accounting identities, the seeds' arithmetic.

To add a check, decorate a function that returns what was found, what is expected and how far they may differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import lambertw

from market.accounts.families import ALLOCATIONS
from market.accounts.ledger import Account
from market.economics import choice, demand, equilibrium, forward, luck, options
from market.economics.adoption import Customers
from market.economics.memory import Memory
from market.economics.standing_price import Horizon
from market.evidence import load as evidence
from market.measures import catch_up, fixed_capability, forms, prices
from market.measures.interview import books, two_readings
from market.registry import Registry
from market.run import simulate
from market.scenario.load import load
from market.scenario.schema import Scenario, build
from market.studies.draws import CALIBRATED, Draw, in_world, provenance, table
from market.studies.priors import rows
from market.tables import Run
from market.tables.books import research

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """One thing checked: what it is, its value here, what is expected, and the difference that is allowed."""

    what: str
    here: float
    expected: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the two agree; what is not a number agrees with nothing."""
        return bool(abs(self.here - self.expected) <= self.tolerance)


Check = Callable[[], Iterator[Finding]]
CHECKS: Registry[Check] = Registry("check")
ONCE = Horizon(discount=0.98, hazard=0.1, carry=0.5, entry=0.05)
"""What a lab expects of time, which is nothing to it where no customer is slow or attached."""


def check(title: str) -> Callable[[Check], Check]:
    """Register a check under the title that the page shows."""

    def register(function: Check) -> Check:
        CHECKS.add(title, function)
        return function

    return register


def run_checks(progress: Callable[[int, int], None] | None = None) -> dict[str, list[Finding]]:
    """Run every check; findings by title."""
    findings = {}
    for done, (title, function) in enumerate(CHECKS.items(), start=1):
        findings[title] = list(function())
        if progress is not None:
            progress(done, len(CHECKS))
    return findings


def _market(case: dict[str, list[float]]) -> tuple[Floats, Floats, Floats, Floats, npt.NDArray[np.int64]]:
    """Utilities, alpha, weights, costs and firms of a case."""
    utility = np.array(case["v"]) + np.outer(case["b_r"], case["x"])
    alpha, weights, costs = (np.array(case[key]) for key in ("alpha_r", "w_r", "costs"))
    return utility, alpha, weights, costs, np.array(case["firm_ids"])


def _solve(case: dict[str, list[float]], start: list[float] | None = None) -> equilibrium.Equilibrium:
    return equilibrium.nash_prices(*_market(case), start=None if start is None else np.array(start))


@check("Prices and shares of oligopolies solved by PyBLP")
def bertrand_oracle() -> Iterator[Finding]:
    """Largest difference in prices and shares to each solved case."""
    for case in evidence("bertrand_cases")["cases"]:
        if "result" in case:
            own = _solve(case)
            gaps = [np.abs(getattr(own, key) - case["result"][key]).max() for key in ("prices", "shares")]
            yield Finding(f"{case['name']}: largest difference", float(max(gaps)), 0.0, 1e-8)


@check("Labs that look ahead price as these oligopolies do where no customer is slow or attached")
def forward_oracle() -> Iterator[Finding]:
    """Largest relative difference to each solved case's prices, once nobody changes the own ones any more."""
    for case in evidence("bertrand_cases")["cases"]:
        if "result" not in case:
            continue
        utility, alpha, weights, costs, firms = _market(case)
        types, goods = utility.shape
        nobody, always = np.full(types, -1), np.ones(types)
        everybody = (utility, alpha, weights, firms, np.arange(goods), nobody, nobody, np.zeros(types), *[always] * 4)
        customers, expected = forward.Customers(*everybody), np.array(case["result"]["prices"])
        prices, before = 1.05 * expected, np.zeros(goods)
        while not np.allclose(prices, before, rtol=1e-9):
            before = prices
            for firm in np.unique(firms):
                own = np.flatnonzero(firms == firm)
                prices = forward.forward_prices(customers, ONCE, int(firm), costs, prices, prices, own).prices
        yield Finding(f"{case['name']}: largest difference", float(np.abs(prices / expected - 1).max()), 0.0, 1e-6)


@check("Roots that are no equilibrium are recognised by a profitable deviation")
def bertrand_traps() -> Iterator[Finding]:
    """From each start the listed root is reached, and its gain is the listed one."""
    for case in evidence("bertrand_cases")["cases"]:
        for point in case.get("stationary_points", []):
            own = _solve(case, point["start"])
            kind = "equilibrium" if point["is_nash"] else "none"
            what = f"{case['name'][:2]} from {', '.join(f'{p:g}' for p in point['start'])}: gain, {kind}"
            yield Finding(what, own.gain, point["best_unilateral_gain"], 1e-6)


@check("Closed forms")
def closed_forms() -> Iterator[Finding]:
    """Logit monopoly by Lambert's W, symmetric oligopoly by its first-order condition, Calvano's duopoly."""
    one = (np.array([[3.0]]), np.array([0.8]), np.array([1.0]), np.array([2.0]), np.array([0]))
    monopoly = 2.0 + (1 + float(lambertw(math.exp(3.0 - 0.8 * 2.0 - 1)).real)) / 0.8
    yield Finding("price of a logit monopoly", float(equilibrium.nash_prices(*one).prices[0]), monopoly, 1e-8)
    many = (np.full((1, 4), 3.0), np.array([0.8]), np.array([1.0]), np.full(4, 2.0), np.arange(4))
    solved = equilibrium.nash_prices(*many)
    markup = 1 / (0.8 * (1 - float(solved.shares[0])))
    yield Finding("markup of four symmetric firms, 1/(α(1 − s))", float(solved.prices[0]) - 2.0, markup, 1e-8)
    published = evidence("published_numbers")["calvano_2020"]
    duopoly = (np.full((1, 2), 8.0), np.array([4.0]), np.array([1.0]), np.ones(2), np.arange(2))
    nash, joint = equilibrium.nash_prices(*duopoly), equilibrium.joint_prices(*duopoly)
    yield Finding("Nash price of Calvano et al. (2020)", float(nash.prices[0]), published["nash_price"], 1e-8)
    yield Finding("their joint price", float(joint.prices[0]), published["joint_price"], 1e-6)


@check("Choices by race are the logit")
def race() -> Iterator[Finding]:
    """Shares of 200,000 identical customers that race, against the probabilities; allowed: four standard errors."""
    count, capability, price = 200_000, np.array([8.0, 12.0, 16.0]), np.array([1.0, 2.0, 4.0])
    alike = Customers(
        np.full(count, 10, np.float32), np.full(count, 5, np.float32), np.ones(count),
        np.zeros((count, 3), np.float32), np.ones(count, bool), np.full(count, -1, np.int32),
    )  # fmt: skip
    places = np.arange(3, dtype=np.int32)
    keys = np.array([luck.key("check", j) for j in range(3)], np.uint64)
    offers = options.Offers(
        capability,
        price,
        places,
        np.zeros(3, bool),
        keys,
        places,
        places,
        places,
        places,
        np.full(3, -1, np.int32),
        np.zeros(3, bool),
        3,
    )
    habits, memory = options.Habits(0.15, 0.0, 0.0, 1.0, 1.0, 5.0, 1.0), Memory.empty(count)
    choice.choose(alike, habits, memory, offers, choice.choice_luck(0, "check", 0), 0)
    quality = (1 + demand.log_success(capability, 10.0, 5.0))[None, :] / 0.15
    for j, chance in enumerate(demand.probabilities(quality, np.array([1 / (0.15 * 5.0)]), price)[0]):
        error = (chance * (1 - chance) / count) ** 0.5
        yield Finding(f"share of option {j + 1}", float((memory.current == j).mean()), float(chance), 4 * error)


@check("Published figures from the evidence tables")
def published() -> Iterator[Finding]:
    """Epoch's price trends, open lags and the launch price ratio, by the functions that measure a run."""
    points, trends = evidence("epoch_price_points"), evidence("published_numbers")["epoch_price_trends"]
    gaps = []
    for row in trends["rows"]:
        same = (points["benchmark"] == row["benchmark"]) & (points["threshold_model"] == row["threshold_model"])
        gaps.append(_decline(points[same]) / row["factor_per_year"] - 1)
    yield Finding("21 price declines at fixed capability: largest relative difference", max(map(abs, gaps)), 0.0, 1e-9)
    for score, lags in (("arena_elo", (9.4, 4.7)), ("aa_index", (6.5, 5.3))):
        releases = forms.releases_of_evidence(score)
        for year, lag in zip((2024, 2025), lags, strict=True):
            here = catch_up.open_lag_months(releases, year, year)
            yield Finding(f"open lag {year}, months, {score}", here, lag, 0.05)
    ratio = float(prices.launch_price_ratios(forms.releases_of_evidence())["ratio"].median())
    yield Finding("launch price of a successor over its predecessor's", ratio, 1.0, 0.005)


def _decline(points: pd.DataFrame) -> float:
    table = points.rename(columns={"score": "capability", "price_usd_per_mtok": "price"})
    table = table.assign(month=forms.months_since_start(table["released"]))
    return fixed_capability.price_decline(table, float(table["capability"].min()))


@check("The interview's arithmetic")
def interview() -> Iterator[Finding]:
    """−100, −800, −8,000 and 2.0×, 2.0× from one ledger ($M)."""
    figures, quoted = two_readings(books()), evidence("published_numbers")["amodei_two_ways"]
    for year, expected in zip(quoted["years"], quoted["company_result_expensed"], strict=True):
        yield Finding(f"company result {year}", figures[f"company result {year}, $M"], expected, 0.0)
    for name in ("multiple of model 1", "multiple of model 2"):
        yield Finding(name, figures[name], 2.0, 0.0)


@check("A small run of the baseline: identities to the cent, and order that does not matter")
def identities() -> Iterator[Finding]:
    """Differences in dollars between two routes to one amount, and between two runs that must be the same."""
    scenario = load("baseline").vary({"customers": 2000, "months": 36})
    run = simulate(scenario, seed=0)
    spent, sold = (t.groupby("month")[c].sum() for t, c in ((run.segments, "spending"), (run.offers, "revenue")))
    yield Finding("customers' spending less revenue, worst month", float((spent - sold).abs().max()), 0.0, 0.01)
    rest = run.ledger[run.ledger["model"].isna() & (run.ledger["account"] != Account.FUNDING.value)]["amount"].sum()
    both = float(run.models["result"].sum() + rest - run.companies["result"].sum())
    yield Finding("models and unallocated less companies", both, 0.0, 0.01)
    left = float(run.companies["research"].sum() - run.families["research"].sum())
    left -= sum(research(run).unallocated.values())
    yield Finding("research of companies less families and unallocated", left, 0.0, 0.01)
    for allocation in ALLOCATIONS:
        apart = run.releases.groupby("family")[f"training_{allocation}"].sum()
        gap = (apart - run.families.set_index("family")["training"]).abs().max()
        yield Finding(f"training of families less that of their releases, {allocation}", float(gap), 0.0, 0.01)
    cash = run.companies.groupby("firm")["cash"].last() - run.ledger.groupby("firm")["amount"].sum()
    yield Finding("cash less the sum of a firm's rows, worst firm", float(cash.abs().max()), 0.0, 0.01)
    yield Finding("the same run with the firms in another order", _difference(run, simulate(_reversed(run))), 0.0, 0.0)
    yield Finding("the same run with three threads", _difference(run, simulate(scenario, 0, threads=3)), 0.0, 0.0)


def _reversed(run: Run) -> Scenario:
    data = run.scenario.model_dump()
    for name in ("labs", "open_providers", "segments"):
        data[name] = dict(reversed(data[name].items()))
    return build(data)


def _difference(one: Run, other: Run) -> float:
    """Largest difference in the money of two ledgers."""
    return float((one.ledger["amount"] - other.ledger["amount"]).abs().max())


@check("The posterior that comes with the package")
def the_posterior() -> Iterator[Finding]:
    """Its weights, how many worlds they count as, and whether each is a world of the baseline."""
    worlds, base = table(), load(CALIBRATED)
    weights = worlds["weight"].to_numpy(float)
    yield Finding("sum of the weights, as rounded", float(weights.sum()), 1.0, 1e-6)
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    yield Finding("worlds that they count as", effective, float(provenance()["effective"]), 0.06)
    differ = sum(in_world(base, Draw(one)) != base for one in rows(worlds.drop(columns="weight")))
    yield Finding("worlds that are the baseline otherwise", float(differ), float(provenance()["worlds"]), 0.0)
