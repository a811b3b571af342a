"""A hindcast: demand before the real releases and prices, held against a router's weekly list of tokens.

All that is fitted is fitted to the first half (`weeks.FIT_UNTIL`), and every forecast of the second half is made from
the lists up to its origin. The supply of the target week is known to all contestants: what is released by then, at what
list price. So a forecast is of demand, given supply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from market.parameters import InputError, unknown, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.hindcast import authors, calibration, events, naive, scores
from market.studies.hindcast.calibration import Calibration, Forecasts
from market.studies.hindcast.logit import Logit, Pair, cross_fitted, dynamic, static
from market.studies.hindcast.simulated import SEGMENT, Fit
from market.studies.hindcast.weeks import Floats, Weeks, router_weeks

HORIZONS = (1, 4, 13)
"""Weeks ahead."""
EVERY = 4
"""Weeks between origins."""
CUSTOMERS = 10_000
ENOUGH = 3
"""Spans of a horizon, one after the other, from which on its own past errors say how wide its intervals are.

Of 13 weeks the first half has not one: intervals are as wide as a random walk of the errors at 4 weeks makes them.
"""
PERSISTENCE, LINES, LOGIT, SIMULATION, MIXED = (
    "persistence", "line persistence", "dynamic logit", "simulation", "logit with simulation",
)  # fmt: skip
CONTESTANTS = (PERSISTENCE, LINES, LOGIT, SIMULATION, MIXED)
LET_GO, FROZEN, STATIC = "simulation let go in June", "shares frozen in June", "static logit"
ROLLING, FREE = "rolling", "free run"
TABLES = ("scores", "forecasts", "authors", "succession", "revenue", "fitted")
"""Tables of a result, by name."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Hindcast:
    """How well the simulation forecasts the second half of 2025, beside what it has to beat.

    Attributes
    ----------
    scores : run ("rolling" or "free run"), contestant, horizon (weeks; missing in a free run), origins, kl (nats),
        total_variation, crps (mean over authors), coverage_50, coverage_80, coverage_95, auc.
    forecasts : contestant, horizon, day (of the target), kl, total_variation.
    authors : contestant, horizon, day, author, observed and forecast share, low and high (80% interval), crps, in_50,
        in_80, in_95.
    succession : as `events.successions`.   revenue : contestant, horizon, origins, error (mean |ln|).
    fitted : what, value: all that was fitted to the first half.
    supply, fit_until, unmatched : what is known of supply, the last day fitted to, part of tokens without a model.
    customers, seed, scenario : of the simulation.
    """

    scores: pd.DataFrame
    forecasts: pd.DataFrame
    authors: pd.DataFrame
    succession: pd.DataFrame
    revenue: pd.DataFrame
    fitted: pd.DataFrame
    supply: str
    fit_until: str
    unmatched: float
    customers: int
    seed: int
    scenario: Scenario

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables by name."""
        return {name: getattr(self, name) for name in TABLES}

    @property
    def facts(self) -> dict[str, Any]:
        """What its manifest says beside them."""
        rest = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in (*TABLES, "scenario")}
        return rest | {"scenario": self.scenario.model_dump(mode="json")}

    def score(self, contestant: str, horizon: int, name: str = "kl") -> float:
        """A score of a rolling forecast."""
        rows = self.scores[(self.scores["run"] == ROLLING) & (self.scores["horizon"] == horizon)]
        return float(rows.set_index("contestant")[name].loc[contestant])


SUPPLY = (
    "releases and list prices up to the week that is forecast, and the scores that boards have given since, the same "
    "for all contestants"
)
"""What is known of supply at a forecast's origin: more than anybody knew then."""


