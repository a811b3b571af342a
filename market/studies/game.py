"""To go on training or to stop: the 2×2 game of one lab against the others, read off four paired worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from market.measures.overtaken import missed_release, monthly, prospects, resting
from market.measures.payoffs import CASH, PAYOFFS, RUN_RATE, payoffs
from market.run import simulate
from market.studies.changes import stopping
from market.studies.intervals import Interval, interval
from market.studies.words import ratio_in_words
from market.tables import Run

WORLDS = ("nobody stops", "one stops", "others stop", "all stop")
"""The four worlds of the game."""
SIDES = ("while rivals go on", "once rivals stop")
"""What a gain depends on."""


def four_worlds(run: Run, firm: str, month: int) -> dict[str, Run]:
    """A run, and those under its luck in which from a month on a lab, all others, or all of them stop training."""
    rivals = {lab: month for lab in run.scenario.labs if lab != firm}
    stops = ({firm: month}, rivals, {firm: month} | rivals)
    others = (simulate(stopping(run.scenario, when), run.seed) for when in stops)
    return dict(zip(WORLDS, (run, *others), strict=True))


def fates(run: Run, firm: str, month: int, close: int) -> dict[str, pd.DataFrame]:
    """What becomes of a firm in the four worlds of one seed.

    Parameters
    ----------
    run : the world in which nobody stops.   firm, month : who stops training, and when.
    close : month up to which its payoffs count and others are ahead.

    Returns
    -------
    dict
        Tables with "what" each row is of. stands: `prospects` from the release that it missed on, if nobody stops and
        if it does; keeps: `resting`; payoffs: a row for each of `payoffs`, and revenue: for each quarter, dollars a
        year, with a column per world.
    """
    worlds = four_worlds(run, firm, month)
    nobody, one = (worlds[world] for world in WORLDS[:2])
    missed = missed_release(one, nobody, firm)
    quarterly = {world: 4 * monthly(r, firm)["revenue"].groupby(lambda m: m // 3).sum() for world, r in worlds.items()}
    tables = {
        "stands": pd.DataFrame({world: prospects(worlds[world], firm, missed, close) for world in WORLDS[:2]}).T,
        "keeps": pd.DataFrame([resting(one, nobody, firm, close)]),
        "payoffs": pd.DataFrame({world: payoffs(r, firm, month, close) for world, r in worlds.items()}),
        "revenue": pd.DataFrame(quarterly),
    }
    return {name: table.reset_index(names="what") for name, table in tables.items()}


@dataclass(frozen=True)
class Game:
    """Gains in the unit of the payoffs, each a mean over seeds with its paired 95% interval.

    Attributes
    ----------
    rivals_go_on, rivals_stop : what the firm gains by going on instead of stopping, by what the others do.
    together : what it gains if all stop instead of none.
    """

    rivals_go_on: Interval
    rivals_stop: Interval
    together: Interval

    @property
    def verdict(self) -> str:
        """Name the game (Rapoport and Guyer 1966); a gain whose interval includes zero settles nothing.

        "prisoner's dilemma": going on dominates, and each fares better if all stop. "chicken": going on pays only once
        the others stop. "coordination": only while they do not.
        """
        signs = (_sign(self.rivals_go_on), _sign(self.rivals_stop))
        if signs == (1, 1):
            return "prisoner's dilemma" if _sign(self.together) == 1 else "going on dominates"
        return {(-1, -1): "stopping dominates", (-1, 1): "chicken", (1, -1): "coordination"}.get(signs, "open")


def going_on(worlds: pd.DataFrame) -> dict[str, Any]:
    """What a firm gains by going on instead of stopping, by `SIDES` and seed.

    `worlds` holds its payoffs: a row per seed, and for each of `WORLDS` a column, or one for every kind of payoff.
    """
    nobody, alone, others, together = (worlds[world] for world in WORLDS)
    return dict(zip(SIDES, (nobody - alone, others - together), strict=True))


def just_pays(worlds: pd.DataFrame) -> pd.Series:
    """Multiple of run-rate revenue, the same in all worlds, at which going on just pays, by `SIDES`, in words."""
    said = [ratio_in_words(-gain[CASH], gain[RUN_RATE]) for gain in going_on(worlds).values()]
    return pd.Series(said, index=list(SIDES))


def game(worlds: pd.DataFrame) -> Game:
    """Read the game off a firm's payoffs of one kind."""
    go_on, stop = going_on(worlds).values()
    return Game(interval(go_on), interval(stop), interval(worlds[WORLDS[3]] - worlds[WORLDS[0]]))


def games(worlds: pd.DataFrame) -> pd.Series:
    """Name the game by each of `PAYOFFS`."""
    by_kind: Any = worlds.swaplevel(axis=1)
    return pd.Series([game(by_kind[kind]).verdict for kind in PAYOFFS], list(PAYOFFS), dtype="str")


def _sign(gain: Interval) -> int:
    """1 or −1 if the whole interval lies on one side of zero, else 0."""
    _, low, high = gain
    return 1 if low > 0 else -1 if high < 0 else 0
