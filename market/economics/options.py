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
    """What a segment's customers share: τ, ψ, φ, θ, θ after a release, δ, turnover, and whether a rise wakes them."""

    choice_scale: float
    firm_switching_cost: float
    model_switching_cost: float
    reconsideration: float
    reconsideration_at_release: float
    success_scale: float
    turnover: float
    reconsideration_at_rise: bool = False


class Offers(NamedTuple):
    """The J options on sale in a month, in the order of their keys; models withdrawn this month are kept as origins.

    Attributes
    ----------
    capability, price : (J,) points and $ per Mtok.
    firm : (J,) column of the developer in the order of firm keys.
    open_weights : (J,) seen only by customers with access.
    luck : (J,) 64-bit key of (firm key, generation, line).
    model : (J,) number of the model in the market's register.
    slot : (register,) place of each model in the flow sums: 0 … J−1 on sale, then those withdrawn, −1 for the others.
    maker : (register,) column of each model's developer.
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
    releasing: npt.NDArray[np.bool_]
    slots: int


@cache
def offer_luck(firm_key: str, generation: int, line: str) -> np.uint64:
    """Key of the luck of a model; the firm's key, not its place, so relabelling and reordering change nothing."""
    return key("model", firm_key, generation, line)