def hindcast(
    scenario: Scenario | str = "history",
    *,
    customers: int = CUSTOMERS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Hindcast:
    """Forecast a router's shares of tokens in the second half of 2025, and score the forecasts.

    Parameters
    ----------
    scenario : with a supply table; its segment `simulated.SEGMENT` are the customers.
    customers, seed : of the simulation.   progress : called as ``progress(done, total)`` now and then.

    Raises
    ------
    InputError
        If the scenario has no supply table or no such segment, or a number is refused.
    """
    setting = as_scenario(scenario)
    count = whole("customers", customers, 100, 1_000_000)
    whole("seed", seed, 0, 2**63 - 1)
    if SEGMENT not in setting.segments:
        raise InputError(f"{setting.name}: {unknown('segment', SEGMENT, setting.segments)}; a hindcast needs that one")
    weeks = router_weeks(setting)
    past, steps, done = weeks.until(weeks.last_fitted), calibration.trials() + len(HORIZONS) + 2, 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, steps)

    fit = calibration.customers(setting, past, HORIZONS, count, seed, tell)
    horizons = (*HORIZONS, events.AFTER)
    before = calibration.simulated(setting, past, fit, HORIZONS, count, seed)
    ahead = calibration.simulated(setting, weeks, fit, horizons, count, seed)
    tell()
    rows: dict[str, list[Any]] = {name: [] for name in TABLES}
    rows["fitted"] += [(f"customers: {name}", value) for name, value in fit._asdict().items()]
    one = None
    for horizon in HORIZONS:
        one = _OneHorizon.of(weeks, past, horizon, before, ahead, one)
        one.score(weeks, rows)
        tell()
    _free(setting, weeks, past, fit, count, seed, rows)
    tell()
    frames = {name: pd.DataFrame(rows[name]) for name in ("scores", "forecasts", "authors")}
    return Hindcast(
        **frames,
        succession=events.successions(weeks, ahead),
        revenue=pd.DataFrame(rows["revenue"], columns=["contestant", "horizon", "origins", "error"]),
        fitted=pd.DataFrame(rows["fitted"], columns=["what", "value"]),
        supply=SUPPLY,
        fit_until=str(past.days[-1].date()),
        unmatched=weeks.unmatched,
        customers=count,
        seed=seed,
        scenario=setting,
    )


@dataclass(frozen=True)
class _OneHorizon:
    """All contestants at one horizon: their final forecasts of the second half, and what was fitted for them."""

    horizon: int
    later: Mapping[str, Forecasts]
    errors: Mapping[str, Floats]
    calibration: Calibration
    logit: Logit
    weight: float

    @classmethod
    def of(
        cls,
        weeks: Weeks,
        past: Weeks,
        horizon: int,
        before: Forecasts,
        ahead: Forecasts,
        shorter: _OneHorizon | None,
    ) -> _OneHorizon:
        """Fit to the first half, and forecast the second.

        Parameters
        ----------
        before, ahead : raw forecasts of the simulation, of the first half and of both.
        shorter : the horizon before, of whose errors those of this one are made where there are too few.
        """
        known = calibration.pairs(0, weeks.last_fitted, horizon)
        coming = calibration.pairs(weeks.last_fitted, len(weeks.days) - 1, horizon, EVERY)
        logit, crossed = cross_fitted(dynamic, past, known, calibration.plain_divergence)
        makers = {PERSISTENCE: naive.persistence, LINES: naive.line_persistence}
        raw = {name: {pair: made(past, *pair) for pair in known} for name, made in makers.items()}
        raw |= {LOGIT: crossed, SIMULATION: {pair: before[pair] for pair in known}}
        rule = calibration.calibrated(past, raw)
        final = {name: {pair: rule(name, one) for pair, one in made.items()} for name, made in raw.items()}
        weight = calibration.weight(past, final[LOGIT], final[SIMULATION])
        then = {name: {pair: made(weeks, *pair) for pair in coming} for name, made in makers.items()}
        then |= {LOGIT: {pair: logit(weeks, *pair) for pair in coming}, SIMULATION: {p: ahead[p] for p in coming}}
        later = {name: {pair: rule(name, one) for pair, one in made.items()} for name, made in then.items()}
        for made in (final, later):
            made[MIXED] = {p: weight * made[LOGIT][p] + (1 - weight) * made[SIMULATION][p] for p in made[LOGIT]}
        errors = {name: authors.errors(past, made) for name, made in final.items()}
        if shorter is not None and len(known) < ENOUGH * horizon:
            errors = {name: one * (horizon / shorter.horizon) ** 0.5 for name, one in shorter.errors.items()}
        return cls(horizon, later, errors, rule, logit, weight)

    def score(self, weeks: Weeks, rows: dict[str, list[Any]]) -> None:
        """Add the rows of this horizon to the tables."""
        rows["fitted"] += [(f"{self.horizon} weeks: floor", self.calibration.floor)]
        rows["fitted"] += [(f"{self.horizon} weeks: power of {n}", p) for n, p in self.calibration.powers.items()]
        rows["fitted"] += [(f"{self.horizon} weeks: ridge of {LOGIT}", self.logit.ridge)]
        rows["fitted"] += [(f"{self.horizon} weeks: weight of {LOGIT} in {MIXED}", self.weight)]
        for name, forecasts in self.later.items():
            about = {"contestant": name, "horizon": self.horizon}
            each = [about | _of_one(weeks, pair, one) for pair, one in forecasts.items()]
            by_author = [
                about | row
                for pair, one in forecasts.items()
                for row in authors.rows(weeks, pair, one, self.errors[name])
            ]
            rows["forecasts"] += each
            rows["authors"] += by_author
            mean, of_authors = pd.DataFrame(each), pd.DataFrame(by_author)
            rows["scores"].append(
                {"run": ROLLING, **about, "origins": len(each)}
                | {score: mean[score].mean() for score in ("kl", "total_variation")}
                | {"crps": of_authors["crps"].mean()}
                | {f"coverage_{level:.0%}"[:-1]: of_authors[f"in_{level:.0%}"[:-1]].mean() for level in authors.LEVELS}
                | {"auc": _auc(weeks, forecasts)}
            )
        coming = list(self.later[LOGIT])
        asked = {name: made.__getitem__ for name, made in self.later.items() if name in (LOGIT, SIMULATION, MIXED)}
        for name, origins, error in events.revenue_errors(weeks, coming, asked):
            rows["revenue"].append((name, self.horizon, origins, error))


