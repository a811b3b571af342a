"""Calibration: which worlds agree with the evidence, as a weighted sample of what the priors allow.

Waves, in the spirit of history matching (Craig and others 1997; Vernon, Goldstein and Bower 2010). The first is drawn
from the priors; each later one from what the emulators of `market.studies.emulator`, fitted to all runs so far, hold
likely, ever more strictly. The last wave is the posterior: every world of it was simulated, and its weight is its own
likelihood over the emulated one by which it was drawn (importance sampling), so that an emulator may err.

The distance z_k of a world from a target is in standard deviations of the evidence. All worlds run under the same
seeds; z is its mean over them, and what luck adds to the one history that happened is estimated from their differences.
The likelihood (Wood 2010, with moments taken as independent) is

    ln L = −½ Σ_k z_k² / [1 + l_k (1 + 1 ÷ S)]

with S seeds and l_k the variance of z_k by luck. Weights are (L ÷ L_emulated)^(1 ÷ τ), where the tempering τ ≥ 1 is as
small as leaves enough effective worlds (Koblents and Míguez 2015): 1 leaves them, a large one trusts the emulators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.parameters import InputError, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.calibration import SEED, Calibration, Sample
from market.studies.emulator import Emulator, learners
from market.studies.engine import Engine, Progress, engine
from market.studies.extras import needing
from market.studies.levels import Range
from market.studies.points import Design
from market.studies.priors import Prior, changes, known, rows, shares, valued
from market.studies.reading import asked
from market.studies.targets import YEARS, Target, distances, forecasts, targets
from market.studies.worlds import Worlds, checked_seeds

Floats = npt.NDArray[np.float64]
Model = Callable[[pd.DataFrame], pd.DataFrame]
"""What is calibrated: from a row of factor values per world to its moments, a row per world (`point`) and seed."""

FIRST, EACH, LAST = 384, 128, 240
"""Worlds of the first wave, of each wave between, and of the last."""
TOLERANCES = (3.0, 2.0, 1.5)
"""By what distances are divided in the waves between, ever stricter."""
SEEDS = (0, 1)
EFFECTIVE = 0.4
"""Part of the last wave's worlds that must count, as effective sample size (Kish 1965)."""
NEAREST = 700
"""Worlds, the nearest to the targets, that emulators know; more are slower, and tell of elsewhere."""
STEPS = 150
"""Steps of the sampler of emulated worlds, each of as many walkers as there are worlds to draw."""
MONTHS = 36
"""Months of a run that is calibrated: 2023 to 2025, all that the evidence covers."""
SIZE = {"customers": 3000, "panel.size": 200, "months": MONTHS}
"""Size of a run unless another is asked for; its moments are those of a larger market within luck."""
CONDUCT = ("pricing",)
"""Factors left out by default: conduct is solved, not drawn."""


