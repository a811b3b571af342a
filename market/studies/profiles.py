"""Markets in which every lab has a given conduct, and what each lab gets in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from market.scenario.schema import Scenario
from market.studies.engine import Engine, Progress
from market.studies.exploit import worth
from market.studies.points import Design
from market.studies.worlds import Worlds
from market.tables import Run


@dataclass(frozen=True)
class Conduct:
    """A way to behave, which any lab may have.

    Attributes
    ----------
    said : its name.
    changes : by lab, what it changes by path below the lab.
    """

    said: str
    changes: Mapping[str, Mapping[str, Any]]


SMALL: Mapping[str, Any] = {"customers": 1000, "panel.size": 100}
"""Sizes of a market of which very many runs are made, unless others are asked for."""

Pair = tuple[Conduct, Conduct]
"""The conduct of one lab, and that of all others."""


def profile(conducts: Mapping[str, Conduct]) -> dict[str, Any]:
    """Changes of a scenario in which each lab has a conduct."""
    return {f"labs.{lab}.{path}": value for lab, one in conducts.items() for path, value in one.changes[lab].items()}


def alone_among(scenario: Scenario, lab: str, pair: Pair) -> dict[str, Any]:
    """Changes of a scenario in which one lab has the first conduct of a pair, and all others have the second."""
    return profile({name: pair[name != lab] for name in scenario.labs})


def turns(labs: Iterable[str], seeds: Sequence[int]) -> dict[int, str]:
    """Which lab is looked at under each seed: all in turn."""
    known = list(labs)
    return {seed: known[place % len(known)] for place, seed in enumerate(seeds)}


def worths(run: Run, terminal: float) -> pd.DataFrame:
    """What each lab gets: firm, value, contribution, as `market.studies.exploit.worth` has them."""
    return pd.DataFrame([{"firm": firm, **worth(run, firm, terminal)} for firm in run.scenario.labs])


def met(
    running: Engine,
    scenario: Scenario,
    pairs: Sequence[Pair],
    who: Mapping[int, str],
    terminal: float,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """What one lab gets among others of another conduct, all pairs under the same luck.

    This is the deviation-preserving reduction of a game of many (Wiedenbeck and Wellman 2012): with so few profiles it
    is still exact what one lab gains by leaving what all do.

    Parameters
    ----------
    running : does the runs.   scenario : in which they meet.   pairs : who meets whom.
    who : the lab that is looked at, by seed.   terminal : years of contribution that count at the end.
    progress : called as ``progress(done, total)``.

    Returns
    -------
    DataFrame
        Pair (its number), seed, firm, value and contribution (dollars): a row per pair and seed.
    """
    tables, done, total = [], 0, len(pairs) * len(who)
    for lab in dict.fromkeys(who.values()):
        seeds = tuple(seed for seed, other in who.items() if other == lab)
        design = Design("list", tuple(alone_among(scenario, lab, pair) for pair in pairs))
        table = running.table(
            Worlds(scenario, design, seeds), partial(worths, terminal=terminal), shifted(progress, done, total)
        )
        tables.append(table[table["firm"] == lab])
        done += len(pairs) * len(seeds)
    return pd.concat(tables).rename(columns={"point": "pair"}).sort_values(["pair", "seed"], ignore_index=True)


def shifted(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of a part of a work, of which some is done before, as that of the whole."""
    return None if progress is None else lambda done, _: progress(before + done, total)
