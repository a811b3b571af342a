"""Pricing games for tests: plain logit, whose solutions are known in closed form, and mixed logit."""

from dataclasses import dataclass

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from scipy.special import lambertw

from market.economics import equilibrium

few = settings(max_examples=25, deadline=None, derandomize=True)
"""The same draws in every run, so that a test fails of a change and not of luck.

Among thousands of other draws there are markets in which a search settles at a worse kink; docs/LIMITS.md says so.
"""


@dataclass(frozen=True)
class Logit:
    """Plain logit, one customer type: quality v (J,), price coefficient, costs (J,), owners (J,)."""

    quality: np.ndarray
    alpha: float
    costs: np.ndarray
    firms: np.ndarray

    @property
    def arrays(self):
        return self.quality[None, :], np.array([self.alpha]), np.ones(1), self.costs, self.firms

    @property
    def worth(self):
        """Log of exp(v − α c) of each product, the part of its utility that its firm cannot change."""
        return self.quality - self.alpha * self.costs


@st.composite
def plain_logits(draw, fewest=1, most=6):
    goods, seed = draw(st.integers(fewest, most)), draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    return Logit(rng.normal(2, 2, goods), rng.uniform(0.2, 4), rng.uniform(0.1, 3, goods), rng.integers(0, 3, goods))


@st.composite
def mixed_logits(draw, fewest=2, most=5, spread=0.3):
    """Mixed logit: utility, alpha, weights, costs, firms. With a small `spread` of ln α there is one equilibrium."""
    size, goods, seed = draw(st.integers(1, 5)), draw(st.integers(fewest, most)), draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    utility = rng.normal(2, 1.5, goods) + rng.normal(0, 0.7, (size, goods))
    alpha = rng.uniform(0.5, 2) * np.exp(spread * rng.normal(size=size))
    return utility, alpha, rng.uniform(0.2, 1, size), rng.uniform(0.2, 2, goods), rng.integers(0, 3, goods)


def solve(*arrays, **options):
    found = equilibrium.nash_prices(*arrays, **options)
    assert found.converged
    assert found.residual < 1e-10
    return found


def lambert_markup(log_odds, alpha):
    """Best markup against all else at log odds `log_odds` at zero markup: (1 + W(exp(log odds − 1)))/α."""
    return (1 + lambertw(np.exp(log_odds - 1)).real) / alpha
