"""What customers choose among and what they share: the options of a month, and a segment's habits."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.luck import key

OUTSIDE, ABSENT = -1, -2
"""What a customer uses when it buys nothing, and before it has entered."""


class Habits(NamedTuple):
    """What a segment's customers share: τ, ψ, φ, θ, θ after a release, δ, turnover.

    And whether a rise wakes them, and the part that is moved to an update when it is released.
    """

    choice_scale: float
    firm_switching_cost: float
    model_switching_cost: float
    reconsideration: float
    reconsideration_at_release: float
    success_scale: float
    turnover: float
    reconsideration_at_rise: bool = False
    auto_upgrade: float = 0.0


class Offers(NamedTuple):
    """The J options on sale in a month, in the order of their keys; models withdrawn this month are kept as origins.

    Attributes
    ----------
    capability, price : (J,) points and $ per Mtok.
    firm : (J,) column of the developer in the order of firm keys.
    open_weights : (J,) seen only by customers with access.
    luck : (J,) 64-bit key of what a customer's luck belongs to: options that share a key share their luck.
    model : (J,) number of the model in the market's register.
    slot : (register,) place of each model in the flow sums: 0 … J−1 on sale, then those withdrawn, −1 for the others.
    maker : (register,) column of each model's developer.
    line : (register,) number of each model's tier line: the products of one tier and family, to which customers attach.
    upgrade : (register,) number of the model to which customers of each are moved this month, −1 for none.
    releasing : (F,) whether a firm releases any line this month.
    slots : number of models that can be an origin, J plus the withdrawn; outside is slot `slots`, entry `slots` + 1.
    """

    capability: npt.NDArray[np.float64]
    price: npt.NDArray[np.float64]
    firm: npt.NDArray[np.int32]
    open_weights: npt.NDArray[np.bool_]
    luck: npt.NDArray[np.uint64]
    model: npt.NDArray[np.int32]
    slot: npt.NDArray[np.int32]
    maker: npt.NDArray[np.int32]
    line: npt.NDArray[np.int32]
    upgrade: npt.NDArray[np.int32]
    releasing: npt.NDArray[np.bool_]
    slots: int


@cache
def tier_luck(firm_key: str, line: str) -> np.uint64:
    """Key of the luck of all that a firm ever sells in a tier.

    The firm's key, not its place, so relabelling and reordering change nothing.
    """
    return key("tier", firm_key, line)


@cache
def release_luck(firm_key: str, generation: int, update: int, line: str) -> np.uint64:
    """Key of the luck of one product of one release, where each draws its own."""
    return key("model", firm_key, generation, line, *((update,) if update else ()))
