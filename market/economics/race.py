"""The race that a choice is: a customer takes the option with the least ln E − V.

V is the customer's utility of the option (`utility`) and E = −ln u the luck of customer and option. The outside option
has V = 0, comes first and wins ties; the others follow in their order. `winner` says just that, in double precision. It
is the definition: `side_by_side` finds the same winners, many times faster.
"""

from __future__ import annotations

import math

import numpy as np

from market.economics.kernels import kernel
from market.economics.luck import GAMMA, mix, unit
from market.economics.utility import attachment, value

OUTSIDE_WINS = -1
"""Instead of the number of an option on sale."""
LEAST_LOG_LUCK, MOST_LOG_LUCK = math.log(2.0**-54), math.log(54 * math.log(2.0))
"""No ln E lies outside these, so an option further behind than they are apart cannot win and draws no luck."""
_GAMMA_EPOCH = np.uint64(0xD1342543DE82EF95)


@kernel
def owner_of(i, epoch, luck):  # type: ignore[no-untyped-def]
    """Key of the luck that customer i has in its present workload."""
    return mix(mix(luck.race + np.uint64(i) * GAMMA) + np.uint64(epoch) * _GAMMA_EPOCH)


@kernel
def winner(i, customers, habits, state, offers, luck):  # type: ignore[no-untyped-def]
    """Run the race of customer i; returns the winning option or `OUTSIDE_WINS`.

    Parameters
    ----------
    i : number of the customer.   state : the `memory.State` of all of them.
    customers, habits, offers, luck : as `choice.choose` has them.
    """
    now, owner = state.current[i], owner_of(i, state.epoch[i], luck)
    best, first = math.log(-math.log(unit(mix(owner ^ luck.outside)))), OUTSIDE_WINS
    home, line = (offers.maker[now], offers.line[now]) if now >= 0 else (np.int32(-1), np.int32(-1))
    for j in range(len(offers.model)):
        if offers.open_weights[j] and not customers.access[i]:
            continue
        worth = value(
            customers.difficulty[i], customers.value[i], customers.taste[i, offers.firm[j]],
            offers.capability[j], offers.price[j], habits.choice_scale, habits.success_scale,
        )  # fmt: skip
        behind = -(worth + attachment(offers.firm[j], offers.line[offers.model[j]], home, line, habits))
        if behind + LEAST_LOG_LUCK >= best:
            continue
        behind += math.log(-math.log(unit(mix(owner ^ offers.luck[j]))))
        if behind < best:
            best, first = behind, j
    return first
