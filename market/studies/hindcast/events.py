"""Successions and revenue: what became of a predecessor, and what the list came to in dollars."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from market.studies.hindcast.logit import Pair
from market.studies.hindcast.weeks import Floats, Weeks

AFTER = 8
"""Weeks after the last list before a release at which a succession is looked at."""
GROWTH = "growth extrapolated"
"""The naive forecast of revenue."""
SUCCESSION = (
    "successor", "predecessor", "released", "before", "kept_observed", "kept_simulated", "successor_observed",
    "successor_simulated", "right",
)  # fmt: skip


def successions(weeks: Weeks, simulated: Mapping[Pair, Floats]) -> pd.DataFrame:
    """Releases whose predecessor was on the list, `AFTER` weeks on: observed, and forecast from the last list before.

    Returns
    -------
    DataFrame
        The columns of `SUCCESSION`: shares of the predecessor before, what part of that it kept, and the successor's
        share, each observed (missing if off the list) and simulated; right, whether the simulation has the same of the
        two ahead, what is off the list being behind, missing if both are.
    """
    rows = []
    for place in np.flatnonzero((weeks.predecessor >= 0) & (weeks.released > 0)):
        origin, old = int(weeks.released[place]) - 1, int(weeks.predecessor[place])
        pair = origin, AFTER
        if pair not in simulated or np.isnan(weeks.shares[origin][old]):
            continue
        there, before = list(weeks.on_sale(sum(pair))), weeks.shares[origin][old]
        seen = weeks.shares[sum(pair)]
        old_simulated, new_simulated = (float(simulated[pair][there.index(one)]) for one in (old, place))
        ahead = np.nan_to_num(seen[place]) > np.nan_to_num(seen[old])
        both_off = np.isnan(seen[place]) and np.isnan(seen[old])
        rows.append(
            (
                weeks.model[place], weeks.model[old], weeks.days[origin + 1].strftime("%Y-%m-%d"), before,
                seen[old] / before, old_simulated / before, seen[place], new_simulated,
                np.nan if both_off else float(ahead == (new_simulated > old_simulated)),
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(SUCCESSION))


def spent(weeks: Weeks, week: int) -> float:
    """What the list's tokens of a week come to at list prices, dollars."""
    return float(np.nansum(weeks.tokens[week] * weeks.prices(week)))


def revenue_errors(
    weeks: Weeks, pairs: list[Pair], contestants: Mapping[str, Callable[[Pair], Floats]]
) -> list[tuple[str, int, float]]:
    """Mean error |ln(forecast / observed)| of the list's dollars: contestant, origins, error.

    "growth extrapolated", the naive one, repeats the growth of dollars over the last weeks, as many as the horizon. The
    others repeat that of tokens, at the mean list price of the shares that they forecast. Origins that have no such
    growth behind them are left out.
    """
    usable = [(origin, horizon) for origin, horizon in pairs if origin >= horizon]
    found: dict[str, list[float]] = {GROWTH: [], **{name: [] for name in contestants}}
    for origin, horizon in usable:
        now, seen = spent(weeks, origin), spent(weeks, origin + horizon)
        found[GROWTH].append(abs(np.log(now**2 / spent(weeks, origin - horizon) / seen)))
        used = np.nansum(weeks.tokens, axis=1)
        growth, there = used[origin] / used[origin - horizon], weeks.on_sale(origin + horizon)
        for name, shares in contestants.items():
            price = float(shares((origin, horizon)) @ weeks.prices(origin + horizon)[there])
            found[name].append(abs(np.log(used[origin] * growth * price / seen)))
    return [(name, len(usable), float(np.mean(errors)) if errors else np.nan) for name, errors in found.items()]