def _of_one(weeks: Weeks, pair: Pair, forecast: Floats) -> dict[str, Any]:
    """Scores of one forecast."""
    week = sum(pair)
    seen = weeks.shares[week][weeks.on_sale(week)]
    return {
        "day": weeks.days[week].strftime("%Y-%m-%d"),
        "kl": scores.kl(seen, forecast),
        "total_variation": scores.total_variation(seen, forecast),
    }


def _auc(weeks: Weeks, forecasts: Forecasts) -> float:
    """How well shares tell which releases since an origin are on the list: pairs of releases, of all origins alike."""
    right, compared = 0.0, 0
    for pair, one in forecasts.items():
        there = weeks.on_sale(sum(pair))
        new = weeks.released[there] > pair[0]
        listed = ~np.isnan(weeks.shares[sum(pair)][there])[new]
        found, count = scores.auc(one[new], listed), int(listed.sum() * (~listed).sum())
        right, compared = right + (found * count if count else 0.0), compared + count
    return right / compared if compared else float("nan")


def _free(
    scenario: Scenario, weeks: Weeks, past: Weeks, fit: Fit, count: int, seed: int, rows: dict[str, list[Any]]
) -> None:
    """Score what sees no list after June, or none at all, week by week over the second half."""
    last, until = weeks.last_fitted, len(weeks.days) - 1
    unfed = calibration.unfed(scenario, weeks, fit, count, seed)
    known = [(week, 0) for week in range(last + 1)]
    logit, crossed = cross_fitted(static, past, known, calibration.plain_divergence)
    longest = until - last
    led = calibration.simulated(scenario, weeks, fit, range(1, longest + 1), count, seed, only=last)
    then: dict[str, Callable[[int], Floats]] = {
        SIMULATION: lambda week: unfed[week],
        LET_GO: lambda week: led[last, week - last],
        STATIC: lambda week: logit(weeks, week, 0),
        FROZEN: lambda week: naive.persistence(weeks, last, week - last),
    }
    raw = {SIMULATION: {pair: unfed[pair[0]] for pair in known}, STATIC: crossed}
    rule = calibration.calibrated(past, raw)
    powers = {**rule.powers, LET_GO: 1.0, FROZEN: 1.0}
    final = Calibration(rule.floor, powers)
    for name, shares in then.items():
        each = pd.DataFrame(
            [_of_one(weeks, (week, 0), final(name, shares(week))) for week in range(last + 1, until + 1)]
        )
        means = {score: each[score].mean() for score in ("kl", "total_variation")}
        rows["scores"].append({"run": FREE, "contestant": name, "horizon": np.nan, "origins": len(each), **means})
