"""What an answer turns on: how outcomes move with the factors of `market.studies.priors`, under common luck.

Two readings of the same worlds, with SALib's designs and estimators:

- *Elementary effects* (Morris 1991; Campolongo, Cariboni and Saltelli 2007). A trajectory moves one factor after the
  other by δ of its prior; the effect of factor i is EE_i = [Y(x + δ e_i) − Y(x)] / δ, which is the change from one end
  of the prior to the other where the outcome is linear. μ is its mean over trajectories, μ* that of its size, σ its
  standard deviation, which is large where the factor acts through others.
- *Sobol' indices* (Sobol' 2001; estimators of Saltelli and others 2010) of factors and of groups of factors. The first
  order index S = Var(E[Y | x_i]) / Var(Y) is the part of the variance that a factor has alone; the total order index
  T = E[Var(Y | all others)] / Var(Y) counts all in which it takes part. What the first order indices of groups leave of
  1 is what groups do together. Y is by default the rank of an outcome among the worlds (Saltelli and Sobol' 1995): over
  such wide priors a few worlds have nearly all the variance of a multiple, or of dollars.

Priors are independent, so the parts are well defined. A trajectory, or a sample with all that is compared with it, in
which an outcome is not defined is left out of that outcome, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.formats import percent, span
from market.parameters import InputError, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.studies.engine import Engine, Progress, engine
from market.studies.extras import needing
from market.studies.intervals import CONFIDENCE
from market.studies.points import Design
from market.studies.priors import Prior, changes, known, rows, valued
from market.studies.reading import Outcomes, asked
from market.studies.worlds import Worlds, checked_seeds

Floats = npt.NDArray[np.float64]
Problem = dict[str, Any]
"""What SALib takes: names of factors, their bounds, and of which group each is."""
Model = Callable[[pd.DataFrame], pd.DataFrame]
"""What is analysed: from a row of factor values per world to a row of outcomes per world."""

OUTCOMES = (
    "multiple", "multiple_full_rd", "labs_gross_margin", "labs_result", "open_token_share", "consumer_surplus",
)  # fmt: skip
"""Whether models earn, on training and on all research; what labs keep and whether they profit; who else gains."""
TRAJECTORIES, SAMPLES = 6, 64
"""Default sizes: some 550 runs over all priors, a few minutes on two cores, which rank factors and compare groups."""
WIDE = 0.5
"""Width of an interval of a part of the variance from which it tells little (assumed)."""
MOST_SAMPLES = 2**16
LEVELS = 4
"""Levels of a factor in a trajectory; with them δ is two thirds of the prior (Morris 1991)."""
RESAMPLES = 1000
"""Resamples of trajectories or samples behind an interval."""
SEED = 1
"""Seed of designs and resamples, which are the same in every study."""
TABLES = ("effects", "indices", "worlds")
"""Tables of a result, by name."""
EFFECTS = ["outcome", "factor", "group", "mu", "mu_star", "low", "high", "sigma", "n", "left_out"]
ESTIMATES = [f"{order}{end}" for order in ("first", "total") for end in ("", "_low", "_high")]
INDICES = ["outcome", "of", "name", *ESTIMATES, "n", "left_out"]
"""Columns of effects and of indices, as `Sensitivity` explains them."""
FACTOR, GROUP = "factor", "group"
"""What an index may be of."""


@dataclass(frozen=True)
class Sensitivity:
    """What outcomes turn on.

    Attributes
    ----------
    effects : outcome, factor, group, mu, mu_star, low, high (95% interval of mu_star), sigma (in units of the outcome),
        n (trajectories), left_out.
    indices : outcome, of ("factor" or "group"), name, first, first_low, first_high, total, total_low, total_high (parts
        of the variance, with 95% intervals), n (samples), left_out.
    worlds : factors and outcomes, a row for each world that was run.
    factors, outcomes : names.   trajectories, samples, each, replications : sizes.
    ranked : whether indices are of ranks.   scenario : what was varied.
    """

    effects: pd.DataFrame
    indices: pd.DataFrame
    worlds: pd.DataFrame
    factors: list[str]
    outcomes: list[str]
    trajectories: int
    samples: int
    each: int
    ranked: bool
    replications: int
    scenario: Scenario

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables by name."""
        return {name: getattr(self, name) for name in TABLES}

    def of(self, kind: str) -> pd.DataFrame:
        """Indices of factors or of groups that are defined."""
        return self.indices[(self.indices["of"] == kind) & self.indices["first"].notna()]

    @property
    def sentence(self) -> str:
        """How much of each outcome's variance is each group's, a line per outcome."""
        return "\n".join(map(self._whose_variance, self.outcomes))

    def _whose_variance(self, outcome: str) -> str:
        what, rows = "variance in rank" if self.ranked else "variance", self.of(GROUP)
        rows = rows[rows["outcome"] == outcome]
        if rows.empty:
            return f"{outcome}: nothing is known of its {what}; it is undefined, never changes, or all is of one group."
        parts = ", ".join(
            f"{told_part(row['first'], row['first_low'], row['first_high'])} is {row['name']}"
            for _, row in rows.iterrows()
        )
        together = percent(max(0.0, 1 - rows["first"].sum()))
        wide = (rows["first_high"].clip(0, 1) - rows["first_low"].clip(0, 1)).max() > WIDE
        few = " So few samples hardly tell." if wide else ""
        return f"{outcome}: of its {what} {parts}; {together} is what they do together.{few}"


