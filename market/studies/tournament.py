"""Which conduct survives: ways to price and to invest played against each other, and the population that they lead to.

A conduct is a pricing rule with a training rule. All profiles of many conducts among several labs are too many to run,
so the game is reduced (Wiedenbeck and Wellman 2012): `payoffs` says what one lab with conduct i gets where all others
have conduct j, in present value of contribution less training and research with a terminal value
(`market.studies.exploit.worth`), under luck that all pairs share, the lab being another one from seed to seed. Shares
of conducts then grow with what they earn (Taylor and Jonker 1978), and the Nash equilibria are those of the reduced
game.

If there are more conducts than a full table takes, they qualify first: each plays under the same luck against rivals
whose conducts are drawn evenly, and the best go on. A conduct that is good against the best alone may be lost there.

Between the pure populations that are run the reduction interpolates. So every end is played out as it is: conducts are
drawn for the labs by the shares, and it is read what customers have of it, and all labs together.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from market.economics import luck
from market.families import Rule
from market.formats import percent, rough, short_dollars
from market.parameters import InputError, finite, unknown, whole
from market.scenario.load import as_scenario
from market.scenario.schema import Scenario
from market.strategies.pricing import PricingRule
from market.strategies.training import TrainingRule
from market.studies.engine import Engine, Progress, engine
from market.studies.evolution import Evolution, equilibria, replicator
from market.studies.exploit import TERMINAL
from market.studies.intervals import counted, interval
from market.studies.points import Design
from market.studies.profiles import Conduct, met, profile, shifted, turns, worths
from market.studies.worlds import Worlds, checked_seeds
from market.tables import Run

Floats = npt.NDArray[np.float64]

PLAYED = (PricingRule.family, TrainingRule.family)
"""Families of which a conduct has a rule each."""
FINALISTS = 6
"""Conducts of which all pairs are played, unless said otherwise."""
SURVIVES = 0.01
"""Share from which on a conduct has survived."""
MOST_ENDS = 4
"""Equilibria that are played out, the largest payoff first; every one is listed."""
TABLES = ("qualifying", "payoffs", "shares", "populations", "ends", "welfare")
"""What a tournament gives, by name; see `Tournament`."""
EVEN, EVOLVED = "even mixture", "evolved"
"""Names of the populations at the beginning and at the end; equilibria are numbered."""


@dataclass(frozen=True)
class Tournament:
    """What came of it; dollars are present values of month 0.

    Attributes
    ----------
    qualifying : conduct, payoff, low, high (95% interval), n, left_out, plays: against evenly drawn rivals; empty if
        all play all.
    payoffs : conduct, against, payoff, low, high, n, left_out: of one lab where all others play the second.
    shares : time, conduct, share: of the population, from the even mixture.
    populations : population, conduct, share: the even mixture, the one that evolved and every equilibrium.
    ends : population, figure, mean, low, high, n, left_out: consumer surplus, what all labs get, and what the reduced
        game expected of it, of those populations that were played out.
    welfare : prices, figure, mean, low, high, n, left_out: a month's surplus and profit on the research panel, at the
        prices of the population that evolved, at Nash and at joint-profit prices; mean over the months compared.
    settled : whether the shares came to rest.   agreeing : seeds of which each alone leads to the same largest share.
    pricing, training, finalists, compared, terminal, replications, scenario : the question.
    """

    qualifying: pd.DataFrame
    payoffs: pd.DataFrame
    shares: pd.DataFrame
    populations: pd.DataFrame
    ends: pd.DataFrame
    welfare: pd.DataFrame
    settled: bool
    agreeing: int
    pricing: Sequence[str]
    training: Sequence[str]
    finalists: int
    compared: int
    terminal: float
    replications: int
    scenario: Scenario

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        return {name: getattr(self, name) for name in TABLES}

    @property
    def conducts(self) -> list[str]:
        """Names of those of which all pairs were played."""
        return list(dict.fromkeys(self.payoffs["conduct"]))

    @property
    def equilibria(self) -> list[str]:
        """Names of the Nash equilibria of the reduced game."""
        return [name for name in dict.fromkeys(self.populations["population"]) if name not in (EVEN, EVOLVED)]

    def population(self, name: str) -> pd.Series:
        """Shares of a population by conduct, the largest first."""
        own = self.populations[self.populations["population"] == name]
        return own.set_index("conduct")["share"].sort_values(ascending=False, kind="stable")

    @property
    def sentence(self) -> str:
        """Which conduct survives, and what customers and labs get of it."""
        shares = self.population(EVOLVED)
        left = [f"{name} ({percent(share)})" for name, share in shares.items() if share >= SURVIVES]
        many = len(self.pricing) * len(self.training)
        drawn = "" if self.qualifying.empty else f", of which {len(self.conducts)} qualified for all pairs"
        rest = "survive" if len(left) > 1 else "survives"
        how = "" if self.settled else " on average, as the shares do not settle"
        text = (
            f"Of {many} kinds of conduct{drawn}, {' and '.join(left)} {rest}{how}; the largest share is the same under "
            f"{self.agreeing} of {self.replications} seeds alone. {self._ends}"
        )
        few = rough(self.replications)
        return f"{text}{f' {few}' if few else ''}"

    @property
    def _ends(self) -> str:
        """What the end is worth beside the even mixture, to customers and to labs."""
        mean = self.ends.set_index(["population", "figure"])["mean"]
        told = [
            f"{what} {short_dollars(mean[EVOLVED, figure])} instead of {short_dollars(mean[EVEN, figure])}"
            for what, figure in (("customers have", "surplus"), ("all labs get", "value"))
        ]
        return f"Played out, {' and '.join(told)} in the even mixture."


def tournament(
    scenario: Scenario | str,
    *,
    pricing: Sequence[str] | None = None,
    training: Sequence[str] | None = None,
    finalists: int = FINALISTS,
    compared: int = 24,
    terminal: float = TERMINAL,
    seeds: Iterable[int] = range(8),
    executor: Executor | Engine | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    keep: str | Path | None = None,
    progress: Progress | None = None,
) -> Tournament:
    """Play kinds of conduct against each other, let their shares evolve, and play out where that ends.

    Parameters
    ----------
    scenario : the market; a rule that a lab of it has counts with the parameters that it has there.
    pricing, training : names of rules; all that are registered by default.
    finalists : conducts of which all pairs are played; if there are more, the best against all qualify.
    compared : months between two comparisons with Nash and joint-profit prices, which take time; 0 for none.
    terminal : years of its last year's contribution that a business is worth at the end; with 0 who does not train late
        gains by it.
    seeds : at least two, the same for all.
    executor, workers, cluster : as in `market.sweep`.
    keep : folder that keeps results as they come; the same call goes on where an earlier one ended.
    progress : called as ``progress(done, total)`` after each run; `total` is of its stage.

    Raises
    ------
    InputError
        If a rule is unknown, there is one conduct or one lab only, a run fails, or nashpy is not installed.
    """
    base, known = as_scenario(scenario), checked_seeds(seeds, least=2)
    if len(base.labs) < 2:
        raise InputError("tournament: a market with at least two labs is needed")
    pricing, training = (_names(*asked) for asked in zip(PLAYED, (pricing, training), strict=True))
    whole("finalists", finalists, 2, 100)
    if not 0 <= finite("terminal", terminal) <= 100:
        raise InputError(f"terminal: {terminal:g} is refused; allowed: 0 to 100 years of contribution")
    all_ = conducts(base, pricing, training)
    if len(all_) < 2:
        raise InputError("tournament: at least two kinds of conduct are needed")
    base.vary({"record_benchmarks": compared})
    equilibria(np.eye(2))  # says now if nashpy is missing
    with engine(executor, workers, cluster=cluster, keep=keep, retry_failed=True) as running:
        hall = _Hall(base, running, known, terminal, progress)
        qualifying = hall.qualify(all_) if len(all_) > finalists else _QUALIFYING
        playing = _best(all_, qualifying, finalists)
        won = hall.all_pairs(playing)
        matrix = won.pivot_table(index="conduct", columns="against", values="payoff", sort=False).to_numpy()
        evolved = replicator(matrix.astype(float))
        populations = _populations(matrix, evolved)
        ends, welfare = hall.play_out(playing, matrix, populations, compared)
    names = [one.said for one in playing]
    alone = hall.by_seed(len(playing))
    agreeing = sum(int(replicator(own).end.argmax() == evolved.end.argmax()) for own in alone)
    times = np.repeat(evolved.times, len(names))
    shares = pd.DataFrame({"time": times, "conduct": names * len(evolved.times), "share": evolved.shares.ravel()})
    rows = [(name, one, share) for name, mix in populations.items() for one, share in zip(names, mix, strict=True)]
    listed = pd.DataFrame(rows, columns=["population", "conduct", "share"])
    return Tournament(
        qualifying, won, shares, listed, ends, welfare, evolved.settled, agreeing, pricing, training, finalists,
        compared, terminal, len(known), base,
    )  # fmt: skip


def conducts(scenario: Scenario, pricing: Sequence[str], training: Sequence[str]) -> list[Conduct]:
    """Every pricing rule with every training rule.

    A rule is as a lab has it, else as the first lab that has it, else as it is by default; then what its whole family
    has in common, such as the cost of a run, stays as the lab has it.
    """
    return [
        Conduct(
            f"{one} + {other}",
            {
                lab: {name: _rule(scenario, lab, name, rule) for name, rule in zip(PLAYED, (one, other), strict=True)}
                for lab in scenario.labs
            },
        )
        for one in pricing
        for other in training
    ]  # fmt: skip


def _rule(scenario: Scenario, lab: str, family: str, name: str) -> dict[str, object]:
    """A rule of a family as a table, as a lab plays it."""
    own: Rule = getattr(scenario.labs[lab], family)
    for known in (own, *(getattr(other, family) for other in scenario.labs.values())):
        if known.chosen == name:
            return dict(known.model_dump())
    base = Rule.families()[family]
    rule = base.registry[name]
    redefined = {one for cls in rule.__mro__[: rule.__mro__.index(base)] for one in inspect.get_annotations(cls)}
    common = base.model_fields.keys() - redefined - {base.word}
    return {"rule": name, **{key: value for key, value in own.model_dump().items() if key in common}}


def _names(family: str, asked: Sequence[str] | None) -> list[str]:
    """Rules of a family by name; all if none is asked for."""
    registered = Rule.families()[family].registry
    for name in asked or ():
        if name not in registered:
            raise InputError(f"{family}: {unknown('rule', name, registered)}")
    return list(dict.fromkeys(asked or registered))


@dataclass
class _Hall:
    """Where conducts meet: a scenario, who runs it, and the seeds that all share."""

    base: Scenario
    running: Engine
    seeds: Sequence[int]
    terminal: float
    progress: Progress | None

    def __post_init__(self) -> None:
        self.who = turns(self.base.labs, self.seeds)
        self.table = pd.DataFrame()

    def qualify(self, all_: Sequence[Conduct]) -> pd.DataFrame:
        """Payoff of each conduct against rivals whose conducts are drawn evenly, the same for all under a seed."""
        tables, total = [], len(all_) * len(self.seeds)
        even = np.full(len(all_), 1 / len(all_))
        for place, seed in enumerate(self.seeds):
            lab, rivals = self.who[seed], drawn(all_, even, self.base.labs, seed)
            points = tuple(profile({**rivals, lab: one}) for one in all_)
            steps = shifted(self.progress, place * len(all_), total)
            table = self.running.table(
                Worlds(self.base, Design("list", points), (seed,)), partial(worths, terminal=self.terminal), steps
            )
            tables.append(table[table["firm"] == lab])
        runs = pd.concat(tables)
        rows = [(one.said, *_mean(runs.loc[runs["point"] == i, "value"])) for i, one in enumerate(all_)]
        return pd.DataFrame(rows, columns=list(_QUALIFYING.columns[:-1])).assign(plays=False)

    def all_pairs(self, playing: Sequence[Conduct]) -> pd.DataFrame:
        """Payoff of each conduct where all others have each."""
        pairs = [(one, others) for one in playing for others in playing]
        self.table = met(self.running, self.base, pairs, self.who, self.terminal, self.progress)
        rows = [
            (one.said, others.said, *_mean(self.table.loc[self.table["pair"] == i, "value"]))
            for i, (one, others) in enumerate(pairs)
        ]
        return pd.DataFrame(rows, columns=["conduct", "against", "payoff", "low", "high", "n", "left_out"])

    def by_seed(self, count: int) -> list[Floats]:
        """Payoffs of all pairs under each seed alone."""
        return [part["value"].to_numpy(float).reshape(count, count) for _, part in self.table.groupby("seed")]

    def play_out(
        self, playing: Sequence[Conduct], matrix: Floats, populations: Mapping[str, Floats], compared: int
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Run populations as they are; see `Tournament` for `ends` and `welfare`."""
        ends, welfare = [], pd.DataFrame()
        told = [name for name in populations if name in (EVEN, EVOLVED)] + _largest(matrix, populations)
        for number, name in enumerate(told):
            mix, tables = populations[name], []
            base = self.base.vary({"record_responses": 1, "record_benchmarks": compared if name == EVOLVED else 0})
            for place, seed in enumerate(self.seeds):
                points = (profile(drawn(playing, mix, self.base.labs, seed)),)
                done = number * len(self.seeds) + place
                steps = shifted(self.progress, done, len(told) * len(self.seeds))
                tables.append(
                    self.running.tables(
                        Worlds(base, Design("list", points), (seed,)), partial(gained, terminal=self.terminal), steps
                    )
                )
            totals = pd.concat([one["totals"] for one in tables])
            expected = len(self.base.labs) * float(mix @ matrix @ mix)
            ends += [(name, figure, *_mean(totals[figure])) for figure in ("surplus", "value")]
            ends.append((name, "expected value", expected, np.nan, np.nan, len(self.seeds), 0))
            if name == EVOLVED:
                welfare = pd.concat([one["welfare"] for one in tables])
        columns = ["population", "figure", "mean", "low", "high", "n", "left_out"]
        prices = [
            (kind, figure, *_mean(part[figure]))
            for kind, part in welfare.groupby("prices", sort=False)
            for figure in ("surplus", "profit")
        ]
        return pd.DataFrame(ends, columns=columns), pd.DataFrame(prices, columns=["prices", *columns[1:]])


