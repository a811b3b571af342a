"""What an option is worth to a customer: the one utility of choice, response, panel and benchmarks, compiled.

    V_ij = [1 + ln s_ij − p_j / w_i] / τ + taste_il + ψ·(l is its firm) + φ·(j is of its line),   V_i0 = 0

with ln s_ij of `demand.log_success`; `demand` says what the letters mean. Where many values are wanted side by side
(`side_by_side`, `response`, `panel`, `access`) the same formula stands in an arithmetic that fits, and tests hold it to
this one.
"""

from __future__ import annotations

import math

from market.economics.kernels import kernel
from market.economics.options import ABSENT, OUTSIDE


@kernel
def value(difficulty, worth, taste, capability, price, choice_scale, success_scale):  # type: ignore[no-untyped-def]
    """V_ij without the attachment to what the customer uses now; without the price term at price 0.

    Parameters
    ----------
    difficulty, worth : of the customer's work: points, and w in $ per Mtok.
    taste : the customer's for the developer, logit units.
    capability, price : of the model: points, $ per Mtok.
    choice_scale, success_scale : τ, and δ in points.
    """
    gap = (difficulty - capability) / success_scale
    failure = gap + math.log1p(math.exp(-gap)) if gap > 0.0 else math.log1p(math.exp(gap))
    return (1.0 - failure - price / worth) / choice_scale + taste


@kernel
def attachment(firm, line, home, now, habits):  # type: ignore[no-untyped-def]
    """What a customer's use now adds to the value of an option: ψ at its firm, φ in its tier line.

    Parameters
    ----------
    firm, line : column of the option's developer, and number of its tier line.
    home, now : the same of what the customer uses, −1 if it uses nothing.
    habits : `options.Habits`.
    """
    pull = habits.firm_switching_cost if firm == home else 0.0
    return pull + habits.model_switching_cost if line == now else pull


@kernel
def reconsiders(now, habits, offers):  # type: ignore[no-untyped-def]
    """Chance with which a customer that uses `now` reconsiders this month."""
    if now == ABSENT:
        return 1.0
    if now == OUTSIDE:
        return habits.reconsideration
    if offers.slot[now] >= len(offers.model):  # withdrawn
        return 1.0
    if offers.releasing[offers.maker[now]]:
        return max(habits.reconsideration, habits.reconsideration_at_release)
    return habits.reconsideration
