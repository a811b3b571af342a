"""The simulation as a contestant: the market's own customers, in steps of a week, before the real supply.

Customers are of one segment of the scenario, all there from the start; a chance per month becomes one per week. In a
*free run* they never see the list. *Rolling*, after every week of the list up to the origin customers are moved until
those who use each listed model have its share of the tokens. Who leaves a model that has too many is drawn, and of
those who left the ones that like a model best go to it. What is not on the list keeps what the simulation gives it, up
to the end of the list. The mean tastes for the firms on the list move towards what was seen.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from market.economics import choice, luck
from market.economics.adoption import Adoption, Customers, draw_customers
from market.economics.memory import ANEW, Memory
from market.economics.options import OUTSIDE, Habits, Offers, tier_luck
from market.scenario.schema import Scenario
from market.studies.hindcast.weeks import Floats, Weeks

SEGMENT = "developer"
"""The segment whose customers stand for the router's: those who buy by the token and change models by name."""
BURN_IN = 26
"""Weeks before the first list in which customers already choose."""
WEEKS_A_MONTH = 365 / 12 / 7
HARDEST = 60.0
"""Difficulty of the hardest workload, points: above all that is on sale by the end of 2025 (assumed)."""
WITHIN = 1e-9
"""Part of all volume below which nothing is moved."""
FLOOR = 0.01
"""Share added to a firm's before its logarithm is compared with another's."""


class Fit(NamedTuple):
    """What is fitted of the customers.

    Attributes
    ----------
    reconsideration, at_release : per month.   switching : ψ, logit units.   choice_scale : τ, share of value.
    worth : factor on w, what customers would pay for work done.
    learning : part by which mean tastes for listed firms move each week towards what was seen.
    """

    reconsideration: float
    at_release: float
    switching: float
    choice_scale: float
    worth: float
    learning: float