def drawn(all_: Sequence[Conduct], shares: Floats, labs: Iterable[str], seed: int) -> dict[str, Conduct]:
    """A conduct for every lab, drawn by the shares of a population; the luck is the lab's own under a seed.

    Parameters
    ----------
    all_ : the conducts.   shares : (C,) of the population.   labs : by name.   seed : of the run.
    """
    ends = np.cumsum(shares) / np.sum(shares)
    places = {lab: int(np.searchsorted(ends, luck.uniform(seed, "conduct", 0, lab), "right")) for lab in labs}
    return {lab: all_[min(place, len(all_) - 1)] for lab, place in places.items()}


def gained(run: Run, terminal: float) -> dict[str, pd.DataFrame]:
    """What a run is worth: totals (surplus and value, present values in dollars) and welfare by prices, a month's mean.

    Of months in which a lab releases there is no comparison; `market.month.compare` waits for others.
    """
    segments = run.segments
    now = (1 + run.scenario.discount_rate) ** (-segments["month"] / 12)
    surplus = float((segments["surplus"] * now).sum(skipna=False))
    compared = run.table("welfare").groupby("prices", sort=False)[["surplus", "profit"]].mean().reset_index()
    return {
        "totals": pd.DataFrame({"surplus": [surplus], "value": [float(worths(run, terminal)["value"].sum())]}),
        "welfare": compared.astype({"prices": "str"}),
    }


