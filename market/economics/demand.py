"""Demand: a random-coefficient logit whose quality is the chance of success (design §3).

    ln s_ij = −ln(1 + exp(−(q_j − d_i)/δ))                    the item-response (Rasch) curve
    V_ij    = [1 + ln s_ij − p_j / w_i] / τ + taste_il + ψ·(l is its firm) + φ·(j is its model),   V_i0 = 0
    P_ij    = exp V_ij / (1 + Σ_k exp V_ik),                  price coefficient α_i = 1/(τ w_i)

The functions take R customer types and J products and are plain mixed logit (Train 2009, chapter 6), so that textbook
theory and its oracles apply: `utility` (R, J) is V without the price term, `alpha` (R,), `weights` (R,) volumes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from market.parameters import Parameters, parameter

Floats = npt.NDArray[np.float64]


class Demand(Parameters):
    """The scale of difficulty, common to all segments."""

    success_scale: float = parameter(
        5.0, unit="points", gt=0.05, le=1000,
        meaning="δ: capability above difficulty that moves the odds of success by a factor e",
    )  # fmt: skip
    turnover: float = parameter(
        0.01, unit="per month", ge=0, le=1,
        meaning="hazard that a workload is replaced by another of its kind, whose tastes for models are drawn anew",
        source="fitted to calibration.csv vendor_switch_rate 0.11, migration_to_new_flagship_1m 0.45",
    )  # fmt: skip
    difficulty_low: float = parameter(-20.0, unit="points", ge=-1000, le=1000, meaning="easiest workload simulated")
    difficulty_high: float = parameter(130.0, unit="points", ge=-1000, le=1000, meaning="hardest workload simulated")
    difficulty_reference: float = parameter(
        10.0, unit="points", ge=-1000, le=1000, meaning="d_ref: difficulty at which segment volumes are stated"
    )


class Preferences(Parameters):
    """Tastes and habits of the customers of a segment."""

    choice_scale: float = parameter(
        unit="share of value",
        gt=0,
        le=100,
        meaning="τ: scale of the logit; larger is less sensitive to price and quality",
    )
    taste_sd: float = parameter(unit="logit units", ge=0, le=100, meaning="spread of persistent tastes for firms")
    open_access: float = parameter(
        unit="share", ge=0, le=1, meaning="customers who can use open weights at all; others do not see them"
    )
    firm_switching_cost: float = parameter(unit="logit units", ge=0, le=1e6, meaning="ψ: cost of leaving a firm")
    model_switching_cost: float = parameter(unit="logit units", ge=0, le=1e6, meaning="φ: cost of leaving a model")
    reconsideration: float = parameter(
        unit="per month", ge=0, le=1, meaning="θ: chance that a customer reconsiders its choice in a month"
    )
    upgrade: float = parameter(
        unit="per month", ge=0, le=1,
        meaning="chance to reconsider in a month in which the developer of its model releases anything, if above θ",
    )  # fmt: skip


def log_success(capability: npt.ArrayLike, difficulty: npt.ArrayLike, scale: float) -> Floats:
    """Log of the chance of success, −ln(1 + exp(−(q − d)/δ)) (Rasch 1960). Shapes broadcast."""
    return np.asarray(-np.logaddexp(0.0, (np.asarray(difficulty, float) - np.asarray(capability, float)) / scale))


def probabilities(utility: Floats, alpha: Floats, prices: Floats) -> Floats:
    """Choice probabilities, shape (R, J); the outside option's is one minus the row sum."""
    value = utility - alpha[:, None] * prices[None, :]
    top = np.maximum(value.max(axis=1, initial=0.0), 0.0)
    odds = np.exp(value - top[:, None])
    return np.asarray(odds / (np.exp(-top) + odds.sum(axis=1))[:, None])


def shares(utility: Floats, alpha: Floats, weights: Floats, prices: Floats) -> Floats:
    """Market shares Σ_r w_r P_rj, shape (J,), in the unit of the weights."""
    return np.asarray(weights @ probabilities(utility, alpha, prices))


def jacobian(chances: Floats, alpha: Floats, weights: Floats) -> Floats:
    """Derivatives of quantities by prices, shape (J, J): element (j, k) is ∂D_j/∂p_k, from probabilities (R, J)."""
    scale = (weights * alpha)[:, None]
    cross = chances.T @ (scale * chances)
    return np.asarray(cross - np.diag((scale * chances).sum(axis=0)))


def elasticities(utility: Floats, alpha: Floats, weights: Floats, prices: Floats) -> Floats:
    """Price elasticities, shape (J, J): element (j, k) is ∂ln D_j/∂ln p_k."""
    chances = probabilities(utility, alpha, prices)
    return np.asarray(jacobian(chances, alpha, weights) * prices[None, :] / (weights @ chances)[:, None])


def diversion(utility: Floats, alpha: Floats, weights: Floats, prices: Floats) -> Floats:
    """Diversion ratios after a small price rise, shape (J, J): of what j loses, the part that k gains.

    Element (j, k) is −(∂D_k/∂p_j)/(∂D_j/∂p_j); the diagonal is the part that goes to the outside option.
    """
    slopes = jacobian(probabilities(utility, alpha, prices), alpha, weights)
    ratios = -slopes.T / np.diag(slopes)[:, None]
    np.fill_diagonal(ratios, 0.0)
    np.fill_diagonal(ratios, 1.0 - ratios.sum(axis=1))
    return np.asarray(ratios)


def long_run_diversion(utility: Floats, alpha: Floats, weights: Floats, prices: Floats) -> Floats:
    """Long-run diversion ratios (second choices), shape (J, J): of the customers of j, the part that k gains without j.

    Element (j, k) is (D_k without j − D_k)/D_j with prices held, that is Σ_r w_r P_rj P_rk(without j)/D_j (Conlon and
    Mortimer 2021); the diagonal is the part that goes to the outside option. If nobody buys j, its row is NaN.
    """
    bought = weights[:, None] * probabilities(utility, alpha, prices)
    volumes = bought.sum(axis=0)
    ratios = np.full((len(prices), len(prices)), np.nan)
    for j in np.flatnonzero(volumes > 0):
        without = np.where(np.arange(len(prices)) == j, -np.inf, utility)
        ratios[j] = bought[:, j] @ probabilities(without, alpha, prices) / volumes[j]
        ratios[j, j] = 1.0 - ratios[j].sum()
    return ratios


def consumer_surplus(utility: Floats, alpha: Floats, weights: Floats, prices: Floats) -> float:
    """Consumer surplus in dollars, Σ_r w_r ln(1 + Σ_j exp V_rj)/α_r (Small and Rosen 1981)."""
    value = utility - alpha[:, None] * prices[None, :]
    inclusive = np.logaddexp.reduce(np.column_stack([np.zeros(len(value)), value]), axis=1)
    return float(weights @ (inclusive / alpha))
