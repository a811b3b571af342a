"""Logarithms and exponentials in single precision, by polynomials that a processor evaluates for many numbers at once.

The library's functions are right to the last digit and take one number at a time. These are several times faster, and
each says by how much it can be wrong; tests hold it to that over its whole domain. The coefficients are minimax: no
polynomial of the same degree has a smaller largest relative error.
"""

from __future__ import annotations

import math

import numpy as np

from market.economics.kernels import lane

ROUNDING = 2.0**-24
"""Largest relative error of one operation in single precision."""
LOG_ERROR = 1.5e-5
"""`log` is wrong by at most this, and if the logarithm is smaller than 1 by at most this part of it."""
EXP_RANGE, EXP_ERROR = 40.0, 4e-6
"""`exp` takes exponents between −`EXP_RANGE` and `EXP_RANGE`, and is wrong by at most this part of the result."""
LUCK_ERROR = 1.6e-4
"""`log_luck` is wrong by at most this."""

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_LN2, _PER_LN2 = np.float32(math.log(2.0)), np.float32(1.0 / math.log(2.0))
_PLACE, _BIAS, _ROOT_HALF = np.int32(23), np.int32(127), np.float32(0.5**0.5).view(np.int32)
"""Where the exponent stands among the bits of a number, what is added to it there, and the bits of √½."""
_LOG_2, _LOG_3, _LOG_4 = np.float32(-0.49991742), np.float32(0.33274031), np.float32(-0.2538797)
_LOG_5, _LOG_6 = np.float32(0.21928103), np.float32(-0.14216042)
_EXP_2, _EXP_3, _EXP_4 = np.float32(0.49999231), np.float32(0.16667114), np.float32(0.041890115)
_EXP_5 = np.float32(0.0083125252)
_ABOVE = np.int32(64)
"""More than any exponent of two within `EXP_RANGE`, so that cutting off decimals rounds down."""
_LAST, _STEP = np.int32(2**31 - 1), np.float32(2.0**-31)
_EDGE = np.int32(4096)
"""Draws nearer than this to either end of 31 bits have too few digits left for their luck."""
_NEVER = np.float32(-np.inf)


@lane
def log(x):  # type: ignore[no-untyped-def]
    """Natural logarithm of a positive number that is neither denormal nor infinite, within `LOG_ERROR`."""
    power, rest = _split(x)
    return np.float32(power) * _LN2 + _log1p(rest)


@lane
def exp(x):  # type: ignore[no-untyped-def]
    """Exponential of a number within `EXP_RANGE` on either side of 0, within `EXP_ERROR`."""
    power = np.int32(np.int32(x * _PER_LN2 + np.float32(_ABOVE) + _HALF) - _ABOVE)
    y = x - np.float32(power) * _LN2
    near = _ONE + (y + y * y * (_EXP_2 + y * (_EXP_3 + y * (_EXP_4 + y * _EXP_5))))
    return near * np.int32(np.int32(power + _BIAS) << _PLACE).view(np.float32)


@lane
def log_luck(draw):  # type: ignore[no-untyped-def]
    """ln(−ln u) within `LUCK_ERROR`, for u in the middle of step `draw` of 2³¹; −∞ where u is too near to 0 or 1.

    Luck is the better the nearer u is to 1, and there ln u needs 1 − u with all its digits: what is taken from 1 in
    single precision has lost them, so the draw counted from its other end takes its place.
    """
    other = np.int32(draw ^ _LAST)
    power, rest = _split((np.float32(draw) + _HALF) * _STEP)
    if power == 0:
        rest = -(np.float32(other) + _HALF) * _STEP
    luck = log(-(np.float32(power) * _LN2 + _log1p(rest)))
    return _NEVER if min(draw, other) < _EDGE else luck


@lane
def _split(x):  # type: ignore[no-untyped-def]
    """Write x as 2^power · (1 + rest), the rest between √½ − 1 and √2 − 1."""
    bits = np.float32(x).view(np.int32)
    power = np.int32(np.int32(bits - _ROOT_HALF) >> _PLACE)
    return power, np.int32(bits - np.int32(power << _PLACE)).view(np.float32) - _ONE


@lane
def _log1p(x):  # type: ignore[no-untyped-def]
    """ln(1 + x) for what `_split` leaves."""
    return x + x * x * (_LOG_2 + x * (_LOG_3 + x * (_LOG_4 + x * (_LOG_5 + x * _LOG_6))))