class Buyers:
    """Customers who choose week after week among what is on sale.

    Parameters
    ----------
    scenario : its segment `SEGMENT` and its demand.   weeks : the supply.   fit : what replaces the segment's own.
    count : customers.   seed : the random seed.
    """

    def __init__(self, scenario: Scenario, weeks: Weeks, fit: Fit, count: int, seed: int) -> None:
        self.weeks, self.fit, self.seed = weeks, fit, seed
        spec, demand = scenario.segments[SEGMENT], scenario.demand
        spec = spec.model_copy(update={"value_median": spec.value_median * fit.worth})
        self.scale = demand.success_scale
        self.customers: Customers = draw_customers(
            spec,
            Adoption(all_present=True),
            count,
            (demand.difficulty_low, HARDEST, demand.difficulty_reference),
            spec.open_access,
            (spec.taste_sd, [spec.firm_taste.get(firm, 0.0) for firm in weeks.firms]),
            weeks.firms,
            seed,
            SEGMENT,
        )
        self.habits = Habits(
            fit.choice_scale, fit.switching, spec.model_switching_cost, weekly(fit.reconsideration),
            weekly(fit.at_release), self.scale, weekly(demand.turnover), spec.reconsideration_at_rise,
        )  # fmt: skip
        self.memory = Memory.empty(count)
        self.step = 0
        firms = [weeks.firms.index(firm) for firm in weeks.firm]
        self.maker = np.array(firms, np.int32)
        self.keys = np.array([tier_luck(*both) for both in zip(weeks.firm, weeks.tier, strict=True)], np.uint64)

    def copy(self) -> Buyers:
        """The same customers, to be led on by themselves."""
        other = object.__new__(Buyers)
        other.__dict__ |= self.__dict__
        other.memory = copy.deepcopy(self.memory)
        other.customers = self.customers._replace(taste=self.customers.taste.copy())
        return other

    def choose(self, week: int) -> None:
        """Let them choose in a week."""
        keys = choice.choice_luck(self.seed, SEGMENT, self.step)
        choice.choose(self.customers, self.habits, self.memory, self._offers(week), keys, self.step)
        self.step += 1

    def volumes(self) -> Floats:
        """Volume by model, (J,)."""
        using = self.memory.current >= 0
        sold = np.bincount(self.memory.current[using], self.customers.volume[using], len(self.weeks.model))
        return np.asarray(sold, float)

    def shares(self, week: int) -> Floats:
        """Shares of what is on sale in a week, (n,)."""
        sold = self.volumes()[self.weeks.on_sale(week)]
        return np.asarray(sold / sold.sum())

    def see(self, week: int) -> None:
        """Take note of a week's list: mean tastes for listed firms move, then customers do."""
        self._learn(week)
        volume, wanted = self.volumes(), self._wanted(week)
        for place in np.flatnonzero(volume > wanted):
            self._let_go(int(place), float(volume[place] - wanted[place]), week)
        short = wanted - self.volumes()
        for place in np.argsort(-short, kind="stable"):
            if short[place] > WITHIN * wanted.sum():
                self._take_in(int(place), float(short[place]), week)
        self.memory.state.looked[:] = ANEW

    def _learn(self, week: int) -> None:
        """Move mean tastes for the firms on the list by a part of ln(seen / simulated), shares of the list's tokens."""
        seen, sold = self.weeks.tokens[week], self.volumes()
        listed = np.flatnonzero(seen > 0)
        firms = self.maker[listed]
        size = len(self.weeks.firms)
        real, own = (np.bincount(firms, amount[listed], size) for amount in (seen, sold))
        there, gap = real > 0, np.zeros(size)
        gap[there] = np.log((real[there] / real.sum() + FLOOR) / (own[there] / max(own.sum(), WITHIN) + FLOOR))
        self.customers.taste[:] += (self.fit.learning * gap).astype(np.float32)

    def _wanted(self, week: int) -> Floats:
        """Volume by model that agrees with the list, (J,); what is not on it has at most what its last entry has."""
        seen, sold = self.weeks.shares[week], self.volumes()
        total, end, listed = sold.sum(), self.weeks.end_of_list[week], ~np.isnan(seen)
        inside = total
        for _ in range(50):  # the volume of the list and what is off it add up to what there is
            off = np.where(listed, 0.0, np.minimum(sold, end * inside))
            inside = (inside + total - off.sum()) / 2
        wanted = np.where(listed, np.nan_to_num(seen) * inside, off)
        return np.asarray(wanted * total / wanted.sum())

    def _let_go(self, place: int, volume: float, week: int) -> None:
        """Let customers of a model go whose volume is some amount; which, is drawn."""
        users = np.flatnonzero(self.memory.current == place)
        drawn = luck.uniforms(len(self.memory.current), self.seed, "let go", week)[users]
        users = users[np.argsort(drawn)]
        gone = users[np.cumsum(self.customers.volume[users]) <= volume]
        self.memory.state.current[gone] = OUTSIDE

    def _take_in(self, place: int, volume: float, week: int) -> None:
        """Give a model those of the customers without one that like it best, up to some volume."""
        free = self.memory.current == OUTSIDE
        if self.weeks.open_weights[place]:
            free &= self.customers.access
        users = np.flatnonzero(free)
        drawn = luck.uniforms(len(self.memory.current), self.seed, "take in", week, place)[users]
        liked = self.customers.taste[users, self.maker[place]] - np.log(-np.log(drawn))
        users = users[np.argsort(-liked)]
        taken = users[np.cumsum(self.customers.volume[users]) <= volume]
        self.memory.state.current[taken] = place

    def _offers(self, week: int) -> Offers:
        weeks = self.weeks
        there = weeks.on_sale(week)
        order = there[np.argsort(self.maker[there], kind="stable")].astype(np.int32)
        slot = np.full(len(weeks.model), -1, np.int32)
        slot[order] = np.arange(len(order))
        releasing = np.zeros(len(weeks.firms), bool)
        releasing[self.maker[weeks.released == week]] = True
        every = np.arange(len(weeks.model), dtype=np.int32)
        return Offers(
            weeks.capability[order], weeks.prices(week)[order], self.maker[order], weeks.open_weights[order],
            self.keys[order], order, slot, self.maker, every, np.full(len(every), -1, np.int32), releasing, len(order),
        )  # fmt: skip


def weekly(monthly: float) -> float:
    """The chance per week that is one per month."""
    return float(1 - (1 - monthly) ** (1 / WEEKS_A_MONTH))


def paths(buyers: Buyers, origins: range, ahead: int, until: int) -> Iterator[tuple[int, list[Floats]]]:
    """Take note of the list week by week from week 0 on, and from some weeks forecast those that follow.

    Parameters
    ----------
    origins : weeks from which it is forecast.   ahead : weeks of a forecast.   until : last week that is forecast.

    Yields
    ------
    tuple
        A week, and shares of what is on sale one week on, two weeks on, and so on.
    """
    for week in range(-BURN_IN, origins.stop):
        buyers.choose(week)
        if week >= 0:
            buyers.see(week)
        if week not in origins:
            continue
        led = buyers.copy()
        forecast = []
        for later in range(week + 1, min(week + ahead, until) + 1):
            led.choose(later)
            forecast.append(led.shares(later))
        yield week, forecast


def free_run(buyers: Buyers, until: int) -> list[Floats]:
    """Shares of what is on sale in every week from 0 on, by customers who never see a list."""
    found = []
    for week in range(-BURN_IN, until + 1):
        buyers.choose(week)
        if week >= 0:
            found.append(buyers.shares(week))
    return found
