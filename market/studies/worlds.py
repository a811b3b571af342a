"""What a study runs: worlds, each a scenario with some parameters changed, under a seed that is its random luck."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from market.parameters import InputError, plain, shown, whole
from market.run import LAST_SEED
from market.scenario.schema import Scenario
from market.scenario.vary import values_set
from market.studies.draws import Draw, in_world
from market.studies.levels import label
from market.studies.points import SCENARIO, Design

MOST_REPLICATIONS = 100_000
"""Most seeds in one study; intervals are as narrow as anybody can use long before."""

MOST_RUNS = 10_000_000
"""Most runs of one study."""


@dataclass(frozen=True)
class World:
    """One run to do.

    Attributes
    ----------
    point : number of the design point, from 0.
    scenario, changes : the scenario is run with these paths changed.
    seed : the random seed of the run.
    draw : what is uncertain, as it is in this world, but for what the changes set; None leaves all as it is.
    """

    point: int
    scenario: Scenario
    changes: Mapping[str, Any]
    seed: int
    draw: Draw | None = None

    @property
    def setting(self) -> Scenario:
        """The scenario with its changes."""
        setting = self.scenario.vary(self.changes) if self.changes else self.scenario
        return setting if self.draw is None else in_world(setting, self.draw.fixing(values_set(self.changes)))


@dataclass(frozen=True)
class Worlds:
    """Design points of a scenario, each under the same seeds. Each seed goes once through all points before the next.

    Attributes
    ----------
    scenario : what points without a scenario of their own start from.
    design : the points.
    seeds : the random seeds, all different.
    draws : of what is uncertain, equally likely; each seed has one, by turns. None, and all are as the scenario says.
    names : of the points, in messages and tables; none, and they are called by what they change.

    Raises
    ------
    InputError
        If there are more than `MOST_RUNS`.
    """

    scenario: Scenario
    design: Design
    seeds: tuple[int, ...]
    draws: tuple[Draw, ...] = ()
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self) > MOST_RUNS:
            many = f"{len(self.design.points):,} design points under {len(self.seeds):,} seeds"
            raise InputError(f"sweep: {many} are too many runs; allowed: at most {MOST_RUNS:,}")

    def __len__(self) -> int:
        return len(self.design.points) * len(self.seeds)

    def __getitem__(self, number: int) -> World:
        round_, point = divmod(number, len(self.design.points))
        seed = self.seeds[round_]
        return World(point, *self.design.split(self.scenario, point), seed, self.draw(seed))

    def draw(self, seed: int) -> Draw | None:
        """What is uncertain, as it is under a seed."""
        return self.draws[seed % len(self.draws)] if self.draws else None

    def name(self, point: int) -> str:
        """What a point is called."""
        if self.names:
            return self.names[point]
        scenario, changes = self.design.split(self.scenario, point)
        return ", ".join(f"{path} = {label(value)}" for path, value in changes.items()) or scenario.name

    def __iter__(self) -> Iterator[World]:
        return map(self.__getitem__, range(len(self)))

    def settings(self) -> Iterator[Scenario]:
        """The scenario of every point, changes made, and nothing drawn."""
        return (replace(self[point], draw=None).setting for point in range(len(self.design.points)))


def one_scenario(scenario: Scenario, seeds: Iterable[int], changes: Mapping[str, Any] | None = None) -> Worlds:
    """One scenario under some seeds, with some paths changed."""
    return Worlds(scenario, Design("list", (dict(changes or {}),)), tuple(seeds))


def scenarios(chosen: Iterable[Scenario], seeds: Iterable[int], names: Iterable[str] = ()) -> Worlds:
    """Whole scenarios, a point each, under the same seeds; `names` of them, if they have others than their own."""
    known = list(chosen)
    points = Design("list", tuple({SCENARIO: one} for one in known))
    return Worlds(known[0], points, tuple(seeds), names=tuple(names))


def checked_seeds(seeds: Iterable[int], least: int = 1) -> list[int]:
    """Accept seeds, of NumPy's kinds too; refuse too few or too many, repeated ones, and what is no seed."""
    try:
        known = list(islice(seeds, MOST_REPLICATIONS + 1))
    except TypeError:
        raise InputError(f"seeds: {shown(plain(seeds))} is refused; allowed: several different whole numbers") from None
    if len(known) > MOST_REPLICATIONS:
        raise InputError(f"seeds: there are too many; allowed: at most {MOST_REPLICATIONS:,}")
    if len(known) < least:
        few = "there is none" if not known else f"there is only {len(known)}"
        raise InputError(f"seeds: {few}; at least {'one is' if least == 1 else f'{least} are'} needed")
    ready: dict[int, None] = {}
    for seed in known:
        number = whole("seeds", seed, 0, LAST_SEED)
        if number in ready:
            raise InputError(f"seeds: {number} is given twice; allowed: different whole numbers, 0 to {LAST_SEED:,}")
        ready[number] = None
    return list(ready)


def first_seeds(replications: int) -> range:
    """Seeds 0, 1, … of so many replications."""
    return range(whole("replications", replications, 1, MOST_REPLICATIONS))
