"""A symmetric game among many: how shares of its conducts evolve, and where nobody would change.

`payoffs[i, j]` is what conduct i earns where all others have conduct j. In a population with shares x conduct i earns
f_i = Σ_j payoffs[i, j] x_j: exact with two players, an interpolation between pure populations with more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from market.studies.extras import needing

Floats = npt.NDArray[np.float64]

LAST = 4000.0
"""Time for which shares evolve; in a unit of it the best conduct gains a factor e on the worst, at most."""
TIMES = np.concatenate([np.arange(0.0, 50.0, 0.25), np.arange(50.0, LAST + 1.0, 2.0)])
"""Moments at which shares are given: close together at the beginning, where most happens."""
LATE = TIMES >= LAST / 2
"""Moments of the second half of the time."""
STILL = 1e-3
"""Shares that stay within this of where they end for the second half of the time have settled."""
EXACT = 1e-9
"""Tolerance of the integration."""
SUPPORTS = 8
"""Conducts up to which all equilibria are enumerated, support by support; with more they are sought by pivoting."""
ROUNDING = 1e-9
"""Part of the spread of payoffs below which a gain is rounding."""


@dataclass(frozen=True)
class Evolution:
    """How shares evolve.

    Attributes
    ----------
    times : (T,) `TIMES`; payoffs have a spread of 1 in their unit.   shares : (T, C) of the conducts, rows add up to 1.
    settled : whether the shares are at rest at the end.
    """

    times: Floats
    shares: Floats
    settled: bool

    @property
    def end(self) -> Floats:
        """(C,) shares at the end; if they do not settle, their mean over the second half of the time.

        The time average of a cycle that stays away from extinction tends to an equilibrium (Hofbauer and Sigmund 1998).
        """
        end: Floats = self.shares[-1] if self.settled else self.shares[LATE].mean(axis=0)
        return end


def replicator(payoffs: Floats, start: npt.ArrayLike | None = None) -> Evolution:
    """Let shares grow with what a conduct earns above the mean, ẋ_i = x_i (f_i − Σ_k x_k f_k) (Taylor and Jonker 1978).

    What is integrated is the log of the shares, so that none becomes negative, and none comes back from nothing.

    Parameters
    ----------
    payoffs : (C, C), see above.   start : (C,) shares at time 0, equal by default.
    """
    from scipy.integrate import solve_ivp

    count = len(payoffs)
    shares = np.full(count, 1 / count) if start is None else np.asarray(start, float)
    scaled = payoffs / (np.ptp(payoffs) or 1.0)
    alive = shares > 0

    def growth(_: float, logs: Floats) -> Floats:
        now = _softmax(logs)
        earned = scaled[np.ix_(alive, alive)] @ now
        return np.asarray(earned - now @ earned)

    solved = solve_ivp(growth, (0.0, LAST), np.log(shares[alive]), "DOP853", TIMES, rtol=EXACT, atol=EXACT)
    path = np.zeros((len(TIMES), count))
    path[:, alive] = _softmax(solved.y.T)
    return Evolution(TIMES, path, bool(np.abs(path[LATE] - path[-1]).max() < STILL))


def equilibria(payoffs: Floats) -> list[Floats]:
    """Symmetric Nash equilibria, (C,) each: populations in which no conduct earns more than those that are in it.

    All of them if at most `SUPPORTS` conducts are left once strictly dominated ones are taken out again and again and
    the game is not degenerate; of larger games those to which Lemke and Howson's (1964) pivoting leads, and pure ones.

    Raises
    ------
    InputError
        If nashpy is not installed.
    """
    left = _undominated(payoffs)
    game = payoffs[np.ix_(left, left)]
    candidates = [*np.eye(len(left)), *(_enumerated(game) if len(left) > 1 else ())]
    known: list[Floats] = []
    for mix in candidates:
        shares = np.zeros(len(payoffs))
        shares[left] = mix
        if _at_rest(game, mix) and not any(np.allclose(shares, other, atol=1e-6) for other in known):
            known.append(shares)
    return known


def _enumerated(payoffs: Floats) -> Iterator[Floats]:
    """What nashpy finds of the game of two, in which both do the same."""
    import warnings

    with needing("tournament", "nashpy"):
        import nashpy
    scaled = (payoffs - payoffs.min()) / (np.ptp(payoffs) or 1.0) + 1.0  # pivoting takes positive payoffs
    game = nashpy.Game(scaled, scaled.T)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of degenerate games, for which it says that it may miss some
        pairs = game.support_enumeration() if len(payoffs) <= SUPPORTS else game.lemke_howson_enumeration()
        for one, other in pairs:
            if one.shape == other.shape and np.isfinite(one).all() and np.allclose(one, other, atol=1e-6):
                yield np.asarray(one)


def _undominated(payoffs: Floats) -> list[int]:
    """Conducts that are left if those that another beats against everybody are taken out, again and again."""
    left = list(range(len(payoffs)))
    while True:
        beaten = {i for i in left if any((payoffs[k, left] > payoffs[i, left]).all() for k in left if k != i)}
        if not beaten:
            return left
        left = [i for i in left if i not in beaten]


def _at_rest(payoffs: Floats, shares: Floats) -> bool:
    """Whether no conduct earns more than the mean."""
    earned = payoffs @ shares
    return bool(earned.max() - shares @ earned <= ROUNDING * max(np.ptp(payoffs), 1e-300))


def _softmax(logs: Floats) -> Floats:
    """Shares from their logs, along the last axis."""
    odds = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))
