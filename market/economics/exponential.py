"""The exponential function for loops over customers or types of them, several of which are then done at once.

It is the same to the last digit on every machine, which those of the C library and of NumPy are not: a last digit of a
price moves a customer, and in time a market.

A call of the C library is one number at a time; the compiler vectorises arithmetic, and `np.divide`, but not `/`, which
looks for zeros. The rational approximation is that of Moshier's Cephes library, for |r| ≤ (ln 2)/2:

    e^r = [Q(r²) + r P(r²)] / [Q(r²) − r P(r²)],     e^x = 2^n e^r,     n = round(x / ln 2),     r = x − n ln 2.

It errs by at most two units in the last place.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from market.economics.kernels import kernel

Floats = npt.NDArray[np.float64]

LARGEST = 300.0
"""Exponents are taken to lie within ±300, which is never or always: products of two such numbers keep their digits."""
_PER_LN_2 = 1.4426950408889634
_LN_2_HIGH, _LN_2_LOW = 0.693145751953125, 1.42860682030941723212e-6
_P0, _P1, _P2 = 1.26177193074810590878e-4, 3.02994407707441961300e-2, 9.99999999999999999910e-1
_Q0, _Q1, _Q2, _Q3 = 3.00198505138664455042e-6, 2.52448340349684104192e-3, 2.27265548208155028766e-1, 2.0
_A0, _A1, _A2, _A3 = 0.9999999999999347, 0.3333333334079117, 0.19999998604417996, 0.14285813515126533
_A4, _A5, _A6, _A7 = 0.11107661371265805, 0.09155534124598844, 0.07032019717842855, 0.10042732288735162
"""artanh(s)/s by powers of s² for s from 0 to 1/3, within 7e-14 of itself; minimax."""
_BIAS, _EXPONENT = 1023, np.int64(52)
"""Of the double format: 2^n has the bits (n + 1023) << 52."""
_ROUND = 1.5 * 2.0**52
"""Added to a number smaller than 2^51 it rounds it to a whole one, which is then in the last bits of the sum."""


@kernel
def quotient(x):  # type: ignore[no-untyped-def]
    """Numerator and denominator, both positive, whose quotient is e^x: a logistic function of x needs one division."""
    x = min(max(x, -LARGEST), LARGEST)
    whole = x * _PER_LN_2 + _ROUND
    n = whole - _ROUND
    r = x - n * _LN_2_HIGH - n * _LN_2_LOW
    square = r * r
    odd = r * ((_P0 * square + _P1) * square + _P2)
    even = ((_Q0 * square + _Q1) * square + _Q2) * square + _Q3
    power = np.int64((np.float64(whole).view(np.int64) + _BIAS) << _EXPONENT).view(np.float64)
    return power * (even + odd), even - odd


@kernel
def exponential(x):  # type: ignore[no-untyped-def]
    """e^x for any x up to `LARGEST`, −∞ included, within ten units in the last place; nothing is taken to be never."""
    high, low = quotient(0.25 * x)
    root = np.divide(high, low)
    root *= root
    return root * root


def exponentials(x: Floats) -> Floats:
    """`exponential` of each number of an array of any shape."""
    result = np.empty(np.shape(x))
    _set_exponentials(np.ascontiguousarray(x, float).reshape(-1), result.reshape(-1))
    return result


def log_spaced(low: float, high: float, count: int) -> Floats:
    """Numbers from `low` to `high`, (count,), each the same multiple of the one before but for its last digits."""
    spaced = low * exponentials(np.linspace(0.0, math.log(high / low), count))
    spaced[-1] = high
    return spaced


@kernel
def _set_exponentials(x, result):  # type: ignore[no-untyped-def]
    for i in range(len(x)):
        result[i] = exponential(x[i])


@kernel
def softplus(x):  # type: ignore[no-untyped-def]
    """ln(1 + e^x) for any x, within 1e-13 of itself: 2 artanh(s) with s = e/(2 + e), e = e^−|x|, and x if above 0."""
    high, low = quotient(-abs(x))
    s = np.divide(high, 2.0 * low + high)
    z = s * s
    series = ((((((_A7 * z + _A6) * z + _A5) * z + _A4) * z + _A3) * z + _A2) * z + _A1) * z + _A0
    return max(x, 0.0) + 2.0 * s * series
