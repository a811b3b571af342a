"""The exponential function for compiled loops over customer types, several of which are then done at once.

A call of the C library is one number at a time; the compiler vectorises arithmetic, and `np.divide`, but not `/`, which
looks for zeros. The rational approximation is that of Moshier's Cephes library, for |r| ≤ (ln 2)/2:

    e^r = [Q(r²) + r P(r²)] / [Q(r²) − r P(r²)],     e^x = 2^n e^r,     n = round(x / ln 2),     r = x − n ln 2.

It errs by at most two units in the last place.
"""

from __future__ import annotations

import numpy as np

from market.economics.kernels import kernel

LARGEST = 300.0
"""Exponents are taken to lie within ±300, which is never or always: products of two such numbers keep their digits."""
_PER_LN_2 = 1.4426950408889634
_LN_2_HIGH, _LN_2_LOW = 0.693145751953125, 1.42860682030941723212e-6
_P0, _P1, _P2 = 1.26177193074810590878e-4, 3.02994407707441961300e-2, 9.99999999999999999910e-1
_Q0, _Q1, _Q2, _Q3 = 3.00198505138664455042e-6, 2.52448340349684104192e-3, 2.27265548208155028766e-1, 2.0
_BIAS, _EXPONENT = 1023, np.int64(52)
"""Of the double format: 2^n has the bits (n + 1023) << 52."""


@kernel
def quotient(x):  # type: ignore[no-untyped-def]
    """Numerator and denominator, both positive, whose quotient is e^x: a logistic function of x needs one division."""
    x = min(max(x, -LARGEST), LARGEST)
    n = np.floor(x * _PER_LN_2 + 0.5)
    r = x - n * _LN_2_HIGH - n * _LN_2_LOW
    square = r * r
    odd = r * ((_P0 * square + _P1) * square + _P2)
    even = ((_Q0 * square + _Q1) * square + _Q2) * square + _Q3
    power = np.int64((np.int64(n) + _BIAS) << _EXPONENT).view(np.float64)
    return power * (even + odd), even - odd
