"""Luck with an owner: every draw is a hash of (seed, purpose, month, who), so no draw depends on any other.

There is no generator and no state. Removing a firm, changing the order of firms or the number of threads moves no draw,
and two worlds that share a seed share their luck. Streams over customers follow SplitMix64 (Steele, Lea and Flood 2014,
"Fast splittable pseudorandom number generators"), whose n-th output is a finaliser of ``key + n * GAMMA``.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from market.economics.kernels import kernel

GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_SHIFT_30, _SHIFT_27, _SHIFT_31, _SHIFT_11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_STEP = 2.0**-53


@kernel
def mix(state):  # type: ignore[no-untyped-def]
    """Scramble 64 bits, or each of an array: the SplitMix64 finaliser (Stafford's variant 13)."""
    state = (state ^ (state >> _SHIFT_30)) * _MIX_1
    state = (state ^ (state >> _SHIFT_27)) * _MIX_2
    return state ^ (state >> _SHIFT_31)


@kernel
def unit(bits):  # type: ignore[no-untyped-def]
    """Turn 64 bits into a uniform number strictly between 0 and 1."""
    return (np.float64(bits >> _SHIFT_11) + 0.5) * _STEP


@kernel
def below(chance):  # type: ignore[no-untyped-def]
    """How many of the 2⁵³ steps in which `unit` goes from 0 to 1 are below a chance: those before this number are."""
    low, high = np.uint64(0), np.uint64(1) << np.uint64(53)
    while low < high:
        middle = (low + high) >> np.uint64(1)
        if unit(middle << _SHIFT_11) < chance:
            low = middle + np.uint64(1)
        else:
            high = middle
    return low


def key(*who: str | int) -> np.uint64:
    """Hash any sequence of words and whole numbers to 64 bits; ("a", 1) and ("a", "1") differ."""
    text = "\x1f".join([f"{type(part).__name__[0]}{part}" for part in who])
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def uniform(*who: str | int) -> float:
    """One uniform draw in (0, 1) owned by `who`, for instance ``uniform(seed, "reprice", month, firm)``."""
    return ((int(key(*who)) >> 11) + 0.5) * _STEP


def normal(*who: str | int) -> float:
    """One standard normal draw owned by `who`."""
    return float(ndtri(uniform(*who)))


def uniforms(count: int, *who: str | int) -> npt.NDArray[np.float64]:
    """Draw one uniform per index 0 … count−1, the index being the last part of the owner. Shape (count,)."""
    with np.errstate(over="ignore"):
        bits = mix(key(*who) + np.arange(count, dtype=np.uint64) * GAMMA)
    return (np.asarray(bits >> _SHIFT_11, dtype=np.float64) + 0.5) * _STEP


def lattice(count: int, generator: float, *who: str | int) -> npt.NDArray[np.float64]:
    """One coordinate of a randomly shifted lattice: frac(i · generator + shift), shift owned by `who`. Shape (count,).

    Customers are indexed in the order of their difficulty, so every stretch of the difficulty scale holds an even
    sample of each coordinate. Values lie strictly inside (0, 1).
    """
    points = (np.arange(count) * generator + uniform(*who, "shift")) % 1.0
    return np.clip(points, _STEP, 1.0 - _STEP)


def generators(dimensions: int) -> npt.NDArray[np.float64]:
    """Generators of a low-discrepancy lattice: powers of the generalised golden ratio. Shape (dimensions,).

    The root g > 1 of g^(d+1) = g + 1, and 1/g, 1/g², … (Roberts 2018, "The unreasonable effectiveness of quasirandom
    sequences"): one known good choice for a number of coordinates that is fixed in advance. Newton's method finds the
    root, by products alone: powers differ in their last digit from machine to machine, and with them all customers.
    """
    root = 1.5
    for _ in range(64):
        below = math.prod([root] * dimensions)
        root -= (below * root - root - 1.0) / ((dimensions + 1) * below - 1.0)
    return np.cumprod(np.full(dimensions, 1.0 / root))


def badly_approximable(*who: str | int) -> float:
    """Return a lattice generator owned by `who`, for coordinates whose number is not fixed (one for each firm).

    A continued fraction whose digits are 1 or 2 by hash: no such number is close to a rational, so no firm's
    coordinate is coarse, and it does not depend on which other firms exist.
    """
    digits, value = int(key(*who)), 0.0
    for place in range(48):
        value = 1.0 / (1 + (digits >> place & 1) + value)
    return value
