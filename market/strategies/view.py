"""What a firm sees when it decides: a frozen view. Strategies see, they do not touch.

A view holds last month's public market, the firm's own line-up and books, its rule's own memory, luck by purpose and a
market-research panel. It holds nothing of this month's decisions by others and nothing of the future.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from market.economics.technology import FLAGSHIP, AIModel, Technology, Tier, Updates

Floats = npt.NDArray[np.float64]


class Offer(NamedTuple):
    """A model on sale as everybody saw it last month. `price` and capability in the units of the notation table."""

    model: AIModel
    price: float


@dataclass(frozen=True)
class Announced:
    """A rival's run for a base that is under way: that it started is public, and what it costs in dollars."""

    firm: str
    started: int
    release: int
    cost: float


class OwnModel(NamedTuple):
    """A model of the firm's own line-up. `price` is None for a launch; `unit_cost` is this month's.

    `contribution` is what it earned last month, in dollars.
    """

    model: AIModel
    unit_cost: float
    price: float | None
    contribution: float = 0.0

    @property
    def is_launch(self) -> bool:
        """Whether the model is new this month and has no price yet."""
        return self.price is None


@dataclass(frozen=True)
class Inertia:
    """How R panelists hang on to what they use, and when they look at what else there is.

    Attributes
    ----------
    unattached : (R, J) V without the price term, if they used nothing.   developer : (J,) numbers of the developers.
    home, uses : (R,) number of the developer, and place of the model that each uses; −1 for none, or none on sale.
    pull : (R,) ψ, logit units.
    reconsideration, at_release : (R,) chances to reconsider in a month, and in one in which its firm releases anything.
    turnover : (R,) chance that its work is replaced in a month, and its luck with it.
    """

    unattached: Floats
    developer: npt.NDArray[np.int64]
    home: npt.NDArray[np.int64]
    uses: npt.NDArray[np.int64]
    pull: Floats
    reconsideration: Floats
    at_release: Floats
    turnover: Floats


@dataclass(frozen=True)
class Survey:
    """Answers of the panel on every model the firm sees: its own line-up first, in order, then rivals' offers.

    `utility` (R, J) is V without the price term, given what each panelist uses now; `alpha` (R,); `weights` (R,) in
    Mtok a month; `prices` (J,) last known, NaN for launches; `costs` (J,) unit costs, NaN for rivals' models. `groups`
    (J,) numbers the groups of models, of each of which a customer takes the best at most; None if each is its own.
    `inertia` tells how panelists hang on to what they use; None if nobody does and all reconsider every month.
    """

    utility: Floats
    alpha: Floats
    weights: Floats
    prices: Floats
    costs: Floats
    groups: npt.NDArray[np.int64] | None = None
    inertia: Callable[[], Inertia] | None = None


def _no_luck(purpose: str) -> float:
    raise LookupError(f"this view carries no luck for {purpose!r}")


def _nothing_announced() -> tuple[Announced, ...]:
    return ()


def _endless() -> float:
    return math.inf


def _own_reach(own: float) -> float:
    return own


def _no_survey() -> Survey:
    raise LookupError("this view carries no market research: there is nothing to price")


def _no_prospects(own: Sequence[OwnModel], rivals: Sequence[Offer]) -> Survey:  # noqa: ARG001
    raise LookupError("this view carries no market research on models that do not exist yet")


NOTHING: Mapping[str, Any] = MappingProxyType({})
"""What a rule remembers that has not decided yet."""

WHOLE_RELEASE = Tier(capability_gap=0.0, cost_ratio=1.0, training_share=1.0)
"""The flagship of a firm without tiers."""

ONE_LINE: Mapping[str, Tier] = MappingProxyType({FLAGSHIP: WHOLE_RELEASE})
"""All products of a firm without tiers."""


