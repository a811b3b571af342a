"""What is fitted to the first half and nothing else: customers, logits, one floor, powers, and the mixture's weight.

Everything here is given weeks up to `weeks.FIT_UNTIL` only (`Weeks.until`), so it cannot see what it is tested on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from market.scenario.schema import Scenario
from market.studies.hindcast import scores
from market.studies.hindcast.logit import Pair
from market.studies.hindcast.simulated import Buyers, Fit, free_run, paths
from market.studies.hindcast.weeks import Floats, Weeks

Forecasts = Mapping[Pair, Floats]
"""Shares (n,) of what is on sale in the target week, by origin and horizon."""

GRID: dict[str, tuple[float, ...]] = {
    "reconsideration": (0.05, 0.1, 0.3, 0.6),
    "at_release": (0.1, 0.3, 0.6, 0.9),
    "switching": (0.8, 2.0, 4.0, 8.0),
    "choice_scale": (0.06, 0.12, 0.24, 0.48),
    "worth": (1.0, 2.0, 4.0, 8.0),
    "learning": (0.0, 0.1, 0.3, 0.6, 1.0),
}
"""Values that are tried, one parameter after the other."""
START = Fit(reconsideration=0.3, at_release=0.9, switching=2.0, choice_scale=0.12, worth=1.0, learning=0.1)
ROUNDS = 2
POWERS = tuple(np.linspace(0.3, 1.5, 13))
FLOORS = (0.02, 0.05, 0.1, 0.2, 0.3)
WEIGHTS = tuple(np.linspace(0.0, 1.0, 21))
PLAIN = (1.0, 0.1)
"""Power and floor while the customers are fitted."""


@dataclass(frozen=True)
class Calibration:
    """How raw forecasts of one horizon become final ones: the floor of all contestants, and a power of each."""

    floor: float
    powers: Mapping[str, float]

    def __call__(self, contestant: str, forecast: Floats) -> Floats:
        """The final forecast (n,) of a raw one."""
        return scores.recalibrated(forecast, self.powers[contestant], self.floor)


def pairs(first: int, last: int, horizon: int, every: int = 1) -> list[Pair]:
    """Origins from a week on, so many weeks apart, whose targets are no later than another."""
    return [(origin, horizon) for origin in range(first, last - horizon + 1, every)]


def divergence(weeks: Weeks, pair: Pair, forecast: Floats) -> float:
    """KL of a target week's list from a final forecast of what is on sale then."""
    target = sum(pair)
    return scores.kl(weeks.shares[target][weeks.on_sale(target)], forecast)


def mean_divergence(weeks: Weeks, forecasts: Forecasts, final: Callable[[Floats], Floats]) -> float:
    """Mean KL over some forecasts, made final by a function."""
    return float(np.mean([divergence(weeks, pair, final(one)) for pair, one in forecasts.items()]))


def customers(
    scenario: Scenario, past: Weeks, horizons: Sequence[int], count: int, seed: int, tell: Callable[[], None]
) -> Fit:
    """Fit the customers: one parameter after the other, the value of `GRID` of least mean KL over the horizons.

    Parameters
    ----------
    past : weeks up to the end of the first half.   count, seed : of `Buyers`.
    tell : is called after each of `trials`.
    """

    def loss(fit: Fit) -> float:
        made = simulated(scenario, past, fit, horizons, count, seed)
        means = [mean_divergence(past, {p: q for p, q in made.items() if p[1] == h}, _plain) for h in horizons]
        return float(np.mean(means))

    best, least = START, loss(START)
    for _ in range(ROUNDS):
        for name, values in GRID.items():
            for value in values:
                tried = best._replace(**{name: value})
                if tried != best and (found := loss(tried)) < least:
                    best, least = tried, found
                tell()
    return best


def trials() -> int:
    """How many values `customers` tries."""
    return ROUNDS * sum(map(len, GRID.values()))


def simulated(
    scenario: Scenario,
    weeks: Weeks,
    fit: Fit,
    horizons: Sequence[int],
    count: int,
    seed: int,
    *,
    only: int | None = None,
) -> dict[Pair, Floats]:
    """Rolling forecasts of the simulation from every week whose next is in `weeks`, or from one of them only."""
    last = len(weeks.days) - 1
    found: dict[Pair, Floats] = {}
    buyers, origins = Buyers(scenario, weeks, fit, count, seed), range(last) if only is None else range(only, only + 1)
    for origin, ahead in paths(buyers, origins, max(horizons), last):
        found |= {(origin, h): ahead[h - 1] for h in horizons if h <= len(ahead)}
    return found


def unfed(scenario: Scenario, weeks: Weeks, fit: Fit, count: int, seed: int) -> list[Floats]:
    """Shares of a free run, by week."""
    return free_run(Buyers(scenario, weeks, fit, count, seed), len(weeks.days) - 1)


def calibrated(past: Weeks, raw: Mapping[str, Forecasts]) -> Calibration:
    """Choose the floor that suits all contestants best together, and with it the power of each.

    Parameters
    ----------
    past : weeks up to the end of the first half.   raw : forecasts of one horizon by contestant, targets within `past`.
    """
    best: tuple[float, Calibration] | None = None
    for floor in FLOORS:
        powers, total = {}, 0.0
        for name, forecasts in raw.items():
            found = [mean_divergence(past, forecasts, _final(power, floor)) for power in POWERS]
            powers[name], total = float(POWERS[int(np.argmin(found))]), total + min(found)
        if best is None or total < best[0]:
            best = total, Calibration(floor, powers)
    assert best is not None
    return best[1]


def weight(past: Weeks, one: Forecasts, other: Forecasts) -> float:
    """Weight of the first of two final forecasts in their linear pool (Stone 1961) that gives the least mean KL."""
    found = [
        np.mean([divergence(past, pair, share * one[pair] + (1 - share) * other[pair]) for pair in one])
        for share in WEIGHTS
    ]
    return float(WEIGHTS[int(np.argmin(found))])


def plain_divergence(weeks: Weeks, pair: Pair, forecast: Floats) -> float:
    """KL of a raw forecast under `PLAIN`."""
    return divergence(weeks, pair, _plain(forecast))


def _plain(forecast: Floats) -> Floats:
    return scores.recalibrated(forecast, *PLAIN)


def _final(power: float, floor: float) -> Callable[[Floats], Floats]:
    return lambda forecast: scores.recalibrated(forecast, power, floor)