def calibrate(
    scenario: Scenario | str = "baseline",
    *,
    until: int = 2025,
    factors: Iterable[str] | None = None,
    first: int = FIRST,
    each: int = EACH,
    last: int = LAST,
    seeds: Iterable[int] = SEEDS,
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep: str | Path | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Find the worlds around a scenario that agree with the evidence.

    Parameters
    ----------
    scenario : what worlds are made of: a name, which is run at the size `SIZE`, or a scenario, which is run as it is.
    until : last year of the evidence that is used, 2024 or 2025.
    factors : names of priors that are drawn, of numbers; all but conduct by default.
    first, each, last : worlds of the first wave, of each wave between and of the last.
    seeds : under which every world runs, at least two.
    executor, workers, cluster, progress : as in `market.sweep`.
    keep : folder that keeps results as they come; the same call goes on where an earlier one ended.

    Raises
    ------
    InputError
        If a name is unknown or of a choice, a number is refused, every run fails, or scikit-learn or emcee is not
        installed.
    """
    base = as_scenario(scenario).vary(SIZE) if isinstance(scenario, str) else scenario
    chosen, held = tuple(checked_seeds(seeds, least=2)), targets(until)
    usual = [one.name for one in known(base) if one.name not in CONDUCT]
    priors = _numbers(known(base, usual if factors is None else factors))
    total, done = (first + each * len(TOLERANCES) + last) * len(chosen), 0
    # the same for every year, so that the first wave is run once
    moments = [one.moment for year in YEARS for one in targets(year)] + [one.moment for one in forecasts()]
    reading = asked(list(dict.fromkeys(moments)))

    with engine(executor, workers, cluster=cluster, keep=keep, retry_failed=True) as running:

        def model(values: pd.DataFrame) -> pd.DataFrame:
            nonlocal done
            points = tuple(changes(priors, row, base) for row in rows(values))
            begun, done = done, done + len(points) * len(chosen)
            seen = None if progress is None else lambda now, _of: progress(begun + now, total)
            return running.outcomes(Worlds(base, Design("list", points), chosen), reading, seen)

        sample = sampled(priors, held, model, first, each, last)
    return Calibration(**vars(sample), priors=priors, held=held, scenario=base, until=until, seeds=chosen)


def _numbers(priors: list[Prior]) -> list[Prior]:
    """Accept factors of which each is a number: between choices nothing is smooth."""
    for one in priors:
        if not isinstance(one.levels, Range):
            raise InputError(f"factor '{one.name}': is a choice; set it in the scenario, calibrations draw numbers")
    return priors


def sampled(priors: Sequence[Prior], held: Sequence[Target], model: Model, first: int, each: int, last: int) -> Sample:
    """Sample the posterior of any model.

    Parameters
    ----------
    priors : of the factors.   held : targets, of which the fitted ones are.   model : is asked once a wave.
    first, each, last : as in `calibrate`.
    """
    _emcee(), learners()  # nothing is run where these are missing
    fitted = [one for one in held if one.fitted]
    sizes = [whole(name, size, 8, 100_000) for name, size in (("first", first), ("each", each), ("last", last))]
    if not fitted:
        raise InputError("targets: none may be fitted; at least one is needed")
    points, waves = shares(len(priors), sizes[0], SEED), []
    for wave, tolerance in enumerate([*TOLERANCES, 1.0, None]):
        waves.append(_run(wave, points, priors, fitted, model))
        if tolerance is None:
            break
        seen = _joined(waves)
        emulated = Emulated(seen, tolerance)
        points = emulated.drawn(sizes[2] if tolerance == 1.0 else sizes[1], seed=SEED + wave)
    tempering, weights = weighted(seen.luck_factor, waves[-1].distance, emulated(points))
    worlds, runs = (pd.concat([getattr(one, name) for one in waves], ignore_index=True) for name in ("worlds", "runs"))
    worlds.insert(2, "weight", np.append(np.zeros(len(worlds) - len(weights)), weights))
    luck = pd.DataFrame({"moment": [one.moment for one in fitted], "variance_by_luck": seen.luck})
    return Sample(worlds, runs, luck, tempering, float(1 / (weights**2).sum()))


@dataclass(frozen=True)
class _Wave:
    """Worlds that were run: points (n, d), mean distances (n, k), their variance by luck (k,), seeds, and tables."""

    points: Floats
    distance: Floats
    luck: Floats
    seeds: int
    worlds: pd.DataFrame
    runs: pd.DataFrame

    @property
    def luck_factor(self) -> Floats:
        """Variance of a distance in units of the evidence's, with what luck adds."""
        factor: Floats = 1 + self.luck * (1 + 1 / self.seeds)
        return factor


def _run(wave: int, points: Floats, priors: Sequence[Prior], fitted: Sequence[Target], model: Model) -> _Wave:
    """Simulate points, and measure how far each is from the targets."""
    values = valued(priors, points)
    runs = model(values)
    far = distances(fitted, runs).assign(world=runs["point"].to_numpy()).groupby("world")
    # where a moment is not defined its luck is not that of others
    known = runs[[one.moment for one in fitted]].notna().all(axis=1).groupby(runs["point"].to_numpy()).all()
    luck = far.var()[known].mean().fillna(0.0).to_numpy()
    runs = runs.drop(columns=["status", "error"], errors="ignore").rename(columns={"point": "world"})
    runs.insert(0, "wave", wave)
    values.insert(0, "wave", wave)
    values.insert(1, "world", range(len(values)))
    return _Wave(points, far.mean().to_numpy(), luck, runs["seed"].nunique(), values, runs)


def _joined(waves: Sequence[_Wave]) -> _Wave:
    """The worlds of several waves that are nearest to the targets; luck is the last wave's."""
    points, distance = (np.concatenate([getattr(one, name) for one in waves]) for name in ("points", "distance"))
    nearest = np.sort(np.argsort((np.arcsinh(distance) ** 2).sum(axis=1), kind="stable")[:NEAREST])
    return replace(waves[-1], points=points[nearest], distance=distance[nearest])


class Emulated:
    """The likelihood of points by emulators of their distances.

    They know arcsinh z, which is z where that is small, and tame where it is not. What an emulator does not know widens
    the likelihood, so that a proposal is not narrower than what it stands for.
    """

    def __init__(self, seen: _Wave, tolerance: float) -> None:
        self._emulator = Emulator(seen.points, np.arcsinh(seen.distance))
        self._variance, self._tolerance = seen.luck_factor, tolerance
        self._start = seen.points[np.argsort((seen.distance**2 / seen.luck_factor).sum(axis=1), kind="stable")]

    def __call__(self, points: Floats) -> Floats:
        """Log likelihood, (m,), of points, (m, d); −inf outside the unit cube."""
        found, inside = np.full(len(points), -np.inf), ((points >= 0) & (points <= 1)).all(axis=1)
        if inside.any():
            mean, unsure = self._emulator.at(points[inside])
            variance = self._variance + unsure * np.cosh(mean) ** 2
            found[inside] = (-0.5 * (np.sinh(mean) ** 2 / variance + np.log(variance))).sum(axis=1) / self._tolerance**2
        return found

    def drawn(self, count: int, seed: int) -> Floats:
        """Draw points by a differential evolution Markov chain (ter Braak 2006), one from each of so many walkers."""
        emcee = _emcee()
        luck = np.random.RandomState(seed)
        factors = self._start.shape[1]
        walkers = max(count + count % 2, 2 * factors + 2)
        near = self._start[np.arange(walkers) % max(walkers // 4, factors + 2) % len(self._start)]
        begin = np.clip(near + 0.1 * luck.standard_normal(near.shape), 0.001, 0.999)
        moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.1), (emcee.moves.StretchMove(), 0.1)]
        sampler = emcee.EnsembleSampler(walkers, factors, self, moves=moves, vectorize=True)
        start = emcee.State(begin, random_state=luck.get_state())
        ended = sampler.run_mcmc(start, STEPS, skip_initial_state_check=True)
        points: Floats = ended.coords[:count]
        return points


def weighted(variance: Floats, distance: Floats, proposed: Floats) -> tuple[float, Floats]:
    """The least tempering with which `EFFECTIVE` of some worlds count, and their weights.

    Parameters
    ----------
    variance : (k,) of distances.   distance : (n, k).   proposed : (n,) log density by which worlds were drawn.
    """
    exponent = -0.5 * (distance**2 / variance + np.log(variance)).sum(axis=1)

    def at(tempering: float) -> Floats:
        log = (exponent - proposed) / tempering
        weights = np.exp(log - log.max())
        shared: Floats = weights / weights.sum()
        return shared

    if not np.isfinite(exponent - proposed).all():
        raise InputError("calibrate: a world of the last wave has no likelihood; give more worlds")

    def counts(tempering: float) -> bool:
        return bool(1 / (at(tempering) ** 2).sum() >= EFFECTIVE * len(distance))

    if counts(1.0):
        return 1.0, at(1.0)
    low, high = 1.0, 2.0
    while not counts(high):
        low, high = high, 2 * high
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if counts(middle) else (middle, high)
    return high, at(high)


def _emcee() -> Any:
    """Import the sampler."""
    with needing("calibrate", "emcee"):
        import emcee
    return emcee