class FirmView(NamedTuple):
    """All that one firm knows in one month.

    Attributes
    ----------
    month : this month; the public market is last month's.
    firm : its name.
    own : its models on sale after this month's releases and retirements.
    rivals : rivals' offers at last month's prices, without models retired this month and firms gone.
    announced : gives rivals' runs for bases that were under way at the end of last month.
    in_training : number of its runs that are not complete.
    last_start : month in which its last run started, None if none did.
    last_cost : dollars that its last run cost, 0 if there was none.
    cost_path : cost in dollars of a frontier run started this month, on the labs' own cost path or as their last.
    next_cost : dollars that its own next run is planned to cost, were it to start this month.
    cash : dollars at the end of last month.
    revenue, contribution : its own of last month, dollars.
    runway : months that its cash lasts at the rate it is spent; infinite if it lasts or somebody covers the shortfall.
    burn : dollars a month by which its cash shrinks without funding, 0 if it grows.
    grantable : gives dollars that the capital market would pay in now; infinite under a parent or on promise.
    committed : dollars of cash still to be paid for its runs under way, their research included.
    entered : whether it is in the market; if not it is a potential entrant, and its books are empty.
    fixed_overhead : dollars a month whatever its revenue.
    life : months from the release of a model of its own until it is withdrawn, successor or not.
    reach : capability that a run reaches, points, from what its own spend buys; open providers learn from others.
    host_price : price at which anyone serves its models, by unit cost, $ per Mtok; None if it sets prices itself.
    hosting : part of its models' sales that independent hosts make.
    lines : the products of each of its releases, the flagship first.
    updates : its post-training releases, at the pace it holds now; None if it makes none.
    research : dollars of research that go with each dollar of training.
    unpaid : use of its models that nobody pays for, per unit sold.
    in_kind : part of training and research that outsiders pay in kind, so that it costs no cash.
    discount_rate : per year, for present values.
    technology : progress as the firm expects it: a limit that is unknown until it binds is not in it.
    demand : volume in Mtok a month of all adopted workloads below a fixed difficulty: how much the market has grown.
    present : the same at the volumes of month 0: how much of that is due to customers who came in.
    memory : what its rule returned with its last decision.
    luck : a uniform number for a purpose, the same whenever it is asked for.
    survey : asks the panel; costly, so it is asked only when needed.
    prospects : asks the panel about an own line-up and rivals' offers that may not exist yet.
    """

    month: int
    firm: str
    own: tuple[OwnModel, ...] = ()
    rivals: tuple[Offer, ...] = ()
    announced: Callable[[], tuple[Announced, ...]] = _nothing_announced
    in_training: int = 0
    last_start: int | None = None
    last_cost: float = 0.0
    cost_path: float = 0.0
    next_cost: float = 0.0
    cash: float = 0.0
    revenue: float = 0.0
    contribution: float = 0.0
    runway: float = math.inf
    burn: float = 0.0
    grantable: Callable[[], float] = _endless
    committed: float = 0.0
    entered: bool = True
    fixed_overhead: float = 0.0
    life: int = 0
    reach: Callable[[float], float] = _own_reach
    host_price: Callable[[float], float] | None = None
    hosting: float = 0.0
    lines: Mapping[str, Tier] = ONE_LINE
    updates: Updates | None = None
    research: float = 0.0
    unpaid: float = 0.0
    in_kind: float = 0.0
    discount_rate: float = 0.0
    technology: Technology = Technology()
    demand: float = 0.0
    present: float = 0.0
    memory: Mapping[str, Any] = NOTHING
    luck: Callable[[str], float] = _no_luck
    survey: Callable[[], Survey] = _no_survey
    prospects: Callable[[Sequence[OwnModel], Sequence[Offer]], Survey] = _no_prospects

    @property
    def ahead(self) -> float:
        """Highest capability among rivals' offers, points; −inf if there are none."""
        return max((offer.model.capability for offer in self.rivals), default=-math.inf)

    @property
    def best(self) -> float:
        """Highest capability among its own models on sale, points; −inf if there are none."""
        return max((own.model.capability for own in self.own), default=-math.inf)
