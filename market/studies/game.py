"""To go on training or to stop: the 2×2 game of one lab against the others, read off four paired worlds."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from market.run import simulate
from market.studies.changes import stopping
from market.studies.intervals import Interval, interval, ratio
from market.tables import Run

WORLDS = ("nobody stops", "one stops", "others stop", "all stop")
"""The four worlds, in the order in which `game` takes a firm's payoffs."""


def four_worlds(run: Run, firm: str, month: int) -> dict[str, Run]:
    """A run, and those under its luck in which from a month on a lab, all others, or all of them stop training."""
    rivals = {lab: month for lab in run.scenario.labs if lab != firm}
    stops = ({firm: month}, rivals, {firm: month} | rivals)
    others = (simulate(stopping(run.scenario, when), run.seed) for when in stops)
    return dict(zip(WORLDS, (run, *others), strict=True))


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


def going_on(payoffs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """What a firm gains by going on instead of stopping, by seed: while the others go on, and once they stop.

    Parameters
    ----------
    payoffs : a row per seed and a column per world, in the order of `WORLDS`.
    """
    nobody, alone, others, together = (payoffs.iloc[:, place] for place in range(4))
    return nobody - alone, others - together


def just_pays(cash: pd.DataFrame, asset: pd.DataFrame) -> tuple[Interval, Interval]:
    """Price per unit of an asset at which going on just pays, each way of `going_on`, with its 95% interval.

    Parameters
    ----------
    cash, asset : payoffs, given as in `going_on`: money, and what is left at the end to be sold, such as revenue a
        year, at one price in all worlds. Discounted alike.
    """
    money, left = going_on(cash), going_on(asset)
    return ratio(-money[0], left[0]), ratio(-money[1], left[1])


def game(payoffs: pd.DataFrame) -> Game:
    """Read the game off a firm's payoffs, given as in `going_on`."""
    rivals_go_on, rivals_stop = going_on(payoffs)
    return Game(interval(rivals_go_on), interval(rivals_stop), interval(payoffs.iloc[:, 3] - payoffs.iloc[:, 0]))


def _sign(gain: Interval) -> int:
    """1 or −1 if the whole interval lies on one side of zero, else 0."""
    _, low, high = gain
    return 1 if low > 0 else -1 if high < 0 else 0
