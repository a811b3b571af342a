"""Pricing algorithms that learn by doing: the duopoly of Calvano, Calzolari, Denicolò and Pastorello (2020).

Two firms sell one product each to logit customers, q_i = exp((a − p_i)/μ) / (Σ_k exp((a − p_k)/μ) + exp(a_0/μ)), on a
grid of m prices that reaches from a little below the Nash to a little above the joint-profit price. Each sees last
period's two prices, the state s, and learns what its own price k is worth by

    Q_i(s, k) ← (1 − α) Q_i(s, k) + α [π_i + δ max_k' Q_i(s', k')]

It plays the best known price, or any price with chance exp(−βt). Nobody tells the two to collude, and both end well
above the Nash price. Luck belongs to a session and is drawn by hash, so sessions may run in any order and number of
threads.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.economics import luck
from market.economics.demand import probabilities
from market.economics.equilibrium import joint_prices, nash_prices
from market.economics.kernels import kernel
from market.parameters import Parameters, parameter

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
MOST_PERIODS = 50_000_000
"""A session that has not settled by then has not converged; sessions take about two million periods."""


class Learning(Parameters):
    """The baseline of the paper: demand, grid and learning."""

    a: float = parameter(2.0, unit="$", ge=-100, le=100, meaning="quality of both products")
    a0: float = parameter(0.0, unit="$", ge=-100, le=100, meaning="quality of the outside good")
    mu: float = parameter(0.25, unit="$", gt=0, le=100, meaning="μ: scale of the logit, product differentiation")
    c: float = parameter(1.0, unit="$", gt=0, le=100, meaning="marginal cost")
    delta: float = parameter(0.95, unit="share", ge=0, lt=1, meaning="δ: discount factor of a period")
    m: int = parameter(15, unit="prices", ge=2, le=100, meaning="points of the price grid")
    xi: float = parameter(0.1, unit="share", ge=0, le=1, meaning="ξ: reach of the grid beyond Nash and joint price")
    alpha: float = parameter(0.15, unit="share", gt=0, le=1, meaning="α: learning rate")
    beta: float = parameter(4e-6, unit="per period", gt=0, le=1, meaning="β: decay of exploration")
    stable: int = parameter(100_000, unit="periods", ge=1, meaning="periods without a new best price that are the end")


@dataclass(frozen=True)
class Duopoly:
    """The stage game on its grid: prices (m,), profits (2, m, m) of both by firm 0's and firm 1's price."""

    prices: Floats
    profits: Floats
    nash_price: float
    joint_price: float
    nash_profit: float
    joint_profit: float

    def gain(self, profit: npt.ArrayLike) -> Floats:
        """Profit gain Δ = (π − π_Nash)/(π_joint − π_Nash): 0 is competition, 1 a cartel."""
        return np.asarray((np.asarray(profit) - self.nash_profit) / (self.joint_profit - self.nash_profit))


@dataclass(frozen=True)
class Session:
    """What two algorithms learned: best price by firm and state (2, m²), the last state, periods, and if they settled.

    A state is m · firm 0's price + firm 1's price, as numbers on the grid.
    """

    strategies: Integers
    state: int
    periods: int
    converged: bool


def duopoly(settings: Learning) -> Duopoly:
    """Solve the stage game and tabulate it on the grid."""
    utility = np.full((1, 2), (settings.a - settings.a0) / settings.mu)
    alpha, weights, costs = np.array([1 / settings.mu]), np.ones(1), np.full(2, settings.c)
    game = utility, alpha, weights, costs, [0, 1]
    nash, joint = nash_prices(*game), joint_prices(*game)
    low, high = float(nash.prices[0]), float(joint.prices[0])
    reach = settings.xi * (high - low)
    prices = np.linspace(low - reach, high + reach, settings.m)
    pairs = np.stack(np.meshgrid(prices, prices, indexing="ij"), axis=-1)
    profits = np.moveaxis((pairs - settings.c) * sold(settings, pairs), -1, 0).copy()
    return Duopoly(prices, profits, low, high, float(nash.profits[0]), float(joint.profits[0]))


def sold(settings: Learning, prices: Floats) -> Floats:
    """Volumes of both firms, (..., 2), at their prices (..., 2)."""
    pairs = prices.reshape(-1, 2)
    values = (settings.a - settings.a0 - pairs) / settings.mu
    return probabilities(values, np.zeros(len(pairs)), np.zeros(2)).reshape(prices.shape)


def learn(game: Duopoly, settings: Learning, sessions: Sequence[int], seed: int, threads: int = 2) -> list[Session]:
    """Let pairs of algorithms learn until they settle, each session by its number, on some threads.

    Parameters
    ----------
    game, settings : the stage game, and how the algorithms learn.
    sessions : numbers of the sessions, which name their luck.   seed : the random seed.
    threads : sessions at a time; the result does not depend on it.
    """
    discount = np.array([settings.delta, settings.alpha, math.exp(-settings.beta)])
    profits = game.profits.reshape(2, -1)
    start = _first_values(game, settings.delta)

    def one(session: int) -> Session:
        key = luck.key(seed, "q_learning", session)
        best, state, periods, settled = _session(key, profits, start, discount, settings.stable, MOST_PERIODS)
        return Session(best, int(state), int(periods), bool(settled))

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, sessions))


def play(game: Duopoly, session: Session, periods: int, forced: Sequence[int] = ()) -> Integers:
    """Prices that follow from what was learned, as numbers on the grid (periods, 2), after the last state.

    Firm 0 is forced to the prices `forced` in the first periods; then both go by their strategies.

    Parameters
    ----------
    game, session : the stage game, and what the two learned in it.
    periods : how many to play.   forced : firm 0's prices in the first of them, as numbers on the grid.
    """
    played, state, m = np.empty((periods, 2), np.int64), session.state, len(game.prices)
    for t in range(periods):
        played[t] = session.strategies[:, state]
        if t < len(forced):
            played[t, 0] = forced[t]
        state = int(played[t, 0] * m + played[t, 1])
    return played


def settled(game: Duopoly, session: Session) -> Integers:
    """Prices of the cycle into which two strategies run, as numbers on the grid (length of the cycle, 2)."""
    states = len(game.prices) ** 2
    played = play(game, session, 2 * states)
    path = played @ np.array([len(game.prices), 1])
    length = int(np.flatnonzero(path[-2::-1] == path[-1])[0]) + 1
    return played[-length:]


def learned(game: Duopoly, session: Session) -> dict[str, float]:
    """Mean profit gain and mean price of the cycle into which two strategies run, periods, and if they settled."""
    cycle = settled(game, session)
    gain = float(game.gain(game.profits[:, cycle[:, 0], cycle[:, 1]].mean()))
    price = float(game.prices[cycle].mean())
    return {"gain": gain, "price": price, "periods": session.periods, "converged": session.converged}


def around_cut(game: Duopoly, session: Session, before: int, after: int, forced: bool = True) -> Floats:
    """Prices around a cut to the static best response that is forced upon firm 0 for a period, (periods, 2).

    Parameters
    ----------
    game, session : the stage game, and what the two learned in it.
    before, after : periods of the cycle before the cut, and periods from the cut on.
    forced : whether the cut is made; without it the cycle goes on.
    """
    cycle = settled(game, session)
    cut = [best_static_price(game, int(session.strategies[1, session.state]))] if forced else []
    played = np.vstack([cycle[np.arange(-before, 0) % len(cycle)], play(game, session, after, cut)])
    return np.asarray(game.prices[played])


def best_static_price(game: Duopoly, rival: int) -> int:
    """Firm 0's most profitable price in one period against a rival's, both as numbers on the grid."""
    return int(game.profits[0, :, rival].argmax())


def _first_values(game: Duopoly, discount: float) -> Floats:
    """First values Q_i(s, k), (2, m², m): the mean profit at price k over the rival's prices, for ever."""
    mean = np.stack([game.profits[0].mean(axis=1), game.profits[1].mean(axis=0)]) / (1 - discount)
    return np.repeat(mean[:, None, :], len(game.prices) ** 2, axis=1)


