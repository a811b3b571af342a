"""Segments of customers as the month finds and leaves them."""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt

from market.economics import access, choice, luck, options, response
from market.economics.adoption import draw_access, draw_customers
from market.economics.memory import ANEW, Memory, Seen
from market.economics.panel import SegmentState
from market.scenario.schema import Scenario, SegmentSpec


class Segment:
    """A group of customers. Each customer is an agent with tastes and memory of its own: a row of these arrays.

    Parameters
    ----------
    name : its name in the scenario.   spec : its parameters.
    settings : the scenario.   seed : the random seed of the run.   seen : what customers of all segments have seen.
    """

    def __init__(self, name: str, spec: SegmentSpec, settings: Scenario, seed: int, seen: Seen) -> None:
        self.name, self.spec = name, spec
        count = max(1, round(settings.customers * spec.agents))
        demand = settings.demand
        self.customers = draw_customers(
            spec,
            settings.adoption,
            count,
            (demand.difficulty_low, demand.difficulty_high, demand.difficulty_reference),
            spec.open_access,
            (spec.taste_sd, [spec.firm_taste.get(name, 0.0) for name in settings.firms]),
            [firm.key or name for name, firm in settings.firms.items()],
            seed,
            name,
        )
        self.habits = options.Habits(
            spec.choice_scale,
            spec.firm_switching_cost,
            spec.model_switching_cost,
            spec.reconsideration,
            spec.reconsideration_at_release,
            demand.success_scale,
            demand.turnover,
            spec.reconsideration_at_rise,
            spec.auto_upgrade,
        )
        self.memory = Memory.empty(count, seen)
        easy = self.customers.difficulty < demand.difficulty_reference
        entering = np.bincount(self.customers.entry[easy] + 1, self.customers.volume[easy], minlength=1)
        self._entered = np.cumsum(entering)
        self.access, self._access_from = spec.open_access, draw_access(count, seed, name)
        self.permanent = luck.uniforms(count, seed, "panel", settings.panel.draw, name)

    @property
    def current(self) -> npt.NDArray[np.int32]:
        """What each customer uses, a model number, OUTSIDE or ABSENT; choices change it in place."""
        return self.memory.current

    def volume_factor(self, month: int) -> float:
        """Factor from month-0 volumes to those of `month`."""
        return float(self.spec.volume_trend ** (month / 12))

    def adopted(self, month: int) -> float:
        """Volume of workloads up to the reference difficulty whose customers entered before `month`, Mtok a month."""
        return self.entered(month) * self.volume_factor(month)

    def entered(self, month: int) -> float:
        """The same at the volumes of month 0, so that it grows by entry alone."""
        return float(self._entered[min(max(month, 0), len(self._entered) - 1)])

    def choose(self, offers: options.Offers, seed: int, month: int, pool: Executor | None) -> choice.Choices:
        """Let the customers choose and remember what they use.

        Parameters
        ----------
        offers : the options of the month.   seed : the random seed of the run.
        month : this month.   pool : threads; the result does not depend on it.
        """
        keys = choice.choice_luck(seed, self.name, month)
        return choice.choose(self.customers, self.habits, self.memory, offers, keys, month, pool)

    def respond(self, offers: options.Offers, month: int, pool: Executor | None) -> response.Response:
        """Surplus and price responses before the month's choices, at month-0 volumes."""
        return response.respond(self.customers, self.habits, self.current, offers, month, pool)

    @property
    def access_spreads(self) -> bool:
        """Whether more of its customers can come to use open weights."""
        return self.spec.access_spread > 0 and self.access < 1

    def spread_access(self, offers: options.Offers, groups: npt.NDArray[np.int64], month: int) -> None:
        """Let access to open weights spread as far as customers would choose them; who gains it looks at everything.

        Parameters
        ----------
        offers : the options of the month, at least one.   groups : (J,) number of the luck of each.
        month : this month.
        """
        asked = access.sampled(self.customers, self.permanent, month, offers.capability.max())
        wish = access.wish_for_open(*asked, groups, self.customers, self.habits, self.current, offers)
        self.access = access.spread(self.access, self.spec.access_spread, wish)
        gained = (self._access_from < self.access) & ~self.customers.access
        self.customers.access[gained], self.memory.state.looked[gained] = True, ANEW

    def spending(self, price_of: npt.NDArray[np.float64], month: int) -> float:
        """What the customers spend in the month, added up customer by customer.

        Parameters
        ----------
        price_of : by model number, then 0 twice: for those who use nothing or are not there.   month : which.
        """
        return float(choice.spending(self.customers.volume, self.current, price_of)) * self.volume_factor(month)

    def state(self, month: int) -> SegmentState:
        """Return the segment as the panel sees it."""
        return SegmentState(self.customers, self.habits, self.current, self.volume_factor(month), self.permanent)
