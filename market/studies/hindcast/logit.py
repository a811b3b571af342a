"""Logits of shares: the dynamic one of a forecast, and a static one that knows no list. Fitted by Newton's method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from market.studies.hindcast.naive import carried
from market.studies.hindcast.weeks import Flags, Floats, Weeks

RIDGES = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Penalties on squared coefficients of standardised columns, per week, that are tried: the weeks are few."""
BLOCKS = 4
"""Blocks of neighbouring weeks, each of which is forecast from the others; one beside a block is in neither."""
STEPS, ENOUGH = 100, 1e-9
"""Most steps of Newton's method, and the gain below which it ends."""
LEAST = 1e-4
"""Share below which the logarithm of a predecessor's or a lab's share is not followed."""

Pair = tuple[int, int]
"""An origin and a horizon, in weeks."""
Features = Callable[[Weeks, int, int], Floats]
"""Columns (n, K) of the n models on sale in a week, from an origin and a horizon."""


@dataclass(frozen=True)
class Logit:
    """Shares q = softmax(X β) over what is on sale, with X standardised.

    Attributes
    ----------
    features : what makes X (n, K).   beta, mean, scale : (K,).   ridge : the penalty with which it was fitted.
    """

    features: Features
    beta: Floats
    mean: Floats
    scale: Floats
    ridge: float

    def __call__(self, weeks: Weeks, origin: int, horizon: int) -> Floats:
        """Forecast the shares of what is on sale, (n,)."""
        return softmax((self.features(weeks, origin, horizon) - self.mean) / self.scale @ self.beta)


def softmax(value: Floats) -> Floats:
    """Shares e^v / Σ e^v."""
    raised = np.exp(value - value.max())
    return np.asarray(raised / raised.sum())


def cross_fitted(
    features: Features, weeks: Weeks, pairs: Sequence[Pair], loss: Callable[[Weeks, Pair, Floats], float]
) -> tuple[Logit, dict[Pair, Floats]]:
    """Fit with the ridge that forecasts blocks of weeks best from the others; and those forecasts.

    Parameters
    ----------
    weeks, pairs : as in `fitted`.   loss : of a forecast of a pair.
    """
    best: tuple[float, float, dict[Pair, Floats]] | None = None
    for ridge in RIDGES:
        found: dict[Pair, Floats] = {}
        for block in np.array_split(np.arange(len(pairs)), min(BLOCKS, len(pairs))):
            rest = [pair for at, pair in enumerate(pairs) if at < block[0] - 1 or at > block[-1] + 1]
            model = fitted(features, weeks, rest, ridge)
            found |= {pairs[at]: model(weeks, *pairs[at]) for at in block}
        mean = float(np.mean([loss(weeks, pair, one) for pair, one in found.items()]))
        if best is None or mean < best[0]:
            best = mean, ridge, found
    assert best is not None
    return fitted(features, weeks, pairs, best[1]), best[2]


def fitted(features: Features, weeks: Weeks, pairs: Sequence[Pair], ridge: float) -> Logit:
    """Fit by maximum likelihood of the list's tokens, the list of each target week counting as one.

    Parameters
    ----------
    weeks : all that may be seen.   pairs : origins and horizons; every target is within `weeks`.
    ridge : penalty per week.
    """
    blocks = [features(weeks, origin, horizon) for origin, horizon in pairs]
    targets = [np.nan_to_num(weeks.shares[o + h][weeks.on_sale(o + h)]) for o, h in pairs]
    every = np.concatenate(blocks)
    mean, scale = every.mean(axis=0), every.std(axis=0)
    scale[scale == 0] = 1.0
    columns = [(block - mean) / scale for block in blocks]
    return Logit(features, maximised(columns, targets, ridge * len(pairs)), mean, scale, ridge)


def maximised(columns: Sequence[Floats], targets: Sequence[Floats], ridge: float) -> Floats:
    """Coefficients (K,) that maximise Σ p · ln softmax(X β) − ridge · β² / 2, which is concave; halved Newton steps."""
    beta = np.zeros(columns[0].shape[1])

    def worth(at: Floats) -> float:
        fit = sum(float(p @ np.log(softmax(x @ at))) for x, p in zip(columns, targets, strict=True))
        return fit - ridge * float(at @ at) / 2

    best = worth(beta)
    for _ in range(STEPS):
        slope, bend = -ridge * beta, -ridge * np.eye(len(beta))
        for x, p in zip(columns, targets, strict=True):
            q = softmax(x @ beta)
            centred = x - q @ x
            slope = slope + (p - q) @ x
            bend = bend - (centred * q[:, None]).T @ centred
        step, size = -np.linalg.solve(bend, slope), 1.0
        while (found := worth(beta + size * step)) < best and size > ENOUGH:
            size /= 2
        gain, beta, best = found - best, beta + size * step, max(found, best)
        if gain < ENOUGH:
            break
    return beta


def dynamic(weeks: Weeks, origin: int, horizon: int) -> Floats:
    """Lag, listed, fallen off, score, price, age, new, lab share, predecessor's share if new, superseded: (n, 10)."""
    there, shares = weeks.on_sale(origin + horizon), carried(weeks, origin)
    listed = ~np.isnan(weeks.shares[origin])
    new, target = weeks.released > origin, origin + horizon
    before = np.where(weeks.predecessor >= 0, shares[weeks.predecessor], 0.0)
    superseded = np.zeros(len(shares), bool)
    superseded[weeks.predecessor[new & (weeks.released <= target) & (weeks.predecessor >= 0)]] = True
    by_firm = np.bincount(weeks.authors, shares, len(weeks.firms))[weeks.authors]
    columns = (
        _log(shares, listed),
        listed,
        (shares > 0) & ~listed,
        weeks.capability / 10,
        np.log(np.maximum(weeks.prices(target), 1e-3)),
        np.log1p(np.maximum(target - weeks.released, 0)),
        new,
        np.log(np.maximum(by_firm, LEAST)),
        _log(before, new & (before > 0)),
        superseded,
    )
    return np.column_stack(columns)[there].astype(float)


def static(weeks: Weeks, origin: int, horizon: int) -> Floats:
    """Score, price, age and a column for every lab: (n, 3 + F). It knows no list."""
    target = origin + horizon
    there = weeks.on_sale(target)
    age = np.log1p(target - weeks.released[there])
    known = (weeks.capability[there] / 10, np.log(np.maximum(weeks.prices(target)[there], 1e-3)), age)
    labs = np.array(weeks.firm)[there][:, None] == np.array(LABS)
    return np.column_stack([*known, labs]).astype(float)


LABS = (
    "Alibaba", "Anthropic", "DeepSeek", "Google", "Meta", "Mistral", "MiniMax", "Moonshot", "OpenAI", "xAI", "Zhipu",
)  # fmt: skip
"""Labs of which the static logit has a column each; all others share one level."""


def _log(share: Floats, where: Flags) -> Floats:
    """Logarithm of shares where they count, from `LEAST` on and relative to it; 0 elsewhere."""
    return np.where(where, np.log(np.maximum(share, LEAST) / LEAST), 0.0)