def told_part(estimate: float, low: float, high: float) -> str:
    """A part of the variance with its interval, as "12% [3%, 20%]"; no part leaves 0 to 1, though its estimate may."""
    within = [float(np.clip(one, 0.0, 1.0)) for one in (estimate, low, high)]
    return f"{percent(within[0])} {span(within[1], within[2], percent)}".rstrip()


def sensitivity(
    scenario: Scenario | str,
    *,
    factors: Iterable[str] | None = None,
    outcomes: Outcomes | None = None,
    trajectories: int = TRAJECTORIES,
    samples: int = SAMPLES,
    each: int = 0,
    ranked: bool = True,
    seeds: Iterable[int] = range(1),
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep: str | Path | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Vary a scenario over its priors, and say what its outcomes turn on.

    Parameters
    ----------
    scenario : what is varied.
    factors : names of priors; all that move something by default.
    outcomes : as in `market.sweep`; `OUTCOMES` by default.
    trajectories : of Morris, at least 2, of a world more than there are factors each.
    samples : for indices of groups, a power of 2 and at least 4, of two worlds more than there are groups each.
    each : samples for indices of factors, of two worlds more than there are factors each; none by default.
    ranked : whether indices are of ranks of outcomes, or of outcomes themselves.
    seeds : an outcome is its mean over them; the same in every world.
    executor, workers, cluster : as in `market.sweep`.
    keep : folder that keeps results as they come; the same call goes on where an earlier one ended.
    progress : called as ``progress(done, total)`` after each run.

    Raises
    ------
    InputError
        If a name is unknown, a number is refused, every run fails, or SALib is not installed.
    """
    base, chosen = as_scenario(scenario), checked_seeds(seeds)
    priors, reading = known(base, factors), asked(OUTCOMES if outcomes is None else outcomes)
    with engine(executor, workers, cluster=cluster, keep=keep, retry_failed=True) as running:

        def model(values: pd.DataFrame) -> pd.DataFrame:
            points = tuple(changes(priors, row, base) for row in rows(values))
            runs = running.outcomes(Worlds(base, Design("list", points), tuple(chosen)), reading, progress)
            return runs.groupby("point")[list(reading)].mean(skipna=False)

        tables = analysed(priors, model, trajectories, samples, each, ranked)
    return Sensitivity(
        **tables, factors=[one.name for one in priors], outcomes=list(reading), trajectories=trajectories,
        samples=samples, each=each, ranked=ranked, replications=len(chosen), scenario=base,
    )  # fmt: skip


def analysed(
    priors: Sequence[Prior], model: Model, trajectories: int, samples: int, each: int = 0, ranked: bool = True
) -> dict[str, pd.DataFrame]:
    """Analyse any model over some priors.

    A world that two designs have in common is run once.

    Parameters
    ----------
    priors : of the factors; groups are compared if there are several.   model : is asked once, for all worlds.
    trajectories, samples, each, ranked : as in `sensitivity`.

    Returns
    -------
    dict of DataFrame
        Effects, indices and worlds, as in `Sensitivity`.
    """
    salib = _salib()
    trajectories = whole("trajectories", trajectories, 2, MOST_SAMPLES)
    names, groups = [one.name for one in priors], [str(one.group) for one in priors]
    problem: Problem = {"num_vars": len(priors), "names": names, "bounds": [[0.0, 1.0]] * len(priors)}
    kinds = {GROUP: (problem | {"groups": groups}, list(dict.fromkeys(groups)), _power("samples", samples))}
    if each:
        kinds[FACTOR] = problem, names, _power("each", each)
    if len(set(groups)) < 2:
        del kinds[GROUP]
    # SALib notes in a problem what it makes of it, so each call has its own
    screening = salib.sample_morris(dict(problem), trajectories, num_levels=LEVELS, seed=SEED)
    designs = [screening] + [
        salib.sample_sobol(dict(one), size, calc_second_order=False, seed=SEED) for one, _, size in kinds.values()
    ]
    shares, place = np.unique(np.concatenate(designs), axis=0, return_inverse=True)
    values = valued(priors, shares)
    found = model(values).reset_index(drop=True)
    own, *others = np.split(place.ravel(), np.cumsum([len(one) for one in designs])[:-1])
    effects, indices = [], []
    for outcome in map(str, found):
        reached = found[outcome].to_numpy(float)
        effects.append(_effects(salib, problem, screening, reached[own]).assign(outcome=outcome, group=groups))
        for (of, (one, of_what, _)), other in zip(kinds.items(), others, strict=True):
            indices.append(_indices(salib, one, of_what, reached[other], ranked).assign(outcome=outcome, of=of))
    return {
        "effects": pd.concat(effects, ignore_index=True)[EFFECTS],
        "indices": pd.concat(indices, ignore_index=True)[INDICES] if indices else pd.DataFrame(columns=INDICES),
        "worlds": values.join(found),
    }


def _effects(salib: SimpleNamespace, problem: Problem, design: Floats, reached: Floats) -> pd.DataFrame:
    """Elementary effects of the trajectories along which the outcome is defined."""
    kept, n, left_out = _complete(reached, len(problem["names"]) + 1)
    table = pd.DataFrame({"factor": problem["names"], "n": n, "left_out": left_out})
    if n < 2:
        return table.assign(mu=np.nan, mu_star=np.nan, low=np.nan, high=np.nan, sigma=np.nan)
    how = {"num_levels": LEVELS, "num_resamples": RESAMPLES, "conf_level": CONFIDENCE, "seed": SEED}
    read = salib.analyse_morris(dict(problem), design[kept], reached[kept], **how)
    size, reach = np.asarray(read["mu_star"], float), np.asarray(read["mu_star_conf"], float)
    return table.assign(
        mu=np.asarray(read["mu"], float), mu_star=size, low=(size - reach).clip(0), high=size + reach,
        sigma=np.asarray(read["sigma"], float),
    )  # fmt: skip


def _indices(salib: SimpleNamespace, problem: Problem, names: list[str], reached: Floats, ranked: bool) -> pd.DataFrame:
    """Sobol' indices from the samples of which the outcome is defined throughout; none where it never changes.

    Intervals are percentiles of resamples: the estimators are skewed, and none is a normal's.
    """
    kept, n, left_out = _complete(reached, len(names) + 2)
    table = pd.DataFrame({"name": names, "n": n, "left_out": left_out})
    if n < 2 or np.ptp(reached[kept]) == 0:
        return table.assign(**dict.fromkeys(ESTIMATES, np.nan))
    values = pd.Series(reached[kept]).rank().to_numpy() if ranked else reached[kept]
    how = {"calc_second_order": False, "num_resamples": RESAMPLES, "keep_resamples": True, "seed": SEED}
    with np.errstate(all="ignore"):  # a resample of one sample alone has no variance, and is not counted
        read = salib.analyse_sobol(dict(problem), values, **how)
    estimates: dict[str, Floats] = {}
    for order, key in (("first", "S1"), ("total", "ST")):
        ends = np.nanquantile(read[f"{key}_conf_all"], [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2], axis=0)
        estimates |= {order: np.asarray(read[key], float), f"{order}_low": ends[0], f"{order}_high": ends[1]}
    return table.assign(**estimates)


def _power(name: str, size: int) -> int:
    """Accept a number of samples; of others a Sobol' sequence is not even."""
    size = whole(name, size, 4, MOST_SAMPLES)
    if size & (size - 1):
        raise InputError(f"{name}: {size} is refused; allowed: a power of 2, such as 16 or 1024")
    return size


def _complete(reached: Floats, size: int) -> tuple[npt.NDArray[np.bool_], int, int]:
    """Which values belong to blocks of so many that are all finite; how many blocks these are, and how many others."""
    whole_block = np.isfinite(reached.reshape(-1, size)).all(axis=1)
    return np.repeat(whole_block, size), int(whole_block.sum()), int((~whole_block).sum())


def _salib() -> SimpleNamespace:
    """The functions of SALib that are used.

    Raises
    ------
    InputError
        If it is not installed.
    """
    with needing("sensitivity", "SALib"):
        from SALib.analyze import morris as analyse_morris
        from SALib.analyze import sobol as analyse_sobol
        from SALib.sample import morris as sample_morris
        from SALib.sample import sobol as sample_sobol
    return SimpleNamespace(
        sample_morris=sample_morris.sample, sample_sobol=sample_sobol.sample, analyse_morris=analyse_morris.analyze,
        analyse_sobol=analyse_sobol.analyze,
    )  # fmt: skip
