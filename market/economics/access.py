"""Access to open weights, and how it spreads among those who would choose them.

The part a of a segment's customers who can use open weights follows a logistic, whose speed depends on demand:

    a(t+1) = a + λ·W·a·(1 − a),

W the part of the tokens bought that would be of open weights if everybody could use them (Griliches 1957, who found
that what a new seed pays decides how fast its use spreads). Workloads that no model can do buy none, and do not count.
A customer's draw is permanent, so who has access keeps it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from market.economics.adoption import Customers
from market.economics.exponential import exponential, softplus
from market.economics.kernels import kernel
from market.economics.panel import REACH, inclusion

SAMPLE = 200
"""Customers of a segment who are asked what they would choose: as many as give W to about 0.03."""


def sampled(
    customers: Customers, permanent: npt.NDArray[np.float64], month: int, frontier: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Numbers of about `SAMPLE` customers, drawn in proportion to their volume, and the volume each stands for.

    Parameters
    ----------
    customers : of the segment.
    permanent : (N,) uniform numbers that never change, so that hardly anybody else is asked the next month.
    month : who has entered by then is asked.
    frontier : best capability on sale, points; who has work far beyond it buys nothing, and is not asked.
    """
    there = (customers.entry <= month) & (customers.difficulty < frontier + REACH)
    volume = np.where(there, customers.volume, 0.0)
    chance = inclusion(volume, SAMPLE)
    who = np.flatnonzero((permanent < chance) & there)
    return who, volume[who] / chance[who]


def spread(access: float, speed: float, wish: float) -> float:
    """Access in the next month, a share, from access now, λ a month and W."""
    return min(1.0, access + speed * wish * access * (1.0 - access))


@kernel
def wish_for_open(who, stands_for, groups, customers, habits, current, offers):  # type: ignore[no-untyped-def]
    """W: open weights' part of what some customers would buy if they could use them, each attached to what it uses.

    Parameters
    ----------
    who, stands_for : of `sampled`.   current : (N,) what each uses.
    groups : (J,) number of the luck of each option, of those that share one the best counts.
    customers, habits, offers : as `choice.choose` has them.
    """
    bought, of_open, count, lines = 0.0, 0.0, max(groups) + 1, offers.line[offers.model]
    worth, best, is_open = np.empty(len(groups)), np.empty(count), np.zeros(count, np.bool_)
    for j in range(len(groups)):
        is_open[groups[j]] = offers.open_weights[j]
    for place in range(len(who)):
        i = who[place]
        now = current[i]
        home, line = (offers.maker[now], offers.line[now]) if now >= 0 else (np.int32(-1), np.int32(-1))
        _set_worth(
            customers.difficulty[i], customers.value[i], customers.taste[i], home, line,
            habits.choice_scale, habits.success_scale, habits.firm_switching_cost, habits.model_switching_cost,
            offers.capability, offers.price, offers.firm, lines, worth,
        )  # fmt: skip
        best[:] = -np.inf
        for j in range(len(groups)):
            best[groups[j]] = max(best[groups[j]], worth[j])
        top = max(best.max(), 0.0)
        _weigh(best, top)
        none = exponential(-top)
        total, wanted = none, 0.0
        for g in range(count):
            total += best[g]
            wanted += best[g] if is_open[g] else 0.0
        bought += stands_for[place] * (1.0 - none / total)
        of_open += stands_for[place] * wanted / total
    return of_open / bought if bought > 0.0 else 0.0


@kernel
def _set_worth(  # type: ignore[no-untyped-def]
    difficulty, value, taste, home, now, choice_scale, success_scale, psi, phi, capability, price, firm, line, worth,
):  # fmt: skip
    """Set what each option is worth to a customer, (J,), as `utility` has it."""
    scale, per_point, per_dollar = 1.0 / choice_scale, 1.0 / success_scale, 1.0 / value
    for j in range(len(worth)):
        failure = softplus((difficulty - capability[j]) * per_point)
        pull = psi if firm[j] == home else 0.0
        pull += phi if line[j] == now else 0.0
        worth[j] = (1.0 - failure - price[j] * per_dollar) * scale + taste[firm[j]] + pull


@kernel
def _weigh(values, top):  # type: ignore[no-untyped-def]
    """Turn values into odds in place, all of them divided by the exponential of `top`."""
    for g in range(len(values)):
        values[g] = exponential(values[g] - top)