def _populations(matrix: Floats, evolved: Evolution) -> dict[str, Floats]:
    """Shares by name: at the beginning, at the end, and at every equilibrium."""
    rest = {f"equilibrium {number}": mix for number, mix in enumerate(equilibria(matrix), 1)}
    return {EVEN: evolved.shares[0], EVOLVED: evolved.end, **rest}


def _largest(matrix: Floats, populations: Mapping[str, Floats]) -> list[str]:
    """Equilibria that are no end already, those of the largest payoff."""
    others = {
        name: float(mix @ matrix @ mix)
        for name, mix in populations.items()
        if name not in (EVEN, EVOLVED) and not np.allclose(mix, populations[EVOLVED], atol=SURVIVES)
    }
    return sorted(others, key=lambda name: -others[name])[:MOST_ENDS]


def _best(all_: Sequence[Conduct], qualifying: pd.DataFrame, finalists: int) -> list[Conduct]:
    """The conducts that go on, in their order, which are marked in the table."""
    if qualifying.empty:
        return list(all_)
    first = qualifying["payoff"].sort_values(ascending=False, kind="stable").index[:finalists]
    qualifying["plays"] = qualifying.index.isin(first)
    return [one for one, plays in zip(all_, qualifying["plays"], strict=True) if plays]


def _mean(values: pd.Series) -> tuple[float, ...]:
    """Mean over seeds with its interval, seeds that count and that do not."""
    return (*interval(values), *counted(values))


_QUALIFYING = pd.DataFrame(columns=["conduct", "payoff", "low", "high", "n", "left_out", "plays"])
