"""Demand: a random-coefficient logit whose quality is the chance of success.

    ln s_ij = −ln(1 + exp(−(q_j − d_i)/δ))                    the item-response (Rasch) curve
    V_ij    = [1 + ln s_ij − p_j / w_i] / τ + taste_il + ψ·(l is its firm) + φ·(j is of its line),   V_i0 = 0
    P_ij    = exp V_ij / (1 + Σ_k exp V_ik),                  price coefficient α_i = 1/(τ w_i)

The functions take R customer types and J products and are plain mixed logit (Train 2009, chapter 6), so that textbook
theory and its oracles apply: `utility` (R, J) is V without the price term, `alpha` (R,), `weights` (R,) volumes.

Products of one firm may form a *group*, whose luck is one: then a customer buys at most the best product of each group,
and the logit is among groups,

    P_rg = exp(max_{j∈g} V_rj) / (1 + Σ_g' exp(max_{j∈g'} V_rj)),

all of it the best product's. `groups` (J,) numbers each product's group; without it every product is its own.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import Field

from market.economics.exponential import exponentials
from market.parameters import Parameters, parameter

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Demand(Parameters):
    """The scale of difficulty, common to all segments."""

    success_scale: float = parameter(
        5.0, unit="points", gt=0.05, le=1000, plausible=(2.5, 10.0),
        meaning="δ: capability above difficulty that moves the odds of success by a factor e",
    )  # fmt: skip
    turnover: float = parameter(
        0.01, unit="per month", ge=0, le=1, plausible=(0.0, 0.03),
        meaning="hazard that a workload is replaced by another of its kind, whose tastes for models are drawn anew",
        source="fitted to calibration.csv vendor_switch_rate 0.11, migration_to_new_flagship_1m 0.45",
    )  # fmt: skip
    luck_by_release: bool = parameter(
        False, unit="",
        meaning="whether a customer draws luck anew for each product of each release; if not, all that a firm sells in "
        "a tier shares it, and the customer takes the best of them",
    )  # fmt: skip
    difficulty_low: float = parameter(-20.0, unit="points", ge=-1000, le=1000, meaning="easiest workload simulated")
    difficulty_high: float = parameter(130.0, unit="points", ge=-1000, le=1000, meaning="hardest workload simulated")
    difficulty_reference: float = parameter(
        10.0, unit="points", ge=-1000, le=1000, meaning="d_ref: difficulty at which segment volumes are stated"
    )


class Preferences(Parameters):
    """Tastes and habits of the customers of a segment."""

    choice_scale: float = parameter(
        unit="share of value", ge=0.001, le=100, plausible=(0.06, 0.3),
        meaning="τ: scale of the logit; larger is less sensitive to price and quality",
    )  # fmt: skip
    taste_sd: float = parameter(
        unit="logit units", ge=0, le=100, plausible=(0.2, 1.5), meaning="spread of persistent tastes for firms"
    )
    open_access: float = parameter(
        unit="share", ge=0, le=1, plausible=(0.02, 0.5),
        meaning="part of the customers who can use open weights; the others do not see them",
    )  # fmt: skip
    firm_switching_cost: float = parameter(
        unit="logit units", ge=0, le=1e6, plausible=(0.0, 4.0), meaning="ψ: cost of leaving a firm"
    )
    model_switching_cost: float = parameter(
        unit="logit units", ge=0, le=1e6, plausible=(0.0, 1.0),
        meaning="φ: cost of leaving a tier line: the products of one tier and family",
    )  # fmt: skip
    reconsideration: float = parameter(
        unit="per month", ge=0, le=1, plausible=(0.05, 0.7),
        meaning="θ: chance that a customer reconsiders its choice in a month",
    )  # fmt: skip
    reconsideration_at_release: float = parameter(
        unit="per month", ge=0, le=1, plausible=(0.3, 1.0),
        meaning="chance to reconsider in a month in which the developer of its model releases anything, if above θ",
    )  # fmt: skip
    auto_upgrade: float = parameter(
        0.35, unit="share", ge=0, le=1, plausible=(0.2, 0.9),
        meaning="part of those who use an earlier release of a family that is moved to an update which costs no more",
    )  # fmt: skip
    access_spread: float = parameter(
        0.0, unit="per month", ge=0, le=10, plausible=(0.0, 0.3),
        meaning="λ: speed at which access to open weights spreads among customers who would choose them",
    )  # fmt: skip
    firm_taste: dict[str, float] = Field(
        {}, description="mean of the tastes for a firm, by its name, logit units; 0 unless given"
    )
    reconsideration_at_rise: bool = parameter(
        True, unit="", meaning="whether a customer reconsiders in a month in which the price of its model rises"
    )


def log_success(capability: npt.ArrayLike, difficulty: npt.ArrayLike, scale: float) -> Floats:
    """Log of the chance of success, −ln(1 + exp(−(q − d)/δ)) (Rasch 1960). Shapes broadcast."""
    return np.asarray(-np.logaddexp(0.0, (np.asarray(difficulty, float) - np.asarray(capability, float)) / scale))


def best_of_groups(value: Floats, groups: Integers | None) -> Floats:
    """Values (R, J) with −inf for products behind the best of their group; of equals the first is the best.

    Parameters
    ----------
    value : (R, J) values of the products, −inf where a type cannot use one.
    groups : (J,) numbers of the products' groups; None if each product is its own.
    """
    if groups is None:
        return value
    best = value
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        if len(members) > 1:
            best = best.copy() if best is value else best
            chosen = value[:, members].argmax(axis=1)
            best[:, members] = np.where(np.arange(len(members)) == chosen[:, None], value[:, members], -np.inf)
    return best


def probabilities(utility: Floats, alpha: Floats, prices: Floats, groups: Integers | None = None) -> Floats:
    """Choice probabilities, shape (R, J); the outside option's is one minus the row sum.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   prices : (J,) $ per unit of volume.
    groups : (J,) numbers of the products' groups; None if each product is its own.
    """
    value = best_of_groups(utility - alpha[:, None] * prices[None, :], groups)
    top = np.maximum(value.max(axis=1, initial=0.0), 0.0)
    odds = exponentials(value - top[:, None])
    return np.asarray(odds / (exponentials(-top) + odds.sum(axis=1))[:, None])


def shares(utility: Floats, alpha: Floats, weights: Floats, prices: Floats, groups: Integers | None = None) -> Floats:
    """Market shares Σ_r w_r P_rj, shape (J,), in the unit of the weights.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.   prices : (J,) $ per unit of volume.
    groups : (J,) numbers of the products' groups; None if each product is its own.
    """
    return np.asarray((weights[:, None] * probabilities(utility, alpha, prices, groups)).sum(axis=0))


def jacobian(utility: Floats, alpha: Floats, weights: Floats, prices: Floats) -> Floats:
    """Derivatives of quantities by prices, shape (J, J): element (j, k) is ∂D_j/∂p_k.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.   prices : (J,) $ per unit of volume.
    """
    chances = probabilities(utility, alpha, prices)
    scale = (weights * alpha)[:, None]
    slopes = chances.T @ (scale * chances)
    np.fill_diagonal(slopes, -(scale * chances * complements(utility, alpha, prices)).sum(axis=0))
    return np.asarray(slopes)


def elasticities(utility: Floats, alpha: Floats, weights: Floats, prices: Floats) -> Floats:
    """Price elasticities, shape (J, J): element (j, k) is ∂ln D_j/∂ln p_k; NaN in the rows of products nobody can buy.

    A mean over the customers of j of α_r p_k P_rk, and on the diagonal of −α_r p_j (1 − P_rj).

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.   prices : (J,) $ per unit of volume.
    """
    customers = _parts(_log_chances(utility, alpha, prices) + _logs(weights)[:, None])
    ratios = customers.T @ (alpha[:, None] * probabilities(utility, alpha, prices))
    own = customers * alpha[:, None] * complements(utility, alpha, prices)
    np.fill_diagonal(ratios, -own.sum(axis=0))
    return np.asarray(ratios * prices)


def diversion(utility: Floats, alpha: Floats, weights: Floats, prices: Floats) -> Floats:
    """Diversion ratios after a small price rise, shape (J, J): of what j loses, the part that k gains.

    Element (j, k) is −(∂D_k/∂p_j)/(∂D_j/∂p_j): the mean of P_rk/(1 − P_rj), the chance of k among those without j, over
    the customers r whom j loses, w_r α_r P_rj (1 − P_rj). The diagonal is the part that goes to the outside option. If
    nobody can buy j, or nobody minds its price, its row is NaN.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.   prices : (J,) $ per unit of volume.
    """
    lost = _log_chances(utility, alpha, prices) + _logs(weights * alpha)[:, None]
    return _second_choices(utility, alpha, prices, lost + _log_complements(utility, alpha, prices))


def long_run_diversion(utility: Floats, alpha: Floats, weights: Floats, prices: Floats) -> Floats:
    """Long-run diversion ratios (second choices), shape (J, J): of the customers of j, the part that k gains without j.

    Element (j, k) is (D_k without j − D_k)/D_j with prices held, that is Σ_r w_r P_rj P_rk(without j)/D_j (Conlon and
    Mortimer 2021); the diagonal is the part that goes to the outside option. If nobody can buy j, its row is NaN.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.   prices : (J,) $ per unit of volume.
    """
    return _second_choices(utility, alpha, prices, _log_chances(utility, alpha, prices) + _logs(weights)[:, None])


def _second_choices(utility: Floats, alpha: Floats, prices: Floats, leavers: Floats) -> Floats:
    """Where those go who lose j, (J, J); `leavers` (R, J) are the logs of how many of each type lose it."""
    parts, ratios = _parts(leavers), np.empty((len(prices),) * 2)
    for j in range(len(prices)):
        without = np.where(np.arange(len(prices)) == j, -np.inf, utility)
        ratios[j] = parts[:, j] @ probabilities(without, alpha, prices)
        ratios[j, j] = parts[:, j] @ np.exp(-_inclusive(without, alpha, prices))
    return ratios


def complements(utility: Floats, alpha: Floats, prices: Floats) -> Floats:
    """Chances 1 − P_rj that a type does not buy j, shape (R, J), as the sum of all other chances: no digit cancels."""
    return np.asarray(np.exp(_log_complements(utility, alpha, prices)))


def _log_complements(utility: Floats, alpha: Floats, prices: Floats) -> Floats:
    total, logs = _inclusive(utility, alpha, prices), np.empty(utility.shape)
    for j in range(len(prices)):
        without = np.where(np.arange(len(prices)) == j, -np.inf, utility)
        logs[:, j] = _inclusive(without, alpha, prices) - total
    return logs


def _log_chances(utility: Floats, alpha: Floats, prices: Floats) -> Floats:
    return np.asarray(utility - alpha[:, None] * prices - _inclusive(utility, alpha, prices)[:, None])


def _inclusive(utility: Floats, alpha: Floats, prices: Floats, groups: Integers | None = None) -> Floats:
    """Inclusive values ln(1 + Σ exp V_rj) over the best products of all groups, shape (R,)."""
    value = best_of_groups(utility - alpha[:, None] * prices, groups)
    return np.asarray(np.logaddexp.reduce(np.column_stack([np.zeros(len(value)), value]), axis=1))


def _logs(amounts: Floats) -> Floats:
    """Logs of amounts of at least 0; −inf for none."""
    return np.asarray(np.log(amounts, out=np.full(amounts.shape, -np.inf), where=amounts > 0))


def _parts(logs: Floats) -> Floats:
    """Parts of each column's sum from the logs of its amounts, however small; NaN if it sums to nothing."""
    top = logs.max(axis=0)
    parts = np.exp(logs - np.where(top > -np.inf, top, 0.0))
    return np.asarray(np.divide(parts, parts.sum(axis=0), out=np.full(parts.shape, np.nan), where=top > -np.inf))


def consumer_surplus(
    utility: Floats, alpha: Floats, weights: Floats, prices: Floats, groups: Integers | None = None
) -> float:
    """Consumer surplus in dollars, Σ_r w_r ln(1 + Σ exp V_rj)/α_r (Small and Rosen 1981), over the best of all groups.

    Parameters
    ----------
    utility : (R, J) without the price term, −inf where a type cannot use a product.
    alpha : (R,) price coefficients, per $.   weights : (R,) volumes of the types.   prices : (J,) $ per unit of volume.
    groups : (J,) numbers of the products' groups; None if each product is its own.
    """
    return float(weights @ (_inclusive(utility, alpha, prices, groups) / alpha))