@kernel
def _session(key, profits, start, rates, stable, most):  # type: ignore[no-untyped-def]
    """One pair learns: best price by firm and state, the last state, periods, whether they settled."""
    m = start.shape[2]
    values, best = start.copy(), np.empty((2, m * m), np.int64)
    for i in range(2):
        for s in range(m * m):
            best[i, s] = np.argmax(values[i, s])
    counter, explore, quiet = key, 1.0, 0
    state = min(int(luck.unit(luck.mix(counter)) * m * m), m * m - 1)
    chosen = np.empty(2, np.int64)
    for period in range(1, most + 1):
        for i in range(2):
            counter += luck.GAMMA
            draw = luck.unit(luck.mix(counter))
            chosen[i] = min(int(draw / explore * m), m - 1) if draw < explore else best[i, state]
        following = chosen[0] * m + chosen[1]
        quiet += 1
        for i in range(2):
            k = chosen[i]
            own = values[i, state]
            onward = profits[i, following] + rates[0] * values[i, following, best[i, following]]
            before = own[k]
            own[k] += rates[1] * (onward - before)
            top = best[i, state]
            new = top
            if k != top and own[k] > own[top]:
                new = k
            elif k == top and own[k] < before:
                new = np.argmax(own)
            if new != top:
                best[i, state] = new
                quiet = 0
        state = following
        explore *= rates[2]
        if quiet >= stable:
            return best, state, period, True
    return best, state, most, False
