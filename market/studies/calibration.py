"""What a calibration found: weighted worlds, and what the evidence says of moments, factors and the year after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from market.formats import percent
from market.scenario.schema import Scenario
from market.studies.priors import Prior, shares
from market.studies.recovery import recovered
from market.studies.targets import Forecast, Target, distances, forecasts
from market.studies.weighted import crps, quantiles

Floats = npt.NDArray[np.float64]

RANKS = (np.arange(1000) + 0.5) / 1000
"""Quantiles by which a distribution that is known in closed form is scored."""


SEED = 1
"""Seed of designs and samplers."""
LEAST_RECOVERED = 256
"""Worlds of a first wave from which it is tried whether what is planted is found; fewer teach emulators too little."""
TABLES = ("posterior", "moments", "factors", "forecasts", "recovery", "luck", "worlds", "runs")
"""Tables of a result, by name."""
FORECASTS = [
    "moment", "fitted", "before", "before_low", "before_high", "actual", "actual_low", "actual_high", "predicted",
    "low", "high", "low_50", "high_50", "inside_50", "inside_80", "crps", "naive_crps",
]  # fmt: skip
"""Columns of forecasts, as `Calibration` explains them."""

LITTLE = 0.1
"""Part by which an interval must be narrower than the prior's for something to be learnt (assumed): a hundred worlds of
the prior differ from it by half as much."""


@dataclass(frozen=True)
class Sample:
    """Worlds that were run, and those of the last wave weighted.

    Attributes
    ----------
    worlds : wave, world (its number in the wave), weight (0 but in the last wave), a column per factor.
    runs : wave, world, seed, a column per moment.
    luck : moment, variance_by_luck of its distance from the target, of fitted ones.
    tempering, effective : τ, and the effective number of worlds of the last wave.
    """

    worlds: pd.DataFrame
    runs: pd.DataFrame
    luck: pd.DataFrame
    tempering: float
    effective: float


@dataclass(frozen=True)
class Calibration(Sample):
    """What was found of a scenario.

    Attributes
    ----------
    priors, held : factors and targets.   until : last year of the evidence that was used.
    scenario, seeds : what was run, under which seeds.
    """

    priors: Sequence[Prior]
    held: Sequence[Target]
    scenario: Scenario
    until: int
    seeds: tuple[int, ...]

    @property
    def posterior(self) -> pd.DataFrame:
        """Weight and factors of the worlds of the last wave, heaviest first."""
        last = self.worlds[self.worlds["wave"] == self.worlds["wave"].max()].drop(columns=["wave", "world"])
        ordered: pd.DataFrame = last.sort_values("weight", ascending=False, kind="stable", ignore_index=True)
        return ordered

    @property
    def moments(self) -> pd.DataFrame:
        """Targets beside predictions before and after the evidence, each run a prediction with its luck.

        Returns
        -------
        DataFrame
            moment, fitted, target, low, high (its band); prior_low, prior_high and posterior, posterior_low,
            posterior_high (median, 80% intervals of single runs), posterior_25, posterior_75; undefined (part of the
            posterior without it); below, the chance that the evidence's figure, which has an error of its own, would be
            lower than it is; inside, whether that is between 10% and 90%.
        """
        rows = []
        for one in self.held:
            (before, _), (after, weights) = self._predicted(one.moment, 0), self._predicted(one.moment, -1)
            found = quantiles(after, weights, (0.5, 0.1, 0.9, 0.25, 0.75))
            prior = quantiles(before, np.ones(len(before)), (0.1, 0.9))
            undefined = float(weights[~np.isfinite(after)].sum() / weights.sum())
            below = float((weights * ndtr(-one.distance(after))).sum() / weights.sum())
            rows.append([one.moment, one.fitted, one.target, one.low, one.high, *prior, *found, undefined, below])
        columns = ["moment", "fitted", "target", "low", "high", "prior_low", "prior_high"]
        columns += [
            "posterior",
            "posterior_low",
            "posterior_high",
            "posterior_25",
            "posterior_75",
            "undefined",
            "below",
        ]
        table = pd.DataFrame(rows, columns=columns)
        return table.assign(inside=table["below"].between(0.1, 0.9))

    @property
    def factors(self) -> pd.DataFrame:
        """What the evidence says of each factor: medians and 80% intervals before and after, and how much is learnt.

        Returns
        -------
        DataFrame
            factor, group, prior_low, prior, prior_high, low, median, high; learnt, 1 − the interval's width over the
            prior's, on the prior's scale.
        """
        rows = []
        for one in self.priors:
            ends = [one.at(share) for share in (0.1, 0.5, 0.9)]
            values = self.posterior[one.name].to_numpy(float)
            found = quantiles(values, self.posterior["weight"].to_numpy(), (0.1, 0.5, 0.9))
            log = getattr(one.levels, "log", False)
            wide, narrow = (np.ptp(np.log(each) if log else np.asarray(each, float)) for each in (ends, found))
            rows.append([one.name, str(one.group), *ends, *found, 1 - narrow / wide])
        return pd.DataFrame(
            rows,
            columns=["factor", "group", "prior_low", "prior", "prior_high", "low", "median", "high", "learnt"],
        )

    @property
    def unidentified(self) -> list[str]:
        """Factors of which hardly anything is learnt: the posterior is the prior there."""
        table = self.factors
        return [str(name) for name in table.loc[table["learnt"] < LITTLE, "factor"]]

    @property
    def forecasts(self) -> pd.DataFrame:
        """Predictions of 2025 from the evidence to the end of 2024, scored beside carrying the past on.

        Returns
        -------
        DataFrame
            moment, fitted (its past was); before, before_low, before_high (the naive forecast: the past figure, with
            the 80% interval of its own band); actual, actual_low, actual_high (its band); predicted, low, high (80%),
            low_50, high_50; inside_50, inside_80; crps and naive_crps (Gneiting and Raftery 2007, in half widths of the
            actual band; lower is better). Empty for a calibration to 2025.
        """
        rows = [self._scored(one) for one in forecasts()] if self.until < 2025 else []
        return pd.DataFrame(rows, columns=FORECASTS)

    @cached_property
    def recovery(self) -> pd.DataFrame:
        """Whether worlds that are planted are found again, as `market.studies.recovery` says; empty of a small wave."""
        count = int((self.worlds["wave"] == 0).sum())
        if count < LEAST_RECOVERED:
            return pd.DataFrame()
        fitted = [one for one in self.held if one.fitted]
        runs = self.runs[(self.runs["wave"] == 0) & (self.runs["seed"] == self.seeds[0])].sort_values("world")
        far = distances(fitted, runs).to_numpy()  # one history, as reality is
        variance = 1 + self.luck["variance_by_luck"].to_numpy() * (1 + 1 / len(self.seeds))
        return recovered(shares(len(self.priors), count, SEED), far, variance, [one.name for one in self.priors])

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables by name, but those that are empty."""
        known = {name: getattr(self, name) for name in TABLES}
        return {name: table for name, table in known.items() if len(table)}

    @property
    def sentence(self) -> str:
        """How the posterior does, in a line each for fitted moments, those held out, and forecasts."""
        lines = []
        for fitted, said in ((True, "fitted"), (False, "held out")):
            rows = self.moments[self.moments["fitted"] == fitted]
            out = ", ".join(one.partition("@")[0] for one in rows.loc[~rows["inside"], "moment"])
            missed = f"; outside: {out}" if out else ""
            lines.append(f"{rows['inside'].sum()} of {len(rows)} moments {said} are inside 80% intervals{missed}.")
        if len(self.forecasts):
            lines.append(told(self.forecasts))
        if len(self.recovery):
            half, most = (percent(float(self.recovery[f"inside_{part}"].iloc[-1])) for part in (50, 80))
            lines.append(
                f"Of values planted in worlds of the first wave, {half} are found inside 50% intervals, "
                f"and {most} inside 80% ones."
            )
        count, effective = len(self.posterior), round(self.effective)
        exact = "not tempered" if self.tempering == 1 else f"tempered by {self.tempering:.1f}"
        lines.append(f"The posterior has {count} worlds that count as {effective}; its weights are {exact}.")
        return "\n".join(lines)

    def _scored(self, one: Forecast) -> list[object]:
        values, weights = self._predicted(one.moment, -1)
        known = np.isfinite(values)
        low, below, middle, above, high = quantiles(values, weights, (0.1, 0.25, 0.5, 0.75, 0.9))
        unit = (one.high - one.low) / 2
        past = one.before.quantiles(RANKS)
        scores = (crps(values[known], weights[known], one.actual), crps(past, np.ones(len(past)), one.actual))
        inside = [bool(below <= one.actual <= above), bool(low <= one.actual <= high)]
        return [
            one.moment, one.before.fitted, one.before.target, *one.before.quantiles(np.array([0.1, 0.9])),
            one.actual, one.low, one.high, middle, low, high, below, above, *inside,
            *(score / unit for score in scores),
        ]  # fmt: skip

    def _predicted(self, moment: str, wave: int) -> tuple[Floats, Floats]:
        """A moment in every run of the first wave (0) or the last (−1), and weights of these."""
        number = 0 if wave == 0 else int(self.worlds["wave"].max())
        worlds = self.worlds[self.worlds["wave"] == number].set_index("world")
        runs = self.runs[self.runs["wave"] == number]
        weights = np.ones(len(runs)) if wave == 0 else worlds["weight"].reindex(runs["world"]).to_numpy(float)
        return runs[moment].to_numpy(float), weights


def told(forecast: pd.DataFrame) -> str:
    """How forecasts of 2025 from the evidence to 2024 did, in a sentence."""
    counts = {part: int(forecast[f"inside_{part}"].sum()) for part in (50, 80)}
    better = int((forecast["crps"] < forecast["naive_crps"]).sum())
    return (
        f"Of {len(forecast)} moments of 2025, forecast from the evidence to 2024, {counts[50]} came true inside 50% "
        f"intervals and {counts[80]} inside 80% ones; {better} were forecast better than by carrying the past on "
        f"(mean CRPS {forecast['crps'].mean():.2f} against {forecast['naive_crps'].mean():.2f})."
    )
