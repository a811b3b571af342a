"""Where prices lie between competition and a cartel: profits at Bertrand–Nash and at joint-profit prices.

    Δ = (π − π_Nash) / (π_joint − π_Nash)

is the profit gain of Calvano, Calzolari, Denicolò and Pastorello (2020): 0 is static competition, 1 the cartel of all
firms that set prices. All three profits are Σ (p − c)·volume on the same demand, at the same costs, and beside each
stands what customers have of those prices, their surplus (Small and Rosen 1981). Several Nash roots can exist; the one
found is that to which the prices at work lead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.economics.demand import consumer_surplus, shares
from market.economics.equilibrium import joint_prices, nash_prices

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NO_ROOM = 1e-6
"""Where joint profit exceeds Nash profit by less than this part of it, Δ has no value."""


@dataclass(frozen=True)
class Benchmarks:
    """One month against its benchmarks, for the F firms that set prices.

    Parameters
    ----------
    owners : (F,) their numbers, rising.
    profit, profit_nash, profit_joint : (F,) dollars, at the prices given, at Nash prices, and as members of the cartel.
    gain : (F,) Δ; NaN for a firm that a cartel would not make richer: a monopolist, or one that the cartel would have
        give way to others. The industry's Δ is that of the sums.
    surplus, surplus_nash, surplus_joint : consumer surplus at the same three sets of prices, dollars.
    is_nash, converged : whether the Nash prices are ones from which nobody gains by moving, and both searches settled.
    """

    owners: Integers
    profit: Floats
    profit_nash: Floats
    profit_joint: Floats
    gain: Floats
    surplus: float
    surplus_nash: float
    surplus_joint: float
    is_nash: bool
    converged: bool


def benchmarks(
    utility: Floats,
    alpha: Floats,
    weights: Floats,
    costs: Floats,
    firms: npt.ArrayLike,
    prices: Floats,
    fixed: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
) -> Benchmarks:
    """Compare the firms' profits at `prices` with those at Nash and at joint-profit prices.

    Parameters
    ----------
    utility, alpha, weights, costs, firms : as for `equilibrium.nash_prices`: (R, J), (R,), (R,), (J,), (J,).
    prices : (J,) at work, from which both searches start.
    fixed : (J,) products whose price is not set by their firm, as open weights; firms with no other are left out.
    groups : (J,) numbers of the products' groups, each of one firm; each product is its own by default.
    """
    owners, given = np.asarray(firms, np.int64), np.asarray(prices, float)
    held = np.zeros(len(owners), bool) if fixed is None else np.asarray(fixed, bool)
    labs = np.unique(owners[~held])
    numbers = None if groups is None else np.asarray(groups, np.int64)
    nash = nash_prices(utility, alpha, weights, costs, owners, given, held, numbers)
    joint = joint_prices(utility, alpha, weights, costs, owners, labs, nash.prices, held, numbers)

    def by_firm(profits: Floats) -> Floats:
        return np.array([profits[owners == firm].sum() for firm in labs])

    def surplus(at: Floats) -> float:
        return consumer_surplus(utility, alpha, weights, at, numbers)

    now = by_firm((given - costs) * shares(utility, alpha, weights, given, numbers))
    low, high = by_firm(nash.profits), by_firm(joint.profits)
    room = high - low
    gain = np.full(len(labs), np.nan)
    np.divide(now - low, room, out=gain, where=room > NO_ROOM * np.abs(low))
    settled = nash.converged and joint.converged
    surpluses = surplus(given), surplus(nash.prices), surplus(joint.prices)
    return Benchmarks(labs, now, low, high, gain, *surpluses, nash.is_nash, settled)
